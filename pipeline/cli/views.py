"""`qingliu views`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click

from pipeline.cli.common import choose_contract, views_option
from pipeline.codec import pretty
from pipeline.render.matrix import as_json as matrix_json
from pipeline.render.matrix_html import matrix_html
from pipeline.render.matrix_markdown import matrix_markdown
from pipeline.render.matrix_text import matrix_text
from schemas.view import View

_FORMATS: Final[Mapping[str, Callable[[Sequence[View]], str]]] = {
    "text": matrix_text,
    "markdown": matrix_markdown,
    "html": matrix_html,
    "json": lambda views: pretty(matrix_json(views)),
}


@click.command("views")
@click.option("--topic", help="Only this raw topic, such as raw.order.")
@click.option("--format", "form", type=click.Choice([*_FORMATS]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@views_option
def command(
    *,
    views: tuple[View, ...],
    topic: str | None,
    form: str,
    as_json: bool,
) -> None:
    """
    Show the matrix: what every recipient gets of every field, under which circumstances.

    \b
    Example:
        qingliu views --topic device
        qingliu views --format html > views.html
    """
    if topic is not None:
        contract = choose_contract(views, topic)
        views = tuple(view for view in views if view.contract == contract)
    click.echo(_FORMATS["json" if as_json else form](views).rstrip("\n"))
