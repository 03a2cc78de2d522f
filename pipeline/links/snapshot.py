"""What a snapshot keeps of links: the store, and the sightings that no broker has confirmed yet."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from pipeline.links.record import Boxes, Unreadable
from pipeline.links.sightings import Sightings
from pipeline.links.store import LinkStore

NAME: Final = "links"


class LinkSnapshot:
    """
    Links, as `pipeline.snapshots.keeper` keeps them.

    A sighting is in the store at once and on its way to the topic for a moment longer. Should the worker die in
    between, its event is read again, and would say nothing new to a store that knows it from the snapshot; so what was
    on its way stands beside the store, and is written again after the next start.

    Args:
        store: to be kept and filled.
        sightings: what is on its way.
        boxes: seal sightings as the topic has them.
        window: days for which a link holds; a store that was kept for another one lacks what that one needs.
    """

    def __init__(self, store: LinkStore, sightings: Sightings, boxes: Boxes, window: int) -> None:
        self._store = store
        self._sightings = sightings
        self._boxes = boxes
        self._window = window
        self._notes: Sequence[Sequence[str]] | None = None

    def __len__(self) -> int:
        """
        How many links are told apart.
        """
        return len(self._store)

    @property
    def layout(self) -> Mapping[str, object]:
        """
        What another one has to have in common to understand this.
        """
        return {"buckets": self._store.size, "window": self._window}

    @property
    def notes(self) -> Sequence[Sequence[str]]:
        """
        Key and value of the records that are on their way.
        """
        if self._notes is not None:
            return self._notes
        records = map(self._boxes.write, self._sightings.unconfirmed())
        return [[b64encode(part).decode() for part in record] for record in records]

    def frozen(self) -> Self:
        """
        Links as they are now, for `export`.
        """
        other = type(self)(self._store.frozen(), self._sightings, self._boxes, self._window)
        other._notes = self.notes  # noqa: SLF001 — of its own class
        return other

    def export(self, first: int, number: int, _now: int) -> bytes:
        """
        Some buckets.
        """
        return self._store.export(first, number)

    def restore(self, first: int, exported: bytes) -> int:
        """
        Take buckets that `export` gave; the number of the next one.

        Raises:
            ValueError: they are damaged, or of another layout.
        """
        return self._store.restore(first, exported)

    def restore_notes(self, notes: Any) -> None:
        """
        Write again what was on its way.

        Raises:
            ValueError: they are damaged.
        """
        for key, value in notes:
            try:
                self._sightings.repeat(self._boxes.open(b64decode(key), b64decode(value)))
            except Unreadable as unreadable:
                raise ValueError(str(unreadable)) from None

    def clear(self) -> None:
        """
        Know nothing.
        """
        self._store.clear()
        self._sightings.clear()
