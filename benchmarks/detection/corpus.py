"""Labelled texts, the same ones for the same split, seed and number."""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Final, NamedTuple

from benchmarks.detection import evasion, numbers
from benchmarks.detection.addresses import Addresses
from benchmarks.detection.labelled import FIELDS, Gold, Labelled, Written
from benchmarks.detection.ordinary import ORDINARY
from benchmarks.detection.people import People
from benchmarks.detection.sections import Sections, read

SHORTEST_CONTACT: Final = 20
LONGEST_CONTACT: Final = 300


class Mix(NamedTuple):
    """
    How much of a corpus a field is.

    Args:
        texts: share of all texts.
        personal: share of the field's texts that are made from a personal template.
    """

    texts: float
    personal: float


SHARES: Final[Mapping[str, Mix]] = {
    "danmaku": Mix(0.20, 0.40),
    "contact": Mix(0.28, 0.88),
    "note": Mix(0.15, 0.85),
    "search": Mix(0.08, 0.60),
    "url": Mix(0.06, 0.75),
    "log": Mix(0.07, 0.70),
    "review": Mix(0.12, 0.15),
    "signature": Mix(0.04, 0.70),
}
"""More personal texts than there are in life, so that recall rests on enough of them."""

_SLOT: Final = re.compile(r"\{([a-z0-9_]+)\}")
_GOES_ON: Final = 0.4  # chance of another sentence in a text to customer service, again and again
_BETWEEN: Final = ("。", "！", "\n", " ", "，另外", "。还有，")
_TRIES: Final = 8  # to find a text that is not there yet; short ones run out


class Corpus:
    """
    Draws texts.

    Args:
        split: one of `benchmarks.detection.sections.SPLITS`.
        seed: of the draw; splits differ under the same seed.
    """

    def __init__(self, split: str, seed: int = 1) -> None:
        self._split = split
        self._rng = Random(f"{split}:{seed}")
        self._sections: Sections = read(split)
        people, addresses = People(self._sections, self._rng), Addresses(self._sections, self._rng)
        self._ordinary = {**ORDINARY, "firm": lambda _: addresses.firm()}
        self._personal = {**_drawn(), **_written(split, people, addresses)}
        self._seen: set[str] = set()

    def texts(self, count: int) -> list[Labelled]:
        """
        The next so many, of all fields.
        """
        weights = [SHARES[field].texts for field in FIELDS]
        return [self.text(field) for field in self._rng.choices(FIELDS, weights, k=count)]

    def text(self, field: str, *, personal: float | None = None) -> Labelled:
        """
        The next one of a field.

        Args:
            field: one of `FIELDS`.
            personal: likelihood of a personal template, instead of the field's own.
        """
        likelihood = SHARES[field].personal if personal is None else personal
        section = field if self._rng.random() < likelihood else f"{field}_plain"
        for _ in range(_TRIES):
            labelled = self._compose(field, self._rng.choice(self._sections[section]))
            if labelled.text not in self._seen:
                break
        self._seen.add(labelled.text)
        return labelled

    def _compose(self, field: str, template: str) -> Labelled:
        text, spans = self._fill(template)
        if field == "contact":
            text, spans = self._extend(text, spans)
        return Labelled(text, field, tuple(spans))

    def _extend(self, text: str, spans: list[Gold]) -> tuple[str, list[Gold]]:
        """
        What people write to customer service: not less than 20 characters, and often one thing after the other.
        """
        rng = self._rng
        sections = ("contact", "contact_plain") if spans else ("contact_plain",)
        while rng.random() < _GOES_ON:
            more, added = self._fill(rng.choice(self._sections[rng.choice(sections)]))
            text += rng.choice(_BETWEEN)
            if len(text) + len(more) > LONGEST_CONTACT:
                break
            spans += [gold.moved(len(text)) for gold in added]
            text += more
        while len(text) < SHORTEST_CONTACT:
            text += f"，{rng.choice(self._sections['close'])}"
        return text, spans

    def _fill(self, template: str) -> tuple[str, list[Gold]]:
        text, end = "", 0
        spans: list[Gold] = []
        for slot in _SLOT.finditer(template):
            text += template[end : slot.start()]
            end = slot.end()
            if slot[1] in self._personal:
                entity, write = self._personal[slot[1]]
                written = write(self._rng)
                spans.append(Gold.of(len(text), entity, written))
                text += written.text
            else:
                text += self._plain(slot[1])
        return text + template[end:], spans

    def _plain(self, slot: str) -> str:
        if slot in self._ordinary:
            return self._ordinary[slot](self._rng)
        return self._rng.choice(self._sections[slot])


_Personal = dict[str, tuple[str, Callable[[Random], Written]]]


def _drawn() -> _Personal:
    def plain(write: Callable[[Random], str]) -> Callable[[Random], Written]:
        return lambda rng: Written(write(rng))

    slots = {slot: (entity, plain(write)) for slot, (entity, write) in numbers.DRAWN.items()}
    return {**slots, "phone": ("CN_MOBILE", lambda rng: Written(numbers.phone(rng), "plain"))}


def _written(split: str, people: People, addresses: Addresses) -> _Personal:
    return {
        "name": ("PERSON", lambda _: people.name()),
        "qname": ("URL_PARAM", lambda _: Written(numbers.encoded(people.name().text))),
        "address": ("CN_ADDRESS", lambda _: addresses.address()),
        "mobile": ("CN_MOBILE", lambda rng: evasion.mobile(split, rng, numbers.phone(rng))),
        "id": ("CN_ID_CARD", lambda rng: Written(numbers.identity(rng, addresses.code()), "valid")),
        "badid": ("CN_ID_CARD", lambda rng: Written(numbers.mistyped_identity(rng, addresses.code()), "mistyped")),
        "uscc": ("CN_USCC", lambda rng: Written(numbers.uscc(rng, addresses.code()))),
        "card": ("CN_BANK_CARD", numbers.bank_card),
        "landline": ("CN_LANDLINE", numbers.landline),
        "email": ("EMAIL", lambda rng: Written(numbers.email(rng, split))),
    }
