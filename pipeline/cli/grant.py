"""`qingliu grant`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.approver import show_document, sign_document
from pipeline.cli.common import FOUND, problems, read_time, views_option
from pipeline.codec import pretty
from pipeline.grants.codes import CODES
from schemas.kinds import Kind
from schemas.view import View
from transforms.timestamp import DAY

if TYPE_CHECKING:
    from pipeline.grants.grant import Grant


class _Listing(click.Group):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 — click's
        with formatter.section("Codes"):
            formatter.write_dl([*CODES.items()])


@click.group("grant", cls=_Listing)
def command() -> None:
    """
    Let data of certain persons pass without their consent, where the law says so: for a time, signed by two approvers.

    A grant counts as consent to one purpose of one recipient, for the topics and kinds that it names. It never reaches
    an erased person or a child, no secret, and no advertising. Workers read the folder QINGLIU_GRANTS every few
    seconds, so that a grant is revoked by taking its file away.
    """


@command.command("draft")
@click.option(
    "--code", type=click.Choice([*CODES]), required=True, metavar="CODE", help="The ground; see --help above."
)
@click.option("--recipient", required=True, help="Who reads.")
@click.option("--purpose", required=True, help="What counts as consented to.")
@click.option("--subject", "subjects", multiple=True, metavar="USER", help="About whom; repeatable.")
@click.option("--everybody", is_flag=True, help="About all subjects, instead.")
@click.option("--topic", "topics", multiple=True, help="Raw topic; repeatable. [all]")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    metavar="KIND",
    help="Kind of fields; repeatable. [all]",
)
@click.option("--not-before", metavar="TIME", callback=read_time, help="From when on, in RFC 3339. [now]")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), required=True, help="For how long; 90 at most.")
@click.option("--reason", required=True, help="For those who approve and audit: the case, and why it is needed.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@views_option
def draft(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    subjects: tuple[str, ...],
    everybody: bool,
    topics: tuple[str, ...],
    kinds: tuple[str, ...],
    not_before: int | None,
    days: float,
    out: Path,
    **said: Any,
) -> None:
    """
    Write down what is to be granted, for two approvers to sign.

    \b
    Example:
        qingliu grant draft --code policy-vital --recipient affiliate --purpose affiliate --subject u-10000000001 \\
            --topic raw.order --days 7 --reason "missing person, case 1024" --out grants/1024.json
    """
    from pipeline.approvals.approver import ApprovalError  # noqa: PLC0415 — Tink loads only where it is used
    from pipeline.approvals.document import Document  # noqa: PLC0415
    from pipeline.grants.grant import SORT, Grant, check_scope, new_id, now_ms  # noqa: PLC0415
    from pipeline.keys import KeysError  # noqa: PLC0415
    from pipeline.keys.file import write_new  # noqa: PLC0415

    if bool(subjects) is everybody:
        msg = "about whom is missing or said twice; give --subject, or --everybody"
        raise click.UsageError(msg)
    begins = now_ms() if not_before is None else not_before
    with problems(ApprovalError, KeysError):
        grant = Grant(
            id=new_id(),
            subjects=None if everybody else frozenset(subjects),
            topics=frozenset(topics) or None,
            kinds=frozenset(map(Kind, kinds)) or None,
            not_before=begins,
            expires=begins + int(days * DAY),
            **said,
        )
        check_scope(grant, views)
        write_new(out, Document(SORT, grant.body).to_text())
    click.echo(f"{out}: {grant}; two approvers sign it with `qingliu grant sign`")


@command.command("sign")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Your private key, NAME.key.")
@click.option("--passphrase", type=click.Path(path_type=Path), help="File with its passphrase; asked for otherwise.")
def sign(file: Path, key: Path, passphrase: Path | None) -> None:
    """
    Show a grant, sign it, and put the signature into the file.

    \b
    Example:
        qingliu grant sign grants/1024.json --key ~/.qingliu/wang.key
    """
    from pipeline.grants.grant import SORT  # noqa: PLC0415

    sign_document(file, key, passphrase, sort=SORT)


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--approvers",
    type=click.Path(path_type=Path),
    envvar="QINGLIU_APPROVERS",
    required=True,
    help="Folder of the approvers' public keys. [QINGLIU_APPROVERS]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@views_option
@click.pass_context
def check(context: click.Context, *, views: tuple[View, ...], file: Path, approvers: Path, as_json: bool) -> None:
    """
    Say whether a grant would count now. Exits with 1 when it would not, and says why.

    \b
    Example:
        qingliu grant check grants/1024.json --approvers /etc/qingliu/approvers
    """
    from pipeline.approvals.approver import ApprovalError, load_roster  # noqa: PLC0415
    from pipeline.approvals.document import load_document  # noqa: PLC0415
    from pipeline.grants.grant import check_scope, now_ms, read_grant  # noqa: PLC0415

    with problems(ApprovalError):
        document, roster = load_document(file), load_roster(approvers)
    try:
        grant = read_grant(document, roster)
        check_scope(grant, views)
        why = _why_not(grant, now_ms())
    except ApprovalError as error:
        why = str(error)
    if as_json:
        click.echo(
            pretty({**document.body, "approvers": list(document.signers), "counts": not why, "why": why}), nl=False
        )
    else:
        show_document(document)
        click.echo(f"does not count: {why}" if why else f"counts: {grant}")
    context.exit(FOUND if why else 0)


def _why_not(grant: "Grant", now: int) -> str:
    if now < grant.not_before:
        return "it has not begun; wait, or draft one that begins earlier"
    return "" if grant.in_force(now) else "it is over; draft another one"
