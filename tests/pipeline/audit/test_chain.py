"""Chains: numbered, bound to what came before, and each one's own."""

import pytest

from pipeline.audit.chain import Chain, digest
from pipeline.audit.record import CHUNK, END, FIRST, START, Unreadable, read
from tests.pipeline.audit.chains import POLICY, SIGNING, chain, chunk


class TestChain:
    def test_numbers_and_binds_its_records(self):
        """
        Each one names the hash of the exact bytes of the one before.
        """
        values = chain(chunk(0, 9), chunk(10, 19))
        records = [read(value) for value in values]

        assert [record.kind for record in records] == [START, CHUNK, CHUNK, END]
        assert [record.sequence for record in records] == [0, 1, 2, 3]
        assert [record.previous for record in records] == [FIRST, *map(digest, values[:-1])]
        assert all(SIGNING.public.verifies(record.signature, record.signed) for record in records)

    def test_opens_with_what_a_verifier_needs(self):
        """
        The program, its version and policies, and the public key.
        """
        body = read(chain()[0]).body

        assert body["program"] == "qingliu worker"
        assert body["policies"] == {"clean.ads.order": POLICY}
        assert body["public_key"] == SIGNING.public.to_text()

    def test_is_as_before_when_a_record_was_refused(self):
        """
        No number is lost.
        """
        made = Chain(SIGNING)
        made.append(START, made.opening("qingliu erase", {}))
        with pytest.raises(Unreadable):
            made.append(CHUNK, {"topic": "raw.order"})

        assert read(made.append(END, {})).sequence == 1

    def test_has_an_id_of_its_own(self):
        """
        Two processes never write to the same one.
        """
        assert Chain(SIGNING).id != Chain(SIGNING).id
