"""The option that names the brokers."""

from collections.abc import Callable
from typing import Any

import click

from pipeline.cli.common import Problem


def bootstrap_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """
    `--bootstrap HOST:PORT`, passed on as `bootstrap`.
    """
    return click.option(
        "--bootstrap",
        metavar="HOST:PORT",
        envvar="QINGLIU_BOOTSTRAP",
        help="Brokers, joined by commas. [QINGLIU_BOOTSTRAP]",
    )(function)


def needed(bootstrap: str | None) -> str:
    """
    The brokers.

    Raises:
        Problem: none is given.
    """
    if not bootstrap:
        msg = "no broker is given; pass --bootstrap host:port or set QINGLIU_BOOTSTRAP"
        raise Problem(msg)
    return bootstrap
