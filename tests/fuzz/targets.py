"""
What a fuzzer feeds with any bytes, and what must hold for all of them.

A target takes bytes and returns nothing; what it raises is a find. `python -m tests.fuzz` runs them under atheris,
`test_corpus.py` runs them over the corpus, which keeps what was found once.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.broken import MAX_DEPTH, Broken, Reason
from pipeline.check import check
from pipeline.codec import loads, parse
from pipeline.decision import Decision
from pipeline.interpret import output
from pipeline.opening import open_record
from tests.pipeline.events import EVENTS, PARTIES, engine
from transforms.text.detector import Detector
from transforms.text.fields import FIELDS

TOPICS = sorted(EVENTS)
DECISIONS = (
    Decision(),
    Decision(purposes=frozenset({"ads", "affiliate", "affiliate_sensitive"})),
    Decision(linked=True, purposes=frozenset({"ads"}), salt=bytes(16)),
    Decision(generation=1_790_000_000_000, device_generation=8, cookie_generation=9),
)
ENGINES = [engine(lambda *_, decision=decision: decision) for decision in DECISIONS]
DETECTORS = [Detector(field, "dictionary") for field in sorted(FIELDS)]

_NUMBER = re.compile(r"[1-9][0-9]{5,}")


def codec(data: bytes) -> None:
    """
    What is read is what Python's own reader reads, with no key twice and not too deep.
    """
    broken, read = _outcome(parse, data)
    if broken:
        assert broken.path == ""
        assert broken.reason is not Reason.INTERNAL
        return
    assert read == json.loads(data, object_pairs_hook=_unique, parse_int=_as_read, parse_constant=_refused)
    assert _depth(read) <= MAX_DEPTH


def event(data: bytes) -> None:
    """
    An event has one outcome, the reference's, and an error tells nothing of it.

    The first byte chooses the topic, the second what is known of its subject.
    """
    if len(data) < 2:
        return
    chosen, raw = data[1] % len(DECISIONS), data[2:]
    topic = ENGINES[chosen].topics[TOPICS[data[0] % len(TOPICS)]]
    broken, released = _outcome(topic.process, raw)
    if broken:
        assert broken.reason is not Reason.INTERNAL, broken.detail
        assert broken.path in {"", *(path for path, _ in topic.contract.nodes())}
        told = f"{broken}{broken.detail}"
        assert not [number for number in _NUMBER.findall(raw.decode(errors="replace")) if _tells(told, number)]
        return
    read = parse(raw)
    check(topic.contract, read)
    reference = [output(bound, read, DECISIONS[chosen], frozenset()) for bound in topic.bound]
    assert [_opened(record) for record in released] == [_opened(record) for record in reference]


def text(data: bytes) -> None:
    """
    Spans of any text are disjoint, in order and within it, and replacing them leaves a text.

    The first byte chooses the field; bytes that are no text become lone surrogates.
    """
    if not data:
        return
    detector = DETECTORS[data[0] % len(DETECTORS)]
    said = data[1:].decode("utf-8", "surrogateescape")
    end = 0
    for span in detector.detect(said):
        assert end <= span.start < span.end <= len(said)
        assert 0 < span.score <= 1
        end = span.end
    assert type(detector.redact(said)) is str


TARGETS: Mapping[str, Callable[[bytes], None]] = {"codec": codec, "engine": event, "text": text}


def _outcome(process: Callable[[bytes], Any], data: bytes) -> tuple[Broken | None, Any]:
    try:
        return None, process(data)
    except Broken as broken:
        return broken, None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    assert len(read) == len(pairs), "a key stands twice and was taken"
    return read


def _as_read(digits: str) -> float:
    """
    Beyond 64 bits an integer is read as the float nearest to it.
    """
    number = int(digits) if len(digits) < 400 else 10**400
    return number if -(2**63) <= number < 2**64 else float(digits)


def _refused(name: str) -> None:
    raise AssertionError(f"{name} was taken")  # noqa: TRY003, EM102 — an assertion with its reason


def _depth(value: Any) -> int:
    items = value.values() if type(value) is dict else value if type(value) is list else None
    return 0 if items is None else 1 + max(map(_depth, items), default=0)


def _tells(told: str, number: str) -> bool:
    return number in told and set(number[1:]) not in ({"0"}, {"9"})  # these are bounds of contracts


def _opened(record: Any) -> Any:
    """
    A clean record as it can be compared: what is sealed never looks the same twice.
    """
    if record is None:
        return None
    value = loads(record[0])
    for name, party in PARTIES.items():
        found = open_record(value, party, f"clean.{'logistics' if name == 'logistics' else 'merchant'}.order")
        if found.boxes > found.closed:
            value = found.record
    return value, *record[1:]
