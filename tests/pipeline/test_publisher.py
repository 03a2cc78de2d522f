"""The publisher: order within a key, whole batches, and every answer handed back."""

import asyncio
from collections import defaultdict
from zlib import crc32

from aiokafka.producer.message_accumulator import BatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publisher import Publisher, mix

KEYS = st.none() | st.sampled_from([b"1.a", b"1.b", b"1.c", b"1.d"])


class Sender:
    """
    Real batches of aiokafka, kept instead of sent.
    """

    def __init__(self, partitions=3, batch_bytes=16_384):
        self.partitions = partitions
        self.batch_bytes = batch_bytes
        self.sent = defaultdict(list)
        self.batches = []

    def create_batch(self):
        records = []
        builder = BatchBuilder(self.batch_bytes, 0)
        append = builder.append

        def keep(**record):
            metadata = append(**record)
            if metadata is not None:
                records.append((record["key"], record["value"]))
            return metadata

        builder.append = keep
        builder.records = records
        return builder

    async def send_batch(self, batch, topic, partition):
        await asyncio.sleep(0)
        self.sent[topic, partition] += batch.records
        self.batches.append((topic, partition))
        return asyncio.get_running_loop().create_future()

    async def partition_count(self, topic):
        return self.partitions


def send(sender, records, unkeyed=0):
    async def go():
        return await Publisher(sender).send("clean.ads.order", records, unkeyed)

    return asyncio.run(go())


def records(*keys, size=8):
    return [(1_795_329_480_000 + n, key, f"{n:0{size}}".encode(), []) for n, key in enumerate(keys)]


class TestMix:
    @given(st.lists(KEYS, max_size=60), st.randoms(use_true_random=False))
    def test_keeps_records_and_the_order_within_a_key(self, keys, chance):
        """
        Nothing else of the raw order is left: any other order of the keys gives the same order of keys.
        """
        before = records(*keys)
        shuffled = records(*chance.sample(keys, len(keys)))

        mixed = list(before)
        mix(mixed)
        mix(shuffled)

        assert sorted(mixed) == before
        for key in set(keys):
            assert [record for record in mixed if record[1] == key] == [record for record in before if record[1] == key]
        keyed = [record[1] for record in mixed if record[1]]
        assert keyed == [record[1] for record in shuffled if record[1]]

    def test_sorts_records_without_a_key_by_what_they_say(self):
        """
        Not by when they came.
        """
        came = [(0, None, value, []) for value in (b"c", b"a", b"b")]

        mix(came)

        assert [value for _, _, value, _ in came] == [b"a", b"b", b"c"]


class TestPublisher:
    @given(st.lists(KEYS, min_size=1, max_size=60), st.integers(1, 7), st.integers(0, 10**9))
    def test_keeps_order_within_a_key(self, keys, partitions, unkeyed):
        """
        Every record is sent once, each key's in order and in one partition.
        """
        sender = Sender(partitions, batch_bytes=512)

        send(sender, records(*keys), unkeyed)

        sent = [(key, value) for batch in sender.sent.values() for key, value in batch]
        assert sorted(value for _, value in sent) == [record[2] for record in records(*keys)]
        for key in set(keys):
            ours = [value for other, value in sent if other == key]
            assert ours == sorted(ours)

    def test_spreads_keys_as_librdkafka_does(self):
        """
        CRC-32 of the key, modulo the partitions; without a key all go together.
        """
        sender = Sender(5)

        send(sender, records(b"1.a", b"1.b", None, None), unkeyed=13)

        places = {key: partition for (_, partition), batch in sender.sent.items() for key, _ in batch}
        assert places == {b"1.a": crc32(b"1.a") % 5, b"1.b": crc32(b"1.b") % 5, None: 3}

    def test_makes_one_batch_for_each_partition(self):
        """
        However many records it holds.
        """
        sender = Sender(2)

        futures = send(sender, records(*[b"1.a", b"1.b", b"1.c", b"1.d"] * 50))

        assert len(futures) == len(sender.batches) == len(set(sender.batches))

    def test_begins_another_batch_when_one_is_full(self):
        """
        And returns a future for each.
        """
        sender = Sender(1, batch_bytes=400)

        futures = send(sender, records(*[None] * 50))

        assert len(sender.batches) == len(futures) > 1
        assert len(sender.sent["clean.ads.order", 0]) == 50
