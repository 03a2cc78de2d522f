"""
The hot path: raw bytes to every view's clean record, beside reading and writing the same JSON with orjson.

Events come without their free text, whose search costs a hundred times what all else does: what it adds to an event is
a figure of its own, and what it costs a text is `benchmarks/detection`'s.
"""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter_ns
from typing import Any, Final

from benchmarks.rounds import Comparison, compare, no_collection
from benchmarks.table import Say, Table
from pipeline.codec import dumps, loads
from pipeline.engine import TopicEngine, by_contract
from pipeline.keys import RootKeys
from pipeline.simulator import Simulator
from schemas import VIEWS
from schemas.contract import Contract, Field
from schemas.kinds import Kind
from schemas.view import View

EVENTS: Final = 3_000
WARM: Final = 30  # rounds before the first that counts: 90,000 events, after which regular visitors are known
ROUNDS: Final = 9
TEXT_EVENTS: Final = 300  # a round, of which there are three

TEXTS: Final = {
    contract.topic: {path for path, node in contract.nodes() if isinstance(node, Field) and node.kind is Kind.FREE_TEXT}
    for contract, _ in by_contract(VIEWS)
}
"""The fields of each raw topic that are free text; all stand at the top of an event."""
SEED: Final = 20_260_101


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Each topic with all its views, and with each recipient's view alone.

    Args:
        events: records a round; each round has new ones, by the same people and devices.
        say: where progress goes.
    """
    return {contract.name: _topic(contract, views, events or EVENTS, say) for contract, views in by_contract(VIEWS)}


def table(results: dict[str, Any]) -> Table:
    """
    One row a topic and recipient.
    """
    rows = []
    for topic, result in results.items():
        rows.append(_row(topic, "all", result))
        rows += [_row("", recipient, alone) for recipient, alone in result["recipients"].items()]
    return Table(
        "Hot path: one raw record without free text to its clean records, beside orjson.dumps(orjson.loads(raw))",
        ("topic", "recipients", "µs", "orjson µs", "ratio", "quartiles", "µs with texts"),
        rows,
    )


def _topic(contract: Contract, views: Sequence[View], events: int, say: Say) -> dict[str, Any]:
    stream = Simulator(SEED, topics=(contract.topic,), broken=0)

    def records() -> list[bytes]:
        return [without_texts(contract.topic, event.value) for event in stream.events(events)]

    def whole() -> list[bytes]:
        return [event.value for event in stream.events(min(events, TEXT_EVENTS))]

    def result(name: str, chosen: Sequence[View]) -> dict[str, Any]:
        say(f"hot path: {contract.topic}, {name}")
        # Keys of their own: engines of one keyset share their caches, and the second would find them filled.
        return _result(TopicEngine(contract, chosen, RootKeys.generate()), records, warm_rounds(events))

    return {
        **result("all recipients", views),
        "microseconds_with_texts": _with_texts(contract, views, whole) if TEXTS[contract.topic] else None,
        "recipients": {view.recipient: result(view.recipient, [view]) for view in views},
    }


def warm_rounds(events: int) -> int:
    """
    Rounds before the first that counts: fewer of a smaller run, whose figures are no more than a trial.

    Args:
        events: records a round.
    """
    return min(WARM, WARM * events // EVENTS + 1)


def without_texts(topic: str, raw: bytes) -> bytes:
    """
    A raw record of a topic without its free text.
    """
    texts = TEXTS[topic]
    return dumps({name: value for name, value in loads(raw).items() if name not in texts}) if texts else raw


def _with_texts(contract: Contract, views: Sequence[View], records: Callable[[], Sequence[bytes]]) -> float:
    """
    As an agent does it: what is next is searched together, then each record is processed.
    """
    engine = TopicEngine(contract, views, RootKeys.generate())
    rounds = []
    for _ in range(3):
        raws, searched = records(), 0
        with no_collection():
            start = perf_counter_ns()
            for position, raw in enumerate(raws):
                if position == searched:
                    searched = engine.ahead(raws, position)
                engine.process(raw)
            rounds.append((perf_counter_ns() - start) / 1_000 / len(raws))
    return round(median(rounds), 1)


def _result(engine: TopicEngine, records: Callable[[], Sequence[bytes]], warm: int) -> dict[str, Any]:
    for _ in range(warm):
        for raw in records():
            engine.process(raw)
    compared: Comparison = compare(engine.process, ROUNDS, records)
    return {
        "ratio_to_orjson": round(compared.ratio, 3),
        "ratio_quartiles": [round(quartile, 3) for quartile in compared.quartiles],
        "microseconds": round(compared.microseconds, 3),
        "orjson_microseconds": round(compared.orjson_microseconds, 3),
    }


def _row(topic: str, recipients: str, result: dict[str, Any]) -> tuple[str, ...]:
    low, high = result["ratio_quartiles"]
    return (
        topic,
        recipients,
        f"{result['microseconds']:.2f}",
        f"{result['orjson_microseconds']:.2f}",
        f"{result['ratio_to_orjson']:.2f}",
        f"{low:.2f}–{high:.2f}",
        f"{with_texts:.0f}" if (with_texts := result.get("microseconds_with_texts")) else "",
    )
