"""Viterbi: the best path, by both halves."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.names.viterbi import Viterbi

LABELS = 49


def textbook(scores, transitions):
    """
    From the first token to the last, and back.
    """
    start, stop, between = transitions[0], transitions[1], transitions[2:]
    total, pointers = start + scores[0], []
    for row in scores[1:]:
        through = total[:, None] + between
        pointers.append(through.argmax(axis=0))
        total = through.max(axis=0) + row
    path = [int((total + stop).argmax())]
    for pointer in reversed(pointers):
        path.append(int(pointer[path[-1]]))
    return path[::-1]


def drawn(seed, *shape):
    """
    Whole numbers, so that sums are exact; many paths weigh the same.
    """
    return np.random.default_rng(seed).integers(-20, 21, size=shape).astype("f4")


def weight(path, scores, transitions):
    steps = sum(transitions[2 + left, right] for left, right in pairwise(path))
    own = sum(scores[place, label] for place, label in enumerate(path))
    return transitions[0, path[0]] + own + steps + transitions[1, path[-1]]


class TestViterbi:
    @given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
    def test_is_as_good_as_the_textbook(self, lengths, seed):
        """
        For every sequence of a batch, whatever stands behind the shorter ones.
        """
        lengths = sorted(lengths, reverse=True)
        scores, transitions = drawn(seed, lengths[0], len(lengths), LABELS), drawn(seed + 1, 2 + LABELS, LABELS)
        paths = Viterbi(np, transitions)(scores, np.array(lengths, "i4"))

        assert list(map(len, paths)) == lengths
        for column, path in enumerate(paths):
            own = scores[: len(path), column]
            assert weight(path, own, transitions) == weight(textbook(own, transitions), own, transitions)

    @pytest.mark.parametrize("length", range(1, 6))
    def test_gives_the_best_of_all_paths(self, length):
        """
        Of the few that there are through three labels.
        """
        scores, transitions = drawn(length, length, 1, 3), drawn(0, 5, 3)
        (path,) = Viterbi(np, transitions)(scores, np.array([length], "i4"))
        weights = [weight(each, scores[:, 0], transitions) for each in product(range(3), repeat=length)]

        assert weight(path, scores[:, 0], transitions) == max(weights)
