"""`qingliu sunset`."""

from pathlib import Path

import click

from pipeline.cli.broker import bootstrap_option
from pipeline.cli.common import FOUND, Problem, problems
from pipeline.cli.keyset import audited, keyset_options, open_keys
from pipeline.codec import pretty


@click.command("sunset")
@keyset_options
@bootstrap_option
@click.option("--record", type=click.Path(path_type=Path, dir_okay=False), help="File for the signed record.")
@click.option(
    "--also",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="Another key file to destroy, such as a party's private key or a passphrase; repeatable.",
)
@click.option(
    "--group",
    default="qingliu",
    show_default=True,
    envvar="QINGLIU_GROUP",
    help="Name of the deployment. [QINGLIU_GROUP]",
)
@click.option("--yes", is_flag=True, help="Do not ask for the deployment's name.")
@click.option(
    "--verify",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="RECORD",
    help="Check a record instead; exits with 1 when it is not genuine.",
)
@click.option("--public-key", metavar="HEX", help="With --verify: the key that `qingliu keys show` told beforehand.")
@click.option("--json", "as_json", is_flag=True, help="Print the record.")
def command(  # noqa: PLR0913 — one argument an option
    *,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
    bootstrap: str | None,
    record: Path | None,
    also: tuple[Path, ...],
    group: str,
    yes: bool,
    verify: Path | None,
    public_key: str | None,
    as_json: bool,
) -> None:
    """
    End a deployment: destroy every key, and write a signed record of it. Nothing brings them back.

    No token can be resolved afterwards, and nothing that was sealed or encrypted be read. Workers that still run stop
    within seconds. Backups of the key file, snapshots of disks, the key of a key management service and the officer's
    private key are not within reach: destroy them as well.

    The audit is told as well, in privacy.audit or, without a broker, in a file beside the keyset. Keep what
    `qingliu audit key` shows: records are checked with it also when the keys are gone.

    \b
    Example:
        qingliu sunset --keyset keys/keyset.json --passphrase /run/secrets/qingliu --record sunset.json
        qingliu sunset --verify sunset.json --public-key 3f…
    """
    if verify is not None:
        _verify(verify, public_key, as_json=as_json)
        return
    if record is None:
        msg = "where to write the record is missing; pass --record"
        raise Problem(msg)
    from pipeline.keys.file import KeysError, alone  # noqa: PLC0415 — Tink loads only where it is used
    from pipeline.keys.sunset import sunset  # noqa: PLC0415

    keys, _ = open_keys(path, passphrase, kms)
    keyset = Path(str(path))
    if not yes:
        click.echo(f"This destroys {', '.join(map(str, (keyset, *also)))} for good.", err=True)
        if click.prompt(f"Type {group} to go on", err=True) != group:
            msg = "that is not the deployment's name; nothing was destroyed"
            raise Problem(msg)
    with problems(KeysError), alone(keyset), audited("qingliu sunset", bootstrap, keyset, keys, None):
        about = sunset(keys, group, keyset, also, record)
    click.echo(pretty(about) if as_json else f"destroyed; the record is {record}", nl=not as_json)


def _verify(path: Path, expected: str | None, *, as_json: bool) -> None:
    from pipeline.keys.file import KeysError, read  # noqa: PLC0415
    from pipeline.keys.sunset import verify  # noqa: PLC0415

    with problems(KeysError):
        text = read(path, "record's")
    try:
        record = verify(text)
    except KeysError as error:
        click.echo(str(error), err=True)
        raise SystemExit(FOUND) from None
    if expected is not None and record["public_key"] != expected.strip().lower():
        click.echo("the record is signed, and with another key than that of this deployment", err=True)
        raise SystemExit(FOUND)
    if as_json:
        click.echo(pretty(record), nl=False)
        return
    versions = ", ".join(str(each["version"]) for each in record["versions"])
    click.echo(f"{record['deployment']}: versions {versions} were destroyed at {record['destroyed_at']}")
    click.echo(f"signed with {record['public_key']}" + ("" if expected else "; compare it with what you noted before"))
