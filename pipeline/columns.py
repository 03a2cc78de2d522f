"""Columns: the circumstances that a view tells apart, in words, and the rules that stand under each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.bound import dropped, identity_paths
from schemas.view import SUPPRESS, Variant, View
from transforms import Drop, Transform

Resolved = Mapping[str, Transform]
"""Path → rule, for every field and array of a contract."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    One way in which a view treats events.

    Args:
        view: whose.
        circumstances: when, in words; empty when always.
        rules: by path; None when no record passes.
    """

    view: View
    circumstances: str
    rules: Resolved | None

    @property
    def title(self) -> str:
        """
        Recipient and circumstances.
        """
        return f"{self.view.recipient} {self.circumstances}".strip() + sealed_to(self.view)


def sealed_to(view: View) -> str:
    """
    For whose eyes alone a view's records are, in words that follow its name; empty when for every reader's.
    """
    return f", sealed to {view.sealed.to or view.party}" if view.sealed else ""


def columns(view: View) -> tuple[Column, ...]:
    """
    Every way in which a view treats events.

    Circumstances under which the same rules stand share a column, and those that cannot come about have none.
    """
    groups: list[tuple[Resolved, list[Variant]]] = []
    for variant in _possible(view):
        rules = effective_rules(view, variant)
        for known, variants in groups:
            if known == rules:
                variants.append(variant)
                break
        else:
            groups.append((rules, [variant]))
    shown = [Column(view, _in_words(view, variants), rules) for rules, variants in groups]
    if view.otherwise is SUPPRESS:
        shown.append(Column(view, "without consent", None))
    return tuple(shown)


def effective_rules(view: View, variant: Variant) -> Resolved:
    """
    The rules as they work: what lies in an array that is dropped is dropped, whatever its own rule.
    """
    resolved = view.resolve(variant)
    closed = tuple(f"{path}." for path, rule in resolved.items() if path.endswith("[]") and dropped(rule))
    return {path: Drop() if path.startswith(closed) else rule for path, rule in resolved.items()}


def _possible(view: View) -> tuple[Variant, ...]:
    """
    The variants but for standalone ones of a topic of which every event names a person.
    """
    nodes = dict(view.contract.nodes())
    named = any(
        not any(nodes[ancestor].optional or ancestor.endswith("[]") for ancestor in _ancestors(path))
        for path in identity_paths(view.contract)
    )
    return tuple(variant for variant in view.variants() if variant.linked or not named)


def _ancestors(path: str) -> Iterator[str]:
    """
    The path and those of the objects it lies in.
    """
    while path:
        yield path
        path = path.rpartition(".")[0]


def _in_words(view: View, variants: Sequence[Variant]) -> str:
    possible = {variant.linked for variant in _possible(view)}
    granted = {variant.granted for variant in variants}
    linked = {variant.linked for variant in variants}
    if len(variants) < len(granted) * len(linked):
        return " or ".join(_in_words(view, [variant]) for variant in variants)
    words = []
    if view.asks_consent and len(granted) == 1:
        words.append("with consent" if True in granted else "without consent")
    if linked != possible:
        words.append("linked" if True in linked else "standalone")
    return ", ".join(words)
