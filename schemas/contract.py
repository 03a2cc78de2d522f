"""Contracts: the fields of a raw topic, each with its type, bounds and kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.kinds import Kind
from schemas.types import GeoPoint, Text, Timestamp, Type


@dataclass(frozen=True, slots=True)
class Field:
    """
    One value of an event.

    Args:
        name: the JSON key.
        type: shape and bounds.
        kind: what it is.
        optional: may be absent or null.
    """

    name: str
    type: Type
    kind: Kind
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """
    An object within an event.

    Args:
        name: the JSON key.
        fields: of the object.
        optional: may be absent or null.
        subject: its field with the telephone number of the person it is about, where that is somebody else than whom
            the event is about: once that person is erased, no view gets anything of the object.
    """

    name: str
    fields: tuple["Node", ...]
    optional: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Repeated:
    """
    An array of objects within an event.

    Args:
        name: the JSON key.
        fields: of each object.
        maximum: number of objects.
        optional: may be absent or null.
    """

    name: str
    fields: tuple["Node", ...]
    maximum: int
    optional: bool = False


Node = Field | Group | Repeated


@dataclass(frozen=True, slots=True)
class Contract:
    """
    What a raw topic holds.

    Paths join names by dots; an array's name ends in `[]`: `payment.method`, `wifi[].bssid`.

    Args:
        topic: `raw.<name>`.
        fields: in the order in which they are shown and released.
        version: raised when a field is removed or changes its meaning.

    Raises:
        ValueError: the topic is not `raw.<name>`, a name is not a plain word or stands twice, a kind has a type that
            its transforms cannot read, or there is no required timestamp at the top.
    """

    topic: str
    fields: tuple[Node, ...]
    version: int = 1

    def __post_init__(self) -> None:
        if not re.fullmatch(r"raw\.[a-z][a-z0-9_]*", self.topic):
            msg = f"contract topic {self.topic!r} must be raw.<name> in lower case"
            raise ValueError(msg)
        _check_names(self.topic, self.fields)
        for path, field in self.leaves():
            needed = _TYPES.get(field.kind)
            if needed and not isinstance(field.type, needed):
                msg = f"{self.topic} at {path}: a {field.kind.value} has to be a {needed.__name__}"
                raise ValueError(msg)
        for path, node in self.nodes():
            if isinstance(node, Group) and node.subject:
                _check_subject(self.topic, path, node)
        if not any(
            node.kind is Kind.TIMESTAMP and not node.optional for node in self.fields if isinstance(node, Field)
        ):
            msg = f"{self.topic} needs a required timestamp at its top; put *ENVELOPE first"
            raise ValueError(msg)

    @property
    def name(self) -> str:
        """
        The topic without its `raw.`.
        """
        return self.topic.removeprefix("raw.")

    def leaves(self) -> Iterator[tuple[str, Field]]:
        """
        Every field that holds a value, with its path, in order.
        """
        for path, node in self.nodes():
            if isinstance(node, Field):
                yield path, node

    def nodes(self) -> Iterator[tuple[str, Node]]:
        """
        Every field, object and array, with its path, in order.
        """
        yield from _walk(self.fields, "")


_TYPES = {
    Kind.COOKIE_ID: Text,
    Kind.DEVICE_ID: Text,
    Kind.GEO_POINT: GeoPoint,
    Kind.HARDWARE_ID: Text,
    Kind.MAC: Text,
    Kind.TIMESTAMP: Timestamp,
    Kind.USER_ID: Text,
}


def _walk(fields: tuple[Node, ...], prefix: str) -> Iterator[tuple[str, Node]]:
    for node in fields:
        path = prefix + node.name + ("[]" if isinstance(node, Repeated) else "")
        yield path, node
        if not isinstance(node, Field):
            yield from _walk(node.fields, path + ".")


def _check_subject(topic: str, path: str, group: Group) -> None:
    named = next((node for node in group.fields if node.name == group.subject), None)
    fits = isinstance(named, Field) and named.kind is Kind.PHONE and isinstance(named.type, Text) and not named.optional
    if not fits or "." in path:
        msg = (
            f"{topic} at {path}: who a group is about has to be named by a required phone in it, "
            "and the group has to stand at the top"
        )
        raise ValueError(msg)


def _check_names(topic: str, fields: tuple[Node, ...]) -> None:
    seen = set()
    for node in fields:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", node.name):
            msg = f"{topic}: field name {node.name!r} must be a lower-case word"
            raise ValueError(msg)
        if node.name in seen:
            msg = f"{topic}: field {node.name!r} stands twice"
            raise ValueError(msg)
        seen.add(node.name)
        if not isinstance(node, Field):
            _check_names(topic, node.fields)
