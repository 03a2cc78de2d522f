"""What recipients are told when keys change: which versions their tokens may bear, and until when."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.keys import RootKeys  # which loads Tink


def changes_topic(recipient: str) -> str:
    """
    The topic by which a recipient is told of changes of keys.
    """
    return f"clean.{recipient}.key-changes"


def announcement(keys: "RootKeys") -> dict[str, Any]:
    """
    The state of the versions: the newest, which makes tokens, those before it, and from when on epochs have keys.

    It tells all there is to know, so that the latest record is enough and one that comes twice does no harm. Times are
    in UTC, days in the calendar of Asia/Shanghai.
    """
    newest = keys.about[-1]
    return {
        "version": newest.number,
        "from": newest.made.isoformat(),
        "older": [
            {
                "version": each.number,
                "from": each.made.isoformat(),
                "resolvable_until": each.until.isoformat() if each.until else None,
            }
            for each in keys.about[:-1]
        ],
        "epochs_from": keys.since.isoformat(),
    }
