"""`qingliu lint`."""

import sys
from dataclasses import asdict

import click

from pipeline.cli.common import FOUND, views_option
from pipeline.codec import pretty
from pipeline.lint import Finding, lint
from schemas.view import View


@click.command("lint")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@views_option
def command(
    *,
    views: tuple[View, ...],
    as_json: bool,
) -> None:
    """
    Look for views that are allowed but weak.

    Exits with 1 when it finds any.

    \b
    Example:
        qingliu lint --views mycompany.views
    """
    findings = lint(views)
    if as_json:
        click.echo(pretty([asdict(finding) for finding in findings]), nl=False)
    else:
        for finding in findings:
            click.echo(_line(finding))
        click.echo(f"{len(views)} views, {len(findings)} findings", err=True)
    sys.exit(FOUND if findings else 0)


def _line(finding: Finding) -> str:
    where = f"{finding.view} at {finding.path}" if finding.path else finding.view
    return f"{finding.severity} {finding.code}: {where}: {finding.sentence}"
