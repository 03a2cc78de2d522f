"""What several commands share: the `--views` option and errors of one sentence."""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from pipeline.engine import by_contract
from schemas.contract import Contract
from schemas.view import View
from transforms import Refused
from transforms.timestamp import read_timestamp


class Problem(click.ClickException):
    """
    What keeps a command from starting: one sentence that says what is wrong and what to do. Exit code 2.
    """

    exit_code = 2


@contextmanager
def problems(*kinds: type[Exception]) -> Iterator[None]:
    """
    Turn errors that already are one sentence into `Problem`s.
    """
    try:
        yield
    except kinds as error:
        raise Problem(str(error)) from None


def views_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """
    `--views MODULE`, passed on as a tuple of views.
    """
    return click.option(
        "--views",
        default="schemas",
        show_default=True,
        metavar="MODULE",
        callback=lambda _context, _option, module: load_views(module),
        help="Python module that offers the views as VIEWS.",
    )(command)


def load_views(module: str) -> tuple[View, ...]:
    """
    The views of a module, which may lie in the current folder.

    Raises:
        Problem: the module is missing, offers no VIEWS, or declares a view that is not total.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        views = getattr(importlib.import_module(module), "VIEWS", None)
    except ModuleNotFoundError as error:
        msg = f"cannot find the module {error.name}; --views takes a module's dotted name, such as mycompany.views"
        raise Problem(msg) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 — whatever a module of others does, it is not valid
        msg = f"the views of {module} are not valid: {error}"
        raise Problem(msg) from None
    if views is None:
        msg = f"the module {module} has no VIEWS; add VIEWS = (view, …)"
        raise Problem(msg)
    if not isinstance(views, Sequence) or not views or not all(isinstance(view, View) for view in views):
        msg = f"VIEWS of {module} must be one or more schemas.view.View in a tuple; add what is missing"
        raise Problem(msg)
    with problems(ValueError):
        by_contract(views)
    return tuple(views)


def read_time(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """
    The callback of an option that is a time: milliseconds since 1970 UTC.
    """
    if text is None:
        return None
    try:
        return read_timestamp(text)
    except Refused:
        msg = "write an RFC 3339 time with its zone, such as 2026-01-01T08:00:00+08:00"
        raise click.BadParameter(msg) from None


def choose_contract(views: Sequence[View], topic: str) -> Contract:
    """
    The contract of a raw topic, named with or without its `raw.`.

    Raises:
        Problem: no view is of this topic.
    """
    contracts = {contract.topic: contract for contract, _ in by_contract(views)}
    contract = contracts.get(topic) or contracts.get(f"raw.{topic}")
    if contract is None:
        msg = f"unknown topic {topic!r}; choose one of {', '.join(contracts)}"
        raise Problem(msg)
    return contract


def choose_view(views: Sequence[View], topic: str, recipient: str) -> View:
    """
    The view of a raw topic for a recipient.

    Raises:
        Problem: there is no such topic or recipient.
    """
    contract = choose_contract(views, topic)
    of_topic = {view.recipient: view for view in views if view.contract == contract}
    if recipient not in of_topic:
        msg = f"unknown recipient {recipient!r} of {contract.topic}; choose one of {', '.join(of_topic)}"
        raise Problem(msg)
    return of_topic[recipient]


FOUND: Final = 1
"""Exit code of a command that did its work and found something."""
