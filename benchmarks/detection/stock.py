"""Presidio as it comes: every recognizer that it loads, declared to be for Chinese, without a model or a network."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from benchmarks.detection.systems import Find
from transforms.text.span import Span

OURS: Final[Mapping[str, str]] = {
    "CREDIT_CARD": "CN_BANK_CARD",
    "EMAIL_ADDRESS": "EMAIL",
    "IP_ADDRESS": "IP",
    "MAC_ADDRESS": "MAC",
    "PHONE_NUMBER": "CN_MOBILE",
}
"""Its entities that we have too; the others keep their names."""


def stock() -> Find:
    find = one()
    return lambda _, texts: [find(text) for text in texts]


@cache
def one() -> Callable[[str], Sequence[Span]]:
    """
    One text at a time.
    """
    import logging  # noqa: PLC0415 — as below

    import tldextract  # noqa: PLC0415 — a fresh process times the imports
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import NoOpNlpEngine  # noqa: PLC0415

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)  # it reports each recognizer that it skips
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # the list that comes with it
    registry = RecognizerRegistry(supported_languages=["en"])  # asked for zh it leaves out most of them
    nlp = NoOpNlpEngine([{"lang_code": "zh", "model_name": "none"}])
    nlp.load()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    registry.supported_languages = ["zh"]
    for recognizer in registry.recognizers:
        recognizer.supported_language = "zh"
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["zh"])

    def find(text: str) -> Sequence[Span]:
        return [
            Span(result.start, result.end, OURS.get(result.entity_type, result.entity_type), result.score)
            for result in engine.analyze(text, "zh")
        ]

    return find
