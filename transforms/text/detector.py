"""The detector: texts in, spans of personal data out; or texts with them replaced."""

from collections.abc import Sequence

from transforms.text.anonymizer import Operators, anonymize, redacting
from transforms.text.fields import field_named
from transforms.text.recognizer import Analyzer
from transforms.text.span import Span
from transforms.text.taggers import NamesMode


class Detector:
    """
    Finds personal data in Chinese free text of one field.

    Time is linear in the length of a text; nothing is raised for any string. Offsets are in code points of the text as
    it was given. Needs no network, now or ever.

    Protects against personal data that a writer gave away in passing, in the usual ways of writing and of evading.
    Does not protect against what only a reader's knowledge makes personal ("the man from the corner shop"), against a
    bare name in a gated field, or against every invention of somebody who wants to be understood and not detected.

    Args:
        field: one of `transforms.text.fields.FIELDS`; it decides how thoroughly a text is searched.
        names: `auto`, `model`, `dictionary` or `none`; see `transforms.text.taggers`.

    Raises:
        ValueError: the field or the way of finding names is unknown.
        NamesUnavailable: what finds the names is not installed.

    Example:
        >>> Detector("contact").detect("我叫王小明，电话13800138000")
        (Span(start=2, end=5, entity='PERSON', score=1.0), Span(start=8, end=19, entity='CN_MOBILE', score=1.0))
    """

    def __init__(self, field: str = "contact", names: NamesMode = "auto") -> None:
        self.field = field_named(field).name
        self._analyzer = Analyzer(field, names)

    def detect(self, text: str) -> tuple[Span, ...]:
        """
        The disjoint spans of a text, in its order.
        """
        return self._analyzer.analyze([text])[0]

    def detect_many(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """
        The spans of each text; for names this takes less time than one by one.
        """
        return self._analyzer.analyze(texts)

    def redact(self, text: str, operators: Operators | None = None) -> str:
        """
        The text with each find replaced: by the name of its entity, unless told otherwise.

        Args:
            text: any string.
            operators: see `transforms.text.anonymizer`.
        """
        return self.redact_many([text], operators)[0]

    def redact_many(self, texts: Sequence[str], operators: Operators | None = None) -> list[str]:
        """
        The same for each text; for names this takes less time than one by one.
        """
        chosen = operators or redacting()
        return [anonymize(text, spans, chosen) for text, spans in zip(texts, self.detect_many(texts), strict=True)]
