"""BucketNumber: the lower bound of a bucket in place of the number."""

import math
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.bucket_number import LARGEST, BucketNumber
from transforms.examples import EXAMPLE_KEYS

AMOUNTS = st.integers(-(10**15), 10**15)
NUMBERS = AMOUNTS | st.floats(-1e15, 1e15)
WIDTHS = st.integers(1, 10**9)
ORIGINS = st.integers(-(10**9), 10**9)
BASES = st.integers(2, 1_000)
DECLARATIONS = st.builds(BucketNumber.linear, WIDTHS, ORIGINS) | st.builds(BucketNumber.logarithmic, BASES)


def bucket(declaration, value):
    return declaration.bind(EXAMPLE_KEYS)(value)


class TestBothScales:
    @given(DECLARATIONS, NUMBERS)
    def test_releases_an_integer_at_or_below_the_number(self, declaration, value):
        """
        The result is a lower bound, and an integer whatever the number was.
        """
        released = bucket(declaration, value)

        assert type(released) is int
        assert released <= value

    @given(DECLARATIONS, NUMBERS)
    def test_a_bound_is_its_own_bound(self, declaration, value):
        """
        Bucketing a released value changes nothing.
        """
        bound = bucket(declaration, value)
        assume(abs(bound) <= LARGEST)  # below zero a bound is larger than the number, and may leave what can be read

        assert bucket(declaration, bound) == bound

    @given(DECLARATIONS, NUMBERS, NUMBERS)
    def test_order_stays(self, declaration, one, other):
        """
        A larger number never gets a smaller result.
        """
        assert bucket(declaration, min(one, other)) <= bucket(declaration, max(one, other))

    @given(DECLARATIONS, st.floats(-1e15, 1e15))
    def test_a_fraction_falls_where_its_floor_falls(self, declaration, value):
        """
        Bounds are whole, so nothing between two integers is a bound.
        """
        assert bucket(declaration, value) == bucket(declaration, math.floor(value))

    @pytest.mark.parametrize(
        "declaration",
        [
            pytest.param(BucketNumber.linear(LARGEST, LARGEST), id="widest linear buckets"),
            pytest.param(BucketNumber.linear(LARGEST, -LARGEST), id="widest linear buckets, lowest origin"),
            *(pytest.param(BucketNumber.logarithmic(base), id=f"powers of {base}") for base in range(2, 1_001, 97)),
        ],
    )
    def test_results_fit_into_64_bits(self, declaration):
        """
        The furthest numbers that are read have bounds that every encoder can write.
        """
        for value in (-LARGEST, LARGEST):
            assert -(2**63) <= bucket(declaration, value) < 2**63

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            pytest.param(True, "got boolean", id="true"),
            pytest.param(False, "got boolean", id="false"),
            pytest.param("129", "got string", id="text"),
            pytest.param(None, "got null", id="null"),
            pytest.param([129], "got array", id="array"),
            pytest.param(math.nan, "finite", id="NaN"),
            pytest.param(math.inf, "finite", id="infinity"),
            pytest.param(-math.inf, "finite", id="minus infinity"),
            pytest.param(2**53 + 1, "out of range", id="integer too large"),
            pytest.param(-(2**53) - 1, "out of range", id="integer too far below zero"),
            pytest.param(1e300, "out of range", id="number too large"),
        ],
    )
    @pytest.mark.parametrize("declaration", [BucketNumber.linear(100), BucketNumber.logarithmic()], ids=repr)
    def test_refuses_what_is_not_a_number_in_range(self, declaration, value, reason):
        """
        A boolean is no number, and what JSON readers disagree about is not read.
        """
        with pytest.raises(Refused, match=reason):
            bucket(declaration, value)


class TestLinear:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param(0, 0, id="zero"),
            pytest.param(99, 0, id="end of a bucket"),
            pytest.param(100, 100, id="bound"),
            pytest.param(12_990, 12_900, id="within"),
            pytest.param(-1, -100, id="just below zero"),
            pytest.param(-100, -100, id="bound below zero"),
            pytest.param(99.999, 0, id="fraction"),
            pytest.param(-0.5, -100, id="fraction below zero"),
            pytest.param(-0.0, 0, id="minus zero"),
        ],
    )
    def test_buckets_of_a_hundred(self, value, expected):
        """
        A bucket holds its lower bound and not its upper one.
        """
        assert bucket(BucketNumber.linear(100), value) == expected

    @given(WIDTHS, ORIGINS, NUMBERS)
    def test_the_number_lies_within_its_bucket(self, width, origin, value):
        """
        For every number, bound ≤ number < bound + width, and bounds are a multiple of the width away from the origin.
        """
        released = bucket(BucketNumber.linear(width, origin), value)

        assert released <= Fraction(value) < released + width
        assert (released - origin) % width == 0


class TestLogarithmic:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param(0, 0, id="zero"),
            pytest.param(0.3, 0, id="below one"),
            pytest.param(1, 1, id="one"),
            pytest.param(9, 1, id="end of a bucket"),
            pytest.param(10, 10, id="bound"),
            pytest.param(999, 100, id="below a power"),
            pytest.param(1_000, 1_000, id="a power, where floating logarithms fail"),
            pytest.param(-0.3, -1, id="just below zero"),
            pytest.param(-1, -1, id="minus one"),
            pytest.param(-2, -10, id="below minus one"),
            pytest.param(-10, -10, id="bound below zero"),
            pytest.param(-11, -100, id="refund"),
        ],
    )
    def test_powers_of_ten(self, value, expected):
        """
        Bounds are zero and the powers, mirrored below zero; the released one is the lower.
        """
        assert bucket(BucketNumber.logarithmic(10), value) == expected

    @given(BASES, st.integers(1, 10**15))
    @example(10, 10**15)
    @example(10, 10**15 - 1)
    @example(2, 2**49)
    @example(2, 2**49 - 1)
    def test_a_positive_number_lies_within_its_bucket(self, base, value):
        """
        For every integer, power ≤ number < next power, computed with integers alone.
        """
        released = bucket(BucketNumber.logarithmic(base), value)

        assert is_power(released, base)
        assert released <= value < released * base

    @given(BASES, st.integers(-(10**15), -2))
    def test_a_negative_number_lies_within_its_bucket(self, base, value):
        """
        Below minus one, -power ≤ number < -(power before).
        """
        released = bucket(BucketNumber.logarithmic(base), value)

        assert is_power(-released, base)
        assert released <= value < released // base

    @given(BASES, st.data())
    def test_exact_around_every_power(self, base, data):
        """
        A power is its own bound, and one less belongs to the power before.
        """
        exponent = data.draw(st.integers(1, int(math.log(10**15, base))))
        power = base**exponent
        declaration = BucketNumber.logarithmic(base)

        assert bucket(declaration, power) == power
        assert bucket(declaration, power - 1) == power // base
        assert bucket(declaration, -power) == -power
        assert bucket(declaration, -power - 1) == -power * base


class TestDeclaration:
    @pytest.mark.parametrize(
        ("declare", "remedy"),
        [
            pytest.param(lambda: BucketNumber.linear(0), "within 1–2", id="no width"),
            pytest.param(lambda: BucketNumber.linear(-5), "within 1–2", id="negative width"),
            pytest.param(lambda: BucketNumber.linear(2**53 + 1), "within 1–2", id="width too large"),
            pytest.param(lambda: BucketNumber.linear(0.5), "choose a smaller unit", id="width with a fraction"),
            pytest.param(lambda: BucketNumber.linear(width=True), "choose a smaller unit", id="width true"),
            pytest.param(lambda: BucketNumber.linear(5, 0.5), "choose a smaller unit", id="origin with a fraction"),
            pytest.param(lambda: BucketNumber.linear(5, 2**54), "within ±2", id="origin too large"),
            pytest.param(lambda: BucketNumber.logarithmic(1), "within 2–1000", id="base one"),
            pytest.param(lambda: BucketNumber.logarithmic(1_001), "within 2–1000", id="base too large"),
            pytest.param(lambda: BucketNumber("logarithmic", 2, 1), "leave it out", id="logarithm with an origin"),
            pytest.param(lambda: BucketNumber("square", 2), "choose linear or logarithmic", id="unknown scale"),
        ],
    )
    def test_refuses_bounds_that_make_no_sense(self, declare, remedy):
        """
        The error says what to write instead.
        """
        with pytest.raises(ValueError, match=remedy):
            declare()


def is_power(value, base):
    while value % base == 0:
        value //= base
    return value == 1
