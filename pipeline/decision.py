"""What is known of an event's subject when its views are chosen."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What the subject's state says about one event.

    Args:
        linked: the device was seen with a person.
        purposes: what the person consented to.
        suppressed: nothing of the event may reach anybody.
    """

    linked: bool = False
    purposes: frozenset[str] = field(default=frozenset())
    suppressed: bool = False


Decide = Callable[[str | None, str | None, int], Decision]
"""`decide(user_id, device_id, time)`, time in milliseconds since 1970 UTC."""
