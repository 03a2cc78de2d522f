"""Constant: the same stand-in for every value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from transforms.base import Apply, Keyring, Need, Reading

_LARGEST: Final = 2**53


@dataclass(frozen=True, slots=True)
class Constant:
    """
    Release one fixed value in place of every value.

    A reader learns that the field was there and nothing of what it held.

    Args:
        value: a string, number or boolean.

    Raises:
        ValueError: the stand-in is not a JSON scalar.
    """

    value: str | int | float | bool

    takes: ClassVar[frozenset[Reading]] = frozenset({"any"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.value, str | int | float | bool):
            msg = "a constant must be a string, number or boolean; to release nothing use Drop()"
            raise ValueError(msg)  # noqa: TRY004 — a declaration's mistakes are all ValueErrors
        if isinstance(self.value, int | float) and not abs(self.value) <= _LARGEST:
            msg = "a constant number must be within ±2^53, which every reader of JSON can hold"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema of the stand-in alone.
        """
        return {"const": self.value}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        A function that ignores its argument.
        """
        stand_in = self.value

        def apply(value: Any) -> Any:  # noqa: ARG001 — replaced
            return stand_in

        return apply
