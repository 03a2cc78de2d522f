"""Custody: what was done to the keys, as records, and whether these explain each other without a gap."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from pipeline.audit.record import KEYS, Record

ASKED: Final = "asked"
"""Written before anything is done: without a `done` after it, it may have been done or not."""
DONE: Final = "done"

_SUFFIX: Final = ".audit"


class Held(Protocol):
    """
    The keys of a key file.
    """

    @property
    def versions(self) -> Sequence[int]:
        """
        Live versions, oldest first.
        """
        ...

    @property
    def since(self) -> date:
        """
        The first day whose epochs have keys.
        """
        ...


def beside(keyset: Path) -> Path:
    """
    The file in which records are kept that no broker was given for.
    """
    return keyset.with_name(keyset.name + _SUFFIX)


def change(act: str, before: Held, after: Held | None) -> dict[str, Any]:
    """
    What a record says of a change, all but its step.

    Args:
        act: the command's word, such as `rotate`.
        before: the keys as they were.
        after: as they are to be; None when none are left.
    """
    left = {"versions": [], "epochs_from": before.since.isoformat()} if after is None else _state(after)
    return {"act": act, "before": _state(before), "after": left}


class Break(NamedTuple):
    """
    A record that begins with other keys than those before it ended with.
    """

    chain: str
    text: str


def breaks(records: Iterable[Record]) -> Iterator[Break]:
    """
    Where keys changed and no record says how.

    Records are put in the order of their times: commands that change one key file exclude each other, so that clocks of
    two machines would have to differ by more than the time between two commands.

    Args:
        records: of any kind and in any order.
    """
    possible: list[Mapping[str, Any]] = []
    about = [record for record in records if record.kind == KEYS]
    for record in sorted(about, key=lambda record: (record.at, record.chain, record.sequence)):
        act, step, before, after = (record.body[name] for name in ("act", "step", "before", "after"))
        if possible and before not in possible:
            text = f"{act} began with {_shown(before)}, and the records before it leave {_shown(possible[-1])}"
            yield Break(record.chain, f"{text}: something was done to the keys of which nothing here tells")
        possible = [after] if step == DONE else [before, after]


def _state(held: Held) -> dict[str, Any]:
    return {"versions": list(held.versions), "epochs_from": held.since.isoformat()}


def _shown(state: Mapping[str, Any]) -> str:
    versions = ", ".join(map(str, state["versions"])) or "none"
    return f"versions {versions} and epochs from {state['epochs_from']}"
