"""Custody: what was done to the keys is told before and after, and a change that nobody tells of shows."""

from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audit.chain import Chain
from pipeline.audit.custody import ASKED, DONE, beside, breaks, change
from pipeline.audit.record import KEYS, read
from pipeline.audit.verify import What, verify
from tests.pipeline.audit.chains import SIGNING, entries


def held(*versions, since=date(2025, 1, 1)):
    return SimpleNamespace(versions=versions, since=since)


ONE, TWO, LATE = held(1), held(1, 2), held(1, 2, since=date(2025, 6, 1))
STORY = [("rotate", ONE, TWO), ("expire", TWO, LATE), ("announce", LATE, LATE), ("sunset", LATE, None)]


class Desk:
    """
    Somebody who runs one command after the other, and whose clock goes on by a second.
    """

    def __init__(self):
        self.now = 1_767_225_600_000

    def does(self, act, before, after, steps=(ASKED, DONE)):
        made = Chain(SIGNING, lambda: self.now)
        self.now += 1_000
        return [read(made.append(KEYS, {**change(act, before, after), "step": step})) for step in steps]


@pytest.fixture
def desk():
    return Desk()


class TestBreaks:
    def test_are_not_where_each_command_tells(self, desk):
        """
        In whatever order the records lie, from the first that is kept.
        """
        records = [record for said in STORY for record in desk.does(*said)]

        assert list(breaks(records)) == []
        assert list(breaks(records[::-1])) == []
        assert list(breaks(records[3:])) == []

    @given(st.sets(st.integers(0, 3)))
    def test_are_where_one_is_left_out_between_others(self, missing):
        """
        But for one that changed nothing.
        """
        desk = Desk()
        told = [desk.does(*said) for said in STORY]
        kept = [number for number in range(4) if number not in missing]
        gaps = [(one, other) for one, other in pairwise(kept) if set(range(one + 1, other)) - {2}]

        found = list(breaks(record for number in kept for record in told[number]))

        assert [each.chain for each in found] == [told[other][0].chain for _, other in gaps]

    @pytest.mark.parametrize(
        "following", [pytest.param(("rotate", ONE, TWO), id="undone"), pytest.param(("expire", TWO, LATE), id="done")]
    )
    def test_are_not_after_a_command_that_died(self, desk, following):
        """
        It had said what it was about to do, and may have done it or not.
        """
        assert list(breaks([*desk.does("rotate", ONE, TWO, [ASKED]), *desk.does(*following)])) == []

    def test_say_what_does_not_fit(self, desk):
        """
        Versions and epochs; there is nothing personal about keys.
        """
        (found,) = breaks([*desk.does("announce", ONE, ONE), *desk.does("sunset", LATE, None)])

        assert "sunset began with versions 1, 2 and epochs from 2025-06-01" in found.text
        assert "the records before it leave versions 1 and epochs from 2025-01-01" in found.text


class TestVerify:
    def test_finds_a_change_that_nobody_tells_of(self):
        """
        Though each chain that is there is whole.
        """
        log = []
        for number, said in enumerate((STORY[0], STORY[3])):
            made = Chain(SIGNING, lambda number=number: 1_767_225_600_000 + number)
            log += [made.append("start", made.opening("qingliu keys rotate", {}))]
            log += [made.append(KEYS, {**change(*said), "step": step}) for step in (ASKED, DONE)]
            log += [made.append("end", {})]

        (finding,) = verify(entries(log), SIGNING.public).findings

        assert finding.what is What.KEYS


def test_records_without_a_broker_lie_beside_the_keyset(tmp_path):
    """
    Under its name.
    """
    assert beside(tmp_path / "keyset.json") == tmp_path / "keyset.json.audit"
