"""Passphrases: read from a file, or asked for without showing them."""

from pathlib import Path

import click


def read_passphrase(file: Path | None, of: str, *, new: bool = False) -> bytes:
    """
    The passphrase of a private key or keyset.

    Args:
        file: whose first line it is; asked for when None, so that standard output stays free for what is printed.
        of: whose it is, as the question says it.
        new: to be chosen, and therefore typed twice and long enough.

    Raises:
        KeysError: the file is missing or no text, or a new passphrase is too short.
    """
    from pipeline.keys import PassphraseAead, load_passphrase  # noqa: PLC0415 — Tink loads only where it is used

    if file is not None:
        return load_passphrase(file)
    text: str = click.prompt(f"Passphrase of {of}", hide_input=True, confirmation_prompt=new, err=True)
    if new:
        PassphraseAead(text.encode())  # refuses a short one before the next question
    return text.encode()
