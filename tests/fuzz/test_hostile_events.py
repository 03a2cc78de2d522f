"""Hostile events: one outcome each, in time that grows with their size and no faster, and nothing told of them."""

import asyncio
import gc
import logging
from copy import deepcopy
from time import process_time

import pytest

from pipeline.agents import TopicAgent
from pipeline.broken import MAX_BYTES, Broken, Reason
from pipeline.codec import dumps, loads
from pipeline.counts import Counts
from pipeline.delivery.at_least_once import AtLeastOnce
from pipeline.sealing import OfficerPrivateKey
from schemas.contract import Field
from schemas.types import Text
from tests.fuzz.hostile import CANARY, HOSTILE
from tests.pipeline.events import EVENTS, engine
from tests.pipeline.test_agents import Audit, Event, Publisher, Stream

ORDERS = engine().topics["raw.order"]
HALF = 480 * 1024
"""Bytes: twice as many, and what stands around them, are still read."""

_SLACK = 0.1  # seconds: what is quadratic takes minutes at this size


def outcome(raw):
    """
    What became of an event: how many views have a record of it, or why it is held.
    """
    try:
        return len([record for record in ORDERS.process(raw) if record])
    except Broken as broken:
        return broken


def seconds(raw):
    begin = process_time()
    outcome(raw)
    return process_time() - begin


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
class TestOfAnySize:
    def test_have_one_outcome_that_is_no_defect(self, make):
        """
        They pass without what no contract has, or are held for a reason; a number of theirs stands in no error.
        """
        for size in (1, 1_000, 200_000, 2 * HALF, MAX_BYTES + 1):
            became = outcome(make(size))
            if isinstance(became, Broken):
                assert became.reason is not Reason.INTERNAL
                assert CANARY not in f"{became!r}{became.path}{became.detail}"
            else:
                assert became > 0

    def test_take_time_in_proportion(self, make):
        """
        Twice the bytes take at most three times the time; what is quadratic takes four times.
        """
        once, twice = make(HALF), make(2 * HALF)
        assert len(once) <= MAX_BYTES
        gc.collect()

        taken = max(seconds(once) for _ in range(2))

        assert min(seconds(twice) for _ in range(2)) < 3 * taken + _SLACK


class TestReasons:
    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            pytest.param("deep arrays", Reason.TOO_DEEP, id="100,000 deep"),
            pytest.param("deep objects", Reason.TOO_DEEP, id="80,000 objects deep"),
            pytest.param("one key again and again", Reason.DUPLICATE_KEY, id="a key twice"),
            pytest.param("lone surrogates", Reason.NOT_JSON, id="a lone surrogate"),
            pytest.param("surrogates as bytes", Reason.NOT_UTF8, id="a surrogate as bytes"),
            pytest.param("bytes that are no text", Reason.NOT_UTF8, id="no UTF-8"),
            pytest.param("overlong slashes", Reason.NOT_UTF8, id="overlong"),
            pytest.param("a number too large", Reason.NOT_JSON, id="1e400"),
            pytest.param("a negative number too large", Reason.NOT_JSON, id="-1e400"),
            pytest.param("numbers that are none", Reason.NOT_JSON, id="NaN"),
            pytest.param("items without end", Reason.OUT_OF_RANGE, id="too many items"),
            pytest.param("one long known text", Reason.OUT_OF_RANGE, id="a text too long"),
            pytest.param("zeros", Reason.NOT_JSON, id="zeros"),
        ],
    )
    def test_are_told(self, name, reason):
        """
        Out of the closed list.
        """
        assert outcome(HOSTILE[name](200_000)).reason is reason

    @pytest.mark.parametrize(
        "name",
        ["one long key", "keys without end", "one long text", "a number too small", "blanks", "numbers too large"],
    )
    def test_are_none_where_the_event_itself_is_whole(self, name):
        """
        What no contract has is dropped, whatever it is.
        """
        assert outcome(HOSTILE[name](200_000)) > 0


UNITS = {
    "a letter": "a",
    "a digit": "9",
    "a blank": " ",
    "slashes": "/",
    "parentheses": "(",
    "a version": "1.",
    "percent": "%25",
    "dots and at": "a@b.",
    "a bracket and words": "Mozilla/5.0 (; ",
    "Han digits": "一",
    "invisible": "\u200b",
    "surname": "王",
    "address": "省市",
}
FIELDS = [
    pytest.param(topic, path, id=f"{topic} {path}")
    for topic, each in engine().topics.items()
    for path, node in each.contract.nodes()
    if isinstance(node, Field) and isinstance(node.type, Text) and "[]" not in path
]


def with_text(topic, path, text):
    """
    A whole event with that text in one field.
    """
    event = deepcopy(EVENTS[topic])
    *groups, name = path.split(".")
    place = event
    for group in groups:
        place = place[group]
    place[name] = text
    return dumps(event)


@pytest.mark.parametrize(("topic", "path"), FIELDS)
class TestFields:
    def test_take_any_text_of_their_length_in_time(self, topic, path):
        """
        Whatever a transform does with it: no pattern of any of them goes back and forth.
        """
        each = engine().topics[topic]
        longest = next(node.type.maximum for name, node in each.contract.nodes() if name == path)

        def taken(text):
            raw = with_text(topic, path, text)
            begin = process_time()
            try:
                each.process(raw)
            except Broken as broken:
                internal = broken.reason is Reason.INTERNAL
                assert not internal
            return process_time() - begin

        for unit in UNITS.values():
            text = unit * (longest // len(unit))
            half = taken(text[: longest // 2])
            assert taken(text) < 3 * half + _SLACK


class TestAnAgent:
    def test_holds_them_and_tells_nothing_of_them(self, caplog):
        """
        Neither in its log, down to the smallest word, nor in what it counts, nor in clear in quarantine; the good event
        beside them passes.
        """
        caplog.set_level(logging.DEBUG)
        counts, publisher = Counts(), Publisher()
        values = [make(50_000) for make in HOSTILE.values()]
        good = dumps(EVENTS["raw.order"])
        sealer = OfficerPrivateKey.generate().public().sealer()
        agent = TopicAgent(engine().topics["raw.order"], sealer, AtLeastOnce(publisher), counts, 2, Audit())

        async def play():
            event = Event(*values, good)
            await agent.run(Stream(event))
            while not event.acknowledged:
                publisher.answer()
                await asyncio.sleep(0)

        asyncio.run(play())
        held = [loads(record[2]) for topic, record in publisher.sent if topic.startswith("quarantine.")]
        clean = [record for topic, record in publisher.sent if topic == "clean.analytics.order"]
        told = f"{caplog.text}{counts.as_dict()}{[record | {'sealed': ''} for record in held]}"

        assert CANARY not in told
        assert counts.read["raw.order"] == len(values) + 1
        assert sum(counts.quarantined.values()) + len(clean) == len(values) + 1
        assert len(clean) > 1
        assert not [record for record in clean if CANARY.encode() in b"".join((record[1] or b"", record[2]))]
