"""What is known of an event's subject when its views are chosen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.grants.grant import Grant


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What the subject's state says about one event.

    A generation tells a person who registered again after an erasure, or a device or cookie seen again after one, from
    who they were before: tokens change with it, so that the two are nobody's same.

    Args:
        linked: the device was seen with a person.
        purposes: what the person consented to.
        suppressed: nothing of the event may reach anybody.
        generation: of the person: when they registered again, in milliseconds since 1970 UTC; 0 for all others.
        device_generation: of the device, likewise.
        cookie_generation: of the cookie, likewise.
        salt: makes the person's own key for reversible values; None when there is none, such as after an erasure.
        grants: signed by two approvers, in force, and about this person: what may pass without consent.
    """

    linked: bool = False
    purposes: frozenset[str] = field(default=frozenset())
    suppressed: bool = False
    generation: int = 0
    device_generation: int = 0
    cookie_generation: int = 0
    salt: bytes | None = field(default=None, repr=False)
    grants: "tuple[Grant, ...]" = ()
    rare: bool = field(init=False, repr=False, compare=False)
    """Whether it is renewed or has grants: the one thing that every event is asked."""

    def __post_init__(self) -> None:
        rare = self.renewed or bool(self.grants)
        object.__setattr__(self, "rare", rare)  # frozen: there is no other way to set what follows from the rest

    @property
    def renewed(self) -> bool:
        """
        Whether any generation is not 0.
        """
        return bool(self.generation or self.device_generation or self.cookie_generation)


Decide = Callable[[str | None, str | None, str | None, int], Decision]
"""
`decide(user_id, device_id, cookie_id, time)`, time in milliseconds since 1970 UTC.

An identifier that identifies nothing, such as an all-zero OAID, is None.
"""
