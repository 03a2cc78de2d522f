"""Viterbi: the best labels of a sequence, searched from both of its ends to the middle."""

from typing import Any, Final

_MANY: Final = 4
"""Sequences from which on it takes less time to trace their paths together than one after the other."""


class Viterbi:
    """
    The best path of each sequence of a batch through a linear-chain CRF.

    Totals are summed up from both ends at once: half the steps of the textbook's, each of twice the work, and it is the
    number of steps that costs. Where two paths weigh the same but for rounding, either may be given.

    Args:
        numpy: the module; `lac` is the door to it.
        transitions: of shape (2 + labels, labels): to the first label, from the last one, then from label to label.

    Source:
        A. J. Viterbi: Error Bounds for Convolutional Codes and an Asymptotically Optimum Decoding Algorithm (1967).
    """

    def __init__(self, numpy: Any, transitions: Any) -> None:
        self._numpy = numpy
        self._between, self._ends = transitions[2:], transitions[:2, None]
        self._both = numpy.stack([self._between, self._between.T], axis=1)[:, :, None]
        self._into, self._out_of = list(self._between.T.copy()), list(self._between)
        self._beyond = numpy.concatenate([self._between.T, self._between])  # to each label from all, from each to all

    def __call__(self, scores: Any, lengths: Any) -> list[list[int]]:
        """
        The labels of each sequence.

        Args:
            scores: of shape (longest, sequences, labels).
            lengths: of the sequences, in tokens, from the longest to the shortest; at least 1.
        """
        totals = self._totals(scores, lengths)
        if len(lengths) < _MANY:
            return [self._path(totals[:, :, column], length) for column, length in enumerate(lengths.tolist())]
        firsts, lasts = self._halves(totals, lengths).transpose(1, 2, 0).tolist()
        return [
            first[: length - length // 2] + last[: length // 2][::-1]
            for first, last, length in zip(firsts, lasts, lengths.tolist(), strict=True)
        ]

    def _totals(self, scores: Any, lengths: Any) -> Any:
        """
        Of shape (steps, 2, sequences, labels): from the first token on, and from the last one back.
        """
        numpy = self._numpy
        middles = (lengths - 1) // 2
        steps = numpy.arange(middles[0] + 1)[:, None]
        mirrored = scores[lengths - 1 - steps, numpy.arange(len(lengths))]
        totals = numpy.stack([scores[: len(steps)], mirrored], axis=1)
        totals[0] += self._ends
        # How many sequences reach each step: the others are as they were at their middle.
        active = (middles >= steps).sum(axis=1).tolist()
        rows, columns = totals, numpy.moveaxis(totals, 3, 1)[..., None]
        room = numpy.empty(numpy.broadcast_shapes(columns[0].shape, self._both.shape), "f4")
        add, highest = numpy.add, numpy.maximum.reduce
        for step in range(1, len(steps)):
            count = active[step]
            if count < rows.shape[2]:
                rows, columns, room = rows[:, :, :count], columns[:, :, :, :count], room[:, :, :count]
            add(columns[step - 1], self._both, room)
            row = rows[step]
            add(row, highest(room, 0), row)
        return totals

    def _halves(self, totals: Any, lengths: Any) -> Any:
        """
        Labels of shape (steps, 2, sequences): from the first token on, and from the last one back, each to the middle.

        They are found from the middles, where the totals of a sequence meet, to its ends.
        """
        numpy, size = self._numpy, len(self._between)
        middles = numpy.stack([(lengths - 1) // 2, lengths // 2 - 1])
        rows = self._meeting(totals, middles, lengths)
        rows[1] += size
        steps = numpy.arange(len(totals))[:, None]
        # How many sequences have a middle behind each step: the others begin there or later.
        active = [(own > steps).sum(axis=1).tolist() for own in middles]
        halves = numpy.empty((len(totals), *rows.shape), rows.dtype)
        halves[-1] = rows
        for step in range(len(totals) - 2, -1, -1):
            first, last = active[0][step], active[1][step]
            best = (totals[step, :, :first] + self._beyond.take(rows[:, :first], axis=0)).argmax(axis=2)
            rows[0, :first] = best[0]
            numpy.add(best[1, :last], size, rows[1, :last])
            halves[step] = rows
        halves[:, 1] -= size
        return halves

    def _meeting(self, totals: Any, middles: Any, lengths: Any) -> Any:
        """
        The two labels in the middle of each sequence, of shape (2, sequences); the second of a single token is none.
        """
        numpy = self._numpy
        every = numpy.arange(len(lengths))
        firsts, lasts = totals[middles[0], 0, every], totals[middles[1], 1, every]
        pairs = firsts[:, :, None] + self._between + lasts[:, None]
        alone = lengths == 1
        pairs[alone] = (firsts[alone] + self._ends[1])[:, :, None]
        return numpy.stack(divmod(pairs.reshape(len(lengths), -1).argmax(axis=1), len(self._between)))

    def _path(self, totals: Any, length: int) -> list[int]:
        """
        From the middle of one sequence, where its totals meet, to either end.
        """
        middle = (length - 1) // 2
        first, last = list(totals[: middle + 1, 0]), list(totals[: length - 1 - middle, 1])
        if not last:
            return [int((first[0] + self._ends[1, 0]).argmax())]
        left, right = divmod(int((first.pop()[:, None] + self._between + last.pop()).argmax()), len(self._between))
        path = [left]
        for row in reversed(first):
            left = int((row + self._into[left]).argmax())
            path.append(left)
        path.reverse()
        path.append(right)
        for row in reversed(last):
            right = int((row + self._out_of[right]).argmax())
            path.append(right)
        return path
