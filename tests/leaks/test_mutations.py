"""The suite can fail: what is broken on purpose in a view, a log or a box is found as in the real thing."""

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from pipeline import quarantine
from pipeline.broken import Broken, Reason
from pipeline.engine import TopicEngine
from pipeline.links.identifiers import Identifiers
from pipeline.links.record import Boxes, Sighting
from pipeline.logs import configure
from pipeline.simulator import Simulator
from pipeline.snapshots import file as snapshots
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import Subject
from pipeline.subjects.store import SubjectStore
from schemas import contact, device, order
from schemas.kinds import Kind
from tests.kafka.kcat import Record
from tests.leaks.by_design import written
from tests.leaks.scanner import Scanner, Written, is_sealed
from tests.pipeline.events import KEYS
from transforms import Keep

KEY = bytes(range(32))
EVENTS = {
    topic: list(Simulator(seed=43, topics=[topic], broken=0, subjects=50).events(40))
    for topic in ("raw.contact", "raw.device", "raw.order")
}
USERS = {event.person for events in EVENTS.values() for event in events}
SCANNER = Scanner(identifier for events in EVENTS.values() for event in events for identifier in event.identifiers)


@dataclass(frozen=True)
class Encoded:
    """
    A transform that somebody took for a protection.
    """

    encode: Callable[[str], str]
    takes: ClassVar = frozenset({"text"})
    needs: ClassVar = ()
    gives: ClassVar = {"type": "string"}

    def bind(self, keys, kind="plain"):
        return self.encode


def record(key=None, value=b"{}", headers=()):
    return Record(0, 0, 0, key, value, headers)


def released(view):
    """
    What a view makes of the simulated events, as records of its topic.
    """
    engine = TopicEngine(view.contract, [view], KEYS)
    outputs = [engine.process(event.value)[0] for event in EVENTS[view.contract.topic]]
    return [record(key, value) for value, key, _ in filter(None, outputs)]


def found(view):
    return SCANNER.scan(written(view.topic, released(view), USERS))


def places(findings):
    return {place.rpartition(": ")[2] for place, _, _ in findings}


def mutated(view, **rules):
    changed = {getattr(Kind, name, name.replace("__", ".")): rule for name, rule in rules.items()}
    return replace(view, rules={**view.rules, **changed})


class TestViews:
    @pytest.mark.parametrize(
        "view", [order.ANALYTICS, device.ANALYTICS, contact.ANALYTICS], ids=lambda view: view.topic
    )
    def test_as_shipped_leak_nothing(self, view):
        """
        Or the others below would prove nothing.
        """
        assert released(view)
        assert not found(view)

    @pytest.mark.parametrize(
        "view",
        [
            pytest.param(mutated(order.ANALYTICS, buyer_phone=Keep()), id="a rule keeps a telephone number"),
            pytest.param(mutated(order.ANALYTICS, consignee__name=Keep()), id="a rule keeps a name"),
            pytest.param(mutated(contact.ANALYTICS, text=Keep()), id="a text is not searched"),
            pytest.param(mutated(device.ANALYTICS, IP=Keep()), id="an address is not cut"),
            *(
                pytest.param(mutated(order.ANALYTICS, PHONE=Encoded(encode)), id=f"an encoding for a token: {name}")
                for name, encode in {
                    "base64": lambda text: base64.b64encode(text.encode()).decode(),
                    "base64 of more": lambda text: base64.urlsafe_b64encode(f"+86{text}#".encode()).decode(),
                    "hexadecimal": lambda text: text.encode().hex(),
                    "backwards": lambda text: text.replace(" ", "")[::-1],
                    "full width": lambda text: "".join(chr(ord(each) + 0xFEE0) for each in text if each != " "),
                    "dashes": "-".join,
                }.items()
            ),
        ],
    )
    def test_that_are_broken_are_found(self, view):
        """
        In the value of a record.
        """
        assert "value" in places(found(view))

    def test_that_key_by_what_is_raw_cannot_be_declared(self):
        """
        So that a raw key has no way out but by the code itself; see the records below.
        """
        with pytest.raises(ValueError, match="a key must be a token or nothing"):
            mutated(device.ANALYTICS, USER_ID=Keep())


class TestRecords:
    @pytest.mark.parametrize(
        ("leaking", "part"),
        [
            pytest.param({"key": b"USER"}, "key", id="the raw key"),
            pytest.param({"headers": (("key", b"USER"),)}, "headers", id="a header with the raw key"),
            pytest.param({"headers": (("USER", b"1"),)}, "headers", id="the name of a header"),
            pytest.param({"value": b'{"USER": 1}'}, "value", id="the name of a member"),
            pytest.param({"value": b'{"user": "VVNFUg=="}'}, "value", id="base64 in a value"),
        ],
    )
    def test_are_searched_in_every_part(self, leaking, part):
        """
        Whatever was put where the pipeline puts nothing.
        """
        user = EVENTS["raw.order"][0].person
        known = {b"USER": user, b"VVNFUg==": base64.b64encode(user)}

        def with_user(content):
            for word, instead in known.items():
                content = content.replace(word, instead)
            return content

        told = {
            name: with_user(held)
            if isinstance(held, bytes)
            else tuple((with_user(title.encode()).decode(), with_user(content)) for title, content in held)
            for name, held in leaking.items()
        }
        assert places(SCANNER.scan(written("clean.ads.order", [record(**told)], USERS))) == {part}

    def test_may_name_a_person_by_design_and_nothing_else(self):
        """
        The list of what is allowed lets no other identifier through.
        """
        event = EVENTS["raw.order"][0]
        phone = next(each for each in event.identifiers if each.startswith("1") and len(each) == 11)
        good = record(event.person, b'{"at": "2026-01-01T00:00:00.000Z", "birth_date": "1990-01-02"}')
        bad = [record(phone.encode()), record(event.person, b'{"at": "%b"}' % phone.encode())]

        assert not SCANNER.scan(written(PROFILES, [good], USERS))
        assert all(SCANNER.scan(written(PROFILES, [each], USERS)) for each in bad)
        assert SCANNER.scan(written("clean.ads.order", [good], USERS))


class TestLogs:
    @pytest.fixture
    def said(self, capsys):
        root = logging.getLogger()
        before = root.level, root.handlers[:]

        def log(level, *words):
            configure(verbose=True)
            logging.getLogger("pipeline.agents").log(level, *words)
            return [Written("log", capsys.readouterr().err.encode())]

        yield log
        root.level, root.handlers[:] = before

    @pytest.mark.parametrize("form", ["user %s", "user %r", "policy.%s.x"])
    def test_with_a_value_are_found(self, said, form):
        """
        As text and as bytes.
        """
        assert SCANNER.scan(said(logging.INFO, form, EVENTS["raw.order"][0].person)).total() == 1

    @pytest.mark.parametrize(
        ("level", "words"),
        [
            pytest.param(logging.ERROR, ("failed: %s", ValueError(EVENTS["raw.order"][0].value)), id="an error"),
            pytest.param(logging.DEBUG, ("event: %s", EVENTS["raw.order"][0].value), id="below what is written"),
            pytest.param(logging.INFO, ("%d", EVENTS["raw.order"][0].value), id="a line that cannot be written"),
        ],
    )
    def test_as_the_real_ones_are_silent(self, said, level, words):
        """
        Whatever they were given.
        """
        assert not SCANNER.scan(said(level, *words))


class TestBoxes:
    def test_of_quarantine_that_seal_nothing_are_found(self, monkeypatch):
        """
        The event stands there in base64.
        """
        event = EVENTS["raw.order"][0]

        class Open:
            @staticmethod
            def seal(payload, context):
                return payload

        held = quarantine.Quarantine(Open(), "policy").records(
            event.topic, 0, 0, event.key, event.value, Broken(Reason.MISSING, "", "")
        )

        assert SCANNER.scan(written("quarantine.raw.order", [record(value=each) for each in held], USERS))

    def test_of_links_that_seal_nothing_are_found(self):
        """
        A pair of identifiers stands in clear.
        """
        event = next(each for each in EVENTS["raw.order"] if each.key == each.person)
        identifiers, boxes = Identifiers(KEY, lambda _: bytes(11)), Boxes(KEY)
        sighting = Sighting(identifiers.user(event.person.decode()), identifiers.device("a1b2c3d4e5f60718"), 20_000)
        sealed = boxes.write(sighting)
        boxes._cipher = Clear(None)

        assert not SCANNER.scan(written("privacy.links", [record(*sealed)], USERS))
        assert SCANNER.scan(written("privacy.links", [record(*boxes.write(sighting))], USERS))

    def test_of_snapshots_that_seal_nothing_are_found(self, tmp_path, monkeypatch):
        """
        They hold hashes and no name, but what is not encrypted can be compressed.
        """
        store = SubjectStore(("ads",), KEY, 4_096)
        for user in USERS:
            store.put(user.decode(), Subject(), 1_767_196_800_000)
        header = snapshots.Header(1_767_196_800_000, {}, {})
        snapshots.write_snapshot(tmp_path / "sealed", KEY, store.frozen(), header)
        monkeypatch.setattr(snapshots, "AESGCM", Clear)
        snapshots.write_snapshot(tmp_path / "clear", KEY, store.frozen(), header)

        assert is_sealed((tmp_path / "sealed").read_bytes())
        assert not is_sealed((tmp_path / "clear").read_bytes())


class Clear:
    """
    A cipher that does nothing.
    """

    def __init__(self, _):
        pass

    def encrypt(self, *texts):
        """
        The plain text: bytes, and behind a nonce where there is one.
        """
        return next(text for text in reversed(texts) if isinstance(text, bytes) and text is not texts[-1]) + bytes(16)
