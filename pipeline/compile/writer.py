"""The text of a Python function while it is written, and the objects that it names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any


class Writer:
    """
    Collects indented lines, fresh names, and the constants behind names.
    """

    def __init__(self, head: str) -> None:
        self._lines = [head]
        self._indent = 1
        self._numbers = count()
        self._constants: dict[str, Any] = {}

    def line(self, text: str) -> None:
        """
        One more line.
        """
        self._lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """
        A line that ends in a colon, and what is written meanwhile below it.
        """
        self.line(head)
        self._indent += 1
        yield
        self._indent -= 1

    def name(self, prefix: str) -> str:
        """
        A name that was not used before.
        """
        return f"{prefix}{next(self._numbers)}"

    def constant(self, prefix: str, value: Any) -> str:
        """
        A fresh name for an object.
        """
        name = self.name(prefix)
        self._constants[name] = value
        return name

    def text(self) -> str:
        """
        Everything written so far.
        """
        return "\n".join(self._lines) + "\n"

    def function(self, name: str, title: str, **names: Any) -> Callable[..., Any]:
        """
        The written function, ready to call.

        Args:
            name: of the function.
            title: shown in tracebacks in place of a file.
            names: further objects that the text names.
        """
        space = {**names, **self._constants}
        # The text is ours: it holds names of contracts (plain words, checked there) and numbers, nothing of an event.
        exec(compile(self.text(), f"<{title}>", "exec"), space)  # noqa: S102
        function: Callable[..., Any] = space[name]
        return function
