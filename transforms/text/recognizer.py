"""The door to presidio-analyzer: one recognizer for Chinese text, and an engine with nothing but it."""

from collections.abc import Sequence
from typing import Any, Final

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NoOpNlpEngine

from transforms.text.context import AFTER, BEFORE, enhance
from transforms.text.entities import ENTITIES, SURE, THRESHOLD
from transforms.text.fields import field_named
from transforms.text.fold import fold
from transforms.text.resolve import resolve
from transforms.text.search import Search
from transforms.text.span import Span
from transforms.text.taggers import NamesMode, tagger

LANGUAGE: Final = "zh"
NAME: Final = "ChineseRecognizer"


class Found(NlpArtifacts):
    """
    What a batch was found to hold, handed to the engine text by text in place of an NLP engine's work.
    """

    def __init__(self, spans: Sequence[Span]) -> None:
        # Not the parent's: it would build lemmas and keywords out of a spaCy document that does not exist.
        self.spans = spans


class ChineseRecognizer(EntityRecognizer):
    """
    Everything that qingliu finds in Chinese text, as one Presidio recognizer.

    One recognizer and not twenty: Presidio spends about 15 µs on each. Context is a window of characters and is looked
    at by the recognizer itself, so that it works under any NLP engine and any context enhancer.

    Protects nothing by itself: it says where personal data stand. What it does not find passes.

    Args:
        field: one of `transforms.text.fields.FIELDS`.
        names: which tagger looks for names; see `transforms.text.taggers`.
        supported_language: under which language the engine asks for it.

    Raises:
        ValueError: the field or the way of finding names is unknown.
        NamesUnavailable: what finds the names is not installed.

    Example:
        >>> registry = RecognizerRegistry(supported_languages=["zh"])
        >>> registry.add_recognizer(ChineseRecognizer(field="note"))
    """

    def __init__(self, field: str = "contact", names: NamesMode = "auto", supported_language: str = LANGUAGE) -> None:
        self.field, self.names = field, names
        self.search = Search(field_named(field), tagger(names))
        super().__init__(
            supported_entities=list(ENTITIES),
            name=NAME,
            supported_language=supported_language,
            score_thresholds={"default": THRESHOLD},
        )

    def to_dict(self) -> dict[str, Any]:
        """
        What makes the recognizer anew: `ChineseRecognizer.from_dict` takes it.
        """
        return {"field": self.field, "names": self.names, "supported_language": self.supported_language}

    def load(self) -> None:
        """
        Nothing: whatever is loaded was loaded by the constructor.
        """

    def analyze(
        self, text: str, entities: Sequence[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """
        What is found, doubtful finds with their low scores among it.
        """
        spans = nlp_artifacts.spans if isinstance(nlp_artifacts, Found) else self.search.find([text])[0]
        wanted = frozenset(entities)
        return [self._result(span) for span in spans if span.entity in wanted]

    def enhance_using_context(
        self,
        text: str,
        raw_recognizer_results: list[RecognizerResult],
        other_raw_recognizer_results: list[RecognizerResult],  # noqa: ARG002 — Presidio's signature
        nlp_artifacts: NlpArtifacts,  # noqa: ARG002
        context: list[str] | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """
        Doubtful finds beside a word of their context become sure ones.
        """
        return _enhanced(text, raw_recognizer_results)

    def _result(self, span: Span) -> RecognizerResult:
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: NAME,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        return RecognizerResult(span.entity, span.start, span.end, span.score, recognition_metadata=metadata)


class CharacterWindowEnhancer(ContextAwareEnhancer):
    """
    A context enhancer for text without spaces: a word of a recognizer's `context` within a window of characters.

    For recognizers of others beside `ChineseRecognizer`, which looks at its context itself: Presidio's own enhancer
    compares lemmas, of which Chinese text has none under the NoOp engine.
    """

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=0.35,  # as much as Presidio's own adds
            min_score_with_context_similarity=THRESHOLD,
            context_prefix_count=BEFORE,
            context_suffix_count=AFTER,
        )

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,  # noqa: ARG002 — Presidio's signature
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """
        Results near a word of their recognizer's context, with a higher score.
        """
        words = {recognizer.id: recognizer.context for recognizer in recognizers if recognizer.context}
        if words and raw_results:
            folded = fold(text)
            for result in raw_results:
                metadata = result.recognition_metadata
                near = words.get(metadata[RecognizerResult.RECOGNIZER_IDENTIFIER_KEY], ())
                if not metadata.get(RecognizerResult.IS_SCORE_ENHANCED_BY_CONTEXT_KEY) and self._near(
                    folded, result, near
                ):
                    raised = max(result.score + self.context_similarity_factor, self.min_score_with_context_similarity)
                    result.score = min(raised, SURE)
        return raw_results

    def _near(self, folded: str, result: RecognizerResult, words: Sequence[str]) -> bool:
        before = folded[max(0, result.start - self.context_prefix_count) : result.start]
        after = folded[result.end : result.end + self.context_suffix_count]
        return any(fold(word) in before or fold(word) in after for word in words)


class Analyzer:
    """
    Presidio's engine with the Chinese recognizer and nothing else: no model, no network, no other language.

    Args:
        field: one of `transforms.text.fields.FIELDS`.
        names: which tagger looks for names.
    """

    def __init__(self, field: str, names: NamesMode) -> None:
        recognizer = ChineseRecognizer(field, names)
        nlp = NoOpNlpEngine([{"lang_code": LANGUAGE, "model_name": ""}])
        registry = RecognizerRegistry(recognizers=[recognizer], supported_languages=[LANGUAGE])
        self._engine = AnalyzerEngine(
            registry=registry,
            nlp_engine=nlp,
            supported_languages=[LANGUAGE],
            default_score_threshold=THRESHOLD,
            context_aware_enhancer=CharacterWindowEnhancer(),
        )
        self._search = recognizer.search

    def analyze(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """
        Disjoint spans of each text, in its order. Texts given together are searched for names together.
        """
        return [self._spans(text, found) for text, found in zip(texts, self._search.find(texts), strict=True)]

    def _spans(self, text: str, found: Sequence[Span]) -> tuple[Span, ...]:
        if not found:
            return ()
        # Not of all entities: the engine would ask for the recognizers of each.
        entities = list({span.entity for span in found})
        results = self._engine.analyze(text, LANGUAGE, entities=entities, nlp_artifacts=Found(found))
        return resolve(Span(result.start, result.end, result.entity_type, result.score) for result in results)


def _enhanced(text: str, results: list[RecognizerResult]) -> list[RecognizerResult]:
    if all(result.score >= THRESHOLD for result in results):
        return results
    spans = enhance(
        fold(text), [Span(result.start, result.end, result.entity_type, result.score) for result in results]
    )
    for result, span in zip(results, spans, strict=True):
        if span.score > result.score:
            result.score = span.score
            result.recognition_metadata[RecognizerResult.IS_SCORE_ENHANCED_BY_CONTEXT_KEY] = True
    return results
