"""The second part of the function: a view's clean record out of the local variables."""

from collections.abc import Mapping

from pipeline.bound import BoundView, dropped, placeholder
from pipeline.compile.reading import READERS, path_of
from pipeline.compile.starts import Start
from pipeline.compile.writer import Writer
from pipeline.interpret import timestamp
from pipeline.others import other_groups
from schemas.contract import Field, Group, Node, Repeated
from schemas.view import SEALED
from transforms import Keep, Need, Pseudonymize, Transform, TruncateTime, withholds
from transforms.memo import Memo
from transforms.timestamp import Unit

Variables = Mapping[str, str]
"""Path → name of the variable that holds the field."""


class Releasing:
    """
    Writes the record that one view makes under one set of rules.

    Args:
        writer: where to write.
        bound: the view with its keys.
        rules: path → transform.
        time: name of the field with the event's time.
        starts: of the units that it is truncated to.
    """

    def __init__(
        self, writer: Writer, bound: BoundView, rules: Mapping[str, Transform], time: str, starts: Mapping[Unit, Start]
    ) -> None:
        self._writer = writer
        self._bound = bound
        self._rules = rules
        self._time = time
        self._starts = starts

    def record(self, variables: Variables, result: str) -> None:
        """
        Write the record into a variable: value, key, and timestamp.
        """
        party = self._bound.view.party
        sealed = self._bound.view.sealed
        if party and any("party" in rule.needs for rule in (*self._rules.values(), *([sealed] if sealed else ()))):
            self._writer.line(f"party = {variables[party]}")
        released = self._object(self._bound.view.contract.fields, variables, "")
        key = self._key(released, variables)
        if sealed is None:
            self._writer.line(f"{result} = (dumps({released}), {key}, {self._timestamp(released)})")
            return
        seal = self._writer.constant("seal", sealed.bind(self._bound.keys))
        needs = ", ".join(self._place(SEALED) if need == "place" else need for need in sealed.needs)
        box = self._writer.name("b")
        self._writer.line(f"{box} = {seal}(dumps({released}).decode(), {needs})")
        day = self._starts["day"].number
        self._writer.line(f"{result} = None if {box} is None else (dumps({{{SEALED!r}: {box}}}), {key}, {day})")

    def _object(self, fields: tuple[Node, ...], variables: Variables, prefix: str) -> str:
        name = self._writer.name("o")
        passing = [node for node in fields if self._passes(node, prefix)]
        values = [node for node in passing if isinstance(node, Field)]
        always = [node for node in values if not (node.optional or withholds(self._rules[prefix + node.name]))]
        items = [f"{node.name!r}: {self._value(node, variables, prefix)}" for node in always]
        self._writer.line(f"{name} = {{{', '.join(items)}}}")
        for value in values:
            if value not in always:
                self._perhaps(value, variables, prefix, name)
        for node in passing:
            if isinstance(node, Field):
                continue
            if node.optional:
                with self._writer.block(f"if {variables[path_of(node, prefix)]} is not None:"):
                    self._within(node, variables, prefix, name)
            else:
                self._within(node, variables, prefix, name)
        return name

    def _perhaps(self, node: Field, variables: Variables, prefix: str, target: str) -> None:
        """
        Write the release of a field that the event, or the record, may lack.
        """
        path = prefix + node.name
        released = self._value(node, variables, prefix)
        there = f"if {variables[path]} is not None: " if node.optional else ""
        if not withholds(self._rules[path]):
            self._writer.line(f"{there}{target}[{node.name!r}] = {released}")
            return
        output = self._writer.name("w")
        absent = f" if {variables[path]} is not None else None" if node.optional else ""
        self._writer.line(f"{output} = {released}{absent}")
        self._writer.line(f"if {output} is not None: {target}[{node.name!r}] = {output}")

    def _passes(self, node: Node, prefix: str) -> bool:
        path = path_of(node, prefix)
        if isinstance(node, Group):
            return any(self._passes(inner, path + ".") for inner in node.fields)
        return not dropped(self._rules[path])

    def _within(self, node: Group | Repeated, variables: Variables, prefix: str, target: str) -> None:
        path = path_of(node, prefix)
        line = self._writer.line
        if isinstance(node, Group):
            inner = self._object(node.fields, variables, path + ".")
            line(f"if {inner}: {target}[{node.name!r}] = {inner}")
            return
        items, element = self._writer.name("a"), self._writer.name("e")
        line(f"{target}[{node.name!r}] = {items} = []")
        with self._writer.block(f"for {element} in {variables[path]}:"):
            inner = self._object(node.fields, self._element(node.fields, element, path + "."), path + ".")
            line(f"{items}.append({inner})")

    def _element(self, fields: tuple[Node, ...], element: str, prefix: str, *, certain: bool = True) -> dict[str, str]:
        """
        Variables for one object of an array: those of the reading hold only the last one.

        Args:
            fields: of the object.
            element: the variable that holds it.
            prefix: of the paths within it.
            certain: whether it has its required fields; an optional group that is absent has none.
        """
        variables: dict[str, str] = {}
        line = self._writer.line
        for node in fields:
            if not self._passes(node, prefix):
                continue
            path = path_of(node, prefix)
            variables[path] = name = self._writer.name("v")
            there = certain and not node.optional
            line(f"{name} = {element}" + (f"[{node.name!r}]" if there else f".get({node.name!r})"))
            if isinstance(node, Group):
                inner = self._writer.name("g")
                line(f"{inner} = {name} or {{}}")
                variables |= self._element(node.fields, inner, path + ".", certain=there)
            elif isinstance(node, Field):
                if placeholder(node):
                    line(f"if {name} is not None and nothing({name}): {name} = None")
                reader = READERS.get(type(node.type))
                if reader:
                    line(f"if {name} is not None: {name}_read = {reader}({name})")
        return variables

    def _value(self, node: Field, variables: Variables, prefix: str) -> str:
        rule = self._rules[prefix + node.name]
        name = variables[prefix + node.name]
        if isinstance(rule, Keep):
            return name
        if isinstance(rule, TruncateTime) and prefix + node.name == self._time:
            return self._starts[rule.unit].text
        reads = type(node.type) in READERS and node.type.reading in rule.takes
        needs = (self._need(need, prefix + node.name) for need in rule.needs)
        arguments = ", ".join((f"{name}_read" if reads else name, *needs))
        apply = self._bound.apply(rule, node.kind)
        memo = getattr(apply, "__self__", None)
        if isinstance(memo, Memo):
            return f"{self._writer.constant('memo', memo)}[{arguments}]"  # what its __getitem__ does, without a call
        return f"{self._writer.constant('apply', apply)}({arguments})"

    def _need(self, need: Need, path: str) -> str:
        """
        The variable of what a rule takes beside a value; within a group about somebody else, of that person.
        """
        group, within, _ = path.partition(".")
        if need in {"subject", "salt"} and within and group in other_groups(self._bound.view.contract):
            return f"{need}_of_{group}"
        return self._place(path) if need == "place" else need

    def _place(self, path: str) -> str:
        return self._writer.constant("place", self._bound.place(path))

    def _key(self, released: str, variables: Variables) -> str:
        """
        The expression of the first token that the view's key names.
        """
        key = "None"
        for path in reversed(self._bound.view.key):
            if isinstance(self._rules[path], Pseudonymize):
                key = f"{released}[{path!r}].encode() if {variables[path]} is not None else {key}"
        return key

    def _timestamp(self, released: str) -> str:
        rule = self._rules[self._time]
        if isinstance(rule, TruncateTime):
            return self._starts[rule.unit].number
        of = self._writer.constant("timestamp", timestamp)
        return f"{of}({self._writer.constant('rules', self._rules)}, {released}, {self._time!r}, time)"
