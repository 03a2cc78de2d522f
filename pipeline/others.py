"""Persons in an event beside the one it is about, a consignee or a guardian: each is a subject of its own."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from schemas.contract import Contract, Group
from transforms import Refused
from transforms.memo import Memo
from transforms.normalize import phone

Erased = Callable[[str, int], bool]
"""`erased(subject, time)`: whether nothing of this person may pass; time in milliseconds since 1970 UTC."""

_REMEMBERED: Final = 65_536  # telephone numbers, 14 MiB


def phone_subject(number: str) -> str:
    """
    The subject id of a person who is known by a telephone number only: `phone:` and the number in E.164.

    Raises:
        Refused: it is no telephone number.
    """
    return f"phone:{phone(number)}"


def other_groups(contract: Contract) -> Mapping[str, str]:
    """
    The groups that are about somebody else, each with the path of the field that names this person.
    """
    groups = (node for node in contract.fields if isinstance(node, Group) and node.subject)
    return {group.name: f"{group.name}.{group.subject}" for group in groups}


class Others:
    """
    Asks about them.

    Protects a person who was erased and whom somebody else's events still name. Does not protect one who is named by
    another number than the one that was erased, or by one that cannot be understood.

    Args:
        contract: of the events.
        erased: what is known of subjects.
    """

    def __init__(self, contract: Contract, erased: Erased) -> None:
        self._groups = other_groups(contract)
        subjects: Mapping[str, str | None] = Memo(_subject, _REMEMBERED)

        def asked(number: str, time: int) -> bool:
            subject = subjects[number]
            return subject is not None and erased(subject, time)

        self.erased: Final = asked
        """`erased(number, time)`, the number as it stands in an event."""

    def absent(self, event: Mapping[str, Any], time: int) -> frozenset[str]:
        """
        The groups of a checked event whose persons were erased.
        """
        return frozenset(
            name
            for name, path in self._groups.items()
            if event.get(name) and self.erased(event[name][path.rpartition(".")[2]], time)
        )


def _subject(number: str) -> str | None:
    try:
        return phone_subject(number)
    except Refused:
        return None
