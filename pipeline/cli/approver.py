"""`qingliu approver`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import problems
from pipeline.cli.passphrase import read_passphrase
from pipeline.codec import pretty

if TYPE_CHECKING:
    from pipeline.approvals.approver import Approver
    from pipeline.approvals.document import Document


@click.group("approver")
def command() -> None:
    """
    Keys of the persons who approve what no one may decide alone, and their signatures.
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
    Make the key pair of one approver.

    Writes NAME.key (for this person alone, encrypted) and NAME.pub, which goes into the folder of approvers that
    QINGLIU_APPROVERS names. Existing files are never overwritten.

    \b
    Example:
        qingliu approver init wang --out ~/.qingliu
        cp ~/.qingliu/wang.pub /etc/qingliu/approvers/
    """
    from pipeline.approvals.approver import (  # noqa: PLC0415 — Tink loads only where it is used
        ApprovalError,
        Approver,
        save_approver,
    )
    from pipeline.keys import KeysError  # noqa: PLC0415

    with problems(ApprovalError, KeysError):
        approver = Approver.generate(name)
        private, public = save_approver(approver, out, read_passphrase(passphrase, name, new=True))
    click.echo(f"{private}: the private key; only {name} may read it")
    click.echo(f"{public}: the public key, for the folder of approvers (QINGLIU_APPROVERS)")


@command.command("sign")
@click.argument("document", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Your private key, NAME.key.")
@click.option("--passphrase", type=click.Path(path_type=Path), help="File with its passphrase; asked for otherwise.")
def sign(document: Path, key: Path, passphrase: Path | None) -> None:
    """
    Show a document, sign it, and put the signature into the file.

    \b
    Example:
        qingliu approver sign request.json --key ~/.qingliu/wang.key
    """
    sign_document(document, key, passphrase)


def sign_document(path: Path, key: Path, passphrase: Path | None, *, sort: str | None = None) -> None:
    """
    Show what is signed, and sign it.

    Args:
        path: of the document.
        key: the approver's private key.
        passphrase: file with its passphrase; asked for when None.
        sort: which the document has to be of; None for any.
    """
    from pipeline.approvals.approver import ApprovalError  # noqa: PLC0415
    from pipeline.approvals.document import load_document, replace_document  # noqa: PLC0415

    with problems(ApprovalError):
        document = load_document(path)
        if sort is not None and document.sort != sort:
            msg = f"{path} is no {sort}; give the file that `qingliu {sort} draft` wrote"
            raise ApprovalError(msg)
        show_document(document)
        approver = open_approver(key, passphrase)
        replace_document(path, document.signed_by(approver))
    click.echo(f"{path}: signed by {approver.name}")


def show_document(document: "Document") -> None:
    """
    What a document says, and who signed it.
    """
    click.echo(pretty(dict(document.body)), nl=False)
    click.echo(f"{document.sort}, signed by {', '.join(document.signers) or 'nobody'}")


def open_approver(key: Path, passphrase: Path | None) -> "Approver":
    """
    The person of a private key.

    Raises:
        Problem: the key does not open.
    """
    from pipeline.approvals.approver import ApprovalError, load_approver  # noqa: PLC0415
    from pipeline.keys import KeysError  # noqa: PLC0415

    with problems(ApprovalError, KeysError):
        return load_approver(key, read_passphrase(passphrase, key.stem))
