"""Currency: up to when what was read of a topic may be believed."""


class Currency:
    """
    Up to when something may be believed, as its reader says and its deciders ask.
    """

    def __init__(self) -> None:
        self.until = float("-inf")
        """Seconds of the monotonic clock."""
