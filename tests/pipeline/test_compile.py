"""Compiled views against the interpreted reference, for contracts and rules that the shipped ones do not have."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.bound import BoundView
from pipeline.broken import Broken, Reason
from pipeline.codec import dumps, loads
from pipeline.compile import Asked, compile_views
from pipeline.decision import Decision
from pipeline.engine import TopicEngine
from pipeline.interpret import release
from schemas import device
from schemas.contract import Contract, Field, Group, Repeated
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import GeoPoint, Integer, Number, OneOf, Text, Timestamp
from schemas.view import SUPPRESS, View
from tests.pipeline.events import ENVELOPE as WHO
from tests.pipeline.events import KEYS
from transforms import AgeBand, BucketNumber, Constant, Drop, GeoCell, Keep, Mask, Pseudonymize, ShiftTime, TruncateTime
from transforms.timestamp import STEPS, read_timestamp

POINT = {"lat": 31.2, "lng": 121.4, "accuracy_m": 5, "coord": "wgs84"}
STOP = (
    Field("at", Timestamp(), Kind.TIMESTAMP, optional=True),
    Field("where", GeoPoint(), Kind.GEO_POINT, optional=True),
    Field("seen_by", Text(), Kind.DEVICE_ID, optional=True),
    Group("guest", (Field("name", Text(), Kind.PERSON_NAME), Field("age", Integer(0, 150), Kind.PLAIN)), optional=True),
    Repeated("tags", (Field("word", OneOf(("new", "hot")), Kind.PLAIN),), maximum=2, optional=True),
)
RAW = Contract(
    "raw.trip",
    (
        *ENVELOPE,
        Field("born", Text(), Kind.BIRTH_DATE, optional=True),
        Field("score", Number(0, 1), Kind.MONEY),
        Group("from", (Group("inner", (Field("note", Text(), Kind.FREE_TEXT, optional=True),)),)),
        Repeated("stops", STOP, maximum=3, optional=True),
    ),
)
RULES = {
    Kind.EVENT_ID: Constant("event"),
    Kind.TIMESTAMP: TruncateTime("month"),
    Kind.USER_ID: Pseudonymize("trips.user", epoch="week", suite="blake2b"),
    Kind.DEVICE_ID: Pseudonymize("trips.device", suite="hmac-sm3", cache=0),
    Kind.PLAIN: Keep(),
    Kind.BIRTH_DATE: AgeBand(10),
    Kind.MONEY: BucketNumber.linear(1),
    Kind.FREE_TEXT: Mask(keep_first=1),
    Kind.GEO_POINT: GeoCell(4),
    Kind.PERSON_NAME: Drop(),
    "stops[]": Keep(),
    "stops[].tags[]": Keep(),
}
TRIPS = View("trips", RAW, "testing", RULES)
SHIFTED = View(
    "shifted",
    RAW,
    "testing",
    RULES | {"occurred_at": ShiftTime(30), "stops[].tags[]": Drop()},
    linked={Kind.MONEY: Drop()},
    otherwise=SUPPRESS,
    key=(),
)
TIMELESS = View("timeless", RAW, "testing", RULES | {"occurred_at": Drop(), "stops[]": Drop()}, key=("device_id",))


@dataclass(frozen=True)
class Told:
    """
    Releases what it was told beside the value, and nothing of a value that begins with a or 0.
    """

    takes: ClassVar = frozenset({"any"})
    needs: ClassVar = ("salt", "party", "place", "purposes", "subject", "time")
    gives: ClassVar = {"type": "string"}
    withholds: ClassVar = True

    def bind(self, keys, kind="plain"):
        def apply(value, *told):
            assert len(told) == len(self.needs)
            return None if str(value)[0] in "a0" else str((value, *told))

        return apply


@dataclass(frozen=True)
class WholeSeconds:
    """
    Releases a time of whole seconds, and nothing of another.
    """

    takes: ClassVar = frozenset({"timestamp"})
    needs: ClassVar = ()
    gives: ClassVar = {"type": "string"}
    withholds: ClassVar = True

    def bind(self, keys, kind="plain"):
        second = TruncateTime("second").bind(keys)
        return lambda ms: None if ms % 1000 else second(ms)


TOLD = View(
    "told",
    RAW,
    "telling",
    RULES | dict.fromkeys((Kind.PLAIN, Kind.FREE_TEXT, Kind.MONEY), Told()) | {Kind.TIMESTAMP: WholeSeconds()},
    party="channel",
)
TIMES = st.sampled_from(["2026-11-22T14:38:50+08:00", "2024-02-29T00:00:00Z", "2026-12-31T23:59:59.5-03:00"])
TEXTS = st.sampled_from(["张伟", "a1b2c3d4e5", "00000000", 'x\\"y', "é"])
IDS = st.sampled_from(["a1b2c3d4e5", "00000000-0000", "9f1c2d3e4a5b6c7d"])


def maybe(**fields):
    """An object of which each field may be missing or null."""
    return st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in fields.items()})


GUESTS = st.fixed_dictionaries({"name": TEXTS, "age": st.integers(0, 150)})
STOPS = maybe(
    at=TIMES,
    where=st.just(POINT),
    seen_by=IDS,
    guest=GUESTS,
    tags=st.lists(st.sampled_from([{"word": "new"}, {"word": "hot"}]), max_size=2),
)
TRIP = st.builds(
    lambda required, optional: required | optional,
    st.fixed_dictionaries(
        {
            "event_id": st.just("0f3a1b2c-7c1d"),
            "occurred_at": TIMES,
            "app_version": TEXTS,
            "channel": TEXTS,
            "score": st.floats(0, 1),
            "from": st.fixed_dictionaries({"inner": maybe(note=TEXTS)}),
        }
    ),
    maybe(user_id=TEXTS, device_id=IDS, born=st.just("1990-02-28"), stops=st.lists(STOPS, max_size=3)),
)
DECISIONS = st.sampled_from(
    [
        None,
        Decision(),
        Decision(linked=True),
        Decision(purposes=frozenset({"testing"})),
        Decision(suppressed=True),
        Decision(purposes=frozenset({"testing"}), salt=bytes(16)),
    ]
)


@given(TRIP, DECISIONS)
def test_agree_with_the_reference(event, decision):
    """
    Objects within arrays, arrays within objects, optional ones, times and points in them, subjects, epochs, what rules
    are told beside the value, and what they withhold.
    """
    decide = None if decision is None else lambda *_: decision
    engine = TopicEngine(RAW, (TRIPS, SHIFTED, TIMELESS, TOLD), KEYS, decide)
    try:
        expected = [release(bound, event, decision or Decision()) for bound in engine.bound]
    except Broken as broken:
        expected = broken.reason, broken.path

    try:
        released = [record and loads(record[0]) for record in engine.process(dumps(event))]
    except Broken as broken:
        released = broken.reason, broken.path

    assert released == expected


class TestWithheldFields:
    """
    What a rule withholds is absent, as if the event had not had it.
    """

    EVENT: ClassVar = WHO | {"score": 0.5, "from": {"inner": {"note": "a"}}, "stops": [{"seen_by": None}]}
    DECISION = Decision(purposes=frozenset({"more"}), salt=b"s")

    def released(self, **changes):
        engine = TopicEngine(RAW, (TOLD,), KEYS, lambda *_: self.DECISION)
        ((value, _, time),) = engine.process(dumps(self.EVENT | changes))
        return loads(value), time

    def test_are_absent_while_others_are_there(self):
        """
        A required one as well, and the object that nothing is left of.
        """
        value, _ = self.released()

        assert {"score", "from", "occurred_at"}.isdisjoint(value)
        assert value["channel"].startswith(
            "('huawei', b's', 'huawei', 'clean.told.trip|channel', frozenset({'more'}), 'u-10000000001', 17953295301"
        )

    def test_leave_the_day_where_the_time_is_withheld(self):
        """
        A record's timestamp says no more than the record.
        """
        _, day = self.released()
        value, second = self.released(occurred_at="2026-11-22T14:38:50+08:00")

        assert day == TruncateTime("day").floor(1795329530123)
        assert second == 1795329530000
        assert value["occurred_at"] == "2026-11-22T14:38:50+08:00"


class TestTimestamps:
    def test_follow_what_the_view_says_of_the_time(self):
        """
        The start of the month, the shifted time, and the day where no time is released.
        """
        engine = TopicEngine(
            RAW, (TRIPS, SHIFTED, TIMELESS), KEYS, lambda *_: Decision(purposes=frozenset({"testing"}))
        )
        event = WHO | {"score": 0.5, "from": {"inner": {}}}

        month, shifted, day = engine.process(dumps(event))

        assert month[2] == TruncateTime("month").floor(1795329530123)
        assert shifted[2] != 1795329530123
        assert abs(shifted[2] - 1795329530123) <= 30 * 86_400_000
        assert day[2] == TruncateTime("day").floor(1795329530123)
        assert "occurred_at" not in loads(day[0])

    @pytest.mark.parametrize("unit", STEPS)
    @pytest.mark.parametrize(
        "moment",
        [
            pytest.param("2026-11-22T14:38:50.123+08:00", id="within every unit"),
            pytest.param("2026-11-30T16:00:00Z", id="at the start of every unit in Shanghai"),
            pytest.param("2026-11-30T15:59:59.999Z", id="a millisecond before"),
            pytest.param("2026-11-22T14:38:50+05:45", id="in a zone of quarters"),
            pytest.param("2000-01-01T00:00:00+23:59", id="before the first day by UTC"),
        ],
    )
    def test_are_those_of_the_transform(self, unit, moment):
        """
        Looked up for all views at once, the start of each unit is what the transform alone gives.
        """
        rule, seconds = TruncateTime(unit), TruncateTime("second")
        views = [
            View(name, RAW, "testing", RULES | {"occurred_at": each}) for name, each in (("a", rule), ("b", seconds))
        ]
        time = read_timestamp(moment)

        for (value, _, released), each in zip(
            TopicEngine(RAW, views, KEYS).process(
                dumps(WHO | {"occurred_at": moment, "score": 0.5, "from": {"inner": {}}})
            ),
            (rule, seconds),
            strict=True,
        ):
            assert released == each.floor(time)
            assert loads(value)["occurred_at"] == each.bind(KEYS.keyring("a", "testing"))(time)


class TestKeys:
    def test_are_left_out_where_a_view_names_none(self):
        """
        Tokens in the value alone make no key.
        """
        engine = TopicEngine(
            RAW, (TRIPS, SHIFTED, TIMELESS), KEYS, lambda *_: Decision(purposes=frozenset({"testing"}))
        )

        user, none, device_token = engine.process(dumps(WHO | {"score": 0.5, "from": {"inner": {}}}))

        assert user[1] == loads(user[0])["user_id"].encode()
        assert none[1] is None
        assert device_token[1] == loads(device_token[0])["device_id"].encode()


class TestSizes:
    def test_an_event_that_would_become_too_large_is_held(self):
        """
        No broker would take its record, however often a worker tried.
        """
        friends = Repeated("friends", (Field("id", Text(8), Kind.USER_ID),), maximum=50_000)
        contract = Contract("raw.friends", (*ENVELOPE, friends))
        rules = {
            Kind.EVENT_ID: Drop(),
            Kind.TIMESTAMP: TruncateTime("day"),
            Kind.USER_ID: Pseudonymize("friends.user"),
            Kind.DEVICE_ID: Drop(),
            Kind.PLAIN: Drop(),
            "friends[]": Keep(),
        }
        topic = TopicEngine(contract, (View("friends", contract, "testing", rules),), KEYS)
        few, many = ([{"id": f"{n:06}"} for n in range(count)] for count in (20_000, 40_000))

        ((value, _, _),) = topic.process(dumps(WHO | {"friends": few}))
        with pytest.raises(Broken) as broken:
            topic.process(dumps(WHO | {"friends": many}))

        assert len(value) > 600_000
        assert broken.value.reason is Reason.CLEAN_TOO_LARGE


class TestDeclarations:
    def test_a_view_of_another_contract_is_refused(self):
        """
        Each topic is compiled by itself.
        """
        bound = BoundView(device.ADS, KEYS.keyring("ads", "ads"))
        with pytest.raises(ValueError, match="view ads of raw.device is not a view of raw.trip"):
            compile_views(RAW, [bound], Asked(None, None, Broken), Counter(), Broken)
