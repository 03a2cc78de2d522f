"""Keep: the value passes as it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from transforms.base import Apply, Keyring, Need, Reading


@dataclass(frozen=True, slots=True)
class Keep:
    """
    Let the value pass as it came.

    Protects against nothing: it is the explicit word of a view that this field is not personal for its recipient.
    """

    takes: ClassVar[frozenset[Reading]] = frozenset({"any"})
    needs: ClassVar[tuple[Need, ...]] = ()

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema of the field itself.
        """
        return None

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        The identity.
        """
        return _same


def _same(value: Any) -> Any:
    return value
