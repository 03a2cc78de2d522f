"""The first part of the function: every field of an event into a local variable, checked."""

from collections.abc import Callable

from pipeline.bound import placeholder
from pipeline.check import GEO_POINT_FIELDS
from pipeline.compile.writer import Writer
from schemas.contract import Field, Group, Node, Repeated
from schemas.types import Boolean, GeoPoint, Integer, Number, OneOf, Text, Timestamp

READERS = {Timestamp: "read_timestamp", GeoPoint: "read_point"}
"""Types whose transforms take another reading than the JSON value, and the function that makes it."""


class Reading:
    """
    Writes the reading of an event.

    Each field gets a variable, found by its path in `variables`; one whose type has a reader gets a second one that
    ends in `_read`. The variable `strings` counts the strings of all known fields, keys included, as the text should
    hold them.

    Args:
        writer: where to write.
        used: whether anything beyond its check looks at a field.
    """

    def __init__(self, writer: Writer, used: Callable[[str, Field], bool]) -> None:
        self._writer = writer
        self._used = used
        self.variables: dict[str, str] = {}

    def read_object(self, fields: tuple[Node, ...], source: str, prefix: str = "") -> None:
        """
        Write the reading of one object.
        """
        line = self._writer.line
        required = [node for node in fields if not node.optional]
        for node in required:
            line(f"{self._variable(node, prefix)} = {source}[{node.name!r}]")
        line(f"strings += {len(required) + sum(strings_of(node) for node in required)}")
        for node in required:
            self._check(node, prefix)
        for node in fields:
            if node.optional:
                name = self._variable(node, prefix)
                line(f"{name} = {source}.get({node.name!r})")
                with self._writer.block(f"if {name} is not None:"):
                    line(f"strings += {1 + strings_of(node)}")
                    self._check(node, prefix)
                    if isinstance(node, Field) and placeholder(node) and self._used(prefix + node.name, node):
                        # One character spares most identifiers the call.
                        line(f"if {name}[:1] in ZEROS and nothing({name}): {name} = None")

    def _variable(self, node: Node, prefix: str) -> str:
        name = self._writer.name("v")
        self.variables[path_of(node, prefix)] = name
        return name

    def _check(self, node: Node, prefix: str) -> None:
        path = path_of(node, prefix)
        name = self.variables[path]
        line = self._writer.line
        match node:
            case Field():
                self._check_value(node, name)
            case Group():
                line(f"if type({name}) is not dict: raise Mismatch")
                self.read_object(node.fields, name, path + ".")
            case Repeated():
                line(f"if type({name}) is not list or len({name}) > {node.maximum}: raise Mismatch")
                element = self._writer.name("e")
                with self._writer.block(f"for {element} in {name}:"):
                    line(f"if type({element}) is not dict: raise Mismatch")
                    self.read_object(node.fields, element, path + ".")

    def _check_value(self, node: Field, name: str) -> None:
        match node.type:
            case Text(maximum, minimum):
                least = {0: "", 1: f"{name} and "}.get(minimum, f"{minimum} <= ")
                holds = f"type({name}) is str and {least}len({name}) <= {maximum}"
            case OneOf(values):
                holds = f"{name} in {self._writer.constant('values', frozenset(values))}"
            case Integer(minimum, maximum):
                holds = f"type({name}) is int and {minimum} <= {name} <= {maximum}"
            case Number(minimum, maximum):
                holds = f"(type({name}) is int or type({name}) is float) and {minimum} <= {name} <= {maximum}"
            case Boolean():
                holds = f"{name} is True or {name} is False"
            case Timestamp():
                holds = f"type({name}) is str"
            case GeoPoint():
                holds = f"type({name}) is dict"
        self._writer.line(f"if not ({holds}): raise Mismatch")
        reader = READERS.get(type(node.type))
        if reader:
            self._writer.line(f"{name}_read = {reader}({name})")


def path_of(node: Node, prefix: str) -> str:
    """
    The path of a node within the object at a prefix.
    """
    return prefix + node.name + ("[]" if isinstance(node, Repeated) else "")


def strings_of(node: Node) -> int:
    """
    The strings of a value itself: one for a text, the keys and the coordinate system for a point.
    """
    match node:
        case Field(type=Text() | OneOf() | Timestamp()):
            return 1
        case Field(type=GeoPoint()):
            return len(GEO_POINT_FIELDS) + 1
        case _:
            return 0
