"""What ads and analytics are given of the same simulated events, as columns that two who compare notes can join."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchmarks.hot_path import without_texts
from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.engine import TopicEngine, by_contract
from pipeline.keys import RootKeys
from pipeline.publisher import Publisher, Record, mix
from pipeline.simulator import Simulator
from pipeline.source import SourceTokens
from schemas import VIEWS
from schemas.contract import Contract
from schemas.view import SUPPRESS, Rules, View
from transforms import Pseudonymize

Codes = NDArray[np.uint64]
"""One number a record; equal numbers stand for equal values, 0 for none."""

CHUNK: Final = 500  # records, as a worker takes them
RAW_PARTITIONS: Final = 4
CONSENTING: Final = 2  # one person in so many

KEY: Final = "(key)"
SOURCE: Final = "(source)"
POSITION: Final = "(position)"
ARRIVAL: Final = "(arrival)"
"""
What a record tells beside its value: its position counts the records of its topic, and who reads as they come in
sees which records came together, with one chunk.
"""


@dataclass(frozen=True, slots=True)
class Records:
    """
    Records of one clean topic.

    Args:
        columns: by path of the value, and what is beside the value.
        subject: whom each is really about; somebody else each time when nobody can tell.
        naming: the columns that hold tokens or places.
    """

    columns: Mapping[str, Codes]
    subject: Codes
    naming: frozenset[str]


@dataclass(frozen=True, slots=True)
class Release:
    """
    One raw topic as the two have it, of people who consent or of those who do not.

    Args:
        topic: raw.
        consent: whether ads have it with consent.
        ads: their records.
        analytics: all their records of the topic, each value as coarse as ads would have it.
        identifiers: every user id, device id and telephone number of the raw events.
        tokens: of both, without their versions.
    """

    topic: str
    consent: bool
    ads: Records
    analytics: Records
    identifiers: frozenset[str]
    tokens: frozenset[str]


def consents(user: str | None) -> bool:
    """
    Whether a simulated person consents to advertising.
    """
    return user is not None and not crc32(user.encode()) % CONSENTING


def releases(events: int, seed: int) -> Iterator[Release]:
    """
    Every topic that both read, with consent and, where anything passes then, without.

    Free text is left out: ads never get any.

    Args:
        events: of each topic.
        seed: of the simulator.
    """
    for contract, views in by_contract(VIEWS):
        of = {view.recipient: view for view in views}
        if of.keys() >= {"ads", "analytics"}:
            yield from _Topic(contract, of["ads"], of["analytics"], events, seed).releases()


class _Topic:
    """
    One raw topic on its way to both.
    """

    def __init__(self, contract: Contract, ads: View, analytics: View, events: int, seed: int) -> None:
        stream = Simulator(seed, topics=(contract.topic,), broken=0, subjects=max(100, events // 50))
        self._contract = contract
        self._ads = ads
        raw = [(event.key, without_texts(contract.topic, event.value)) for event in stream.events(events)]
        self._raw = [value for _, value in raw]
        self._keys = RootKeys.generate()
        self._written = _write(contract, (ads, analytics), self._keys, raw)
        persons = [loads(value) for value in self._raw]
        self._identifiers = frozenset(
            str(value)
            for person in persons
            for path, value in _flat(person).items()
            if value and path.rpartition(".")[2] in _LISTED
        )
        self._granted = np.array([consents(person.get("user_id")) for person in persons])
        self._subject = _codes(
            [person.get("user_id") or person.get("device_id") or offset for offset, person in enumerate(persons)]
        )

    def releases(self) -> Iterator[Release]:
        of_ads, of_analytics = self._written
        tokens = frozenset(self._tokens())
        for consent, rules in ((True, self._ads.rules), (False, self._ads.otherwise)):
            if rules is None or rules is SUPPRESS:
                continue
            given = [row for row in of_ads if self._granted[row.offset] == consent]
            yield Release(
                topic=self._contract.topic,
                consent=consent,
                ads=self._records(given, {}),
                analytics=self._records(of_analytics, self._as_coarse(rules)),
                identifiers=self._identifiers,
                tokens=tokens,
            )

    def _records(self, rows: Sequence["_Row"], instead: Mapping[str, Sequence[Any]]) -> Records:
        paths = dict.fromkeys(path for row in rows for path in row.values)
        columns = {
            path: [instead[path][row.offset] if path in instead else row.values.get(path) for row in rows]
            for path in paths
        }
        naming = _naming(self._ads) | {SOURCE, KEY, POSITION}
        subject = self._subject[[row.offset for row in rows]]
        return Records({path: _codes(column) for path, column in columns.items()}, subject, naming)

    def _as_coarse(self, rules: Rules) -> dict[str, list[Any]]:
        """
        What ads' rules would make of each event, whoever it is about.
        """
        probe = View("probe", self._contract, "probe", rules)
        process = TopicEngine(self._contract, [probe], self._keys).process
        events = [_flat(loads(process(value)[0][0])) for value in self._raw]
        paths = {path for event in events for path in event} - _naming(probe)
        return {path: [event.get(path) for event in events] for path in paths}

    def _tokens(self) -> Iterator[str]:
        naming = _naming(self._ads) | {KEY, SOURCE}
        for row in (row for rows in self._written for row in rows):
            for path in naming & row.values.keys():
                if row.values[path]:
                    yield str(row.values[path]).partition(".")[2]


@dataclass(frozen=True, slots=True)
class _Row:
    """
    A clean record as its reader has it, and the raw record behind it.
    """

    offset: int
    values: Mapping[str, Any]


class _Sender:
    """
    Takes batches in place of a broker, into topics of one partition: the best case for whoever counts places.
    """

    def __init__(self) -> None:
        self.logs: dict[tuple[str, int], list[Record]] = {}

    def create_batch(self) -> "_Batch":
        return _Batch()

    async def send_batch(self, batch: "_Batch", topic: str, partition: int) -> "asyncio.Future[None]":
        self.logs.setdefault((topic, partition), []).extend(batch.records)
        return asyncio.get_running_loop().create_future()

    async def partition_count(self, _topic: str) -> int:
        return 1


class _Batch:
    def __init__(self) -> None:
        self.records: list[Record] = []

    def append(self, *, timestamp: int, key: bytes | None, value: bytes, headers: list[Any]) -> bool:
        self.records.append((timestamp, key, value, headers))
        return True


def _write(
    contract: Contract, views: Sequence[View], keys: RootKeys, raw: Sequence[tuple[bytes | None, bytes]]
) -> list[list[_Row]]:
    """
    Chunk by chunk, as an agent does; the rows of each view.
    """
    engine = TopicEngine(contract, views, keys, lambda user, *_: Decision(purposes=_PURPOSES[consents(user)]))
    sources = [SourceTokens(bound.keys, contract.topic) for bound in engine.bound]
    waiting: list[list[int]] = [[] for _ in range(RAW_PARTITIONS)]
    for offset, (key, _) in enumerate(raw):
        waiting[(crc32(key) if key else offset) % RAW_PARTITIONS].append(offset)
    chunks = sorted(offsets[start : start + CHUNK] for offsets in waiting for start in range(0, len(offsets), CHUNK))
    arrival = {offset: number for number, chunk in enumerate(chunks) for offset in chunk}
    sender = _Sender()

    async def write() -> None:
        publisher = Publisher(sender)
        for chunk in chunks:
            results = [engine.process(raw[offset][1]) for offset in chunk]
            for number, (view, source) in enumerate(zip(views, sources, strict=True)):
                clean = [
                    (result[number][2], result[number][1], result[number][0], [("source", token)])
                    for result, token in zip(results, source.seal(0, chunk), strict=True)
                    if result[number] is not None
                ]
                mix(clean)
                await publisher.send(view.topic, clean, chunk[0])

    asyncio.run(write())
    return [list(_read(view, source, sender.logs, arrival)) for view, source in zip(views, sources, strict=True)]


def _read(
    view: View,
    source: SourceTokens,
    logs: Mapping[tuple[str, int], Sequence[Record]],
    arrival: Mapping[int, int],
) -> Iterator[_Row]:
    for (topic, _), log in sorted(logs.items()):
        for position, (_, key, value, headers) in enumerate(log if topic == view.topic else ()):
            token = headers[0][1]
            offset = source.open(token)[1]
            beside = {KEY: key and key.decode(), SOURCE: token.decode(), POSITION: position, ARRIVAL: arrival[offset]}
            yield _Row(offset, _flat(loads(value)) | beside)


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """
    Path → value; an array is one value.
    """
    flat: dict[str, Any] = {}
    for name, item in value.items():
        if isinstance(item, dict):
            flat |= _flat(item, f"{prefix}{name}.")
        else:
            flat[prefix + name] = repr(item) if isinstance(item, list) else item
    return flat


def _naming(view: View) -> frozenset[str]:
    """
    The paths at which a view ever has tokens.
    """
    resolved = [rules for variant in view.variants() for rules in view.resolve(variant).items()]
    return frozenset(path for path, rule in resolved if isinstance(rule, Pseudonymize))


def _codes(values: Sequence[Any]) -> Codes:
    return np.array([0 if value is None else hash((value, 1)) for value in values], dtype=np.int64).view(np.uint64)


_LISTED: Final = frozenset({"user_id", "device_id", "phone", "buyer_phone"})
_PURPOSES: Final = {True: frozenset({"ads"}), False: frozenset[str]()}
