"""Pseudonymize: keyed tokens, equal for equal things and for nobody else."""

import base64
import hmac
import re
from weakref import WeakSet

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipeline.keys import RootKeys
from transforms.base import Refused
from transforms.epoch import EPOCHS
from transforms.examples import EXAMPLE_KEYS, ExampleKeyring
from transforms.memo import Memo
from transforms.pseudonymize import Pseudonymize
from transforms.suites import SUITES
from transforms.timestamp import DAY, read_timestamp

NOVEMBER = read_timestamp("2026-11-30T23:59:59.999+08:00")
DECEMBER = read_timestamp("2026-12-01T00:00:00+08:00")
VALUES = st.text(st.characters(exclude_categories=["Cs"]))
ROOTS = st.binary(min_size=32, max_size=32)


def token(value, domain="analytics.user", kind="user_id", keys=EXAMPLE_KEYS, **settings):
    return Pseudonymize(domain, **settings).bind(keys, kind)(value)


def token_at(time, value="u-1001", epoch="month", keys=EXAMPLE_KEYS, **settings):
    return Pseudonymize("ads.user", epoch=epoch, **settings).bind(keys, "user_id")(value, time)


class TestToken:
    @given(VALUES)
    @example("")
    @example("u-1001")
    @example("爱喝茶的小李")
    def test_is_the_keyed_hash_of_the_value(self, value):
        """
        Anybody with the root can compute a token: HKDF-SHA256, HMAC-SHA256, 128 bits, URL-safe base64.
        """
        info = b"analytics.user|"
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(bytes(range(32)))
        cut = hmac.digest(key, value.encode(), "sha256")[:16]

        assert token(value) == "1." + base64.urlsafe_b64encode(cut).decode().rstrip("=")

    @pytest.mark.parametrize("suite", SUITES)
    @given(value=VALUES)
    def test_has_the_shape_that_the_schema_promises(self, suite, value):
        """
        A version, a dot and 22 characters that need no escape in JSON or in a URL.
        """
        pattern = Pseudonymize("a").gives["pattern"]

        assert re.fullmatch(pattern, token(value, suite=suite))

    @given(VALUES)
    def test_begins_with_the_version_of_the_key(self, value):
        """
        A reader sees that tokens changed because the root key did.
        """
        keys = RootKeys.generate().keyring("analytics", "analytics")

        assert token(value, keys=keys).partition(".")[0] == "1"

    @given(VALUES, VALUES)
    def test_different_values_have_different_tokens(self, one, other):
        """
        No two people become one.
        """
        assume(one != other)

        assert token(one) != token(other)

    @given(st.lists(VALUES), st.integers(0, 3))
    def test_is_the_same_whenever_it_is_asked_for(self, values, cache):
        """
        Remembered or computed, the token of a value is one.
        """
        apply = Pseudonymize("analytics.user", cache=cache).bind(ExampleKeyring(), "user_id")

        assert [apply(value) for value in values * 2] == [token(value) for value in values * 2]


class TestKeySeparation:
    @given(ROOTS, ROOTS, VALUES)
    def test_tokens_of_two_keys_do_not_join(self, one, other, value):
        """
        Whoever holds another key cannot tell whose token it is.
        """
        assume(one != other)

        assert token(value, keys=ExampleKeyring(one)) != token(value, keys=ExampleKeyring(other))

    @given(VALUES)
    def test_recipients_purposes_domains_and_roots_do_not_join(self, value):
        """
        One value has another token for every recipient, purpose, domain, suite and deployment.
        """
        root = RootKeys.generate()
        analytics = root.keyring("analytics", "analytics")
        tokens = {
            token(value, keys=analytics),
            token(value, keys=root.keyring("ads", "analytics")),
            token(value, keys=root.keyring("analytics", "ads")),
            token(value, keys=RootKeys.generate().keyring("analytics", "analytics")),
            token(value, keys=analytics, domain="analytics.device"),
            token(value, keys=analytics, suite="hmac-sm3"),
            token(value, keys=analytics, suite="blake2b"),
        }

        assert len(tokens) == 7

    def test_columns_of_one_domain_join(self):
        """
        A recipient can follow a value across topics: the domain decides, and neither the cache nor who binds it.
        """
        assert token("u-1001", cache=0) == token("u-1001", cache=10) == token("u-1001", keys=ExampleKeyring())

    def test_the_kind_decides_what_is_equal(self):
        """
        Two spellings of a telephone number are one telephone number, and two user ids.
        """
        spellings = ("13800138000", "+86 138-0013-8000")

        assert len({token(spelling, kind="phone") for spelling in spellings}) == 1
        assert len({token(spelling, kind="user_id") for spelling in spellings}) == 2


class TestEpoch:
    def test_tokens_change_with_the_month_in_shanghai(self):
        """
        The last millisecond of November and the first of December, both on 30 November in UTC.
        """
        assert token_at(NOVEMBER) != token_at(DECEMBER)
        assert token_at(NOVEMBER) == token_at(NOVEMBER - 1000)

    @pytest.mark.parametrize("epoch", [epoch for epoch in EPOCHS if epoch])
    def test_every_epoch_has_tokens_of_its_own(self, epoch):
        """
        The tokens of a day, week, month, quarter or year are none of those that never change.
        """
        assert token_at(NOVEMBER, epoch=epoch) != Pseudonymize("ads.user").bind(EXAMPLE_KEYS, "user_id")("u-1001")

    @given(st.lists(st.tuples(VALUES, st.integers(946_684_800_000, 4_102_444_799_999)), max_size=5), st.integers(0, 2))
    def test_is_the_token_of_a_key_of_the_epoch(self, events, cache):
        """
        Whatever came before, in whatever order, an event's token follows from its own month alone.
        """
        apply = Pseudonymize("ads.user", epoch="month", cache=cache).bind(ExampleKeyring(), "user_id")

        assert [apply(value, time) for value, time in events] == [token_at(time, value) for value, time in events]

    def test_a_hundred_years_of_late_events_are_told_apart(self):
        """
        More epochs than keys are kept in memory: none takes the place of another.
        """
        decades = [read_timestamp(f"20{year:02}-{month:02}-15T12:00:00Z") for year in range(100) for month in (1, 7)]
        apply = Pseudonymize("ads.user", epoch="month").bind(ExampleKeyring(), "user_id")
        tokens = [apply("u-1001", time) for time in decades]

        assert len(set(tokens)) == 200
        assert tokens == [apply("u-1001", time) for time in decades]

    def test_needs_the_time_only_where_it_matters(self):
        """
        Without an epoch a token needs nothing but the value.
        """
        assert Pseudonymize("a").needs == ()
        assert Pseudonymize("a", epoch="day").needs == ("time",)


class Remembered(Memo):
    """
    One that is found as long as anything keeps it.
    """

    __slots__ = ("size",)
    __hash__ = object.__hash__

    def __init__(self, made, make, size):
        super().__init__(make, size)
        self.size = size
        made.add(self)


class TestMemory:
    @pytest.mark.parametrize("cache", [1, 2, 100])
    def test_is_bounded(self, cache):
        """
        Ten times as many values as are kept leave no more than are kept.
        """
        apply = Pseudonymize("analytics.user", cache=cache).bind(ExampleKeyring(), "user_id")
        for number in range(10 * cache):
            apply(f"u-{number}")

        assert 1 <= len(apply.__self__) <= cache

    def test_is_bounded_however_late_events_are(self, monkeypatch):
        """
        Two epochs are remembered: what came of an earlier one before is not kept by anything.
        """
        made = WeakSet()
        monkeypatch.setattr("transforms.pseudonymize.Memo", lambda *given: Remembered(made, *given))
        apply = Pseudonymize("ads.user", epoch="day", cache=7).bind(ExampleKeyring(), "user_id")
        for number in range(1_000):
            apply(f"u-{number}", NOVEMBER - number % 40 * DAY)

        tokens = [len(memo) for memo in made if memo.size == 7]
        assert 1 <= len(tokens) <= 2
        assert all(1 <= number <= 7 for number in tokens)

    def test_is_shared_by_equal_declarations(self):
        """
        Two topics that pseudonymize the same column remember it once.
        """
        keys = ExampleKeyring()

        assert Pseudonymize("a.b").bind(keys, "user_id") is Pseudonymize("a.b").bind(keys, "user_id")
        assert Pseudonymize("a.b").bind(keys, "user_id") is not Pseudonymize("a.b").bind(keys, "phone")
        assert Pseudonymize("a.b").bind(keys, "user_id") is not Pseudonymize("a.b").bind(ExampleKeyring(), "user_id")

    def test_a_refusal_is_not_remembered_as_a_token(self):
        """
        What was refused once is refused again.
        """
        apply = Pseudonymize("analytics.phone").bind(ExampleKeyring(), "phone")
        for _ in range(2):
            with pytest.raises(Refused):
                apply("12345")


class TestRefusals:
    @pytest.mark.parametrize("cache", [0, 10])
    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            pytest.param(13800138000, "phone", id="number"),
            pytest.param(None, "user_id", id="null"),
            pytest.param(True, "user_id", id="boolean"),
            pytest.param(b"u-1001", "user_id", id="bytes"),
            pytest.param("12345", "phone", id="short telephone number"),
            pytest.param("zhangwei.example.com", "email", id="e-mail address without @"),
            pytest.param("a4:b1:c2:d3:e4", "mac", id="five bytes of a MAC"),
            pytest.param("00000000-0000-0000-0000-000000000000", "device_id", id="all-zero OAID"),
            pytest.param("u-1001\ud800", "user_id", id="half a surrogate pair"),
            pytest.param("zhang\udc00@example.com", "email", id="half a surrogate pair in an address"),
        ],
    )
    def test_say_what_is_wrong_without_the_value(self, value, kind, cache):
        """
        No part of the value is in the sentence, nor in an error behind it.
        """
        with pytest.raises(Refused) as refusal:
            token(value, kind=kind, cache=cache)

        assert str(value) not in str(refusal.value)
        assert refusal.value.__cause__ is None
        assert refusal.value.__context__ is None or refusal.value.__suppress_context__

    @given(
        st.text(), st.sampled_from(["bank_card", "device_id", "email", "hardware_id", "mac", "national_id", "phone"])
    )
    def test_any_text_gets_a_token_or_a_refusal(self, value, kind):
        """
        Nothing else can happen, whatever a client sends.
        """
        try:
            said = token(value, kind=kind)
        except Refused as refusal:
            said = str(refusal)

        assert re.fullmatch(r"1\.[A-Za-z0-9_-]{22}", said) or len(value) < 6 or value not in said


class TestDeclaration:
    @pytest.mark.parametrize(
        ("arguments", "remedy"),
        [
            pytest.param({"domain": "Ads.User"}, "lower-case words joined by dots", id="upper case"),
            pytest.param({"domain": ""}, "lower-case words joined by dots", id="no domain"),
            pytest.param({"domain": "ads|user"}, "lower-case words joined by dots", id="separator of key names"),
            pytest.param({"domain": "source:raw.order"}, "lower-case words joined by dots", id="key of source tokens"),
            pytest.param({"domain": "ads..user"}, "lower-case words joined by dots", id="empty word"),
            pytest.param({"domain": "ads.user\n"}, "lower-case words joined by dots", id="line end"),
            pytest.param({"domain": "a", "epoch": "hour"}, "choose one of day, week, month, quarter, year", id="epoch"),
            pytest.param({"domain": "a", "suite": "sha256"}, "choose one of hmac-sha256, hmac-sm3", id="suite"),
            pytest.param({"domain": "a", "cache": -1}, "0 or more", id="cache"),
        ],
    )
    def test_mistakes_are_told_when_declared(self, arguments, remedy):
        """
        The error says what may be given.
        """
        with pytest.raises(ValueError, match=re.escape(remedy)):
            Pseudonymize(**arguments)


class TestGeneration:
    @pytest.mark.parametrize("epoch", ["", "month"])
    def test_has_keys_of_its_own(self, epoch):
        """
        Whoever came back has tokens that join with none of before, and with each other.
        """
        rule = Pseudonymize("ads.user", epoch=epoch)
        time = [NOVEMBER] if epoch else []
        before = rule.bind(EXAMPLE_KEYS, "user_id")("u-1001", *time)
        first, again, later = (
            rule.bind_generation(EXAMPLE_KEYS, "user_id", generation)("u-1001", *time) for generation in (7, 7, 8)
        )

        assert first == again
        assert len({before, first, later}) == 3
        assert re.fullmatch(rule.gives["pattern"], first)
