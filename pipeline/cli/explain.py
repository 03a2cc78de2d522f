"""`qingliu explain`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from rich.console import Console

from pipeline.broken import Broken
from pipeline.cli.common import FOUND, Problem, choose_contract, problems, views_option
from pipeline.cli.keyset import open_keys
from pipeline.codec import pretty
from pipeline.decision import Decision
from pipeline.explain import Explanation, explain
from pipeline.render.explanation import explanation_json, explanation_lines, print_explanation
from schemas.view import View
from transforms.text.names.mention import NamesUnavailable

if TYPE_CHECKING:
    from pipeline.keys import RootKeys

_THROWAWAY = "Tokens are made with throw-away keys; give --keyset and --passphrase for those of a deployment."


@click.command("explain")
@click.argument("event", type=click.File("rb"), default="-")
@click.option("--topic", required=True, help="The raw topic that the event is of, such as raw.order.")
@click.option(
    "--consent", "purposes", multiple=True, metavar="PURPOSE", help="What the subject consented to; repeatable."
)
@click.option("--linked", is_flag=True, help="The device is known to belong to a person.")
@click.option("--keyset", type=click.Path(path_type=Path), help="Encrypted root keyset, instead of throw-away keys.")
@click.option("--passphrase", type=click.Path(path_type=Path), help="File with its passphrase.")
@click.option("--kms", metavar="URI", help="Key of a key management service, in its place.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@views_option
def command(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    event: BinaryIO,
    topic: str,
    purposes: tuple[str, ...],
    linked: bool,
    keyset: Path | None,
    passphrase: Path | None,
    kms: str | None,
    as_json: bool,
) -> None:
    """
    Show one event and what every view makes of it, side by side, with the reason where nothing passes.

    Reads EVENT, a file with one JSON object, or standard input. The raw values are shown too. Exits with 1 when the
    event would go to quarantine, and says why.

    \b
    Example:
        qingliu simulate --topic order --count 1 | qingliu explain --topic order --consent ads
    """
    contract = choose_contract(views, topic)
    of_topic = [view for view in views if view.contract == contract]
    _check_purposes(views, purposes)
    keys = _load_keys(keyset, passphrase, kms)
    try:
        with problems(NamesUnavailable):
            explanation = explain(contract, of_topic, keys, event.read(), Decision(linked, frozenset(purposes)))
    except Broken as broken:
        _show_broken(contract.topic, broken, as_json=as_json)
        sys.exit(FOUND)
    _show(explanation, throwaway=keyset is None, as_json=as_json)


def _check_purposes(views: tuple[View, ...], purposes: tuple[str, ...]) -> None:
    known = sorted(frozenset[str]().union(*(view.asked for view in views)))
    for purpose in purposes:
        if purpose not in known:
            asked = ", ".join(known) or "none is"
            msg = f"no view asks consent to {purpose!r}; choose one that is asked: {asked}"
            raise Problem(msg)


def _load_keys(keyset: Path | None, passphrase: Path | None, kms: str | None) -> "RootKeys":
    from pipeline.keys import RootKeys  # noqa: PLC0415 — Tink loads only where it is used

    if not (keyset or passphrase or kms):
        return RootKeys.generate()
    if keyset is None or not (passphrase or kms):
        msg = "--keyset and --passphrase go together; give both, or neither for throw-away keys"
        raise Problem(msg)
    return open_keys(keyset, passphrase, kms)[0]


def _show(explanation: Explanation, *, throwaway: bool, as_json: bool) -> None:
    if as_json:
        keys = "throw-away" if throwaway else "keyset"
        click.echo(pretty({"keys": keys, **explanation_json(explanation)}), nl=False)
        return
    if throwaway:
        click.echo(_THROWAWAY, err=True)
    console = Console()
    if console.is_terminal:
        print_explanation(explanation, console)
    else:
        click.echo("\n".join(explanation_lines(explanation)))


def _show_broken(topic: str, broken: Broken, *, as_json: bool) -> None:
    if as_json:
        verdict = {"topic": topic, "reason": broken.reason.value, "path": broken.path, "detail": broken.detail}
        click.echo(pretty({"quarantined": verdict}), nl=False)
    else:
        click.echo(f"{topic} would go to quarantine: {broken} ({broken.reason.value})")
