"""What the README shows is so."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import COMMANDS, main
from pipeline.codec import dumps, loads
from pipeline.engine import Engine
from pipeline.lint import lint
from schemas import VIEWS, defaults
from tests.pipeline.events import KEYS, ORDER

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)


def block(start):
    """
    The code block that begins with these words.
    """
    (found,) = [text for text in BLOCKS if text.startswith(start)]
    return found


def test_the_module_of_views_is_valid_and_lints_clean():
    """
    As written, for a reader who copies it.
    """
    module = {}
    exec(block("# mycompany/views.py"), module)  # noqa: S102 — the README's own words

    views = module["VIEWS"]

    assert len(views) == len(VIEWS) + 1
    assert lint(views) == ()
    assert Engine(views, KEYS).topics["raw.order"].process(dumps(ORDER))[-1] is not None


def test_the_table_shows_what_an_order_becomes():
    """
    Time, amount and region as the analytics view releases them.
    """
    clean = loads(Engine(VIEWS, KEYS).topics["raw.order"].process(dumps(ORDER))[0][0])

    assert f'"occurred_at": "{clean["occurred_at"]}"' in README
    assert f'"amount_fen": {clean["amount_fen"]}' in README
    assert '"consignee": {"province": "广东省", "city": "深圳市"}' in README
    assert clean["consignee"] == {"province": "广东省", "city": "深圳市"}
    assert f'"note": "{ORDER["note"]}"' in README
    assert f'"note": "{clean["note"]}"' in README


def test_the_shell_shows_what_becomes_of_a_text():
    """
    The line that is echoed, and the line below it.
    """
    asked, answered, *_ = block('$ echo "').splitlines()
    text = asked.split('"')[1]

    assert CliRunner().invoke(main, ["redact"], input=text.encode()).stdout == f"{answered}\n"


COMMAND_LINES = re.compile(r"(?:^|[|$]) *qingliu (\w+)", re.MULTILINE)


@pytest.mark.parametrize("command", sorted(set(COMMAND_LINES.findall("\n".join(BLOCKS)))))
def test_commands_exist(command):
    """
    Each that a code block calls.
    """
    assert command in COMMANDS
    assert main.get_command(None, command) is not None


def test_rules_for_another_recipient_differ_in_tokens_alone():
    """
    The domains bear its name.
    """
    ours, theirs = defaults.ANALYTICS, defaults.analytics_rules("fraud")
    different = {kind for kind in ours if ours[kind] != theirs[kind]}

    assert all(theirs[kind].domain.startswith("fraud.") for kind in different)
    assert len(different) == 8
