"""`qingliu topics`."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from pipeline.cli.common import FOUND, Problem, problems, views_option
from pipeline.codec import pretty
from pipeline.links.record import WINDOW_DAYS
from pipeline.topic_plan import SHIPPED, Change, RetentionDays, Topic, wanted
from schemas.view import View


@click.group("topics")
def command() -> None:
    """
    Create the raw, clean and quarantine topics that the views need, and those of the pipeline itself; keep them so.
    """


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option(
                "--bootstrap",
                metavar="HOST:PORT",
                envvar="QINGLIU_BOOTSTRAP",
                help="Brokers, joined by commas. [QINGLIU_BOOTSTRAP]",
            ),
            click.option("--partitions", type=click.IntRange(1), default=12, show_default=True, help="Of each topic."),
            click.option(
                "--replication", type=click.IntRange(1), default=1, show_default=True, help="Replicas of a partition."
            ),
            _retention("raw", SHIPPED.raw),
            _retention("clean", SHIPPED.clean),
            _retention("quarantine", SHIPPED.quarantine),
            _retention("audit", SHIPPED.audit),
            click.option(
                "--subjects",
                type=click.Choice(["on", "off"], case_sensitive=False),
                default="on",
                show_default=True,
                envvar="QINGLIU_SUBJECTS",
                help="Whether to have the state of subjects, and erasure. [QINGLIU_SUBJECTS]",
            ),
            click.option(
                "--link-days",
                type=click.IntRange(1, 400),
                metavar="DAYS",
                default=WINDOW_DAYS,
                show_default=True,
                envvar="QINGLIU_LINK_DAYS",
                help="Days for which a device stays linked with a person. [QINGLIU_LINK_DAYS]",
            ),
            click.option("--json", "as_json", is_flag=True, help="Print the changes as one JSON object."),
            views_option,
        )
    ):
        function = option(function)
    return function


def _retention(sort: str, days: float) -> Callable[..., Any]:
    return click.option(
        f"--retention-{sort}",
        type=click.FloatRange(0, min_open=True),
        default=days,
        show_default=True,
        metavar="DAYS",
        help=f"How long {sort} topics keep a record.",
    )


@command.command("plan")
@_options
@click.option("--check", is_flag=True, help="Exit with 1 when something is to be changed.")
def plan(*, check: bool, as_json: bool, bootstrap: str | None, **declared: Any) -> None:
    """
    Show what `apply` would change, without changing it.

    \b
    Example:
        qingliu topics plan --bootstrap localhost:9092 --partitions 4
    """
    changes = _plan(bootstrap, declared)
    _show(changes, as_json=as_json)
    sys.exit(FOUND if check and changes else 0)


@command.command("apply")
@_options
def apply(*, as_json: bool, bootstrap: str | None, **declared: Any) -> None:
    """
    Create missing topics, add partitions and correct settings; nothing is ever deleted.

    A topic that has more partitions or another replication than declared is left alone, with a word on what to do.

    \b
    Example:
        qingliu topics apply --bootstrap localhost:9092 --partitions 12 --replication 3
    """
    from pipeline import topics  # noqa: PLC0415 — kafka-python loads only where it is used

    changes = _plan(bootstrap, declared)
    with problems(topics.TopicsError):
        topics.apply(bootstrap or "", changes)
    _show(changes, as_json=as_json)


def _plan(bootstrap: str | None, declared: dict[str, Any]) -> tuple[Change, ...]:
    from pipeline import topics  # noqa: PLC0415

    if not bootstrap:
        msg = "no broker is given; pass --bootstrap host:port or set QINGLIU_BOOTSTRAP"
        raise Problem(msg)
    with problems(topics.TopicsError, ValueError):
        return topics.plan(bootstrap, wanted_topics(**declared))


def wanted_topics(
    views: Sequence[View],
    partitions: int,
    replication: int,
    subjects: str = "on",
    link_days: int = WINDOW_DAYS,
    **retention: float,
) -> tuple[Topic, ...]:
    """
    The topics that views read and write, those of subjects and their erasure, and the audit.

    Args:
        views: of all raw topics.
        partitions: of each topic.
        replication: of each topic.
        subjects: `on` or `off`.
        link_days: days for which a link holds.
        retention: `retention_raw`, `retention_clean`, `retention_quarantine` and `retention_audit`, in days.
    """
    return wanted(
        list(dict.fromkeys(view.contract.topic for view in views)),
        [view.topic for view in views],
        partitions=partitions,
        replication=replication,
        retention_days=RetentionDays(**{name.removeprefix("retention_"): days for name, days in retention.items()}),
        subjects=subjects == "on",
        link_days=link_days,
        recipients=list(dict.fromkeys(view.recipient for view in views)),
        audit=True,
    )


def _show(changes: Sequence[Change], *, as_json: bool) -> None:
    if as_json:
        click.echo(pretty({"changes": [_as_json(change) for change in changes]}), nl=False)
        return
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo("nothing to change: the topics are as declared")


def _as_json(change: Change) -> dict[str, Any]:
    topic = change.topic
    return {
        "change": str(change).partition(" ")[0],
        "topic": topic.name,
        "partitions": topic.partitions,
        "replication": topic.replication,
        "config": dict(topic.config),
        "text": str(change),
    }
