"""
The command line. Each command is a module of its own, loaded when it is called.

Exit codes: 0 done, 1 found something, 2 could not start: one sentence says why and what to do.
"""

import importlib
from typing import Any, Final

import click

from pipeline import core_dumps
from pipeline.environment import SettingsError

COMMANDS: Final = (
    "apply",
    "approver",
    "audit",
    "demo",
    "erase",
    "explain",
    "grant",
    "keys",
    "lint",
    "open",
    "party",
    "quarantine",
    "redact",
    "reidentify",
    "schema",
    "simulate",
    "subjects",
    "sunset",
    "topics",
    "views",
    "worker",
)


class _Wrong(click.ClickException):
    exit_code = 2


class Commands(click.Group):
    """
    Finds a command in the module of its name.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's
        """
        Every command.
        """
        return list(COMMANDS)

    def invoke(self, ctx: click.Context) -> Any:
        """
        A command; settings that contradict themselves, and what cannot be written, are told in one sentence.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except SettingsError as error:
            raise _Wrong(str(error)) from None
        except OSError as error:
            msg = f"cannot read or write: {error.strerror}; check disk space and permissions"
            raise _Wrong(msg) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 — click's
        """
        One command, or None when there is none of this name.
        """
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"pipeline.cli.{cmd_name}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="qingliu")
def main() -> None:
    """
    qingliu 清流: raw events in, one clean topic per recipient out.

    Try `qingliu demo` first: it needs nothing installed.
    """  # noqa: D403 — the name is written in lower case
    core_dumps.off()
