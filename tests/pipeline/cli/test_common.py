"""Claims about what commands share: the command line itself, modules of views, and choices among them."""

import importlib
import sys
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from pipeline.cli import COMMANDS, main
from pipeline.cli.common import Problem, choose_contract, choose_view, load_views
from schemas import VIEWS
from transforms.text.names.mention import NamesUnavailable

HEAD = """
from schemas.contract import Contract, Field
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Text
from schemas.view import View
from transforms import Drop, Keep

RAW = Contract("raw.parcel", (*ENVELOPE, Field("phone", Text(32), Kind.PHONE)))
RULES = dict.fromkeys(Kind, Drop())
"""
TOTAL = HEAD + 'VIEWS = [View(recipient="carriers", contract=RAW, purpose="carriers", rules=RULES)]\n'


@pytest.fixture
def module(tmp_path, monkeypatch):
    """
    Writes a module into the current folder: `module("source")` returns its name.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    made = []

    def write(source):
        name = (
            f"views_{tmp_path.name}_{len(made)}".replace("-", "_").replace("[", "_").replace("]", "_").replace(" ", "_")
        )
        (tmp_path / f"{name}.py").write_text(source, "utf-8")
        importlib.invalidate_caches()
        made.append(name)
        return name

    yield write
    for name in made:
        sys.modules.pop(name, None)


class TestLoadViews:
    def test_finds_the_shipped_ones(self):
        """
        By the name of their package.
        """
        assert load_views("schemas") == VIEWS

    def test_finds_a_module_in_the_current_folder(self, module):
        """
        A deployment needs no package of its own.
        """
        (view,) = load_views(module(TOTAL))

        assert view.topic == "clean.carriers.parcel"

    @pytest.mark.parametrize(
        ("source", "sentence"),
        [
            pytest.param(HEAD, r"has no VIEWS; add VIEWS = \(view, …\)", id="no VIEWS"),
            pytest.param("VIEWS = ()", "must be one or more schemas.view.View", id="no view"),
            pytest.param("VIEWS = 5", "must be one or more schemas.view.View", id="a number"),
            pytest.param("VIEWS = ('ads',)", "must be one or more schemas.view.View", id="names"),
            pytest.param(
                TOTAL.replace("rules=RULES", "rules={Kind.EVENT_ID: Drop()}"),
                "has no rule for occurred_at",
                id="not total",
            ),
            pytest.param(
                TOTAL.replace("rules=RULES", 'rules={**RULES, "phnoe": Keep()}'),
                "has a rule for phnoe",
                id="wrong path",
            ),
            pytest.param(TOTAL.replace("RULES)]", "RULES)] * 2"), "is declared twice", id="a view twice"),
            pytest.param(HEAD.replace("Kind.PHONE", "Kind.PHONEE"), "not valid: .*PHONEE", id="misspelt kind"),
            pytest.param(HEAD.replace("Drop, Keep", "Drop, Kept"), "not valid: .*Kept", id="misspelt transform"),
            pytest.param(HEAD.replace("*ENVELOPE", "*ENVELOP"), "not valid: .*ENVELOP", id="misspelt name"),
            pytest.param("VIEWS = (", "not valid: .*never closed", id="no Python"),
            pytest.param(TOTAL.replace("purpose=", "purpos="), "not valid: .*purpos", id="unknown argument"),
            pytest.param(
                "import missing_module_of_a_test", "cannot find the module missing_module_of", id="its import"
            ),
        ],
    )
    def test_says_what_is_wrong_with_a_module(self, module, source, sentence):
        """
        One sentence for each way to be wrong.
        """
        with pytest.raises(Problem, match=sentence) as problem:
            load_views(module(source))

        assert problem.value.exit_code == 2
        assert "\n" not in problem.value.message

    @pytest.mark.parametrize("name", ["no_such_module", "no.such.module", "schemas.nothing"])
    def test_says_that_a_module_is_missing(self, name):
        """
        With the form that is wanted.
        """
        with pytest.raises(Problem, match=r"cannot find the module .*a module's dotted name, such as mycompany\.views"):
            load_views(name)

    @pytest.mark.parametrize("name", ["", ".relative"])
    def test_takes_absolute_names_alone(self, name):
        """
        Anything else is a sentence too.
        """
        with pytest.raises(Problem):
            load_views(name)


class TestChoose:
    @pytest.mark.parametrize("topic", ["raw.order", "order"])
    def test_a_topic_by_either_name(self, topic):
        """
        With or without `raw.`.
        """
        assert choose_contract(VIEWS, topic).topic == "raw.order"
        assert choose_view(VIEWS, topic, "ads").topic == "clean.ads.order"

    @pytest.mark.parametrize("topic", ["", "orders", "clean.ads.order", "raw.raw.order", "RAW.ORDER", "订单"])
    def test_an_unknown_topic_is_told(self, topic):
        """
        With those there are.
        """
        with pytest.raises(Problem, match=r"unknown topic .*; choose one of raw\.device, raw\.log"):
            choose_contract(VIEWS, topic)

    def test_an_unknown_recipient_is_told(self):
        """
        With those of the topic.
        """
        with pytest.raises(Problem, match=r"unknown recipient '广告' of raw\.order; choose one of analytics, ads"):
            choose_view(VIEWS, "order", "广告")


class TestCommandLine:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_has_help_with_an_example(self, name):
        """
        A command, or each command of a group, shows how it is called.
        """
        command = main.get_command(None, name)
        paths = [[name, sub] for sub in command.commands] if hasattr(command, "commands") else [[name]]
        for path in paths:
            result = CliRunner().invoke(main, [*path, "--help"])

            assert result.exit_code == 0
            assert "Example" in result.stdout
            assert f"qingliu {' '.join(path)}" in result.stdout

    def test_lists_every_command(self):
        """
        With its first sentence.
        """
        result = CliRunner().invoke(main, ["--help"])

        assert result.exit_code == 0
        assert all(f"\n  {name} " in result.stdout for name in COMMANDS)

    @pytest.mark.parametrize("name", ["aply", "common", "__init__", "os"])
    def test_knows_no_other_command(self, name, refuses):
        """
        Nor takes a module of the package for one.
        """
        refuses(CliRunner().invoke(main, [name]), "No such command")

    def test_tells_its_version(self):
        """
        That of the installed package.
        """
        result = CliRunner().invoke(main, ["--version"])

        assert result.exit_code == 0
        assert result.stdout.strip().endswith(f"version {version('qingliu')}")


class TestSmallInstall:
    @pytest.mark.parametrize("command", [("apply", "--throwaway-keys", "--recipient", "inside"), ("explain",)])
    def test_names_what_views_need(self, command, monkeypatch, tmp_path, refuses):
        """
        A view that wants the model where nothing runs it: one sentence, no traceback.
        """
        (tmp_path / "wanting.py").write_text(WANTING)
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr("transforms.text.taggers._model", _not_installed)

        result = CliRunner().invoke(main, [*command, "--topic", "visit", "--views", "wanting"], input=VISIT)

        refuses(result, "qingliu[ner]")


WANTING = """
from schemas.contract import Contract, Field
from schemas.kinds import Kind
from schemas.types import Text, Timestamp
from schemas.view import View
from transforms import Drop, RedactText

RAW = Contract(
    "raw.visit",
    (Field("occurred_at", Timestamp(), Kind.TIMESTAMP), Field("text", Text(), Kind.FREE_TEXT)),
)
VIEWS = (View("inside", RAW, "counting", {"occurred_at": Drop(), "text": RedactText(names="model")}, key=()),)
"""
VISIT = b'{"occurred_at":"2026-11-22T14:38:50+08:00","text":"x"}\n'


def _not_installed():
    message = 'names need onnxruntime, which is not installed; install it with pip install "qingliu[ner]"'
    raise NamesUnavailable(message)
