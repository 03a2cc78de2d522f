"""
State: what it costs to ask, for each event, what is known of its subject, device and cookie.

The same records go in turns through the same views without state and with it. Everybody is known and nobody has
consented, so that both release the same, but of devices and browsers that are linked less.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median, quantiles
from typing import Any, Final

from benchmarks.hot_path import EVENTS, SEED, warm_rounds, without_texts
from benchmarks.rounds import microseconds, no_collection
from benchmarks.table import Say, Table
from pipeline.counts import LinkCounts, SubjectCounts
from pipeline.currency import Currency
from pipeline.decision import Decide
from pipeline.engine import TopicEngine, by_contract, needs_salt
from pipeline.keys import RootKeys
from pipeline.links.table import LinkTable
from pipeline.simulator import Simulator
from pipeline.subjects.deciding import Decider
from pipeline.subjects.record import read_value
from pipeline.subjects.store import SubjectStore
from schemas import VIEWS
from schemas.contract import Contract
from schemas.view import View

ROUNDS: Final = 15
LINK_DAYS: Final = 30


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Each topic with all its views, and all topics together.

    Args:
        events: records a round.
        say: where progress goes.
    """
    results = {contract.name: _topic(contract, views, events or EVENTS, say) for contract, views in by_contract(VIEWS)}
    # A topic's share is what its events take without; its ratio is of records that went both ways one after the other.
    share = {name: result["without_microseconds"] for name, result in results.items()}
    ratio = sum(result["ratio"] * share[name] for name, result in results.items()) / sum(share.values())
    return {**results, "all": {"ratio": round(ratio, 3)}}


def table(results: dict[str, Any]) -> Table:
    """
    One row a topic.
    """
    rows = [
        (
            topic,
            f"{result['without_microseconds']:.2f}",
            f"{result['microseconds']:.2f}",
            f"{result['ratio']:.2f}",
            "–".join(f"{quartile:.2f}" for quartile in result["quartiles"]),
        )
        for topic, result in results.items()
        if topic != "all"
    ]
    return Table(
        "State: one raw record without free text to its clean records, without subject state and links and with them",
        ("topic", "without, µs", "with, µs", "ratio", "quartiles"),
        [*rows, ("all", "", "", f"{results['all']['ratio']:.2f}", "")],
    )


def _topic(contract: Contract, views: Sequence[View], events: int, say: Say) -> dict[str, Any]:
    say(f"state: {contract.topic}")
    # Of today: links are forgotten after a while.
    stream = Simulator(SEED, topics=(contract.topic,), broken=0, start=int(time.time() * 1_000) - 3_600_000)
    without = TopicEngine(contract, views, RootKeys.generate()).process
    with_state = TopicEngine(contract, views, RootKeys.generate(), _everybody_known(stream)).process

    def pair(*, first: bool) -> tuple[float, float]:
        raws = [without_texts(contract.topic, event.value) for event in stream.events(events)]
        with no_collection():
            if first:
                return microseconds(without, raws), microseconds(with_state, raws)
            known, unknown = microseconds(with_state, raws), microseconds(without, raws)
            return unknown, known

    for number in range(warm_rounds(events)):
        pair(first=bool(number % 2))
    pairs = [pair(first=bool(number % 2)) for number in range(ROUNDS)]
    ratios = [known / unknown for unknown, known in pairs]
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return {
        "without_microseconds": round(median(unknown for unknown, _ in pairs), 3),
        "microseconds": round(median(known for _, known in pairs), 3),
        "ratio": round(median(ratios), 3),
        "quartiles": [round(low, 3), round(high, 3)],
    }


def _everybody_known(stream: Simulator) -> Decide:
    purposes = [purpose for view in VIEWS for purpose in view.purposes]
    subjects = SubjectStore(purposes, bytes(32), salts=needs_salt(VIEWS))  # as a worker keeps them
    for record in stream.consents().records():
        subject = read_value(record.value)
        refusals = {purpose: replace(consent, granted=False) for purpose, consent in subject.consents.items()}
        subjects.put(record.key.decode(), replace(subject, consents=refusals), stream.start)
    current = Currency()
    current.until = float("inf")
    persons = Decider(subjects, current, SubjectCounts())
    links = LinkTable(bytes(range(32)), LINK_DAYS, persons, subjects, LinkCounts())
    links.currency.until = float("inf")
    return links.decide
