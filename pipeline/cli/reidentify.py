"""`qingliu reidentify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.cli.approver import open_approver
from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import FOUND, Problem, problems, views_option
from pipeline.cli.keyset import keyset_options, open_keys
from pipeline.codec import pretty
from pipeline.grants.codes import CODES
from schemas.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.candidates import Candidate
    from pipeline.keys import RootKeys

_HOUR_MS: Final = 3_600_000


@click.group("reidentify")
def command() -> None:
    """
    Find out who is behind a token: with the keys, a reason, and the signature of a second person.
    """


def _own_key(function: Any) -> Any:
    option = click.option("--key", type=click.Path(path_type=Path), required=True, help="Your private key, NAME.key.")
    secret = click.option("--key-passphrase", type=click.Path(path_type=Path), help="File with its passphrase.")
    return option(secret(function))


@command.command("request")
@click.argument("value")
@click.option("--recipient", required=True, help="Whose token it is.")
@click.option(
    "--code", type=click.Choice([*CODES]), required=True, metavar="CODE", help="As `qingliu grant` lists them."
)
@click.option("--reason", required=True, help="The case, and why it is needed.")
@click.option("--hours", type=click.FloatRange(0, 24, min_open=True), default=24, show_default=True, help="To answer.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@_own_key
@views_option
def request(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    value: str,
    hours: float,
    out: Path,
    key: Path,
    key_passphrase: Path | None,
    **said: str,
) -> None:
    """
    Ask for the person, or the record, behind VALUE: a token, a source token or a ciphertext. A second approver signs.

    \b
    Example:
        qingliu reidentify request 1.wW_36GfUuCjAVxdO-g96SQ --recipient analytics --code policy-vital \\
            --reason "missing person, case 1024" --key ~/.qingliu/wang.key --out request.json
        qingliu approver sign request.json --key ~/.qingliu/li.key
    """
    from pipeline.approvals.approver import ApprovalError  # noqa: PLC0415 — Tink loads only where it is used
    from pipeline.approvals.document import Document  # noqa: PLC0415
    from pipeline.grants.grant import now_ms  # noqa: PLC0415
    from pipeline.keys import KeysError  # noqa: PLC0415
    from pipeline.keys.file import write_new  # noqa: PLC0415
    from pipeline.reidentification import SORT, Request, new_id  # noqa: PLC0415

    _check_recipient(views, said["recipient"])
    requester = open_approver(key, key_passphrase)
    begins = now_ms()
    with problems(ApprovalError, KeysError):
        asked = Request(
            id=new_id(),
            value=value,
            requester=requester.name,
            not_before=begins,
            expires=begins + int(hours * _HOUR_MS),
            **said,
        )
        write_new(out, Document(SORT, asked.body).signed_by(requester).to_text())
    click.echo(f"{out}: asked by {requester.name}; another approver signs it with `qingliu approver sign`", err=True)


@command.command("open")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--approvers",
    type=click.Path(path_type=Path),
    envvar="QINGLIU_APPROVERS",
    required=True,
    help="Folder of the approvers' public keys. [QINGLIU_APPROVERS]",
)
@click.option("--candidates", type=click.Path(path_type=Path), help="File of ids, one a line. [privacy.subjects]")
@bootstrap_option
@_own_key
@keyset_options
@views_option
@click.pass_context
def open_(  # noqa: PLR0913 — one argument an option
    context: click.Context,
    *,
    views: tuple[View, ...],
    file: Path,
    approvers: Path,
    candidates: Path | None,
    bootstrap: str | None,
    key: Path,
    key_passphrase: Path | None,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
) -> None:
    """
    Answer a request that a second approver has signed, after leaving a record of it in the audit.

    Prints one JSON object and nothing else to standard output. Exits with 1 when nobody was found. Pseudonyms cannot be
    inverted: they are compared with those of every candidate. Whoever was erased is none; who registered again after
    that is one by what came since.

    \b
    Example:
        qingliu reidentify open request.json --key ~/.qingliu/wang.key --approvers /etc/qingliu/approvers \\
            --keyset keys/keyset.json --passphrase /run/secrets/qingliu --bootstrap broker:9092
    """
    from pipeline.approvals.approver import ApprovalError, load_roster  # noqa: PLC0415
    from pipeline.approvals.document import load_document  # noqa: PLC0415
    from pipeline.audit.commands import CommandLog, InTopic  # noqa: PLC0415
    from pipeline.audit.record import REIDENTIFICATION  # noqa: PLC0415
    from pipeline.audit.signing import SigningKey  # noqa: PLC0415
    from pipeline.grants.grant import now_ms  # noqa: PLC0415
    from pipeline.kafka_client import KafkaClientError  # noqa: PLC0415
    from pipeline.reidentification import read_request, resolve  # noqa: PLC0415

    brokers = needed(bootstrap)  # nothing is answered without a record in the audit
    with problems(ApprovalError):
        document, roster = load_document(file), load_roster(approvers)
        asked = read_request(document, roster, open_approver(key, key_passphrase), now_ms())
    _check_recipient(views, asked.recipient)
    keys, _ = open_keys(path, passphrase, kms)
    with problems(KafkaClientError):
        found = resolve(asked, views, keys, _people(candidates, brokers, keys), now_ms())
        said = {
            "grant": asked.id,
            "code": asked.code,
            "approvers": list(document.signers),
            "recipient": asked.recipient,
            "resolved": int(found is not None),
        }
        with CommandLog(InTopic(brokers), SigningKey(keys.internal("audit")), "qingliu reidentify open") as log:
            log.write(REIDENTIFICATION, said)
    if found is None:
        click.echo("nobody and nothing was found behind it among the candidates", err=True)
        context.exit(FOUND)
    click.echo(pretty(found), nl=False)


def _check_recipient(views: tuple[View, ...], recipient: str) -> None:
    recipients = dict.fromkeys(view.recipient for view in views)
    if recipient not in recipients:
        msg = f"unknown recipient {recipient!r}; choose one of {', '.join(recipients)}"
        raise Problem(msg)


def _people(candidates: Path | None, bootstrap: str, keys: "RootKeys") -> "Iterator[Candidate]":
    """
    Whom a token may be of.
    """
    from pipeline.approvals.approver import ApprovalError, read_text  # noqa: PLC0415
    from pipeline.candidates import Candidates  # noqa: PLC0415
    from pipeline.kafka_client import read_all  # noqa: PLC0415
    from pipeline.links.identifiers import identifiers_of  # noqa: PLC0415
    from pipeline.subjects.record import TOPIC  # noqa: PLC0415

    known = Candidates(read_all(bootstrap, TOPIC), identifiers_of(keys))
    if candidates is None:
        return iter(known)
    with problems(ApprovalError):
        return known.listed(read_text(candidates, "file of candidates", "write one id a line").split())
