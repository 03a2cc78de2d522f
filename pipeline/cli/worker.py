"""`qingliu worker`."""

import sys
from pathlib import Path

import click

from pipeline.cli.broker import bootstrap_option
from pipeline.cli.common import problems, views_option
from pipeline.settings import Settings, SettingsError, servers
from schemas.view import View
from transforms.text.names.mention import NamesUnavailable


@click.command("worker")
@bootstrap_option
@click.option("--keyset", type=click.Path(path_type=Path), help="Encrypted root keyset. [QINGLIU_KEYSET]")
@click.option("--passphrase", type=click.Path(path_type=Path), help="File with its passphrase. [QINGLIU_PASSPHRASE]")
@click.option("--kms", metavar="URI", help="Key of a key management service, in its place. [QINGLIU_KMS]")
@click.option("--officer", type=click.Path(path_type=Path), help="The officer's public key. [QINGLIU_OFFICER]")
@click.option(
    "--parties",
    type=click.Path(path_type=Path),
    help="Folder of public keys to which views seal values. [QINGLIU_PARTIES]",
)
@click.option("--group", help="Consumer group that the workers share; qingliu by default. [QINGLIU_GROUP]")
@click.option("--verbose", is_flag=True, help="Also log what Faust and aiokafka do.")
@views_option
def command(  # noqa: PLR0913, PLR0917 — one argument an option
    views: tuple[View, ...],
    bootstrap: str | None,
    keyset: Path | None,
    passphrase: Path | None,
    kms: str | None,
    officer: Path | None,
    parties: Path | None,
    group: str | None,
    verbose: bool,  # noqa: FBT001 — click passes flags by name
) -> None:
    """
    Read the raw topics and write the clean ones, until SIGTERM.

    Exits with 75 when it met something unexpected and with 69 when it stood still while records waited; nothing
    unfinished was acknowledged then, so start it again.

    \b
    Example:
        qingliu keys init --out keys --passphrase secrets/passphrase --officer-passphrase secrets/officer
        qingliu topics apply --bootstrap localhost:9092
        qingliu worker --bootstrap localhost:9092 --keyset keys/keyset.json \\
            --passphrase secrets/passphrase --officer keys/officer.pub
    """
    from pipeline.keys import KeysError  # noqa: PLC0415 — Faust and Tink load only where they are used
    from pipeline.logs import configure  # noqa: PLC0415
    from pipeline.worker import CannotStart, run  # noqa: PLC0415

    with problems(SettingsError, KeysError, CannotStart, NamesUnavailable):
        settings = Settings.from_environment(
            bootstrap=servers(bootstrap) if bootstrap else None,
            keyset=keyset,
            passphrase=passphrase,
            kms=kms,
            officer=officer,
            parties=parties,
            group=group,
        )
        configure(verbose=verbose)
        code = run(settings, views)
    sys.exit(code)
