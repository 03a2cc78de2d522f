"""The supply chain: what is known against dependencies is told, and so is that nobody looked."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AUDIT = ROOT / "deploy" / "supply" / "audit.py"

SOUND = {"name": "click", "version": "8.3.3", "vulns": []}
SKIPPED = {"name": "tink", "skip_reason": "Dependency not found on PyPI and could not be audited: tink (1.16.1)"}
FLAWED = {
    "name": "jinja2",
    "version": "2.4.1",
    "vulns": [
        {"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"], "aliases": ["CVE-2014-1402"], "description": "…"},
        {"id": "PYSEC-2019-217", "fix_versions": [], "aliases": [], "description": "…"},
    ],
}


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", AUDIT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestReport:
    def test_says_that_all_were_checked(self, audit):
        """
        Only when all were.
        """
        code, lines = audit.report([SOUND, SOUND])

        assert code == 0
        assert lines == ["vulnerabilities: 0 known in 2 dependencies, all of them checked"]

    @pytest.mark.parametrize(
        "dependencies",
        [
            pytest.param([], id="no answer"),
            pytest.param([SKIPPED, SKIPPED], id="an index without advisories"),
        ],
    )
    def test_says_that_nothing_was_checked(self, audit, dependencies):
        """
        Where pip-audit alone would say that nothing is known.
        """
        code, lines = audit.report(dependencies)

        assert code == 2
        assert "NOTHING WAS CHECKED" in lines[0]

    def test_names_what_was_not_checked(self, audit):
        """
        A part is not the whole.
        """
        code, lines = audit.report([SOUND, SKIPPED])

        assert code == 2
        assert lines == ["vulnerabilities: 1 of 2 NOT CHECKED: tink"]

    @pytest.mark.parametrize("others", [pytest.param([], id="all checked"), pytest.param([SKIPPED], id="not all")])
    def test_names_what_is_known(self, audit, others):
        """
        With the version that mends it.
        """
        code, lines = audit.report([FLAWED, *others])

        assert code == 1
        assert lines[1:] == [
            "  jinja2 2.4.1: PYSEC-2014-8, mended by 2.7.2",
            "  jinja2 2.4.1: PYSEC-2019-217, mended by no version yet",
        ]


class TestAsk:
    def test_an_unreachable_service_is_no_answer(self, audit, tmp_path, monkeypatch):
        """
        The real program, with a proxy in its way that is not there.
        """
        digest = "0" * 64
        (tmp_path / "lock").write_text(f"nothing-of-this-name==1 --hash=sha256:{digest}\n")
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("HOME", str(tmp_path))

        assert audit.ask(str(tmp_path / "lock")) == ()

    def test_a_service_that_hangs_is_no_answer(self, audit, monkeypatch):
        """
        Nobody waits for ever.
        """

        def hang(command, **_):
            raise subprocess.TimeoutExpired(command, 1)

        monkeypatch.setattr(audit.subprocess, "run", hang)

        assert audit.ask("requirements.lock") == ()


class TestBillOfMaterials:
    def test_names_every_locked_dependency(self, tmp_path):
        """
        With version, package URL and the digests that `pip install --require-hashes` asks for.
        """
        lock = ROOT / "deploy/runtime.lock"
        pinned = {line.split(" ")[0] for line in lock.read_text("utf-8").splitlines() if "==" in line.split(" ")[0]}
        out = tmp_path / "sbom.cdx.json"
        options = ["--pyproject", ROOT / "pyproject.toml", "--short-PURLs", "--output-reproducible", "-o", out]
        command = [sys.executable, "-m", "cyclonedx_py", "requirements", *options, lock]
        done = subprocess.run(command, check=False, capture_output=True, text=True)

        assert done.returncode == 0, done.stderr
        bill = json.loads(out.read_text("utf-8"))
        parts = bill["components"]
        assert {f"{part['name']}=={part['version']}" for part in parts} == pinned
        assert all(part["purl"].startswith("pkg:pypi/") for part in parts)
        assert all(reference["hashes"] for part in parts for reference in part["externalReferences"])
        assert bill["metadata"]["component"]["name"] == "qingliu"
