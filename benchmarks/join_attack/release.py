"""What ads and analytics are given of the same simulated events, as columns that two who compare notes can join."""

import asyncio
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
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

_Raw = tuple[bytes | None, bytes]
"""Key and value of a raw record."""

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
_BESIDE: Final = frozenset({KEY, SOURCE, POSITION, ARRIVAL})


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


def releases(events: int, people: int, seed: int, say: Callable[[str], None] = lambda _: None) -> Iterator[Release]:
    """
    Every topic that both read, with consent and, where anything passes then, without.

    Free text is left out: ads never get any. Of a record only its columns' numbers are kept, and its tokens.

    Args:
        events: of each topic.
        people: whom they are about. A chunk is sorted by keys: many records of somebody in one lie together, and a
            single stroke of luck puts them all at the same places of both.
        seed: of the simulator.
        say: where progress goes.
    """
    for contract, views in by_contract(VIEWS):
        of = {view.recipient: view for view in views}
        if of.keys() >= {"ads", "analytics"}:
            say(f"join attack: {contract.topic}, {events:,} events")
            stream = Simulator(seed, topics=(contract.topic,), broken=0, subjects=people)
            raw = [(event.key, without_texts(contract.topic, event.value)) for event in stream.events(events)]
            yield from _Topic(contract, of["ads"], of["analytics"], raw).releases()


class _Topic:
    """
    One raw topic on its way to both.
    """

    def __init__(self, contract: Contract, ads: View, analytics: View, raw: Sequence[_Raw]) -> None:
        self._contract = contract
        self._ads = ads
        self._naming = _naming(ads, analytics) | {KEY, SOURCE}
        self._raw = [value for _, value in raw]
        self._keys = RootKeys.generate()
        self._written = _write(contract, (ads, analytics), self._keys, raw, self._naming)
        identifiers: set[str] = set()
        persons = []
        for offset, value in enumerate(self._raw):
            event = loads(value)
            user = event.get("user_id")
            persons.append((consents(user), user or event.get("device_id") or offset))
            identifiers.update(str(item) for path, item in _flat(event).items() if item and _name(path) in _LISTED)
        self._identifiers = frozenset(identifiers)
        self._granted = np.array([granted for granted, _ in persons])
        self._subject = _codes([person for _, person in persons])

    def releases(self) -> Iterator[Release]:
        of_ads, of_analytics = self._written
        tokens = of_ads.tokens | of_analytics.tokens
        for consent, rules in ((True, self._ads.rules), (False, self._ads.otherwise)):
            if rules is None or rules is SUPPRESS:
                continue
            yield Release(
                topic=self._contract.topic,
                consent=consent,
                ads=self._records(of_ads, self._granted[of_ads.offsets] == consent, {}),
                analytics=self._records(of_analytics, np.ones(len(of_analytics.offsets), bool), self._as_coarse(rules)),
                identifiers=self._identifiers,
                tokens=tokens,
            )

    def _records(self, clean: "_Clean", given: NDArray[np.bool_], instead: Mapping[str, Codes]) -> Records:
        offsets = clean.offsets[given]
        columns = {
            path: instead[path][offsets] if path in instead else codes[given]
            for path, codes in clean.columns.items()
            if path in _BESIDE or codes[given].any()
        }
        return Records(columns, self._subject[offsets], self._naming | {POSITION})

    def _as_coarse(self, rules: Rules) -> dict[str, Codes]:
        """
        What ads' rules would make of each event, whoever it is about.
        """
        probe = View("probe", self._contract, "probe", rules)
        process = TopicEngine(self._contract, [probe], self._keys).process
        columns = _Columns(len(self._raw))
        for offset, value in enumerate(self._raw):
            columns.put(offset, _flat(loads(process(value)[0][0])))
        naming = _naming(probe)
        return {path: codes for path, codes in columns.made().items() if path not in naming}


@dataclass(frozen=True, slots=True)
class _Clean:
    """
    Clean records as their reader has them.

    Args:
        offsets: of the raw record behind each.
        columns: by path of the value, and what is beside the value.
        tokens: in all of them, without their versions.
    """

    offsets: NDArray[np.int64]
    columns: Mapping[str, Codes]
    tokens: frozenset[str]


class _Columns:
    """
    Columns of so many records, which are filled one record after the other.
    """

    def __init__(self, records: int) -> None:
        self._nothing = bytes(8 * records)
        self._columns: dict[str, array[int]] = {}

    def put(self, number: int, values: Mapping[str, Any]) -> None:
        for path, value in values.items():
            if path not in self._columns:
                self._columns[path] = array("q", self._nothing)
            self._columns[path][number] = _code(value)

    def made(self) -> dict[str, Codes]:
        return {path: np.frombuffer(column, np.uint64) for path, column in self._columns.items()}


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
    contract: Contract,
    views: Sequence[View],
    keys: RootKeys,
    raw: Sequence[_Raw],
    naming: frozenset[str],
) -> list[_Clean]:
    """
    Chunk by chunk, as an agent does; the records of each view.
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
    logs = (sender.logs.pop((view.topic, 0), []) for view in views)
    return [_read(source, log, arrival, naming) for source, log in zip(sources, logs, strict=True)]


def _read(source: SourceTokens, log: Sequence[Record], arrival: Mapping[int, int], naming: frozenset[str]) -> _Clean:
    columns, offsets, tokens = _Columns(len(log)), [], set()
    for position, (_, key, value, headers) in enumerate(log):
        token = headers[0][1]
        offset = source.open(token)[1]
        beside = {KEY: key and key.decode(), SOURCE: token.decode(), POSITION: position, ARRIVAL: arrival[offset]}
        values = _flat(loads(value)) | beside
        columns.put(position, values)
        offsets.append(offset)
        tokens.update(str(values[path]).partition(".")[2] for path in naming & values.keys() if values[path])
    return _Clean(np.array(offsets, np.int64), columns.made(), frozenset(tokens))


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


def _naming(*views: View) -> frozenset[str]:
    """
    The paths at which one of these views ever has tokens.
    """
    resolved = [rules for view in views for variant in view.variants() for rules in view.resolve(variant).items()]
    return frozenset(path for path, rule in resolved if isinstance(rule, Pseudonymize))


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def _code(value: Any) -> int:
    return 0 if value is None else hash((value, 1))


def _codes(values: Sequence[Any]) -> Codes:
    return np.array([_code(value) for value in values], dtype=np.int64).view(np.uint64)


_LISTED: Final = frozenset({"user_id", "device_id", "phone", "buyer_phone"})
_PURPOSES: Final = {True: frozenset({"ads"}), False: frozenset[str]()}
