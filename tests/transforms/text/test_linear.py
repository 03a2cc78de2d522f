"""The measure itself: it tells a linear search from a quadratic one."""

import pytest

from tests.transforms.text.linear import is_linear


@pytest.mark.parametrize(
    ("search", "linear"),
    [
        pytest.param(lambda text: (character for character in text), True, id="linear"),
        pytest.param(lambda text: (text.find("王", at) for at in range(len(text))), False, id="quadratic"),
    ],
)
def test_tells_them_apart(search, linear):
    """
    A test that cannot fail would hold anything.
    """
    assert is_linear(search, "啊") is linear
