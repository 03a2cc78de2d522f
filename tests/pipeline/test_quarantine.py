"""Quarantine records: a reason that everybody may read, and an event that only the privacy officer opens."""

import base64
import itertools
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.broken import Broken, Reason
from pipeline.codec import dumps, parse
from pipeline.quarantine import PART_BYTES, Quarantine, open_records, quarantine_topic, reason_of
from pipeline.sealing import OfficerPrivateKey
from transforms.base import CannotOpen

OFFICER = OfficerPrivateKey.generate()
QUARANTINE = Quarantine(OFFICER.public().sealer(), "0f0e0d0c0b0a0908+f0e0d0c0b0a09080")
BROKEN = Broken(Reason.WRONG_TYPE, "payment.bank_card", "expected string, got number")
EVENT = '{"user_id": "u-10000000001", "payment": {"bank_card": 6222021234567890128}, "name": "张伟"}'.encode()
LARGE = os.urandom(3 << 20)


def hold(key, value, offset=14, broken=BROKEN):
    return list(QUARANTINE.records("raw.order", 3, offset, key, value, broken))


@pytest.fixture(scope="module")
def record():
    (record,) = hold(b"u-10000000001", EVENT)
    return record


@pytest.fixture(scope="module")
def large():
    return hold(b"key", LARGE)


class TestOpenRecords:
    @settings(max_examples=50)
    @given(st.none() | st.binary(), st.none() | st.binary())
    def test_gives_back_key_and_value(self, key, value):
        """
        For all bytes, null and empty told apart.
        """
        assert open_records(OFFICER, hold(key, value)) == (key, value)

    @pytest.mark.parametrize("size", [PART_BYTES - 17, PART_BYTES - 16, PART_BYTES - 15, 2 * PART_BYTES - 16])
    def test_at_the_edges_of_a_part(self, size):
        """
        Nothing is lost where a payload just fits its parts; key and value have 8 bytes of length each.
        """
        records = hold(b"", bytes(size))

        assert len(records) == -(-(size + 16) // PART_BYTES)
        assert open_records(OFFICER, records) == (b"", bytes(size))

    def test_joins_the_parts_of_a_large_record(self, large):
        """
        Three MiB need several records, each small enough for a broker's defaults; their order does not matter.
        """
        assert len(large) == 7
        assert max(map(len, large)) < 1_000_000
        assert open_records(OFFICER, large[::-1]) == (b"key", LARGE)

    @pytest.mark.parametrize(
        "pick",
        [
            pytest.param(lambda parts: parts[1:], id="first missing"),
            pytest.param(lambda parts: parts[:-1], id="last missing"),
            pytest.param(lambda parts: parts[:2] + parts[3:], id="one missing"),
            pytest.param(lambda parts: parts + parts[:1], id="one twice"),
            pytest.param(lambda parts: [], id="none"),
            pytest.param(lambda parts: [*parts[:-1], b"{}"], id="not one of them"),
            pytest.param(lambda parts: [*parts[:-1], b"[]"], id="no object"),
            pytest.param(
                lambda parts: [*parts[:-1], parts[-1].replace(b'"part":7', b'"part":"7"')], id="part a string"
            ),
            pytest.param(
                lambda parts: [*parts[:-1], parts[-1].replace(b'"part":7', b'"part":"x"')], id="part a letter"
            ),
            pytest.param(lambda parts: [*parts[:-1], parts[-1].replace(b'"sealed":"', b'"sealed":"!')], id="no base64"),
        ],
    )
    def test_needs_every_part_once(self, large, pick):
        """
        The sentence says what to do.
        """
        with pytest.raises(ValueError, match=r"^not all the quarantine records of one event; read the topic") as error:
            open_records(OFFICER, pick(large))

        assert error.value.__context__ is None or error.value.__suppress_context__ or "sealed" not in str(error.value)

    def test_takes_no_part_of_another_event(self, large):
        """
        Parts of two events, each genuine, make no third.
        """
        other = hold(b"key", os.urandom(3 << 20), offset=15)
        with pytest.raises(ValueError, match="of one event"):
            open_records(OFFICER, [*large[:-1], other[-1]])

    def test_takes_no_altered_count_of_parts(self, large):
        """
        The first parts cannot be passed off as the whole.
        """
        shortened = [part.replace(b'"parts":7', b'"parts":2') for part in large[:2]]
        with pytest.raises(CannotOpen):
            open_records(OFFICER, shortened)

    @pytest.mark.parametrize(("name", "value"), [("topic", "raw.log"), ("partition", 4), ("offset", 15), ("part", 1.0)])
    def test_takes_no_record_at_other_coordinates(self, record, name, value):
        """
        What is sealed belongs to its coordinates.
        """
        with pytest.raises(CannotOpen):
            open_records(OFFICER, [dumps(parse(record) | {name: value})])

    def test_takes_no_other_key(self, record):
        """
        Another officer opens nothing.
        """
        with pytest.raises(CannotOpen):
            open_records(OfficerPrivateKey.generate(), [record])


class TestReadablePart:
    def test_tells_where_and_why(self, record):
        """
        Coordinates, reason, path of the contract, types in words, and the views' policy.
        """
        readable = parse(record)
        sealed = base64.b64decode(readable.pop("sealed"), validate=True)

        assert readable == {
            "topic": "raw.order",
            "partition": 3,
            "offset": 14,
            "part": 1,
            "parts": 1,
            "reason": "wrong_type",
            "path": "payment.bank_card",
            "detail": "expected string, got number",
            "policy": "0f0e0d0c0b0a0908+f0e0d0c0b0a09080",
        }
        assert len(sealed) == 1136 + 8 + len("u-10000000001") + 8 + len(EVENT)

    def test_holds_no_byte_of_the_event(self, record):
        """
        No six bytes in a row of a value, in clear; nor any piece of the event in base64.
        """
        clear = record + base64.b64decode(parse(record)["sealed"])
        values = b"u-10000000001", b"6222021234567890128", "张伟".encode()
        windows = {value[start : start + 6] for value in values for start in range(len(value) - 5)}
        encoded = {base64.b64encode(EVENT[start : start + 9]) for start in range(len(EVENT) - 8)}

        assert all(value in EVENT for value in values)
        assert not [window for window in windows | encoded if window in clear]

    @settings(max_examples=50)
    @given(st.binary(min_size=6, max_size=300))
    def test_is_the_same_for_all_events_of_a_size(self, value):
        """
        For all values: only the sealed part depends on them.
        """
        (one,), (other,) = hold(None, value), hold(None, bytes(len(value)))
        sealed = parse(one)["sealed"].encode()

        assert one.replace(sealed, b"") == other.replace(parse(other)["sealed"].encode(), b"")

    @pytest.mark.parametrize("reason", list(Reason))
    def test_reads_as_the_reason_it_was_held_for(self, reason):
        """
        For every reason of the closed list.
        """
        (record,) = hold(None, b"", broken=Broken(reason))

        assert reason_of(record) is reason

    def test_every_part_tells_the_same(self, large):
        """
        Whoever counts reasons need not join parts.
        """
        numbers = [(parse(part)["part"], parse(part)["parts"]) for part in large]
        told = [{name: parse(part)[name] for name in ("reason", "path", "offset")} for part in large]

        assert numbers == [(number, 7) for number in range(1, 8)]
        assert all(one == other for one, other in itertools.pairwise(told))


class TestTopic:
    def test_is_named_after_the_raw_one(self):
        """
        One quarantine for each raw topic.
        """
        assert quarantine_topic("raw.order") == "quarantine.raw.order"
