"""Chains of audit records, for the tests of whoever reads them."""

from hashlib import sha256

from pipeline.audit.chain import Chain
from pipeline.audit.record import CHUNK, END, START
from pipeline.audit.signing import SigningKey
from pipeline.audit.verify import Entry

POLICY = "0123456789abcdef"


SIGNING, THEIRS = (SigningKey(sha256(word).digest()) for word in (b"ours", b"theirs"))


def chunk(first, last, partition=0, **changes):
    """
    What a chunk's record says.
    """
    return {
        "group": "qingliu",
        "topic": "raw.order",
        "partition": partition,
        "start": first,
        "first": first,
        "last": last,
        "read": last - first + 1,
        "quarantined": {},
        "grants": {},
        "views": {
            "ads": {
                "policy": POLICY,
                "key_version": 1,
                "released": {"otherwise_linked": last - first + 1},
                "suppressed": 0,
            },
        },
        **changes,
    }


def chain(*chunks, signing=SIGNING, end=True):
    """
    The records of a worker that processed these chunks.
    """
    made = Chain(signing)
    values = [made.append(START, made.opening("qingliu worker", {"clean.ads.order": POLICY}))]
    values += [made.append(CHUNK, body) for body in chunks]
    return [*values, made.append(END, {})] if end else values


def entries(values, partition=0, first=0):
    """
    As they would lie in one partition of the topic.
    """
    return [Entry(value, offset, partition) for offset, value in enumerate(values, first)]
