"""By design: the few places where a topic holds an identifier because it has to, each with its reason."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.codec import dumps, parse
from pipeline.erasure.record import REQUESTS, UPSTREAM
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import TOPIC as SUBJECTS
from tests.kafka.kcat import Record
from tests.leaks.scanner import Written


@dataclass(frozen=True, slots=True)
class ByDesign:
    """
    What a topic that no recipient reads may hold of a person.

    Args:
        why: it has to.
        members: of its values that hold an identifier.
    """

    why: str
    members: frozenset[str] = frozenset()


NAMES_ITS_PERSON = {
    SUBJECTS: ByDesign("whoever writes consents knows people by their user id, and workers must find them by it"),
    PROFILES: ByDesign(
        "as privacy.subjects; the day of birth is what says who is a child, and an erasure removes it",
        frozenset({"birth_date"}),
    ),
    REQUESTS: ByDesign("a request to erase somebody has to say whom"),
    UPSTREAM: ByDesign("so does the one to upstream, which knows them by nothing else", frozenset({"subject"})),
}
"""
Topics whose keys are user ids. `pipeline/acl_plan.py` lets the worker, and whoever keeps consents or carries out
erasures, read them; no recipient, officer or auditor.
"""


def written(topic: str, records: Collection[Record], users: Collection[bytes]) -> Iterator[Written]:
    """
    What records hold that they need not, by topic and part.

    Args:
        topic: that they are in.
        records: of it.
        users: who may be named where persons are named by design.
    """
    design = NAMES_ITS_PERSON.get(topic)
    keys = [record.key or b"" for record in records]
    values = [record.value or b"" for record in records]
    if design:
        keys = [key for key in keys if key not in users]
        values = [_without(value, design.members) for value in values]
    yield Written(f"{topic}: key", b"\n".join(keys))
    yield Written(f"{topic}: value", b"\n".join(values))
    headers = [part for record in records for name, value in record.headers for part in (name.encode(), value or b"")]
    yield Written(f"{topic}: headers", b"\n".join(headers))


def _without(value: bytes, members: Collection[str]) -> bytes:
    return dumps({name: held for name, held in parse(value).items() if name not in members}) if value else b""
