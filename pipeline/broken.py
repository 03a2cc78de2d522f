"""Why an event cannot be processed safely: a closed list of reasons, and a path of the contract."""

from enum import StrEnum
from typing import Final

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 32

MAX_CLEAN_BYTES: Final = 900_000
"""The largest clean record: Kafka takes 1 MiB by default, headers and batch included."""


class Reason(StrEnum):
    """
    Why an event goes to quarantine.
    """

    TOO_LARGE = "too_large"
    CLEAN_TOO_LARGE = "clean_too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    DUPLICATE_KEY = "duplicate_key"
    TOO_DEEP = "too_deep"
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    NOT_UNDERSTOOD = "not_understood"
    INTERNAL = "internal"

    @property
    def sentence(self) -> str:
        """
        What is wrong, for a person.
        """
        return _SENTENCES[self]


_SENTENCES: Final = {
    Reason.TOO_LARGE: f"the record is larger than {MAX_BYTES} bytes",
    Reason.CLEAN_TOO_LARGE: f"a clean record would be larger than {MAX_CLEAN_BYTES} bytes",
    Reason.NOT_UTF8: "the record is not valid UTF-8",
    Reason.NOT_JSON: "the record is not valid JSON (RFC 8259)",
    Reason.NOT_AN_OBJECT: "the record is not a JSON object",
    Reason.DUPLICATE_KEY: "an object has the same key twice",
    Reason.TOO_DEEP: f"the record is nested deeper than {MAX_DEPTH} levels",
    Reason.MISSING: "a required field is missing",
    Reason.WRONG_TYPE: "a value has the wrong type",
    Reason.OUT_OF_RANGE: "a value is outside the contract's bounds",
    Reason.NOT_UNDERSTOOD: "a transform could not understand a value",
    Reason.INTERNAL: "a transform failed; this is a defect of the pipeline",
}


class Broken(Exception):  # noqa: N818 — the event is broken, not the program
    """
    An event that goes to quarantine.

    Args:
        reason: out of the closed list.
        path: of the contract's field; empty when it is the whole record. Never a name or value out of the event.
        detail: types and bounds in words, never a value.
    """

    def __init__(self, reason: Reason, path: str = "", detail: str = "") -> None:
        super().__init__(f"{path or 'record'}: {detail or reason.sentence}")
        self.reason = reason
        self.path = path
        self.detail = detail or reason.sentence
