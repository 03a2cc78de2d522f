"""`qingliu keys`."""

from pathlib import Path

import click

from pipeline.cli.common import problems


@click.group("keys")
def command() -> None:
    """
    Make the keys that tokens and quarantine need.
    """


@command.command("init")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files.")
@click.option(
    "--passphrase",
    type=click.Path(path_type=Path),
    help="File whose first line encrypts the keyset; asked for when left out.",
)
@click.option(
    "--officer-passphrase",
    type=click.Path(path_type=Path),
    help="File whose first line encrypts the officer's private key; asked for when left out.",
)
def init(out: Path, passphrase: Path | None, officer_passphrase: Path | None) -> None:
    """
    Make the root keyset and the privacy officer's key pair.

    Writes keyset.json (for workers, encrypted), officer.pub (for workers) and officer.key (for the privacy officer
    alone, encrypted: move it off this machine). Existing files are never overwritten.

    \b
    Example:
        qingliu keys init --out keys --passphrase /run/secrets/qingliu --officer-passphrase /run/secrets/officer
    """
    from pipeline.keys import (  # noqa: PLC0415 — Tink loads only where it is used
        KEYSET_FILE,
        OFFICER_PRIVATE_FILE,
        OFFICER_PUBLIC_FILE,
        KeysError,
        RootKeys,
        refuse_existing,
        save_officer,
    )
    from pipeline.sealing import OfficerPrivateKey  # noqa: PLC0415

    keyset, private, public = out / KEYSET_FILE, out / OFFICER_PRIVATE_FILE, out / OFFICER_PUBLIC_FILE
    with problems(KeysError):
        refuse_existing(keyset, private, public)
        for_keyset = _passphrase(passphrase, "Passphrase of the keyset")
        for_officer = _passphrase(officer_passphrase, "Passphrase of the officer's private key")
        RootKeys.generate().save(keyset, for_keyset)
        save_officer(OfficerPrivateKey.generate(), private, public, for_officer)
    click.echo(f"{keyset}: the root keyset, for workers (QINGLIU_KEYSET)")
    click.echo(f"{public}: the officer's public key, for workers (QINGLIU_OFFICER)")
    click.echo(f"{private}: the officer's private key; move it to where only the officer reads it")


def _passphrase(file: Path | None, prompt: str) -> bytes:
    from pipeline.keys import PassphraseAead, load_passphrase  # noqa: PLC0415

    if file is not None:
        return load_passphrase(file)
    text: str = click.prompt(prompt, hide_input=True, confirmation_prompt=True)
    PassphraseAead(text.encode())
    return text.encode()
