"""`qingliu party`."""

from pathlib import Path

import click

from pipeline.cli.common import problems
from pipeline.cli.passphrase import read_passphrase


@click.group("party")
def command() -> None:
    """
    Keys of those to whom values are sealed: merchants, couriers.
    """


@command.command("init")
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files.")
@click.option(
    "--passphrase",
    type=click.Path(path_type=Path),
    help="File whose first line encrypts the private key; asked for when left out.",
)
def init(name: str, out: Path, passphrase: Path | None) -> None:
    """
    Make the key pair of one party, such as a merchant, by the name that events have for it.

    Writes NAME.key (for the party alone, encrypted) and NAME.pub, which goes into the folder that QINGLIU_PARTIES
    names; workers see it within seconds. Existing files are never overwritten. The party makes the pair itself, so
    that the private key never travels.

    \b
    Example:
        qingliu party init m-100 --out .
        qingliu open --key m-100.key --topic clean.merchant.order < records.jsonl
    """
    from pipeline.keys import (  # noqa: PLC0415 — Tink loads only where it is used
        KeysError,
        refuse_existing,
        save_party,
    )
    from pipeline.keys.party import PRIVATE_SUFFIX, PUBLIC_SUFFIX  # noqa: PLC0415
    from transforms.boxes import PartyPrivateKey  # noqa: PLC0415
    from transforms.party import check_party  # noqa: PLC0415

    with problems(KeysError, ValueError):
        check_party(name)
        private, public = out / f"{name}{PRIVATE_SUFFIX}", out / f"{name}{PUBLIC_SUFFIX}"
        refuse_existing(private, public)
        save_party(
            PartyPrivateKey.generate(name), private, public, read_passphrase(passphrase, "the private key", new=True)
        )
    click.echo(f"{private}: the private key; only {name} may read it")
    click.echo(f"{public}: the public key, for the folder of parties (QINGLIU_PARTIES)")
