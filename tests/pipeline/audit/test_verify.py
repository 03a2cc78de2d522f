"""Verify: whatever is done to a log of audit records shows, and what is in order is not complained about."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audit.chain import Chain
from pipeline.audit.record import CHUNK, END, KEYS, START
from pipeline.audit.verify import Entry, Source, Spans, What, verify
from tests.pipeline.audit.chains import SIGNING, THEIRS, chain, chunk, entries

KEY = SIGNING.public
LOG = chain(*(chunk(start, start + 9) for start in range(0, 60, 10)))
SOURCE = Source("qingliu", "raw.order", 0)
COMMITTED = {SOURCE: 60}


def kinds(report):
    return [finding.what for finding in report.findings]


def looked_at(values, committed=COMMITTED):
    return verify(entries(values), KEY, committed)


def found(values):
    """
    Whether something shows: a finding, or that a chain has no end which had one.
    """
    report = looked_at(values)
    return not report.whole or bool(report.unended)


class TestWhole:
    def test_is_what_a_worker_wrote(self):
        """
        With what was counted on the way.
        """
        report = looked_at(LOG)

        assert report.whole
        assert (report.records, report.chains, report.chunks, report.read) == (8, 1, 6, 60)
        assert report.unended == []

    def test_are_chains_that_lie_mingled(self):
        """
        Several workers write into one partition.
        """
        one, other = (chain(*(chunk(start, start + 9, partition) for start in (0, 10))) for partition in (0, 1))

        mingled = [record for pair in zip(one, other, strict=True) for record in pair]

        assert looked_at(mingled, committed={}).whole

    def test_is_a_chain_whose_worker_was_killed(self):
        """
        It has no end, which is said, and the next worker processed a chunk again.
        """
        killed = chain(chunk(0, 9), chunk(10, 19), end=False)
        report = looked_at([*killed, *chain(chunk(10, 24), chunk(25, 59))])

        assert report.whole
        assert len(report.unended) == 1

    def test_is_a_partition_with_offsets_that_hold_nothing(self):
        """
        A chunk says from where on it looked: markers of transactions and compacted records lie between.
        """
        assert looked_at(chain(chunk(0, 9), chunk(15, 59, start=10))).whole

    def test_is_a_chain_whose_beginning_retention_took(self):
        """
        In a partition whose first record is gone; in another it is missing.
        """
        report = verify(entries(LOG[3:], first=3), KEY, COMMITTED)

        assert report.whole
        assert len(report.cut) == 1
        assert kinds(looked_at(LOG[3:])) == [What.MISSING]

    def test_needs_no_key_but_says_so(self):
        """
        The first opening record names one, which a forger could have named as well.
        """
        report = verify(entries(LOG))

        assert report.whole
        assert (report.public_key, report.given) == (KEY, False)


class TestFound:
    @given(st.data())
    def test_is_any_deletion(self, data):
        """
        Of any records but all of them.
        """
        gone = data.draw(st.sets(st.integers(0, len(LOG) - 1), min_size=1, max_size=len(LOG) - 1))

        assert found([value for number, value in enumerate(LOG) if number not in gone])

    def test_is_named_missing_when_one_is(self):
        """
        At the record that comes after it.
        """
        (finding,) = looked_at([*LOG[:2], *LOG[3:]], committed={}).findings[:1]

        assert (finding.what, finding.where) == (What.MISSING, "0/2")

    @given(st.permutations(range(len(LOG))).filter(lambda order: order != sorted(order)))
    def test_is_any_other_order(self, order):
        """
        Of all records.
        """
        assert not looked_at([LOG[number] for number in order]).whole

    @given(st.integers(0, len(LOG) - 1), st.data())
    @settings(max_examples=300)
    def test_is_any_flipped_bit(self, number, data):
        """
        In any record, its signature included.
        """
        value = bytearray(LOG[number])
        bit = data.draw(st.integers(0, 8 * len(value) - 1))
        value[bit // 8] ^= 1 << bit % 8

        assert not looked_at([*LOG[:number], bytes(value), *LOG[number + 1 :]]).whole

    def test_is_a_record_that_stands_twice(self):
        """
        Even one right after the other.
        """
        assert kinds(looked_at([*LOG[:3], LOG[2], *LOG[3:]])) == [What.REPEATED]

    def test_is_a_signature_of_another_key(self):
        """
        Also when nobody passed the right one: a deployment has one key.
        """
        forged = chain(chunk(60, 69), signing=THEIRS)

        assert kinds(verify(entries([*LOG, *forged]), KEY)) == [What.WRONGLY_SIGNED] * 3
        assert kinds(verify(entries([*LOG, *forged]))) == [What.WRONGLY_SIGNED] * 3

    def test_is_a_record_without_signature(self):
        """
        As such.
        """
        start, _, rest = LOG[1].partition(b',"signature"')
        assert rest

        assert What.UNSIGNED in kinds(looked_at([LOG[0], start + b"}", *LOG[2:]]))

    def test_is_another_history_by_the_same_key(self):
        """
        A record that was signed anew does not fit what followed it.
        """
        made, twin = (Chain(SIGNING, now=lambda: 1_800_000_000_000) for _ in range(2))
        twin.id = made.id
        values = [made.append(START, made.opening("qingliu worker", {})), made.append(CHUNK, chunk(0, 59))]
        assert twin.append(START, twin.opening("qingliu worker", {})) == values[0]

        rewritten = twin.append(CHUNK, chunk(0, 59, read=1))

        assert kinds(looked_at([values[0], rewritten, made.append(END, {})])) == [What.ALTERED]

    def test_is_what_follows_an_end(self):
        """
        A process that ended says no more.
        """
        made = Chain(SIGNING)
        values = [made.append(START, made.opening("qingliu worker", {})), made.append(END, {})]
        values.append(made.append(CHUNK, chunk(0, 59)))

        assert kinds(looked_at(values)) == [What.AFTER_THE_END]

    def test_is_a_chain_that_nothing_opens(self):
        """
        Its first record has to say who writes.
        """
        made, continued = Chain(SIGNING), Chain(SIGNING)
        continued._previous = "1" * 64
        opened_late = [continued.append(START, continued.opening("qingliu worker", {})), continued.append(END, {})]

        assert kinds(looked_at([made.append(CHUNK, chunk(0, 59)), made.append(END, {})])) == [What.NO_START]
        assert kinds(looked_at(opened_late, committed={})) == [What.NO_START]

    def test_is_a_record_in_another_chains_place(self):
        """
        By its key, or by its partition.
        """
        wrong_key = [Entry(value, offset, 0, b"another") for offset, value in enumerate(LOG)]
        moved = [*entries(LOG[:4]), *entries(LOG[4:], partition=1)]

        assert set(kinds(verify(wrong_key, KEY))) == {What.MISPLACED}
        assert What.MISPLACED in kinds(verify(moved, KEY))

    def test_is_a_whole_chain_that_is_gone(self):
        """
        Its offsets lie between those of others.
        """
        first, _, third = (chain(chunk(start, start + 19)) for start in (0, 20, 40))
        (gap,) = looked_at([*first, *third]).findings

        assert gap.what is What.GAP
        assert "20–39" in gap.text
        assert "raw.order partition 0" in gap.where

    def test_is_a_log_without_its_end(self):
        """
        The group has committed more than the records speak of; or they speak of nothing at all.
        """
        assert kinds(looked_at(LOG[:4])) == [What.TRUNCATED]
        assert kinds(looked_at([])) == [What.TRUNCATED]

    def test_tells_partitions_and_groups_apart(self):
        """
        What one group has read of one partition says nothing of another.
        """
        log = chain(chunk(0, 59), chunk(80, 99, 1), chunk(70, 79, group="other"))

        assert looked_at(log).whole


class TestSpans:
    @given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), min_size=1))
    def test_are_what_was_added(self, intervals):
        """
        In any order, overlapping or not: the gaps are the offsets between that none covers.
        """
        spans = Spans()
        for start, length in intervals:
            spans.add(start, start + length)
        covered = {offset for start, length in intervals for offset in range(start, start + length)}
        between = {offset for start, stop in spans.gaps() for offset in range(start, stop)}

        assert between == set(range(min(covered), max(covered) + 1)) - covered
        assert spans.end == max(covered) + 1


class TestSince:
    """
    A log that is looked at from a time on.
    """

    SINCE = 1_767_225_600_000

    def looked_at(self, values, first, committed=COMMITTED):
        return verify(entries(values, first=first), KEY, committed, self.SINCE)

    def test_says_what_cannot_be_said(self):
        """
        In the report, as text and as JSON; of a log that is looked at whole nothing is left unsaid.
        """
        report = self.looked_at(LOG[3:], 3)

        assert report.whole
        assert report.as_dict()["since"] == "2026-01-01T00:00:00.000Z"
        assert report.as_dict()["not_said"] == list(report.unsaid)
        assert "first record since then of 1 chains" in report.unsaid[1]
        assert looked_at(LOG).unsaid == ()

    def test_does_not_take_silence_for_a_loss(self):
        """
        A raw partition that brought nothing since then has no record; which ones, the report says.
        """
        quiet = Source("qingliu", "raw.log", 2)
        report = self.looked_at(LOG[3:], 3, {**COMMITTED, quiet: 7})

        assert report.whole
        assert report.silent == [str(quiet)]
        assert str(quiet) in " ".join(report.unsaid)
        assert kinds(looked_at(LOG, {**COMMITTED, quiet: 7})) == [What.TRUNCATED]

    @given(st.sets(st.integers(3, 7), min_size=1, max_size=4))
    def test_finds_what_is_missing_after_it(self, lost):
        """
        As well as in a log that is looked at whole, but for the first records since then.
        """
        kept = [value for number, value in enumerate(LOG) if number > 1 and number not in lost]
        report = self.looked_at(kept, 2)

        assert not report.whole or report.unended

    def test_holds_keys_against_those_of_its_own_time(self):
        """
        What was done to them before is not looked at, also where an old file has a part of it.
        """
        late = keys_changed("expire", [1, 2], self.SINCE + 1)
        old = keys_changed("rotate", [7], self.SINCE - 1)

        assert kinds(verify(entries([*old, *late]), KEY)) == [What.KEYS]
        assert verify(entries([*old, *late]), KEY, since=self.SINCE).whole


def keys_changed(act, versions, at):
    made = Chain(SIGNING, lambda: at)
    held = {"versions": versions, "epochs_from": "2025-01-01"}
    records = [made.append(START, made.opening(f"qingliu keys {act}", {}))]
    records += [
        made.append(KEYS, {"act": act, "step": step, "before": held, "after": held}) for step in ("asked", "done")
    ]
    return [*records, made.append(END, {})]
