"""Claims about the tokens that name a person: whatever the engine ever released, and nobody else's."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.engine import Engine
from pipeline.erasure.tokens import Tokenizer
from pipeline.keys import RootKeys
from pipeline.opening import open_record
from pipeline.parties import KeysOfParties
from pipeline.subjects.record import format_time
from schemas import VIEWS, order
from schemas.kinds import Kind
from tests.pipeline.events import EVENTS, PARTIES, encode
from transforms import Consented, Pseudonymize
from transforms.epoch import epoch_of
from transforms.timestamp import DAY, day_of

NOW = 1_790_000_000_000
SINCE = NOW - 500 * DAY
PERSONS = (
    {"user_id": ["u-1"], "device_id": ["a1b2c3d4e5f60718", "0011223344556677"], "cookie_id": ["c0ffee00c0ffee00"]},
    {"user_id": ["u-2"], "device_id": ["ffffeeeeddddcccc"], "cookie_id": ["badc0de0badc0de0"]},
)
FIELDS = tuple(PERSONS[0])
DECISIONS = [Decision(), Decision(purposes=frozenset({"ads"})), Decision(linked=True)]


VERSIONS = [RootKeys.generate(since=day_of(SINCE))]
VERSIONS.append(VERSIONS[0].rotated(timedelta(days=30)))
KEYS = VERSIONS[-1]


def names(person):
    return {Kind(field): frozenset((value, 0) for value in values) for field, values in person.items()}


def tokenizer(views=VIEWS, now=NOW):
    return Tokenizer(views, KEYS, now)


@st.composite
def acts(draw):
    """
    Something that one of two persons does, on one of their devices.
    """
    number = draw(st.sampled_from((0, 1)))
    topic = draw(st.sampled_from(sorted(EVENTS)))
    event = dict(EVENTS[topic])
    for field, values in PERSONS[number].items():
        event.pop(field, None)
        if draw(st.booleans()) and (field != "cookie_id" or topic == "raw.log"):
            event[field] = draw(st.sampled_from(values))
    event["occurred_at"] = format_time(draw(st.integers(SINCE + 31 * DAY, NOW + DAY)))
    return number, topic, encode(event), draw(st.sampled_from(list(ENGINES)))


MERCHANT = EVENTS["raw.order"]["merchant_id"]
SEALERS = {name: key.public().sealer() for name, key in PARTIES.items() if name == MERCHANT}
ENGINES = {
    (version, decision): Engine(VIEWS, KeysOfParties(keys, SEALERS), lambda *_, made=decision: made)
    for version, keys in enumerate(VERSIONS)
    for decision in DECISIONS
}


def opened(view, record):
    """
    What the party reads to whom a record is sealed as a whole, or the record.
    """
    return record if view.sealed is None else open_record(record, PARTIES[MERCHANT], view.topic).record


def released(topic, raw, circumstances):
    """
    The tokens that each recipient gets of an event's ids.
    """
    engine = ENGINES[circumstances].topics[topic]
    for view, record in zip(engine.views, engine.process(raw), strict=True):
        clean = {} if record is None else opened(view, loads(record[0]))
        yield view.recipient, {(field, clean[field]) for field in FIELDS if field in clean}


@cache
def told(number, recipient):
    """
    What a recipient is told of one of the persons.
    """
    tokens = tokenizer().tokens(recipient, names(PERSONS[number]))
    return {(kind, token) for kind, held in tokens.items() for token in held}


class TestTokens:
    @given(acts())
    def test_are_all_that_were_ever_released_and_nobody_else_s(self, act):
        """
        In every epoch and under every circumstance; another person's are not among them.
        """
        number, *event = act

        for recipient, tokens in released(*event):
            assert tokens <= told(number, recipient)
            assert not tokens & told(1 - number, recipient)

    def test_are_one_for_each_rule_and_epoch(self):
        """
        No more are made than the views give: in two versions those of all months for ads, of one time for analytics.
        """
        months = 2 * len({epoch_of("month", time) for time in range(SINCE + 31 * DAY, NOW + 2 * DAY, DAY)})

        tokens = tokenizer().tokens("ads", {Kind.USER_ID: frozenset({("u-1", 0)})})
        assert {kind: len(held) for kind, held in tokens.items()} == {"user_id": months}
        assert all(
            len(held) == 2 * len(PERSONS[0][kind])
            for kind, held in tokenizer().tokens("analytics", names(PERSONS[0])).items()
        )

    def test_of_a_new_generation_come_beside_the_old_ones(self):
        """
        Whoever registered again is known by both.
        """
        once = tokenizer().tokens("ads", {Kind.USER_ID: frozenset({("u-1", 0)})})
        again = tokenizer().tokens("ads", {Kind.USER_ID: frozenset({("u-1", NOW - DAY)})})

        assert set(once["user_id"]) < set(again["user_id"])
        assert len(again["user_id"]) == 2 * len(once["user_id"])

    @pytest.mark.parametrize(
        "known",
        [
            pytest.param({}, id="nothing known"),
            pytest.param(
                {Kind.PHONE: frozenset({("+8613800138000", 0)})}, id="a number, of which no view makes tokens"
            ),
            pytest.param({Kind.DEVICE_ID: frozenset({("not an id", 0)})}, id="an id that every event is refused for"),
        ],
    )
    def test_are_none_where_none_were_released(self, known):
        """
        A recipient that knows nobody is told nothing.
        """
        assert tokenizer().tokens("analytics", known) == {}

    def test_of_an_epoch_whose_key_was_destroyed_are_named_no_more(self):
        """
        What was made with it leads to nobody, and nobody can say what it was.
        """
        known = names(PERSONS[0])
        before, after = (Tokenizer(VIEWS, keys, NOW) for keys in (KEYS, KEYS.expired(day_of(NOW - 100 * DAY))))

        assert set(after.tokens("ads", known)["user_id"]) < set(before.tokens("ads", known)["user_id"])
        assert after.tokens("analytics", known) == before.tokens("analytics", known)

    def test_that_wait_for_a_second_consent_are_named_as_well(self):
        """
        It may have been given.
        """
        rules = {**order.ANALYTICS.rules, Kind.DEVICE_ID: Consented("research", Pseudonymize("analytics.device"))}
        views = [order.ANALYTICS], [replace(order.ANALYTICS, rules=rules, key=("user_id",))]
        plain, consented = (tokenizer(each).tokens("analytics", names(PERSONS[0])) for each in views)

        assert consented == plain

    def test_of_numbers_are_named_where_a_view_makes_them(self):
        """
        For a consignee, of whom nothing but a number is known.
        """
        view = replace(order.ANALYTICS, rules={**order.ANALYTICS.rules, Kind.PHONE: Pseudonymize("analytics.phone")})
        record = Engine([view], KEYS).topics["raw.order"].process(encode(EVENTS["raw.order"]))[0]
        number = {Kind.PHONE: frozenset({("+8613900139000", 0)})}

        tokens = tokenizer([view]).tokens("analytics", number)

        assert loads(record[0])["consignee"]["phone"] in tokens["phone"]
