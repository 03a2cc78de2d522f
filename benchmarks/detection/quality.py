"""What is found of what is there, and what is found where nothing is."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from benchmarks.detection import metrics
from benchmarks.detection.labelled import FIELDS, Gold, Labelled
from benchmarks.detection.metrics import Judged, Share
from benchmarks.detection.systems import Find
from benchmarks.table import Table

UNGATED: Final = "contact"
"""A field in which names are looked for whatever the text says."""


def judge(find: Find, texts: Sequence[Labelled], *, field: str | None = None) -> list[Judged]:
    """
    What is found in each text.

    Args:
        find: of the detector.
        texts: with their gold.
        field: that the detector is told, instead of the text's own.
    """
    judged: list[Judged] = []
    for own, group in groupby(sorted(texts, key=attrgetter("field")), key=attrgetter("field")):
        same = list(group)
        judged += map(Judged, same, find(field or own, [labelled.text for labelled in same]))
    return judged


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """
    Every metric, ready for JSON.
    """
    return {
        "recall": _shares(metrics.recall(judged, metrics.groups)),
        "exact": {name: _exact(result) for name, result in metrics.exact_by_entity(judged).items()},
        "relaxed_precision": _shares(
            {name: metrics.relaxed_precision(judged, metrics.KINDS[name]) for name in ("numbers", "names")}
            | {"names in contact and note": _names_in_service(judged)}
        ),
        "address_characters": _share(metrics.character_recall(judged, "CN_ADDRESS")),
        "false_hits": {field: _shares(kinds) for field, kinds in metrics.false_hits(judged).items()},
    }


def gate(find: Find, texts: Sequence[Labelled]) -> dict[str, Any]:
    """
    Recall in danmaku as danmaku, and with the same texts taken for texts in which names are always looked for.
    """
    danmaku = [labelled for labelled in texts if labelled.field == "danmaku" and labelled.spans]
    ways = {"gated": judge(find, danmaku), "ungated": judge(find, danmaku, field=UNGATED)}
    return {name: _shares(metrics.recall(judged, _names_and_others)) for name, judged in ways.items()}


def describe(texts: Sequence[Labelled]) -> dict[str, Any]:
    """
    How large the corpus is.
    """
    counts = {field: [labelled for labelled in texts if labelled.field == field] for field in FIELDS}
    return {
        field: {"texts": len(own), "without_gold": sum(not labelled.spans for labelled in own)}
        for field, own in counts.items()
    }


def misses(judged: Iterable[Judged], count: int) -> list[str]:
    """
    Some of what stayed in sight and some of what was found where nothing is, a line each.
    """
    missed: dict[str, list[str]] = {}
    for labelled, gold in metrics.misses(judged):
        head = metrics.groups(labelled, gold)[-1]
        missed.setdefault(head, []).append(f"{labelled.text[gold.start : gold.end]!r} in {labelled.text!r}")
    wrong: dict[str, list[str]] = {}
    for labelled, found in judged:
        for span in () if labelled.spans else found:
            head = f"false {span.entity}, {labelled.field}"
            wrong.setdefault(head, []).append(f"{labelled.text[span.start : span.end]!r} in {labelled.text!r}")
    return [f"{head}: {line}" for head, lines in sorted((missed | wrong).items()) for line in lines[:count]]


def tables(results: Mapping[str, Any]) -> list[Table]:
    """
    The figures of each system side by side.
    """
    systems = results["systems"]
    return [
        _corpus_table(results["corpus"]),
        _recall_table(systems),
        *(_exact_table(name, result["exact"]) for name, result in systems.items() if "gate" in result),
        _precision_table(systems),
        _false_hits_table(systems),
        *(_gate_table(result["gate"]) for result in systems.values() if "gate" in result),
    ]


def _names_in_service(judged: Sequence[Judged]) -> Share:
    service = [one for one in judged if one.labelled.field in {"contact", "note"}]
    return metrics.relaxed_precision(service, metrics.NAMES)


def _names_and_others(_: Labelled, gold: Gold) -> tuple[str, ...]:
    return (metrics.kind(gold.entity),)


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval()
    value = None if not share.of else round(share.value, 5)
    return {"share": value, "interval": [round(low, 5), round(high, 5)], "hits": round(share.hits, 2), "of": share.of}


def _shares(shares: Mapping[str, Share]) -> dict[str, Any]:
    return {name: _share(share) for name, share in shares.items()}


def _exact(result: metrics.Exact) -> dict[str, Any]:
    found = result.precision.of or result.recall.of
    return {
        "precision": _share(result.precision),
        "recall": _share(result.recall),
        "f1": round(result.f1, 5) if found else None,
    }


def _percent(share: Mapping[str, Any] | None) -> tuple[str, str]:
    """
    A share and its interval in per cent.
    """
    if share is None or share["share"] is None:
        return "", ""
    low, high = share["interval"]
    return f"{share['share'] * 100:.1f}", f"{low * 100:.1f}–{high * 100:.1f}"


def _corpus_table(corpus: Mapping[str, Any]) -> Table:
    rows = [(field, f"{row['texts']:,}", f"{row['without_gold']:,}") for field, row in corpus["fields"].items()]
    title = f"Corpus: split {corpus['split']}, seed {corpus['seed']}, {corpus['texts']:,} texts"
    return Table(title, ("field", "texts", "with nothing personal"), rows)


def _recall_table(systems: Mapping[str, Any]) -> Table:
    names = {name: None for result in systems.values() for name in result["recall"]}
    rows = []
    for group in sorted(names):
        shares = [result["recall"].get(group) for result in systems.values()]
        of = next(share["of"] for share in shares if share)
        rows.append((group, f"{of:,}", *(cell for share in shares for cell in _percent(share))))
    shares = [result["address_characters"] for result in systems.values()]
    rows.append(
        ("CN_ADDRESS, characters", f"{shares[0]['of']:,}", *(cell for share in shares for cell in _percent(share)))
    )
    header = ("what", "number", *(cell for name in systems for cell in (f"{name} %", "95 %")))
    return Table("Recall: fully masked, by whatever entity", header, rows)


def _exact_table(system: str, entities: Mapping[str, Any]) -> Table:
    rows = [
        (
            entity,
            *_percent(result["precision"]),
            *_percent(result["recall"]),
            "" if result["f1"] is None else f"{result['f1'] * 100:.1f}",
        )
        for entity, result in entities.items()
    ]
    header = ("entity", "precision %", "95 %", "recall %", "95 %", "F1 %")
    return Table(f"Exact matches of {system}: the right entity and the right ends", header, rows)


def _precision_table(systems: Mapping[str, Any]) -> Table:
    rows = [
        (system, what, f"{share['of']:,}", *_percent(share))
        for system, result in systems.items()
        for what, share in result["relaxed_precision"].items()
    ]
    return Table(
        "Relaxed precision: finds that overlap something personal", ("system", "of", "finds", "%", "95 %"), rows
    )


def _false_hits_table(systems: Mapping[str, Any]) -> Table:
    rows = []
    for system, result in systems.items():
        for field, kinds in result["false_hits"].items():
            cells = [cell for kind in metrics.KINDS for cell in _per_thousand(kinds[kind])]
            rows.append((system, field, f"{kinds['numbers']['of']:,}", *cells))
    header = ("system", "field", "texts", *(cell for kind in metrics.KINDS for cell in (kind, "95 %")))
    return Table("False hits: texts in a thousand in which something is found though nothing is personal", header, rows)


def _per_thousand(share: Mapping[str, Any]) -> tuple[str, str]:
    if share["share"] is None:
        return "", ""
    low, high = share["interval"]
    return f"{share['share'] * 1_000:.1f}", f"{low * 1_000:.1f}–{high * 1_000:.1f}"


def _gate_table(ways: Mapping[str, Any]) -> Table:
    rows = [
        (what, f"{share['of']:,}", *_percent(share), *_percent(ways["ungated"][what]))
        for what, share in ways["gated"].items()
    ]
    header = ("what", "number", "danmaku %", "95 %", f"as {UNGATED} %", "95 %")
    return Table("The gate's cost: recall in danmaku, and with the same texts let through ungated", header, rows)
