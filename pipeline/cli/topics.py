"""`qingliu topics`."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import FOUND, Problem, problems, views_option
from pipeline.codec import pretty
from pipeline.links.record import WINDOW_DAYS
from pipeline.topic_plan import SHIPPED, Change, RetentionDays, Topic, wanted
from schemas.view import View

if TYPE_CHECKING:
    from pipeline.acl_plan import Rule


@click.group("topics")
def command() -> None:
    """
    Create the raw, clean and quarantine topics that the views need, and those of the pipeline itself; keep them so.
    """


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            bootstrap_option,
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
            click.option("--acls", is_flag=True, help="Also who may read and write them."),
            click.option(
                "--principal",
                "principals",
                multiple=True,
                metavar="ROLE=PRINCIPAL",
                help="With --acls: upstream, worker, subjects, officer, auditor or a recipient, as in ads=User:ads.",
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
def plan(
    *, check: bool, as_json: bool, bootstrap: str | None, acls: bool, principals: tuple[str, ...], **declared: Any
) -> None:
    """
    Show what `apply` would change, without changing it.

    \b
    Example:
        qingliu topics plan --bootstrap localhost:9092 --partitions 4
        qingliu topics plan --bootstrap localhost:9092 --acls --principal worker=User:qingliu --principal ads=User:ads
    """
    permissions = _permissions(bootstrap, declared["views"], principals) if _wants(principals, acls=acls) else _NONE
    changes = _plan(bootstrap, declared)
    _show(changes, permissions, as_json=as_json)
    sys.exit(FOUND if check and (changes or permissions.missing or permissions.foreign) else 0)


@command.command("apply")
@_options
def apply(*, as_json: bool, bootstrap: str | None, acls: bool, principals: tuple[str, ...], **declared: Any) -> None:
    """
    Create missing topics, add partitions and correct settings; nothing is ever deleted.

    A topic that has more partitions or another replication than declared is left alone, with a word on what to do.
    Permissions that nobody planned are left alone too, and named.

    \b
    Example:
        qingliu topics apply --bootstrap localhost:9092 --partitions 12 --replication 3
        qingliu topics apply --bootstrap localhost:9092 --acls --principal worker=User:qingliu --principal ads=User:ads
    """
    from pipeline import topics  # noqa: PLC0415 — kafka-python loads only where it is used

    permissions = _permissions(bootstrap, declared["views"], principals) if _wants(principals, acls=acls) else _NONE
    changes = _plan(bootstrap, declared)
    with problems(topics.TopicsError):
        topics.apply(bootstrap or "", changes)
        topics.allow(bootstrap or "", permissions.missing)
    _show(changes, permissions, as_json=as_json)


class _Permissions(NamedTuple):
    """
    What must be allowed, and what is allowed that nobody planned.
    """

    missing: "Sequence[Rule]" = ()
    foreign: "Sequence[Rule]" = ()


_NONE: Final = _Permissions()


def _wants(principals: Sequence[str], *, acls: bool) -> bool:
    if acls != bool(principals):
        msg = "--acls and --principal go together; give both, such as --acls --principal worker=User:qingliu"
        raise Problem(msg)
    return acls


def _permissions(bootstrap: str | None, views: Sequence[View], principals: Sequence[str]) -> _Permissions:
    from pipeline import topics  # noqa: PLC0415
    from pipeline.acl_plan import foreign, rules  # noqa: PLC0415 — as above

    roles = [(role, principal) for role, _, principal in (text.partition("=") for text in principals)]
    if len(dict(roles)) < len(roles):
        msg = "a role is given twice; name one principal for each"
        raise Problem(msg)
    with problems(topics.TopicsError, ValueError):
        goal = rules(views, dict(roles))
        present = topics.allowed(needed(bootstrap))
    return _Permissions([rule for rule in goal if rule not in present], foreign(present, goal))


def _plan(bootstrap: str | None, declared: dict[str, Any]) -> tuple[Change, ...]:
    from pipeline import topics  # noqa: PLC0415

    with problems(topics.TopicsError, ValueError):
        return topics.plan(needed(bootstrap), wanted_topics(**declared))


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


def _show(changes: Sequence[Change], permissions: _Permissions, *, as_json: bool) -> None:
    if as_json:
        shown: dict[str, Any] = {"changes": [_as_json(change) for change in changes]}
        if permissions is not _NONE:
            shown["acls"] = {name: [rule._asdict() for rule in some] for name, some in permissions._asdict().items()}
        click.echo(pretty(shown), nl=False)
        return
    for change in changes:
        click.echo(str(change))
    for rule in permissions.missing:
        click.echo(f"allow: {rule}")
    for rule in permissions.foreign:
        click.echo(f"not planned: {rule}; take it away with kafka-acls if nobody needs it")
    if not changes and not permissions.missing:
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
