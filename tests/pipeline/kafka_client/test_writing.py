"""Claims about the feeder: real clients on a real socket."""

from collections import defaultdict

import pytest

from tests.pipeline.kafka_client.conftest import TOPIC


class TestRoundTrip:
    @pytest.mark.parametrize(
        ("key", "value"),
        [
            pytest.param(b"u-1", b'{"a":1}', id="key and value"),
            pytest.param(None, b"{}", id="no key"),
            pytest.param(b"\x00\xff", bytes(range(256)), id="every byte"),
            pytest.param(b"k", b"", id="empty value"),
            pytest.param(b"k", None, id="no value"),
            pytest.param(b"k", b"x" * (3 << 19), id="above 1 MiB"),
        ],
    )
    def test_brings_every_byte_back(self, feeder, read, key, value):
        """
        Key, value and timestamp are read as they were written.
        """
        feeder.send(TOPIC, key, value, 1_767_196_800_123)
        feeder.flush(10)

        (record,) = read(1)

        assert (record.topic, record.key, record.value) == (TOPIC, key, value)
        assert record.timestamp == 1_767_196_800_123
        assert record.headers == ()

    def test_brings_headers_back(self, feeder, read):
        """
        Headers keep their order, and a name may stand twice.
        """
        headers = (("source", b"\x00\xff"), ("policy", b"1"), ("source", b"2"))
        feeder.send(TOPIC, b"k", b"{}", 1, headers=headers)
        feeder.flush(10)

        assert read(1)[0].headers == headers

    def test_tells_where_each_record_went(self, feeder, read):
        """
        The confirmed coordinates are those at which the record is read.
        """
        confirmed = {}
        for number in range(200):
            value = str(number).encode()
            feeder.send(
                TOPIC,
                value,
                value,
                1,
                delivered=lambda partition, offset, value=value: confirmed.update({(partition, offset): value}),
            )
        feeder.flush(10)

        assert feeder.delivered == 200
        assert {(record.partition, record.offset): record.value for record in read(200)} == confirmed

    def test_keeps_the_order_of_a_key(self, feeder, read):
        """
        Records of one key are on one partition, in the order in which they were sent.
        """
        for number in range(300):
            feeder.send(TOPIC, f"u-{number % 7}".encode(), str(number).encode(), 1)
        feeder.flush(10)

        by_key = defaultdict(list)
        for record in sorted(read(300), key=lambda record: record.offset):
            by_key[record.key].append((record.partition, int(record.value)))

        assert len(by_key) == 7
        for places in by_key.values():
            assert len({partition for partition, _ in places}) == 1
            assert [number for _, number in places] == sorted(number for _, number in places)

    def test_waits_while_its_queue_is_full(self, broker, feeder):
        """
        More records than the queue holds all arrive.
        """
        for number in range(50_000):
            feeder.send(TOPIC, None, b"%d" % number, 1)

        assert feeder.flush(30) == 0
        assert feeder.delivered == 50_000
        assert not feeder.failures


class TestFeeder:
    def test_counts_what_no_broker_takes(self, feeder):
        """
        A record that is too large for any broker fails by name and is not counted as delivered.
        """
        feeder.send(TOPIC, None, b"x" * (5 << 20), 1)
        feeder.flush(10)

        assert feeder.failures == {"MSG_SIZE_TOO_LARGE": 1}
        assert feeder.delivered == 0
