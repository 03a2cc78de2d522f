"""
Compile: a contract and its bound views into one Python function, raw bytes in, every view's clean record out.

One parse serves all views, every check is inlined, and circumstances that do not change a view's rules share one
branch. The function only knows that something is wrong, not what: it then asks the interpreted reference
(`pipeline.check`, `pipeline.interpret`) for reason and path.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.bound import BoundView, dropped, identity_paths, top_level
from pipeline.broken import MAX_BYTES, MAX_CLEAN_BYTES, Broken, Reason
from pipeline.check import known_names, paths_beyond
from pipeline.codec import dumps, loads, strings_in_text, strings_in_value
from pipeline.compile.reading import Reading
from pipeline.compile.releasing import Releasing
from pipeline.compile.starts import Start, units_of, write_starts
from pipeline.compile.writer import Writer
from pipeline.decision import Decide, Decision
from pipeline.interpret import Output
from pipeline.others import Others, other_groups
from pipeline.tally import SUPPRESSED, Tally
from schemas.contract import Contract, Field, Repeated
from schemas.kinds import Kind
from schemas.view import SUPPRESS, Variant
from transforms import Transform
from transforms.coordinates import read_point
from transforms.normalize import ZEROS, identifies_nothing
from transforms.timestamp import Unit, read_timestamp

__all__ = ["Asked", "Mismatch", "Run", "compile_views"]

Run = Callable[[bytes | None], tuple[Output | None, ...]]
Explain = Callable[[bytes | None], Broken]

UNKNOWN_PATHS: Final = 1_000
"""Paths of unknown fields counted a topic: names come from outside and must not fill the memory."""


_MAY_GROW: Final = 10_000  # bytes; a smaller event would have to grow ninetyfold to exceed the limit


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is asked about each event, and who has those that are rare.

    Args:
        decide: what is known of the subject; None while nothing is: nobody has consented.
        others: what is known of others whom the event names; None while nothing is, or none are named.
        interpret: the clean records of a checked event whose subject came back after an erasure, that names an erased
            person, or that a grant is about.
    """

    decide: Decide | None
    others: Others | None
    interpret: Callable[[Mapping[str, Any], Decision, int], tuple[Output | None, ...]]


class Mismatch(Exception):  # noqa: N818 — a signal, caught by the engine
    """
    The event does not fit its contract. Never leaves the compiled function.
    """


def compile_views(  # noqa: PLR0913, PLR0917 — what the function reads, and what it counts
    contract: Contract,
    views: Sequence[BoundView],
    asked: Asked,
    unknown: Counter[str],
    explain: Explain,
    tally: Tally | None = None,
) -> tuple[Run, str]:
    """
    The function for one topic, and its text.

    Args:
        contract: of the raw topic.
        views: of this contract, in the order of the function's results.
        asked: about each event.
        unknown: counts the paths of fields that the contract does not have.
        explain: says what is wrong with an event that the function could not process.
        tally: counts the circumstances of events that the function could.

    Raises:
        ValueError: a view is of another contract, or the contract has no required timestamp at its top.
    """
    for bound in views:
        if bound.view.contract != contract:
            msg = f"{bound.view} is not a view of {contract.topic}; compile each topic by itself"
            raise ValueError(msg)
    writer = Writer("def run(raw):")
    _Compiler(writer, contract, views, asked).write()
    run = writer.function(
        "run",
        f"views of {contract.topic}",
        Mismatch=Mismatch,
        decide=asked.decide,
        dumps=dumps,
        erased=asked.others.erased if asked.others else None,
        explain=explain,
        interpret=asked.interpret,
        named=asked.others.named if asked.others else None,
        loads=loads,
        nothing=identifies_nothing,
        read_point=read_point,
        read_timestamp=read_timestamp,
        survey=_survey(contract, unknown),
        tally=Tally() if tally is None else tally,
        NOTHING=frozenset(),
        ZEROS=ZEROS,
        too_large=_too_large,
    )
    return run, writer.text()


class _Compiler:
    """
    Writes the function: read and check, then decide, then release.
    """

    def __init__(self, writer: Writer, contract: Contract, views: Sequence[BoundView], asked: Asked) -> None:
        time = top_level(contract, Kind.TIMESTAMP)
        if time is None or time.optional:
            msg = f"{contract.topic} needs a required timestamp at its top"
            raise ValueError(msg)
        self._writer = writer
        self._contract = contract
        self._views = views
        self._decides = asked.decide is not None
        self._others = other_groups(contract) if asked.others else {}
        self._time = time.name
        self._reading = Reading(writer, self._used)
        self._starts: Mapping[Unit, Start] = {}

    def write(self) -> None:
        with self._writer.block("try:"):
            self._write_body()
        with self._writer.block("except Exception:"):
            self._writer.line("pass")
        # Outside of the handler, so that no earlier error, which may carry a value, becomes the context of this one.
        self._writer.line("raise explain(raw)")

    def _write_body(self) -> None:
        line = self._writer.line
        line(f"if len(raw) > {MAX_BYTES}: raise Mismatch")
        line("event = loads(raw)")
        line("if type(event) is not dict: raise Mismatch")
        line("strings = 0")
        self._reading.read_object(self._contract.fields, "event")
        # 92 and 34 are backslash and quotation mark; numbers are found up to seven times faster than bytes.
        line("if 92 in raw or raw.count(34) != 2 * strings: survey(raw, event, strings)")
        self._circumstances()
        self._starts = write_starts(self._writer, units_of(self._views, self._time))
        results = [self._view(bound) for bound in self._views]
        line("results = (" + "".join(f"{result}, " for result in results) + ")")
        line(f"if len(raw) > {_MAY_GROW} and too_large(results): raise Mismatch")
        self._count()
        line("return results")

    def _count(self, suppressed: str = "") -> None:
        self._writer.line(f"tally[purposes][linked{suppressed}] += 1")

    def _used(self, path: str, node: Field) -> bool:
        """
        Whether a view releases a field, or the choice of views depends on it.
        """
        always = {Kind.USER_ID, Kind.DEVICE_ID, Kind.COOKIE_ID}
        return node.kind in always or any(not dropped(rules[path]) for rules in self._every())

    def _circumstances(self) -> None:
        line = self._writer.line
        user, device = self._top(Kind.USER_ID), self._top(Kind.DEVICE_ID)
        linked = " or ".join(self._present(path) for path in identity_paths(self._contract))
        line(f"time = {self._reading.variables[self._time]}_read")
        line(f"subject = {user} if {user} is not None else {device}")
        line(f"linked = {linked or False}")
        if self._decides:
            line(f"decision = decide({user}, {device}, {self._top(Kind.COOKIE_ID)}, time)")
            line("linked = linked or decision.linked")
            line("purposes = decision.purposes")
            rare = ["decision.rare", *(self._erased(name, path) for name, path in self._others.items())]
            with self._writer.block(f"if {' or '.join(rare)}:"):
                line("results = interpret(event, decision, time)")
                self._count(f" + {SUPPRESSED} * decision.suppressed")
                line("return results")
            with self._writer.block("if decision.suppressed:"):
                self._count(f" + {SUPPRESSED}")
                line(f"return ({'None, ' * len(self._views)})")
        else:
            line("purposes = NOTHING")
        needed = {need for rules in self._every() for rule in rules.values() for need in rule.needs}
        if "salt" in needed:
            line(f"salt = {'decision.salt' if self._decides else None}")
        for group, path in other_groups(self._contract).items():
            if any(
                "salt" in rules[each].needs for rules in self._every() for each in rules if each.startswith(f"{group}.")
            ):
                line(f"subject_of_{group}, salt_of_{group} = {self._named(group, path)}")

    def _erased(self, group: str, path: str) -> str:
        """
        An expression that is true when somebody else, about whom a group is, was erased.
        """
        asked = f"erased({self._reading.variables[path]}, time)"
        optional = dict(self._contract.nodes())[group].optional
        return f"({self._reading.variables[group]} is not None and {asked})" if optional else asked

    def _named(self, group: str, path: str) -> str:
        """
        An expression of who it is that a group is about, and of their salt.
        """
        if group not in self._others:
            return "None, None"
        there = f"{self._reading.variables[group]} is not None"
        optional = dict(self._contract.nodes())[group].optional
        return f"named({self._reading.variables[path]})" + (f" if {there} else (None, None)" if optional else "")

    def _every(self) -> Iterator[dict[str, Transform]]:
        """
        The rules of every view under all circumstances.
        """
        for bound in self._views:
            for variant in bound.view.variants():
                yield bound.view.resolve(variant)

    def _top(self, kind: Kind) -> str:
        node = top_level(self._contract, kind)
        return self._reading.variables[node.name] if node else "None"

    def _present(self, path: str) -> str:
        """
        An expression that is true when the field is there; for one within an array, when the array is not empty.
        """
        parts = path.split(".")
        nodes = dict(self._contract.nodes())
        tests = []
        for ancestor in (".".join(parts[:end]) for end in range(1, len(parts) + 1)):
            if isinstance(nodes[ancestor], Repeated):
                tests.append(f"bool({self._reading.variables[ancestor]})")
                break
            if nodes[ancestor].optional:
                tests.append(f"{self._reading.variables[ancestor]} is not None")
        return "(" + (" and ".join(tests) or "True") + ")"

    def _view(self, bound: BoundView) -> str:
        result = self._writer.name("result")
        view = bound.view
        if not (view.asks_consent and self._decides):
            self._linked_or_not(bound, result, granted=not view.asks_consent)
            return result
        with self._writer.block(f"if {view.purpose!r} in purposes:"):
            self._linked_or_not(bound, result, granted=True)
        with self._writer.block("else:"):
            self._linked_or_not(bound, result, granted=False)
        return result

    def _linked_or_not(self, bound: BoundView, result: str, *, granted: bool) -> None:
        if not granted and bound.view.otherwise is SUPPRESS:
            self._writer.line(f"{result} = None")
            return
        linked = bound.view.resolve(Variant(granted, linked=True))
        standalone = bound.view.resolve(Variant(granted, linked=False))
        if linked == standalone:
            self._release(bound, standalone, result)
            return
        with self._writer.block("if linked:"):
            self._release(bound, linked, result)
        with self._writer.block("else:"):
            self._release(bound, standalone, result)

    def _release(self, bound: BoundView, rules: dict[str, Any], result: str) -> None:
        releasing = Releasing(self._writer, bound, rules, self._time, self._starts)
        releasing.record(self._reading.variables, result)


def _too_large(results: tuple[Output | None, ...]) -> bool:
    return any(result is not None and len(result[0]) > MAX_CLEAN_BYTES for result in results)


def _survey(contract: Contract, unknown: Counter[str]) -> Callable[[bytes, dict[str, Any], int], None]:
    """
    What looks at an event again whose strings are not all accounted for: escapes, nulls, unknown fields, a key twice.
    """
    known = known_names(contract.fields)

    def survey(raw: bytes, event: dict[str, Any], strings: int) -> None:
        in_text = strings_in_text(raw)
        if in_text == strings:
            return  # there were escapes, and nothing else
        nulls = list(event.values()).count(None)
        if in_text == strings + nulls and event.keys() <= known.keys():
            return  # there were nulls, and nothing else
        if in_text != strings_in_value(event):
            raise Broken(Reason.DUPLICATE_KEY)
        for path in paths_beyond(known, event):
            unknown[path if path in unknown or len(unknown) < UNKNOWN_PATHS else "*"] += 1

    return survey
