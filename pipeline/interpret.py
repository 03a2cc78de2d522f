"""Views, interpreted field by field: the reference for the compiled engine, and what names the rule that refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pipeline.bound import BoundView, dropped, identity_paths, placeholder, top_level
from pipeline.broken import Broken, Reason
from pipeline.check import read
from pipeline.codec import dumps
from pipeline.decision import Decision
from pipeline.grants.rules import purposes_for, rules_under_grants
from pipeline.others import UNKNOWN, Other, other_groups
from schemas.contract import Contract, Field, Group, Node, Repeated
from schemas.kinds import Kind
from schemas.view import SEALED
from transforms import Need, Pseudonymize, Refused, Transform, TruncateTime, withholds
from transforms.normalize import identifies_nothing
from transforms.timestamp import read_timestamp

Output = tuple[bytes, bytes | None, int]
"""A clean record: value, key, and timestamp in milliseconds since 1970 UTC."""

NOBODY: Final[Mapping[str, Other]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    What of an event decides about its views.

    Args:
        time: milliseconds since 1970 UTC.
        user: user id.
        device: device id, None when it identifies nothing.
        cookie: cookie id, None when it identifies nothing.
        linked: the event itself names a person.
    """

    time: int
    user: str | None
    device: str | None
    cookie: str | None
    linked: bool

    @property
    def subject(self) -> str | None:
        """
        Whom the event is about.
        """
        return self.user if self.user is not None else self.device


def circumstances(contract: Contract, event: Mapping[str, Any]) -> Circumstances:
    """
    What a checked event says about itself.
    """
    time = top_level(contract, Kind.TIMESTAMP)
    if time is None:
        msg = f"{contract.topic} has no timestamp at its top; add one"
        raise ValueError(msg)
    linked = any(_present(event, path.split(".")) for path in identity_paths(contract))
    return Circumstances(
        time=read(time.type, event[time.name]),
        user=_identifier(contract, event, Kind.USER_ID),
        device=_identifier(contract, event, Kind.DEVICE_ID),
        cookie=_identifier(contract, event, Kind.COOKIE_ID),
        linked=linked,
    )


def release(
    bound: BoundView,
    event: Mapping[str, Any],
    decision: Decision,
    absent: Collection[str] = (),
    people: Mapping[str, Other] = NOBODY,
) -> dict[str, Any] | None:
    """
    What one recipient gets of a checked event; None when nothing passes.

    Args:
        bound: the recipient's view.
        event: as it was checked.
        decision: of its subject's state.
        absent: names of groups that are about somebody else, of whom nothing may pass. They still make the event a
            linked one: somebody bought something, whoever gets it.
        people: by group whom it is about, where that is somebody else.

    Raises:
        Broken: a transform refused a value, with the path of the field.
    """
    contract = bound.view.contract
    about = circumstances(contract, event)
    rules = rules_under_grants(bound, decision, linked=about.linked or decision.linked)
    if rules is None:
        return None
    others = {name: people.get(name, UNKNOWN) for name in other_groups(contract)}
    way = _Release(
        bound, rules, decision, _needs(bound, event, about, decision), _generations(contract, decision), others
    )
    return way.object(contract.fields, {name: value for name, value in event.items() if name not in absent}, "")


def output(
    bound: BoundView,
    event: Mapping[str, Any],
    decision: Decision,
    absent: Collection[str] = (),
    people: Mapping[str, Other] = NOBODY,
) -> Output | None:
    """
    The clean record of what `release` gives.

    Raises:
        Broken: a transform refused a value, with the path of the field.
    """
    released = release(bound, event, decision, absent, people)
    about = circumstances(bound.view.contract, event)
    rules = rules_under_grants(bound, decision, linked=about.linked or decision.linked)
    name = top_level(bound.view.contract, Kind.TIMESTAMP)
    if released is None or rules is None or name is None:
        return None
    tokens = (path for path in bound.view.key if isinstance(rules[path], Pseudonymize) and path in released)
    key = next((released[path].encode() for path in tokens), None)
    if bound.view.sealed is None:
        return dumps(released), key, timestamp(rules, released, name.name, about.time)
    needs = {**_needs(bound, event, about, decision), "place": bound.place(SEALED)}
    seal = bound.view.sealed.bind(bound.keys)
    box = seal(dumps(released).decode(), *(needs[need] for need in bound.view.sealed.needs))
    return None if box is None else (dumps({SEALED: box}), key, TruncateTime("day").floor(about.time))


def timestamp(rules: Mapping[str, Transform], released: Mapping[str, Any], name: str, time: int) -> int:
    """
    The timestamp of a clean record: the released event time, or its day when the view releases none.
    """
    rule = rules[name]
    if isinstance(rule, TruncateTime):
        return rule.floor(time)
    return read_timestamp(released[name]) if name in released else TruncateTime("day").floor(time)


@dataclass(frozen=True, slots=True)
class _Release:
    """
    One event's way through one set of rules.
    """

    bound: BoundView
    rules: Mapping[str, Transform]
    decision: Decision
    needs: Mapping[Need, Any]
    generations: Mapping[str, int]
    others: Mapping[str, Other]

    def object(self, fields: tuple[Node, ...], value: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        released: dict[str, Any] = {}
        for node in fields:
            item = value.get(node.name)
            if item is None:
                continue
            path = prefix + node.name
            match node:
                case Field():
                    if not (dropped(self.rules[path]) or (placeholder(node) and identifies_nothing(item))):
                        output = self._value(node, item, path)
                        if output is not None or not withholds(self.rules[path]):
                            released[node.name] = output
                case Group():
                    inner = self.object(node.fields, item, path + ".")
                    if inner:
                        released[node.name] = inner
                case Repeated():
                    path += "[]"
                    if not dropped(self.rules[path]):
                        released[node.name] = [self.object(node.fields, element, path + ".") for element in item]
        return released

    def _value(self, node: Field, value: Any, path: str) -> Any:
        rule = self.rules[path]
        purposes = purposes_for(self.decision, self.bound.view, node.kind)
        needs = {**self.needs, "place": self.bound.place(path), "purposes": purposes}
        other = self.others.get(path.partition(".")[0])
        if other is not None:
            needs = {**needs, "subject": other.subject, "salt": other.salt}
        try:
            reading = read(node.type, value) if node.type.reading in rule.takes else value
            apply = self.bound.apply(rule, node.kind, self.generations.get(path, 0))
            return apply(reading, *(needs[need] for need in rule.needs))
        except Refused as refusal:
            raise Broken(Reason.NOT_UNDERSTOOD, path, str(refusal)) from None
        except Exception as error:  # noqa: BLE001 — a defect of a transform holds the event back, as a refusal does
            detail = f"{type(rule).__name__} failed with {type(error).__name__}"
            raise Broken(Reason.INTERNAL, path, detail) from None


def _needs(bound: BoundView, event: Mapping[str, Any], about: Circumstances, decision: Decision) -> dict[Need, Any]:
    party = bound.view.party
    return {
        "party": event[party] if party else None,
        "salt": decision.salt,
        "subject": about.subject,
        "time": about.time,
    }


def _generations(contract: Contract, decision: Decision) -> dict[str, int]:
    """
    The fields whose tokens are made under keys of a generation.
    """
    if not decision.renewed:
        return {}
    of = (
        (Kind.USER_ID, decision.generation),
        (Kind.DEVICE_ID, decision.device_generation),
        (Kind.COOKIE_ID, decision.cookie_generation),
    )
    fields = ((top_level(contract, kind), generation) for kind, generation in of)
    return {node.name: generation for node, generation in fields if node}


def _identifier(contract: Contract, event: Mapping[str, Any], kind: Kind) -> str | None:
    node = top_level(contract, kind)
    value = event.get(node.name) if node else None
    return None if node is None or value is None or (placeholder(node) and identifies_nothing(value)) else value


def _present(value: Any, path: list[str]) -> bool:
    for name in path:
        if name.endswith("[]"):
            return bool(value.get(name[:-2]))
        value = value.get(name)
        if value is None:
            return False
    return True
