"""Which rules stand for an event under grants: those with consent for the kinds in scope, the others for the rest."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.bound import BoundView, dropped
from pipeline.columns import effective_rules
from pipeline.decision import Decision
from schemas.contract import Field
from schemas.kinds import Kind
from schemas.view import SUPPRESS, Variant, View
from transforms import Drop, Keep, Transform

if TYPE_CHECKING:
    from pipeline.grants.grant import Grant


def rules_under_grants(bound: BoundView, decision: Decision, *, linked: bool) -> Mapping[str, Transform] | None:
    """
    The rules that stand for an event, or None when nothing of it passes.

    A field whose kind a grant names has the rule that consent would give it; every other field has the one that stands
    without. An array passes where either lets something of it pass.
    """
    view = bound.view
    standing = bound.rules(decision, linked=linked)
    grants = [grant for grant in of_view(decision, view) if grant.purpose == view.purpose]
    if decision.suppressed or not grants or not view.asks_consent or view.purpose in decision.purposes:
        return standing
    consented = effective_rules(view, Variant(granted=True, linked=linked))
    if any(grant.kinds is None for grant in grants):
        return consented
    kinds = frozenset[Kind]().union(*(grant.kinds or () for grant in grants))
    without = _without(view, linked=linked)
    nodes = dict(view.contract.nodes())
    mixed = {
        path: consented[path] if isinstance(node, Field) and node.kind in kinds else without[path]
        for path, node in nodes.items()
        if path in consented
    }
    for path in [path for path in mixed if path.endswith("[]")]:
        within = (rule for inner, rule in mixed.items() if inner.startswith(f"{path}.") and not inner.endswith("[]"))
        if not dropped(consented[path]) and not all(map(dropped, within)):
            mixed[path] = Keep()
    return None if all(map(dropped, mixed.values())) else mixed


def of_view(decision: Decision, view: View) -> "Sequence[Grant]":
    """
    The grants that are about what a view releases.
    """
    return [grant for grant in decision.grants if grant.covers(view)]


def purposes_for(decision: Decision, view: View, kind: Kind) -> frozenset[str]:
    """
    What counts as consented to, of a field of this kind.
    """
    granted = (grant.purpose for grant in of_view(decision, view) if grant.kinds is None or kind in grant.kinds)
    return decision.purposes.union(granted)


def _without(view: View, *, linked: bool) -> Mapping[str, Transform]:
    variant = Variant(granted=view.otherwise is SUPPRESS, linked=linked)
    rules = effective_rules(view, variant)
    return dict.fromkeys(rules, Drop()) if view.otherwise is SUPPRESS else rules
