"""
Compile: a contract and its bound views into one Python function, raw bytes in, every view's clean record out.

One parse serves all views, every check is inlined, and circumstances that do not change a view's rules share one
branch. The function only knows that something is wrong, not what: whatever it raises, `pipeline.engine` asks the interpreted
reference (`pipeline.check`, `pipeline.interpret`) for reason and path.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from pipeline.bound import BoundView, dropped, identity_paths, placeholder, top_level
from pipeline.broken import MAX_BYTES, Broken, Reason
from pipeline.check import GEO_POINT_FIELDS, known_names, paths_beyond
from pipeline.codec import dumps, loads, strings_in_text, strings_in_value
from pipeline.decision import Decide
from pipeline.interpret import Output, timestamp
from schemas.contract import Contract, Field, Group, Node, Repeated
from schemas.kinds import Kind
from schemas.types import Boolean, GeoPoint, Integer, Number, OneOf, Text, Timestamp
from schemas.view import SUPPRESS, Variant
from transforms import Keep, Pseudonymize, Transform, TruncateTime
from transforms.coordinates import read_point
from transforms.normalize import identifies_nothing
from transforms.timestamp import SHANGHAI, STEPS, read_timestamp

Run = Callable[[bytes], tuple[Output | None, ...]]


class Mismatch(Exception):  # noqa: N818 — a signal, caught by the engine
    """
    The event does not fit its contract.
    """


def compile_views(
    contract: Contract, views: Sequence[BoundView], decide: Decide | None, unknown: Counter[str]
) -> tuple[Run, str]:
    """
    The function for one topic, and its source.

    Args:
        contract: of the raw topic.
        views: of this contract, in the order of the function's results.
        decide: what is known of the subject; None while nothing is: nobody has consented.
        unknown: counts the paths of fields that the contract does not have.

    Raises:
        ValueError: a view is of another contract, or the contract has no timestamp at its top.
    """
    for bound in views:
        if bound.view.contract != contract:
            msg = f"{bound.view} is not a view of {contract.topic}; compile each topic by itself"
            raise ValueError(msg)
    source = _Source(contract, views, decide, unknown)
    return source.function(), source.text()


class _Source:
    """
    Writes the function: reads and checks every field once, then builds each view's record from local variables.
    """

    def __init__(
        self, contract: Contract, views: Sequence[BoundView], decide: Decide | None, unknown: Counter[str]
    ) -> None:
        self._contract = contract
        self._views = views
        self._decides = decide is not None
        self._lines: list[str] = []
        self._indent = 1
        self._numbers = count()
        self._variables: dict[str, str] = {}
        self._names: dict[str, Any] = {
            "Mismatch": Mismatch,
            "decide": decide,
            "dumps": dumps,
            "loads": loads,
            "nothing": identifies_nothing,
            "read_point": read_point,
            "read_timestamp": read_timestamp,
            "survey": _survey(contract, unknown),
        }
        time = top_level(contract, Kind.TIMESTAMP)
        if time is None or time.optional:
            msg = f"{contract.topic} needs a required timestamp at its top"
            raise ValueError(msg)
        self._time = time.name
        self._write_function()

    def text(self) -> str:
        return "def run(raw):\n" + "\n".join(self._lines) + "\n"

    def function(self) -> Run:
        names = dict(self._names)
        # Our own text: it holds names of the contract (plain words, checked there) and numbers, nothing of an event.
        exec(compile(self.text(), f"<views of {self._contract.topic}>", "exec"), names)  # noqa: S102
        run: Run = names["run"]
        return run

    # --- writing -------------------------------------------------------------------------------------------------

    def _line(self, text: str) -> None:
        self._lines.append("    " * self._indent + text)

    def _name(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers)}"

    def _constant(self, prefix: str, value: Any) -> str:
        name = self._name(prefix)
        self._names[name] = value
        return name

    def _write_function(self) -> None:
        self._line(f"if len(raw) > {MAX_BYTES}: raise Mismatch")
        self._line("event = loads(raw)")
        self._line("if type(event) is not dict: raise Mismatch")
        self._line("strings = 0")
        self._read_object(self._contract.fields, "event", "")
        # 92 and 34 are backslash and quotation mark; as numbers they are found seven times faster than as bytes.
        self._line("if 92 in raw or raw.count(34) != 2 * strings: survey(raw, event)")
        self._circumstances()
        results = [self._view(bound) for bound in self._views]
        self._line("return (" + "".join(f"{result}, " for result in results) + ")")

    # --- reading -------------------------------------------------------------------------------------------------

    def _read_object(self, fields: tuple[Node, ...], source: str, prefix: str) -> None:
        required = [node for node in fields if not node.optional]
        for node in required:
            self._variables[_path(prefix, node)] = name = self._name("v")
            self._line(f"{name} = {source}[{node.name!r}]")
        values = [node for node in required if isinstance(node, Field)]
        self._line(f"strings += {len(required) + sum(map(_strings, values))}")
        for node in values:
            self._check(node, self._variables[prefix + node.name])
        for node in required:
            self._read_inner(node, prefix)
        for node in fields:
            if node.optional:
                self._read_optional(node, source, prefix)

    def _read_optional(self, node: Node, source: str, prefix: str) -> None:
        self._variables[_path(prefix, node)] = name = self._name("v")
        self._line(f"{name} = {source}.get({node.name!r})")
        self._line(f"if {name} is not None:")
        self._indent += 1
        if isinstance(node, Field):
            self._line(f"strings += {1 + _strings(node)}")
            self._check(node, name)
            if placeholder(node) and self._used(prefix + node.name, node):
                self._line(f"if nothing({name}): {name} = None")
        else:
            self._line("strings += 1")
            self._read_inner(node, prefix)
        self._indent -= 1

    def _used(self, path: str, node: Field) -> bool:
        """
        Whether anything beyond the check looks at a field: a view that releases it, or the choice of views.
        """
        return node.kind in {Kind.USER_ID, Kind.DEVICE_ID} or any(
            not dropped(bound.view.resolve(variant)[path]) for bound in self._views for variant in bound.view.variants()
        )

    def _read_inner(self, node: Node, prefix: str) -> None:
        path = _path(prefix, node)
        name = self._variables[path]
        if isinstance(node, Group):
            self._line(f"if type({name}) is not dict: raise Mismatch")
            self._read_object(node.fields, name, path + ".")
        elif isinstance(node, Repeated):
            self._line(f"if type({name}) is not list or len({name}) > {node.maximum}: raise Mismatch")
            element = self._name("e")
            self._line(f"for {element} in {name}:")
            self._indent += 1
            self._line(f"if type({element}) is not dict: raise Mismatch")
            self._read_object(node.fields, element, path + ".")
            self._indent -= 1

    def _check(self, node: Field, name: str) -> None:
        match node.type:
            case Text(maximum, minimum):
                bounds = f"{minimum} <= len({name}) <= {maximum}" if minimum else f"len({name}) <= {maximum}"
                holds = f"type({name}) is str and {bounds}"
            case OneOf(values):
                holds = f"type({name}) is str and {name} in {self._constant('c', frozenset(values))}"
            case Integer(minimum, maximum):
                holds = f"type({name}) is int and {minimum} <= {name} <= {maximum}"
            case Number(minimum, maximum):
                holds = f"(type({name}) is int or type({name}) is float) and {minimum} <= {name} <= {maximum}"
            case Boolean():
                holds = f"{name} is True or {name} is False"
            case Timestamp() | GeoPoint():
                self._check_read(node.type, name)
                return
        self._line(f"if not ({holds}): raise Mismatch")

    def _check_read(self, kind: Timestamp | GeoPoint, name: str) -> None:
        if isinstance(kind, Timestamp):
            self._line(f"if type({name}) is not str: raise Mismatch")
            self._line(f"{name}_read = read_timestamp({name})")
        else:
            self._line(f"if type({name}) is not dict: raise Mismatch")
            self._line(f"{name}_read = read_point({name})")

    # --- deciding ------------------------------------------------------------------------------------------------

    def _circumstances(self) -> None:
        time = self._variables[self._time]
        self._line(f"time = {time}_read")
        user = self._top(Kind.USER_ID)
        device = self._top(Kind.DEVICE_ID)
        self._line(f"subject = {user} if {user} is not None else {device}")
        self._line(f"linked = {self._linked()}")
        if self._decides:
            self._line(f"decision = decide({user}, {device}, time)")
            self._line("linked = linked or decision.linked")

    def _top(self, kind: Kind) -> str:
        node = top_level(self._contract, kind)
        return self._variables[node.name] if node else "None"

    def _linked(self) -> str:
        return " or ".join(self._present(path) for path in identity_paths(self._contract)) or "False"

    def _present(self, path: str) -> str:
        """
        An expression that is true when the field at this path is there; for one within an array, when the array is not empty.
        """
        parts = path.split(".")
        ancestors = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        nodes = dict(self._contract.nodes())
        tests = []
        for ancestor in ancestors:
            node = nodes[ancestor]
            if isinstance(node, Repeated):
                tests.append(f"bool({self._variables[ancestor]})")
                break
            if node.optional:
                tests.append(f"{self._variables[ancestor]} is not None")
        return "(" + (" and ".join(tests) or "True") + ")"

    # --- releasing -----------------------------------------------------------------------------------------------

    def _view(self, bound: BoundView) -> str:
        result = self._name("result")
        view = bound.view
        if self._decides:
            self._line("if decision.suppressed:")
            self._line(f"    {result} = None")
            if view.asks_consent:
                self._line(f"elif {view.purpose!r} in decision.purposes:")
                self._block(lambda: self._linked_or_not(bound, result, granted=True))
            self._line("else:")
            self._block(lambda: self._linked_or_not(bound, result, granted=not view.asks_consent))
        else:
            self._linked_or_not(bound, result, granted=not view.asks_consent)
        return result

    def _linked_or_not(self, bound: BoundView, result: str, *, granted: bool) -> None:
        if not granted and bound.view.otherwise is SUPPRESS:
            self._line(f"{result} = None")
            return
        linked = bound.view.resolve(Variant(granted, linked=True))
        standalone = bound.view.resolve(Variant(granted, linked=False))
        if linked == standalone:
            self._record(bound, standalone, result)
            return
        self._line("if linked:")
        self._block(lambda: self._record(bound, linked, result))
        self._line("else:")
        self._block(lambda: self._record(bound, standalone, result))

    def _block(self, write: Callable[[], None]) -> None:
        self._indent += 1
        write()
        self._indent -= 1

    def _record(self, bound: BoundView, rules: Mapping[str, Transform], result: str) -> None:
        released = self._object(bound, rules, self._contract.fields, "", self._variables)
        self._line(
            f"{result} = (dumps({released}), {self._key(bound, rules, released)}, {self._stamp(rules, released)})"
        )

    def _object(
        self,
        bound: BoundView,
        rules: Mapping[str, Transform],
        fields: tuple[Node, ...],
        prefix: str,
        variables: Mapping[str, str],
    ) -> str:
        name = self._name("o")
        passing = [node for node in fields if isinstance(node, Field) and not dropped(rules[prefix + node.name])]
        always = ", ".join(
            f"{node.name!r}: {self._value(bound, rules, node, prefix, variables)}"
            for node in passing
            if not node.optional
        )
        self._line(f"{name} = {{{always}}}")
        for node in passing:
            if node.optional:
                value = self._value(bound, rules, node, prefix, variables)
                self._line(f"if {variables[prefix + node.name]} is not None: {name}[{node.name!r}] = {value}")
        for node in fields:
            if not isinstance(node, Field) and _releases(rules, node, prefix):
                self._inner(bound, rules, node, prefix, variables, name)
        return name

    def _inner(
        self,
        bound: BoundView,
        rules: Mapping[str, Transform],
        node: Group | Repeated,
        prefix: str,
        variables: Mapping[str, str],
        target: str,
    ) -> None:
        path = _path(prefix, node)
        source = variables[path]
        if node.optional:
            self._line(f"if {source} is not None:")
            self._indent += 1
        if isinstance(node, Group):
            inner = self._object(bound, rules, node.fields, path + ".", variables)
            self._line(f"if {inner}: {target}[{node.name!r}] = {inner}")
        else:
            self._array(bound, rules, node, path, source, target)
        if node.optional:
            self._indent -= 1

    def _array(
        self, bound: BoundView, rules: Mapping[str, Transform], node: Repeated, path: str, source: str, target: str
    ) -> None:
        items, element = self._name("a"), self._name("e")
        self._line(f"{target}[{node.name!r}] = {items} = []")
        self._line(f"for {element} in {source}:")
        self._indent += 1
        variables = self._element(node.fields, element, path + ".", rules)
        inner = self._object(bound, rules, node.fields, path + ".", variables)
        self._line(f"{items}.append({inner})")
        self._indent -= 1

    def _element(
        self, fields: tuple[Node, ...], element: str, prefix: str, rules: Mapping[str, Transform]
    ) -> dict[str, str]:
        """
        Local variables for the fields of one object of an array, which the reading loop has left behind.
        """
        variables: dict[str, str] = {}
        for node in fields:
            path = _path(prefix, node)
            if isinstance(node, Field) and dropped(rules[path]):
                continue
            variables[path] = name = self._name("v")
            self._line(f"{name} = {element}.get({node.name!r})")
            if isinstance(node, Field):
                if placeholder(node):
                    self._line(f"if {name} is not None and nothing({name}): {name} = None")
                if isinstance(node.type, Timestamp | GeoPoint):
                    reader = "read_timestamp" if isinstance(node.type, Timestamp) else "read_point"
                    self._line(f"if {name} is not None: {name}_read = {reader}({name})")
            elif isinstance(node, Group):
                inner = self._name("g")
                self._line(f"{inner} = {name} or {{}}")
                variables |= self._element(node.fields, inner, path + ".", rules)
        return variables

    def _value(
        self,
        bound: BoundView,
        rules: Mapping[str, Transform],
        node: Field,
        prefix: str,
        variables: Mapping[str, str],
    ) -> str:
        rule = rules[prefix + node.name]
        name = variables[prefix + node.name]
        if isinstance(rule, Keep):
            return name
        reads = isinstance(node.type, Timestamp | GeoPoint) and node.type.reading in rule.takes
        arguments = ", ".join((f"{name}_read" if reads else name, *rule.needs))
        return f"{self._constant('apply', bound.apply(rule, node.kind))}({arguments})"

    def _key(self, bound: BoundView, rules: Mapping[str, Transform], released: str) -> str:
        tokens = [path for path in bound.view.key if isinstance(rules[path], Pseudonymize)]
        if not tokens:
            return "None"
        key = self._name("k")
        self._line(f"{key} = " + " or ".join(f"{released}.get({path!r})" for path in tokens))
        return f"{key} and {key}.encode()"

    def _stamp(self, rules: Mapping[str, Transform], released: str) -> str:
        rule = rules[self._time]
        if isinstance(rule, TruncateTime):
            if rule.unit == "month":
                return f"{self._constant('floor', rule.floor)}(time)"
            return f"time - (time + {SHANGHAI}) % {STEPS[rule.unit]}"
        stamp = self._constant("stamp", timestamp)
        return f"{stamp}({self._constant('rules', rules)}, {released}, {self._time!r}, time)"


def _path(prefix: str, node: Node) -> str:
    return prefix + node.name + ("[]" if isinstance(node, Repeated) else "")


def _strings(node: Field) -> int:
    """
    The strings of a value: one for a text, the keys and the coordinate system for a point.
    """
    match node.type:
        case Text() | OneOf() | Timestamp():
            return 1
        case GeoPoint():
            return len(GEO_POINT_FIELDS) + 1
        case _:
            return 0


def _releases(rules: Mapping[str, Transform], node: Group | Repeated, prefix: str) -> bool:
    path = _path(prefix, node)
    if isinstance(node, Repeated):
        return not dropped(rules[path])
    return any(
        not dropped(rules[path + "." + inner.name]) if isinstance(inner, Field) else _releases(rules, inner, path + ".")
        for inner in node.fields
    )


def _survey(contract: Contract, unknown: Counter[str]) -> Callable[[bytes, dict[str, Any]], None]:
    """
    What looks at an event again whose strings are not all accounted for: escapes, nulls, unknown fields, a key twice.
    """
    known = known_names(contract.fields)

    def survey(raw: bytes, event: dict[str, Any]) -> None:
        if strings_in_text(raw) != strings_in_value(event):
            raise Broken(Reason.DUPLICATE_KEY)
        for path in paths_beyond(known, event):
            if path in unknown or len(unknown) < _UNKNOWN_PATHS:
                unknown[path] += 1

    return survey


_UNKNOWN_PATHS: Final = 1_000  # paths counted a topic: names come from outside and must not fill the memory
