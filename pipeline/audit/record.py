"""
The records of `privacy.audit`: one JSON object each, signed, and bound to the one before it by its hash.

A record has the members of every record (chain, sequence, previous, at, kind), those of its kind, and at the end its
signature. Nothing in it is personal. Its bytes are canonical: there is one way to write it, and `read` takes no other.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.broken import Broken
from pipeline.codec import dumps, parse
from transforms import Refused
from transforms.timestamp import read_timestamp

TOPIC: Final = "privacy.audit"

START: Final = "start"
CHUNK: Final = "chunk"
END: Final = "end"
GRANT: Final = "grant"
REFUSED: Final = "refused_grant"
KEYS: Final = "keys"
REIDENTIFICATION: Final = "reidentification"
ERASURE: Final = "erasure"

FIRST: Final = "0" * 64
"""What the first record of a chain has for the hash of the one before it."""

SIGNATURE_BYTES: Final = 64

_SIGNATURE: Final = "signature"
_SIGNATURE_CHARACTERS: Final = 88
_LARGEST: Final = 2**63 - 1
_LONGEST: Final = 200  # characters of a name


class Unreadable(ValueError):  # noqa: N818 — reads "the record is unreadable"
    """
    Bytes that are no record. The sentence names paths, never values.
    """


class Unsigned(Unreadable):
    """
    Bytes that could be a record and bear no signature.
    """


@dataclass(frozen=True, slots=True)
class Record:
    """
    A record as it was read.

    Args:
        chain: 32 hexadecimal digits, drawn at random by the process that writes the chain.
        sequence: number within the chain, from 0.
        previous: SHA-256 of the bytes of the record before it, in hexadecimal.
        at: when it was written, in milliseconds since 1970 UTC.
        kind: which members `body` has.
        body: the members of its kind.
        signed: the bytes that the signature is about.
        signature: 64 bytes.
    """

    chain: str
    sequence: int
    previous: str
    at: int
    kind: str
    body: Mapping[str, Any]
    signed: bytes
    signature: bytes


Check = Callable[[Any], bool]
"""Whether a member's value is as it has to be."""


def _text(expression: str) -> Check:
    matches = re.compile(expression).fullmatch
    return lambda value: type(value) is str and matches(value) is not None


def _number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST


def _time(value: Any) -> bool:
    try:
        read_timestamp(value)
    except (Refused, TypeError):
        return False
    return True


def _flag(value: Any) -> bool:
    return type(value) is bool


def _word(value: Any) -> bool:
    """
    A recipient, reason or other name from a closed list.
    """
    return type(value) is str and value.isidentifier() and value.islower() and len(value) <= _LONGEST


def _list(check: Check) -> Check:
    return lambda value: type(value) is list and all(map(check, value))


def _map(key: Check, check: Check) -> Check:
    return lambda value: type(value) is dict and all(key(name) and check(inner) for name, inner in value.items())


def _object(members: Mapping[str, Check]) -> Check:
    return lambda value: (
        type(value) is dict
        and value.keys() == members.keys()
        and all(check(value[name]) for name, check in members.items())
    )


_NAME: Final = _text(r"[A-Za-z0-9._-]{1,249}")
"""A topic, consumer group or id that the pipeline itself drew."""
_DIGEST: Final = _text(r"[0-9a-f]{16}")
"""The hash of a policy."""
_HELD: Final = _object({"versions": _list(_number), "epochs_from": _text(r"\d{4}-\d{2}-\d{2}")})
"""What there is of keys."""

KINDS: Final[Mapping[str, Mapping[str, Check]]] = {
    START: {
        "program": _text(r"qingliu( [a-z-]+){1,3}"),
        "version": _text(r"[0-9A-Za-z.+-]{1,64}"),
        "public_key": _text(r"[0-9a-f]{64}"),
        "policies": _map(_NAME, _DIGEST),
    },
    CHUNK: {
        "group": _NAME,
        "topic": _NAME,
        "partition": _number,
        "start": _number,
        "first": _number,
        "last": _number,
        "read": _number,
        "quarantined": _map(_word, _number),
        "grants": _map(_NAME, _number),
        "views": _map(
            _word,
            _object(
                {"policy": _DIGEST, "key_version": _number, "released": _map(_word, _number), "suppressed": _number},
            ),
        ),
    },
    GRANT: {
        "grant": _NAME,
        "state": _word,
        "code": _NAME,
        "recipient": _word,
        "purpose": _NAME,
        "everybody": _flag,
        "subjects": _number,
        "topics": _list(_NAME),
        "kinds": _list(_word),
        "approvers": _list(_NAME),
        "begins_at": _time,
        "expires_at": _time,
    },
    REFUSED: {"document": _text(r"[0-9a-f]{64}")},
    KEYS: {"act": _word, "step": _word, "before": _HELD, "after": _HELD},
    REIDENTIFICATION: {
        "grant": _NAME,
        "code": _NAME,
        "approvers": _list(_NAME),
        "recipient": _word,
        "resolved": _number,
    },
    ERASURE: {
        "request": _NAME,
        "step": _word,
        "topics": _map(_NAME, _number),
    },
    END: {},
}
"""
The members of each kind, all of them required. A new kind is a line here, of checks that nothing personal passes.

`start` opens a chain: which program writes it, its policies by clean topic, and the key that its signatures are checked
with. `chunk` is what became of the records `first`–`last` of a partition, `start` being the offset from which they were
asked for: between it and `first` there was nothing to read. Its `released` counts by the variant of the view's rules.
`grant` says that one counts from now on or does no longer, and of `subjects` how many it names; `refused_grant` names a
file that does not count by its SHA-256. `keys` is what a command does to them, said before and after.
`end` closes a chain.
"""

_COMMON: Final[Mapping[str, Check]] = {
    "chain": _text(r"[0-9a-f]{32}"),
    "sequence": _number,
    "previous": _text(r"[0-9a-f]{64}"),
    "at": _time,
    "kind": _word,
}


def write(members: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> bytes:
    """
    The bytes of a record.

    Args:
        members: the common ones and those of the kind, without the signature.
        sign: gives the signature of the bytes.

    Raises:
        Unreadable: the members do not fit the kind.
    """
    _check(members)
    signed = _content(members)
    signature = base64.b64encode(sign(signed)).decode()
    return signed[:-1] + f',"{_SIGNATURE}":"{signature}"}}'.encode()


def read(value: bytes | None) -> Record:
    """
    The record that these bytes are; whether its signature is right, `pipeline.audit.verify` asks.

    Raises:
        Unsigned: there is no signature.
        Unreadable: the bytes are no record, or are not written as `write` writes them.
    """
    try:
        members = parse(value)
    except Broken as broken:
        msg = f"it is no JSON object ({broken.reason.value})"
        raise Unreadable(msg) from None
    if _SIGNATURE not in members:
        msg = "it has no signature"
        raise Unsigned(msg)
    signature = _signature(members.pop(_SIGNATURE))
    _check(members)
    signed = _content(members)
    record = Record(
        chain=members["chain"],
        sequence=members["sequence"],
        previous=members["previous"],
        at=read_timestamp(members["at"]),
        kind=members["kind"],
        body={name: member for name, member in members.items() if name not in _COMMON},
        signed=signed,
        signature=signature,
    )
    if value != write(members, lambda _: signature):
        msg = "it says what a record says in another way; there is one way to write it"
        raise Unreadable(msg)
    return record


def _content(members: Mapping[str, Any]) -> bytes:
    ordered = {name: members[name] for name in (*_COMMON, *KINDS[members["kind"]])}
    return dumps(ordered)


def _signature(text: Any) -> bytes:
    try:
        signature = base64.b64decode(text, validate=True) if type(text) is str else b""
    except (binascii.Error, ValueError):
        signature = b""
    if len(signature) != SIGNATURE_BYTES or len(text) != _SIGNATURE_CHARACTERS:
        msg = f"its signature is not {SIGNATURE_BYTES} bytes in base64"
        raise Unreadable(msg)
    return signature


def _check(members: Mapping[str, Any]) -> None:
    kind = members.get("kind")
    if type(kind) is not str or kind not in KINDS:
        msg = f"its kind is none of {', '.join(KINDS)}; use the version of qingliu that wrote it, or a later one"
        raise Unreadable(msg)
    checks = {**_COMMON, **KINDS[kind]}
    if members.keys() != checks.keys():
        msg = f"a record of kind {kind} has exactly the members {', '.join(checks)}"
        raise Unreadable(msg)
    for member, check in checks.items():
        if not check(members[member]):
            msg = f"{member} of a record of kind {kind} is not as it has to be; see KINDS of pipeline.audit.record"
            raise Unreadable(msg)
