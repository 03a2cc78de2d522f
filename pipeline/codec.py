"""JSON in and out. The only door to orjson."""

from typing import Any, Final

import orjson

from pipeline.broken import MAX_BYTES, MAX_DEPTH, Broken, Reason

loads: Final = orjson.loads
dumps: Final = orjson.dumps


def pretty(value: Any) -> str:
    """
    Indented JSON text with its keys in order, for people and for files kept in the repository.
    """
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"


def canonical(value: Any) -> bytes:
    """
    The one JSON text of a value, keys in order and no blanks: what is hashed or signed.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def parse(raw: bytes | None) -> dict[str, Any]:
    """
    One event, after everything that can be said about it without its contract.

    Raises:
        Broken: too large, not UTF-8, not JSON, not an object, a key twice, or nested too deep.
    """
    if raw is None or not raw:
        raise Broken(Reason.NOT_JSON, detail="the record is empty")
    if len(raw) > MAX_BYTES:
        raise Broken(Reason.TOO_LARGE)
    try:
        event = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        # `from None`: the decoder's error carries the document.
        raise Broken(_why_unreadable(raw, error)) from None
    if type(event) is not dict:
        raise Broken(Reason.NOT_AN_OBJECT)
    if strings_in_text(raw) != strings_in_value(event):
        raise Broken(Reason.DUPLICATE_KEY)
    return event


def strings_in_text(raw: bytes) -> int:
    """
    How many strings, keys included, a valid JSON text holds.

    A quotation mark either bounds a string or is escaped, and an escaped backslash escapes nothing, so that counting is
    exact. It tells a key that stands twice: the parsed value has fewer strings than the text.
    """
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"")
        return (raw.count(b'"') - raw.count(b'\\"')) // 2
    return raw.count(b'"') // 2


def strings_in_value(value: Any, depth: int = 1) -> int:
    """
    How many strings, keys included, a parsed value holds.

    Raises:
        Broken: nested deeper than the limit.
    """
    if type(value) is str:
        return 1
    count, items = 0, value
    if type(value) is dict:
        count, items = len(value), value.values()
    elif type(value) is not list:
        return 0
    if depth > MAX_DEPTH:
        raise Broken(Reason.TOO_DEEP)
    for item in items:
        if type(item) is str:
            count += 1
        elif type(item) is dict or type(item) is list:
            count += strings_in_value(item, depth + 1)
    return count


def _why_unreadable(raw: bytes, error: orjson.JSONDecodeError) -> Reason:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return Reason.NOT_UTF8
    # orjson stops at 1,024 levels by itself.
    return Reason.TOO_DEEP if "depth limit" in error.msg else Reason.NOT_JSON
