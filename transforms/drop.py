"""Drop: nothing of the value passes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from transforms.base import Apply, Keyring, Need, Reading


@dataclass(frozen=True, slots=True)
class Drop:
    """
    Release nothing, not even that the field was there.

    Protects against every reader of this field. Does not protect against what other fields say about the same thing.
    """

    takes: ClassVar[frozenset[Reading]] = frozenset({"any"})
    needs: ClassVar[tuple[Need, ...]] = ()

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema that no value satisfies.
        """
        return {"not": {}}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        A function that returns None, which leaves the field out.
        """
        return _nothing


def _nothing(value: Any) -> None:  # noqa: ARG001 — dropped
    return None
