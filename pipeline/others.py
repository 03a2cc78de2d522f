"""Persons in an event beside the one it is about, a consignee or a guardian: each is a subject of its own."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from schemas.contract import Contract, Group
from transforms import Refused
from transforms.memo import Memo
from transforms.normalize import phone

Erased = Callable[[str, int], bool]
"""`erased(subject, time)`: whether nothing of this person may pass; time in milliseconds since 1970 UTC."""

SaltOf = Callable[[str], bytes | None]
"""`salt_of(subject)`: half of this person's own key; None when there is none, or nobody can tell."""


class Other(NamedTuple):
    """
    Who a group is about, and half of their own key.

    Args:
        subject: id; None when the number cannot be understood.
        salt: None when there is none, and then nothing can be encrypted for them.
    """

    subject: str | None
    salt: bytes | None


UNKNOWN: Final = Other(None, None)

_REMEMBERED: Final = 8_192  # telephone numbers, 2 MiB


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
        salt_of: their salts; None when none are known.
    """

    def __init__(self, contract: Contract, erased: Erased, salt_of: SaltOf | None = None) -> None:
        self._groups = other_groups(contract)
        subjects: Mapping[str, str | None] = Memo(_subject, _REMEMBERED)

        def asked(number: str, time: int) -> bool:
            subject = subjects[number]
            return subject is not None and erased(subject, time)

        self.erased: Final = asked
        """`erased(number, time)`, the number as it stands in an event."""

        def named(number: str) -> Other:
            subject = subjects[number]
            return UNKNOWN if subject is None else Other(subject, salt_of(subject) if salt_of else None)

        self.named: Final = named
        """`named(number)`: who it is, the number as it stands in an event."""

    def absent(self, event: Mapping[str, Any], time: int) -> frozenset[str]:
        """
        The groups of a checked event whose persons were erased.
        """
        return frozenset(
            name
            for name, path in self._groups.items()
            if event.get(name) and self.erased(event[name][path.rpartition(".")[2]], time)
        )

    def people(self, event: Mapping[str, Any]) -> Mapping[str, Other]:
        """
        Who the groups of a checked event are about.
        """
        return {
            name: self.named(event[name][path.rpartition(".")[2]])
            for name, path in self._groups.items()
            if event.get(name)
        }


def _subject(number: str) -> str | None:
    try:
        return phone_subject(number)
    except Refused:
        return None
