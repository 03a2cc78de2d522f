"""Lists of words as they are written in this package: in one string, with spaces between them."""


def words(text: str) -> frozenset[str]:
    """
    The words of a list.
    """
    return frozenset(text.split())
