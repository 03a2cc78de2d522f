"""`qingliu keys`."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import Problem, problems, views_option
from pipeline.cli.keyset import announce as tell
from pipeline.cli.keyset import audited, check_announceable, keyset_options, open_keys, protection_options
from pipeline.cli.passphrase import read_passphrase
from pipeline.codec import pretty
from schemas.view import View

if TYPE_CHECKING:
    from pipeline.keys import Protection, RootKeys
    from transforms.epoch import Epoch

_SHANGHAI: Final = timedelta(hours=8)
_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.group("keys")
def command() -> None:
    """
    Make, show, rotate and destroy the keys that tokens and quarantine need.

    What changes keys needs no broker. With one, recipients are told on clean.<recipient>.key-changes and the audit on
    privacy.audit; without, nobody is told, and the signed audit record goes to a file beside the keyset.
    """


def _changing(function: Callable[..., None]) -> Callable[..., None]:
    """
    The options of commands that change the key file, and tell recipients and the audit.
    """
    return keyset_options(bootstrap_option(views_option(function)))


_yes = click.option("--yes", is_flag=True, help="Do not ask.")


@command.command("init")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files.")
@protection_options
@click.option(
    "--officer-passphrase",
    type=click.Path(path_type=Path),
    help="File whose first line encrypts the officer's private key; asked for when left out.",
)
@click.option(
    "--since",
    type=_DAY,
    metavar="YYYY-MM-DD",
    help="First day whose epochs have keys; 1 January of last year by default. Older events go to quarantine "
    "where a view has epochs.",
)
def init(
    out: Path, passphrase: Path | None, kms: str | None, officer_passphrase: Path | None, since: datetime | None
) -> None:
    """
    Make the root keyset and the privacy officer's key pair.

    Writes keyset.json (for workers, encrypted), officer.pub (for workers) and officer.key (for the privacy officer
    alone, encrypted: move it off this machine). Existing files are never overwritten. Without --passphrase and --kms
    a passphrase is asked for.

    \b
    Example:
        qingliu keys init --out keys --passphrase /run/secrets/qingliu --officer-passphrase /run/secrets/officer
    """
    from pipeline.keys import (  # noqa: PLC0415 — Tink loads only where it is used
        KEYSET_FILE,
        OFFICER_PRIVATE_FILE,
        OFFICER_PUBLIC_FILE,
        KeysError,
        PassphraseAead,
        RootKeys,
        protection,
        refuse_existing,
        save_officer,
    )
    from pipeline.sealing import OfficerPrivateKey  # noqa: PLC0415

    keyset, private, public = out / KEYSET_FILE, out / OFFICER_PRIVATE_FILE, out / OFFICER_PUBLIC_FILE
    first = since.date() if since else date(_today().year - 1, 1, 1)
    with problems(KeysError):
        refuse_existing(keyset, private, public)
        if passphrase or kms:
            opener = protection(passphrase, kms)
        else:
            opener = PassphraseAead(read_passphrase(None, "the keyset", new=True))
        for_officer = read_passphrase(officer_passphrase, "the officer's private key", new=True)
        with problems(ValueError):
            keys = RootKeys.generate(first)
        keys.save(keyset, opener)
        save_officer(OfficerPrivateKey.generate(), private, public, for_officer)
    click.echo(f"{keyset}: the root keyset, for workers (QINGLIU_KEYSET)")
    click.echo(f"{public}: the officer's public key, for workers (QINGLIU_OFFICER)")
    click.echo(f"{private}: the officer's private key; move it to where only the officer reads it")


@command.command("show")
@keyset_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(*, path: Path | None, passphrase: Path | None, kms: str | None, as_json: bool) -> None:
    """
    Show versions, epochs and protection of a key file; never a secret.

    Note the sunset key: the record that `qingliu sunset` writes one day is checked against it.

    \b
    Example:
        qingliu keys show --keyset keys/keyset.json --passphrase /run/secrets/qingliu
    """
    from pipeline.keys.sunset import public_key  # noqa: PLC0415

    keys, opener = open_keys(path, passphrase, kms)
    if as_json:
        shown = {
            "versions": [
                {
                    "version": each.number,
                    "newest": each.number == keys.version,
                    "made": each.made.isoformat(),
                    "resolvable_until": each.until.isoformat() if each.until else None,
                    "name": keys.name_of(each.number),
                }
                for each in keys.about
            ],
            "epochs_from": keys.since.isoformat(),
            "protection": opener.name,
            "sunset_key": public_key(keys),
        }
        click.echo(pretty(shown), nl=False)
        return
    for each in keys.about:
        until = f"resolvable until {each.until:%Y-%m-%d %H:%M} UTC" if each.until else "makes tokens"
        click.echo(f"version {each.number}: made {each.made:%Y-%m-%d %H:%M} UTC, {until}, {keys.name_of(each.number)}")
    click.echo(f"epochs: those that begin on {keys.since} or later")
    click.echo(f"protected by: {opener.name}")
    click.echo(f"sunset key: {public_key(keys)}")


@command.command("rotate")
@_changing
@click.option(
    "--overlap",
    default="30d",
    show_default=True,
    metavar="DAYSd",
    help="How long tokens of the version before stay resolvable.",
)
def rotate(  # noqa: PLR0913 — one argument an option
    *,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
    bootstrap: str | None,
    views: tuple[View, ...],
    overlap: str,
) -> None:
    """
    Add a version, which makes tokens from then on, and tell every recipient.

    Workers go on with it within seconds, without a restart. The version before stays, so that its tokens can be
    resolved, until `qingliu keys destroy`.

    \b
    Example:
        qingliu keys rotate --keyset keys/keyset.json --passphrase /run/secrets/qingliu --bootstrap localhost:9092
    """
    days = overlap.removesuffix("d")
    if not (days.isascii() and days.isdigit() and 0 < int(days) <= 3_650):  # noqa: PLR2004 — ten years
        msg = f"the overlap {overlap!r} is no number of days from 1 to 3650; write it as 30d"
        raise Problem(msg)
    opening = path, passphrase, kms
    keys = _change("rotate", opening, bootstrap, views, lambda keys, _: keys.rotated(timedelta(days=int(days))))
    until = keys.about[-2].until
    click.echo(f"version {keys.version} makes tokens; version {keys.about[-2].number} stays until {until:%Y-%m-%d} UTC")


@command.command("expire")
@_changing
@click.option("--before", type=_DAY, metavar="YYYY-MM-DD", required=True, help="First day that keeps its epochs.")
@_yes
def expire(  # noqa: PLR0913 — one argument an option
    *,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
    bootstrap: str | None,
    views: tuple[View, ...],
    before: datetime,
    yes: bool,
) -> None:
    """
    Destroy the keys of epochs that began before a day; nobody can resolve their tokens afterwards.

    Late events of such an epoch go to quarantine. Destroy backups of the key file as well: each brings the epochs back
    that it still has. The old content is overwritten, which disks with spare cells and file systems with snapshots do
    not honour.

    \b
    Example:
        qingliu keys expire --before 2026-05-01 --keyset keys/keyset.json --passphrase /run/secrets/qingliu
    """
    day = before.date()

    def expired(keys: "RootKeys", opener: "Protection") -> "RootKeys":
        _check_expiry(keys, views, day)
        _confirm(yes, f"Tokens of epochs that began from {keys.since} until {day} become unresolvable ({opener.name}).")
        return keys.expired(day)

    _change("expire", (path, passphrase, kms), bootstrap, views, expired)
    click.echo(f"epochs that began before {day} have no keys any more; destroy backups of the key file as well")


@command.command("destroy")
@_changing
@click.option("--version", "number", type=click.IntRange(1), required=True, help="Which one.")
@click.option("--early", is_flag=True, help="Even before the end of the overlap that recipients were told.")
@_yes
def destroy(  # noqa: PLR0913 — one argument an option
    *,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
    bootstrap: str | None,
    views: tuple[View, ...],
    number: int,
    early: bool,
    yes: bool,
) -> None:
    """
    Destroy an older version; nobody can resolve its tokens afterwards, with an epoch or without.

    Destroy backups of the key file as well. The old content is overwritten, with the limits that `expire` tells.

    \b
    Example:
        qingliu keys destroy --version 1 --keyset keys/keyset.json --passphrase /run/secrets/qingliu
    """

    def without(keys: "RootKeys", _: "Protection") -> "RootKeys":
        with problems(ValueError):
            left = keys.without(number)
        until = next(each.until for each in keys.about if each.number == number)
        if until and until > datetime.now(UTC) and not early:
            msg = f"version {number} was announced to stay until {until:%Y-%m-%d %H:%M} UTC; wait, or add --early"
            raise Problem(msg)
        _confirm(yes, f"Tokens of version {number} become unresolvable.")
        return left

    _change("destroy", (path, passphrase, kms), bootstrap, views, without)
    click.echo(f"version {number} is destroyed; destroy backups of the key file as well")


@command.command("announce")
@_changing
def announce(
    *,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
    bootstrap: str | None,
    views: tuple[View, ...],
) -> None:
    """
    Tell every recipient which versions and epochs there are; saying it twice does no harm.

    \b
    Example:
        qingliu keys announce --keyset keys/keyset.json --passphrase /run/secrets/qingliu --bootstrap localhost:9092
    """
    brokers = needed(bootstrap)
    keys, _ = open_keys(path, passphrase, kms)
    check_announceable(brokers, views)
    with audited("qingliu keys announce", brokers, Path(str(path)), keys, keys):
        tell(brokers, views, keys)


def _change(
    act: str,
    opening: tuple[Path | None, Path | None, str | None],
    bootstrap: str | None,
    views: Sequence[View],
    change: "Callable[[RootKeys, Protection], RootKeys]",
) -> "RootKeys":
    """
    Replace the key file by what a change makes of it, and tell the audit and recipients.

    Nothing is changed that cannot be told. The audit is told before as well, so that a command that dies in between has
    said what it was about to do.
    """
    from pipeline.keys.file import KeysError, alone  # noqa: PLC0415 — Tink loads only where it is used

    path = opening[0] or Path()
    with problems(KeysError), alone(path):
        keys, opener = open_keys(*opening)
        check_announceable(bootstrap, views)
        changed = change(keys, opener)
        with audited(f"qingliu keys {act}", bootstrap, path, keys, changed):
            changed.replace(path, opener)
    tell(bootstrap, views, changed)
    return changed


def _check_expiry(keys: "RootKeys", views: Sequence[View], day: date) -> None:
    """
    See that the present epochs keep their keys, or today's events would go to quarantine.
    """
    from pipeline.columns import effective_rules  # noqa: PLC0415
    from transforms.consented import bare  # noqa: PLC0415
    from transforms.epoch import epoch_of, first_day  # noqa: PLC0415

    if day <= keys.since:
        msg = f"epochs before {keys.since} have expired already; give a later day"
        raise Problem(msg)
    rules = [rule for view in views for each in view.variants() for rule in effective_rules(view, each).values()]
    units: set[Epoch] = {getattr(bare(rule), "epoch", "") for rule in rules}
    now = int(datetime.now(UTC).timestamp() * 1_000)
    latest = min([_today(), *(first_day(epoch_of(unit, now)) for unit in units if unit)])
    if day > latest:
        msg = f"events of today would go to quarantine, for their epoch would have expired; give {latest} or earlier"
        raise Problem(msg)


def _confirm(yes: bool, sentence: str) -> None:  # noqa: FBT001 — the option itself
    if not yes:
        click.confirm(f"{sentence} Nothing brings them back. Go on?", abort=True, err=True)


def _today() -> date:
    return (datetime.now(UTC) + _SHANGHAI).date()
