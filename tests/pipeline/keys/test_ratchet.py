"""The ratchet: later secrets follow from earlier ones, and never the other way."""

import hmac
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.keys.ratchet import EARLIEST, LATEST, Ratchet, expand
from transforms import Refused

SECRET = bytes(range(32))
FIRST = date(2026, 1, 1)
RATCHET = Ratchet(FIRST, SECRET)
DAYS = st.integers(0, 1000).map(lambda count: FIRST + timedelta(days=count))


class TestRatchet:
    @given(st.integers(0, 40), st.text(st.characters(exclude_categories=["Cs"])))
    def test_takes_one_step_of_hmac_a_day(self, days, name):
        """
        Anybody with the secret derives the same keys.
        """
        secret = SECRET
        for _ in range(days):
            secret = hmac.digest(secret, b"qingliu/1/next day\1", "sha256")
        expected = hmac.digest(secret, name.encode() + b"\1", "sha256")

        assert Ratchet(FIRST, SECRET).derive(FIRST + timedelta(days=days), name) == expected

    @given(DAYS, DAYS)
    def test_moved_on_derives_the_same_from_there(self, to, day):
        """
        And nothing for any day before.
        """
        moved = RATCHET.moved(to)

        assert moved.day == to
        if day >= to:
            assert moved.derive(day, "name") == RATCHET.derive(day, "name")
        else:
            with pytest.raises(Refused, match="its epoch has expired"):
                moved.derive(day, "name")

    @given(st.lists(st.tuples(DAYS, st.text(max_size=5)), min_size=2, max_size=2, unique=True))
    def test_two_days_or_names_share_no_key(self, pairs):
        """
        And none is the secret of a day.
        """
        one, other = (RATCHET.derive(*pair) for pair in pairs)

        assert one != other
        assert not {one, other} & set(RATCHET._secrets)

    @given(st.permutations([0, 3, 500, 36, 999]))
    def test_the_order_of_asking_changes_nothing(self, order):
        """
        Late events come after early ones.
        """
        ratchet = Ratchet(FIRST, SECRET)
        days = [FIRST + timedelta(days=count) for count in order]

        assert [ratchet.derive(day, "name") for day in days] == [RATCHET.derive(day, "name") for day in days]

    def test_goes_from_one_end_to_the_other(self):
        """
        And not a day further, so that no event makes it count for long.
        """
        ratchet = Ratchet(EARLIEST, SECRET)

        assert len(ratchet.derive(LATEST, "name")) == 32
        with pytest.raises(Refused, match="too far ahead"):
            ratchet.derive(LATEST + timedelta(days=1), "name")
        with pytest.raises(Refused, match="too far ahead"):
            ratchet.derive(date.max, "name")

    @pytest.mark.parametrize(
        ("day", "secret"),
        [
            pytest.param(FIRST, b"", id="no secret"),
            pytest.param(FIRST, bytes(33), id="long secret"),
            pytest.param(EARLIEST - timedelta(days=1), SECRET, id="too early"),
            pytest.param(LATEST + timedelta(days=1), SECRET, id="too late"),
        ],
    )
    def test_refuses_what_is_none(self, day, secret):
        """
        When it is made.
        """
        with pytest.raises(ValueError, match="a ratchet has 32 bytes and begins between"):
            Ratchet(day, secret)

    def test_shows_its_day_alone(self):
        """
        Wherever it is printed.
        """
        assert repr(RATCHET) == "Ratchet(2026-01-01)"


class TestExpand:
    def test_as_rfc_5869(self):
        """
        Test case 1 of appendix A, of which a block is the beginning.
        """
        prk = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
        info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")

        assert expand(prk, info).hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
