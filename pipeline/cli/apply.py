"""`qingliu apply`."""

import sys
import time
from pathlib import Path
from typing import BinaryIO, Final

import click

from pipeline.broken import Broken
from pipeline.cli.common import FOUND, choose_view, problems, views_option
from pipeline.engine import TopicEngine
from schemas.view import View

_PROGRESS_SECONDS: Final = 2.0


@click.command("apply")
@click.option("--topic", required=True, help="The raw topic that the lines are of, such as raw.order.")
@click.option("--recipient", required=True, help="Whose view to apply.")
@click.option("--keyset", type=click.Path(path_type=Path), help="Encrypted root keyset. [QINGLIU_KEYSET]")
@click.option("--passphrase", type=click.Path(path_type=Path), help="File with its passphrase. [QINGLIU_PASSPHRASE]")
@click.option("--throwaway-keys", is_flag=True, help="Try it out with keys that are forgotten afterwards.")
@click.option(
    "--quarantine",
    type=click.File("wb"),
    help="File for the sealed events that cannot be processed safely; needs --officer.",
)
@click.option("--officer", type=click.Path(path_type=Path), help="The officer's public key. [QINGLIU_OFFICER]")
@views_option
def command(  # noqa: PLR0913 — one argument an option
    views: tuple[View, ...],
    topic: str,
    recipient: str,
    keyset: Path | None,
    passphrase: Path | None,
    throwaway_keys: bool,  # noqa: FBT001 — click passes flags by name
    quarantine: BinaryIO | None,
    officer: Path | None,
) -> None:
    """
    JSON lines in, one recipient's clean lines out, without Kafka: for backfill and for trying views out.

    The summary goes to standard error. Exits with 1 when an event could not be processed; with --quarantine it is sealed
    into that file, line for line as on the quarantine topic, otherwise it is only counted.

    \b
    Example:
        qingliu simulate --topic order --count 1000 --seed 1 |
            qingliu apply --topic order --recipient ads --throwaway-keys > clean.jsonl
    """
    from pipeline.keys import KeysError, RootKeys  # noqa: PLC0415 — Tink loads only where it is used
    from pipeline.settings import SettingsError  # noqa: PLC0415

    view = choose_view(views, topic, recipient)
    with problems(KeysError, SettingsError):
        keys = RootKeys.generate() if throwaway_keys else _load_keys(keyset, passphrase)
        hold = _holder(view, officer, quarantine)
    passed, suppressed, broken = _apply(TopicEngine(view.contract, [view], keys), hold)
    click.echo(f"passed {passed}, suppressed {suppressed}, quarantined {broken}", err=True)
    sys.exit(FOUND if broken else 0)
