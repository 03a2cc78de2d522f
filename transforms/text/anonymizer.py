"""The door to presidio-anonymizer: what stands in place of a find."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from presidio_anonymizer import AnonymizerEngine, OperatorConfig
from presidio_anonymizer.entities import RecognizerResult
from presidio_anonymizer.operators import Operator, OperatorType

from transforms.text.entities import ENTITIES
from transforms.text.span import Span

Operators = Mapping[str, OperatorConfig]
"""By entity, with `DEFAULT` for those not named."""

Token = Callable[[str, str], str]
"""`token(entity, found)`: what stands in place of a find."""

_BATCH: Final = 32  # finds: Presidio copies the text for each, which a text of thousands must not pay


def redacting() -> Operators:
    """
    The name of its entity in place of each find: `<CN_MOBILE>`.
    """
    return {"DEFAULT": OperatorConfig("replace", {})}


def masking() -> Operators:
    """
    An asterisk in place of each character of a find, which tells its length.
    """
    return {"DEFAULT": OperatorConfig("mask", {"masking_char": "*", "chars_to_mask": 1 << 30, "from_end": False})}


def pseudonymizing(token: Token) -> Operators:
    """
    A token in place of each find.

    Args:
        token: makes it; see `transforms.redact_text`.
    """
    return {"DEFAULT": OperatorConfig(TokenOperator.NAME, {TokenOperator.TOKEN: token})}


class TokenOperator(Operator):
    """
    A Presidio operator that asks a function for the replacement, and names the entity to it.
    """

    NAME: Final = "token"
    TOKEN: Final = "token"  # noqa: S105 — a parameter's name

    def operate(self, text: str | None = None, params: dict[str, Any] | None = None) -> str:
        """
        What the function gives for the found text.
        """
        given = params or {}
        made: str = given[self.TOKEN](given["entity_type"], text)
        return made

    def validate(self, params: dict[str, Any] | None = None) -> None:
        """
        Refuse an operator without its function.

        Raises:
            ValueError: there is none.
        """
        if not callable((params or {}).get(self.TOKEN)):
            msg = f"the operator {self.NAME!r} needs the parameter {self.TOKEN!r}: a function of entity and text"
            raise ValueError(msg)  # noqa: TRY004 — a declaration's mistakes are all ValueErrors

    def operator_name(self) -> str:
        """
        The name that an `OperatorConfig` takes.
        """
        return self.NAME

    def operator_type(self) -> OperatorType:
        """
        One that replaces.
        """
        return OperatorType.Anonymize


_ENGINE: Final = AnonymizerEngine()  # type: ignore[no-untyped-call]
_ENGINE.add_anonymizer(TokenOperator)


def anonymize(text: str, spans: Sequence[Span], operators: Operators) -> str:
    """
    The text with its spans replaced.

    Args:
        text: any string.
        spans: disjoint, in the order of the text.
        operators: which operator replaces which entity; `DEFAULT` is needed unless all entities are named.

    Raises:
        ValueError: an entity has no operator, or one is of no known entity.
    """
    if not spans:
        return text
    _check(operators)
    given = dict(operators)
    return "".join(_replaced(part, found, given) for part, found in _parts(text, spans))


def _replaced(part: str, found: Sequence[Span], operators: dict[str, OperatorConfig]) -> str:
    results = [RecognizerResult(span.entity, span.start, span.end, span.score) for span in found]
    replaced = _ENGINE.anonymize(part, results, operators, merge_entities_with_spaces=False)
    return str(replaced.text)


def _parts(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, list[Span]]]:
    """
    The text in parts of a few finds each, with the finds' offsets in their part.
    """
    start = 0
    for first in range(0, len(spans), _BATCH):
        batch = spans[first : first + _BATCH]
        end = len(text) if first + _BATCH >= len(spans) else batch[-1].end
        yield (
            text[start:end],
            [span._replace(start=span.start - start, end=span.end - start) for span in batch],
        )
        start = end


def _check(operators: Operators) -> None:
    unknown = sorted(set(operators) - set(ENTITIES) - {"DEFAULT"})
    if unknown:
        msg = f"operators are given for {', '.join(unknown)}, which nothing finds; see `qingliu redact --entities`"
        raise ValueError(msg)
    if "DEFAULT" not in operators and set(ENTITIES) - set(operators):
        msg = "operators lack DEFAULT, which says what becomes of the entities that they do not name"
        raise ValueError(msg)
