"""Claims about searching ahead."""

import pytest

from pipeline.ahead import TOGETHER
from pipeline.broken import Broken
from pipeline.codec import dumps
from tests.pipeline.events import EVENTS, encode, engine
from transforms.redact_text import Redactor

TEXT = "我叫王小明，电话13800138000，请尽快回电，谢谢"


def contact(text):
    """
    A raw.contact record with this text.
    """
    return encode(EVENTS["raw.contact"] | {"text": text})


def results(made, raws, *, ahead):
    """
    What each record becomes: clean records, or the reason why not.
    """
    searched, said = 0, []
    for position, raw in enumerate(raws):
        if ahead and position == searched:
            searched = made.ahead(raws, position)
        try:
            said.append(made.process(raw))
        except Broken as broken:
            said.append(broken.reason)
    return said


@pytest.fixture
def contacts():
    """
    The engine of raw.contact.
    """
    return engine().topics["raw.contact"]


class TestAhead:
    def test_changes_no_outcome(self, contacts):
        """
        Of good, broken, empty and strange records.
        """
        raws = [
            contact(TEXT),
            None,
            b"",
            b"{",
            dumps([TEXT]),
            contact(13800138000),
            contact(TEXT * 90),
            contact("长" * 5_000),
            *(contact(f"{TEXT}{number}") for number in range(200)),
        ]

        assert results(contacts, raws, ahead=True) == results(engine().topics["raw.contact"], raws, ahead=False)

    def test_takes_only_so_much_at_a_time(self, contacts):
        """
        Or a chunk of long texts would keep heartbeats waiting.
        """
        raws = [contact("你好" * 50)] * 100

        assert contacts.ahead(raws, 0) == TOGETHER // 100
        assert contacts.ahead(raws, 98) == 100

    def test_searches_a_text_once(self, contacts, monkeypatch):
        """
        Ahead, and then no more.
        """
        raws = [contact(f"{TEXT}{number}") for number in range(3)]
        contacts.ahead(raws, 0)
        monkeypatch.setattr("transforms.text.search.Search.find", lambda _self, _texts: pytest.fail("searched again"))

        assert all(clean for raw in raws for clean in contacts.process(raw)[:1])

    def test_leaves_topics_without_texts_alone(self, monkeypatch):
        """
        They are not even read.
        """
        monkeypatch.setattr("pipeline.ahead.loads", lambda _raw: pytest.fail("read"))
        devices = engine().topics["raw.device"]

        assert devices.ahead([b"{}"] * 7, 0) == 7

    def test_shares_what_equal_rules_need(self, contacts):
        """
        One search serves all circumstances of a view.
        """
        assert [len(redactors) for redactors in contacts.ahead._redactors.values()] == [1]
        assert all(isinstance(each, Redactor) for redactors in contacts.ahead._redactors.values() for each in redactors)
