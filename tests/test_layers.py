"""The layers: imports point down only, one door for each third-party library, and a test module for every module."""

import ast
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("pipeline", "schemas", "transforms")
MODULES = sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

ALLOWED = {
    "transforms": {"transforms"},
    "schemas": {"schemas", "transforms"},
    "pipeline": {"pipeline", "schemas", "transforms"},
}
"""What of this repository each layer may import."""

CONFLUENT = ("embedded", "extents", "reaching", "reading", "record", "writing")
"""Modules of the one package that is the door to confluent-kafka."""

DOORS = {
    "ahocorasick_rs": {"pipeline/simulator/leaks.py", "transforms/text/gate.py"},
    "aiohttp": {"pipeline/web.py"},
    "boto3": {"pipeline/keys/kms.py"},
    "aiokafka": {
        "pipeline/agents.py",
        "pipeline/app.py",
        "pipeline/audit/log.py",
        "pipeline/compacted.py",
        "pipeline/delivery/transactional.py",
        "pipeline/transport.py",
    },
    "confluent_kafka": {f"pipeline/kafka_client/{name}.py" for name in CONFLUENT},
    "faust": {"pipeline/transport.py", "pipeline/agents.py", "pipeline/app.py", "pipeline/compacted.py"},
    "h3": {"transforms/geo_cell.py"},
    "hvac": {"pipeline/keys/kms.py"},
    "kafka": {f"pipeline/topics/{name}.py" for name in ("changes", "connected", "lags", "permissions")},
    "mode": {"pipeline/transport.py", "pipeline/agents.py", "pipeline/app.py"},
    "numpy": {"transforms/text/names/lac.py"},
    "onnxruntime": {"transforms/text/names/lac.py"},
    "orjson": {"pipeline/codec.py"},
    "prometheus_client": {"pipeline/metrics.py"},
    "presidio_analyzer": {"transforms/text/recognizer.py"},
    "presidio_anonymizer": {"transforms/text/anonymizer.py"},
    "rjieba": {"transforms/text/names/dictionary.py"},
    "tink": {"pipeline/keys/kms.py", "pipeline/keys/root.py"},
    "ua_parser": {"transforms/user_agent.py"},
}
"""The modules that may import a library; a library with several doors is one whose types stand in their signatures."""

REACHES = {"transforms/text/names/lac.py": {"os"}}
"""Transforms that touch the world all the same: onnxruntime is told by the environment alone to send nothing home."""

ENTRANCES = {
    "tink": 2,
    "confluent_kafka": len(CONFLUENT),
    "ahocorasick_rs": 2,
    "aiokafka": 6,
    "faust": 4,
    "kafka": 4,
    "mode": 3,
}
"""How many doors at most, where it is not one."""

WITHOUT_TEST = {
    "pipeline/bound.py": "seen in every result of the engine: tests/pipeline/test_engine.py",
    "pipeline/check.py": "the reference of the compiled engine: tests/pipeline/test_engine.py",
    "pipeline/cli/demo.py": "runs as a whole: tests/integration/test_demo.py",
    "pipeline/cli/broker.py": "an option of other commands: tests/pipeline/cli/test_audit.py",
    "pipeline/cli/keyset.py": "options of other commands: tests/pipeline/cli/test_keys.py",
    "pipeline/cli/passphrase.py": "an option of other commands: tests/pipeline/cli/test_keys.py",
    "pipeline/columns.py": "the heads of the matrix: tests/pipeline/render/test_matrix.py",
    "pipeline/compile/reading.py": "held to the reference: tests/pipeline/test_engine.py",
    "pipeline/compile/releasing.py": "held to the reference: tests/pipeline/test_engine.py",
    "pipeline/compile/starts.py": "held to the reference: tests/pipeline/test_compile.py",
    "pipeline/compile/writer.py": "held to the reference: tests/pipeline/test_engine.py",
    "pipeline/currency.py": "declares and does nothing",
    "pipeline/environment.py": "declares and does nothing",
    "pipeline/delivery/transactional.py": "what only a broker can show: tests/integration/test_delivery.py",
    "pipeline/demo/run.py": "runs as a whole: tests/integration/test_demo.py",
    "pipeline/demo/screen.py": "what a person looks at; its figures: tests/pipeline/demo/test_summary.py",
    "pipeline/grants/codes.py": "a closed list: tests/pipeline/grants/test_grant.py",
    "pipeline/grants/rules.py": "which rules stand under a grant: tests/pipeline/grants/test_folder.py",
    "pipeline/erasure/office.py": "opens and closes: tests/pipeline/cli/test_erase.py",
    "pipeline/interpret.py": "the reference of the compiled engine: tests/pipeline/test_engine.py",
    "pipeline/kafka_client/extents.py": "what a snapshot is of: tests/pipeline/snapshots/test_keeper.py",
    "pipeline/kafka_client/record.py": "what is read: tests/pipeline/kafka_client/test_writing.py",
    "pipeline/render/matrix_html.py": "one of three forms of one table: tests/pipeline/render/test_matrix.py",
    "pipeline/render/matrix_markdown.py": "one of three forms of one table: tests/pipeline/render/test_matrix.py",
    "pipeline/render/matrix_text.py": "one of three forms of one table: tests/pipeline/render/test_matrix.py",
    "pipeline/simulator/consents.py": "who may be released by consent: tests/pipeline/demo/test_agreement.py",
    "pipeline/simulator/danmaku.py": "texts in the events: tests/pipeline/simulator/test_texts.py",
    "pipeline/simulator/devices.py": "devices of the events: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/draw.py": "chance of the events: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/goods.py": "goods in the events: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/names.py": "names in the events: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/public.py": "words of the events: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/scene.py": "what an event is made of: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/service.py": "texts in the events: tests/pipeline/simulator/test_texts.py",
    "pipeline/simulator/signatures.py": "texts in the events: tests/pipeline/simulator/test_texts.py",
    "pipeline/simulator/spelling.py": "how clients write the events: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/topics/account.py": "events of one topic: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/topics/contact.py": "events of one topic: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/topics/device.py": "events of one topic: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/topics/interaction.py": "events of one topic: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/topics/location.py": "events of one topic: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/topics/log.py": "events of one topic: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/topics/order.py": "events of one topic: tests/pipeline/simulator/test_stream.py",
    "pipeline/simulator/web.py": "requests in the events: tests/pipeline/simulator/test_stream.py",
    "pipeline/snapshots/buckets.py": "what a snapshot holds: tests/pipeline/snapshots/test_keeper.py",
    "pipeline/subjects/row.py": "the store's rows: tests/pipeline/subjects/test_store.py",
    "pipeline/topics/lags.py": "asked of a real broker: tests/integration/test_topics.py",
    "pipeline/topics/permissions.py": "asked of a real broker: tests/integration/test_security.py",
    "pipeline/worker/chores.py": "beside the events: tests/pipeline/cli/test_worker.py",
    "pipeline/worker/preflight.py": "its start: tests/pipeline/cli/test_worker.py",
    "pipeline/worker/run.py": "its start: tests/pipeline/cli/test_worker.py",
    "pipeline/worker/state.py": "what it reads first: tests/pipeline/cli/test_worker.py",
    "schemas/account.py": "a shipped topic: tests/pipeline/test_engine.py",
    "schemas/contact.py": "a shipped topic: tests/pipeline/test_engine.py",
    "schemas/contract.py": "what views are total over: tests/schemas/test_view.py",
    "schemas/defaults.py": "the shipped tables: tests/schemas/test_view.py",
    "schemas/device.py": "a shipped topic: tests/pipeline/test_engine.py",
    "schemas/envelope.py": "fields of every shipped topic: tests/pipeline/test_engine.py",
    "schemas/interaction.py": "a shipped topic: tests/pipeline/test_engine.py",
    "schemas/kinds.py": "a closed list of words",
    "schemas/location.py": "a shipped topic: tests/pipeline/test_engine.py",
    "schemas/log.py": "a shipped topic: tests/pipeline/test_engine.py",
    "schemas/order.py": "a shipped topic: tests/pipeline/test_engine.py",
    "schemas/purposes.py": "a closed list of words: tests/pipeline/subjects/test_deciding.py",
    "schemas/types.py": "types and bounds as they are checked: tests/pipeline/test_engine.py",
    "transforms/base.py": "protocols, and a sentence that the tests of all transforms read",
    "transforms/constant.py": "one line of work: tests/transforms/test_examples.py",
    "transforms/drop.py": "one line of work: tests/transforms/test_examples.py",
    "transforms/keep.py": "one line of work: tests/transforms/test_examples.py",
    "transforms/text/addresses/part.py": "declares and does nothing",
    "transforms/text/addresses/words.py": "closed lists: tests/transforms/text/addresses/test_grammar.py",
    "transforms/text/entities.py": "a closed list: tests/transforms/text/test_detector.py",
    "transforms/text/names/line.py": "read in every find: tests/transforms/text/names/test_persons.py",
    "transforms/text/names/mention.py": "declares and does nothing",
    "transforms/text/search.py": "the detector without Presidio: tests/transforms/text/test_detector.py",
    "transforms/text/span.py": "declares and does nothing",
}
"""Modules whose claims are tested elsewhere, and where."""


def tree(module):
    return ast.parse((ROOT / module).read_text("utf-8"), module)


def imported(module):
    """
    The full names of what a module imports, wherever in it, relative ones resolved, and by name as well.
    """
    parents = module.removesuffix(".py").split("/")[:-1]
    names = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = parents[: len(parents) - node.level + 1] if node.level else []
            names.add(".".join([*above, *([node.module] if node.module else [])]))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "_import")):
            names |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return names


def tops(module):
    return {name.partition(".")[0] for name in imported(module)}


class TestImports:
    @pytest.mark.parametrize("module", MODULES)
    def test_point_down_only(self, module):
        """
        No layer knows one above it, and none knows tests or benchmarks.
        """
        ours = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name.isidentifier()}
        layer = module.partition("/")[0]

        assert tops(module) & ours <= ALLOWED[layer]

    @pytest.mark.parametrize("library", DOORS)
    def test_go_through_one_door(self, library):
        """
        Whoever replaces a library changes one module.
        """
        found = {module for module in MODULES if library in tops(module)}

        assert found <= DOORS[library]
        assert len(DOORS[library]) <= ENTRANCES.get(library, 1)
        assert bool(found) is bool(DOORS[library])

    @pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("transforms/")])
    def test_of_transforms_reach_no_file_no_clock_and_no_network(self, module):
        """
        A transform's result follows from its arguments and keys.
        """
        outside = {"asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "subprocess", "time"}
        of_socket = {
            alias.name
            for node in ast.walk(tree(module))
            if isinstance(node, ast.Import | ast.ImportFrom) and "socket" in ast.unparse(node)
            for alias in node.names
        }

        assert tops(module) & outside == REACHES.get(module, set())
        # Text and bytes of addresses, which open nothing.
        assert of_socket <= {"AF_INET", "AF_INET6", "inet_ntop", "inet_pton"}

    @pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("schemas/")])
    def test_of_schemas_name_nothing_that_works(self, module):
        """
        Declarations need the standard library and transforms.
        """
        others = {name for name in tops(module) if name not in {"schemas", "transforms"}}

        assert others <= {"collections", "dataclasses", "enum", "hashlib", "re", "typing"}

    def test_are_found_wherever_they_stand(self, tmp_path, monkeypatch):
        """
        Within functions, under other names, relative to a package, and by name.
        """
        source = (
            "import a.b as c\ndef f():\n    from d.e import g\n    from . import h\n    from ..i import j\n"
            "    import_module('k.l')\n"
        )
        (tmp_path / "x" / "y").mkdir(parents=True)
        (tmp_path / "x" / "y" / "z.py").write_text(source)
        monkeypatch.setitem(globals(), "ROOT", tmp_path)

        assert imported("x/y/z.py") == {"a.b", "d.e", "x.y", "x.i", "k.l"}

    @pytest.mark.parametrize("library", DOORS)
    def test_are_of_libraries_that_exist(self, library):
        """
        A misspelt name would have no door to watch.
        """
        assert library in packages_distributions()


class TestModules:
    @pytest.mark.parametrize("module", MODULES)
    def test_have_a_docstring(self, module):
        """
        One that says what the module is for.
        """
        assert ast.get_docstring(tree(module))

    @pytest.mark.parametrize("module", [module for module in MODULES if "/__" not in module])
    def test_have_a_test_module(self, module):
        """
        At the mirrored place, or with a word on where their claims are tested.
        """
        path = PurePosixPath("tests") / module
        mirrored = ROOT / path.with_name(f"test_{path.name}")

        assert mirrored.exists() is (module not in WITHOUT_TEST)

    @pytest.mark.parametrize("module", WITHOUT_TEST)
    def test_that_are_tested_elsewhere_are_there(self, module):
        """
        And so is the place that is named.
        """
        assert module in MODULES
        for word in WITHOUT_TEST[module].replace(";", " ").split():
            assert not word.startswith("tests/") or (ROOT / word).exists()
