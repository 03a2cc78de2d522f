"""What a worker has done so far, in numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counts:
    """
    Totals since the worker started: every event that came in is in exactly one of the others, view by view.

    Labels are topics, recipients and reasons, all from closed lists.
    """

    read: Counter[str] = field(default_factory=Counter)
    """By raw topic."""
    released: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By raw topic and recipient."""
    suppressed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By raw topic and recipient."""
    quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By raw topic and reason."""
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    """
    Fields that a contract does not have: raw topic → path → times seen.

    Their names come from outside and may be personal themselves, so that only totals are ever told.
    """

    def as_dict(self) -> Mapping[str, Any]:
        """
        The totals as JSON values.
        """
        return {
            "read": dict(self.read),
            "released": _nested(self.released),
            "suppressed": _nested(self.suppressed),
            "quarantined": _nested(self.quarantined),
            "unknown_fields": {topic: paths.total() for topic, paths in self.unknown.items() if paths},
        }


def _nested(counter: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (topic, label), number in sorted(counter.items()):
        nested.setdefault(topic, {})[label] = number
    return nested
