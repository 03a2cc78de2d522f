# ruff: noqa: INP001 — a script, not a package
"""
What is known against the dependencies of requirements.lock: `make audit`, and a report in `make check`.

    python deploy/supply/audit.py requirements.lock

pip-audit asks PyPI for advisories of each version. Where PyPI does not answer, or an index in its place knows no
advisories, pip-audit says "no known vulnerabilities" all the same; here it is said how many versions were looked up.
Exit code 0 nothing known, 1 something known, 2 nothing or not everything was checked.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

SECONDS = 180
"""After which nobody waits for the service any more."""


def ask(lock: str) -> tuple[dict[str, Any], ...]:
    """
    What pip-audit found out about each dependency; nothing when it could not.

    Args:
        lock: file of pinned and hashed requirements.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    try:
        answer = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)  # noqa: S603 — our own words
        return tuple(json.loads(answer.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return ()


def report(dependencies: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """
    The exit code, and what to say.
    """
    checked = [each for each in dependencies if "vulns" in each]
    known = [line for each in checked for vulnerability in each["vulns"] for line in [_line(each, vulnerability)]]
    if not checked:
        lines = ["vulnerabilities: NOTHING WAS CHECKED, for PyPI told no advisories; ask again where it is reachable"]
    elif unknown := [each["name"] for each in dependencies if "vulns" not in each]:
        lines = [f"vulnerabilities: {len(unknown)} of {len(dependencies)} NOT CHECKED: {', '.join(unknown)}"]
    else:
        lines = [f"vulnerabilities: {len(known)} known in {len(checked)} dependencies, all of them checked"]
    whole = len(checked) == len(dependencies) > 0
    return 1 if known else 0 if whole else 2, [*lines, *known]


def _line(dependency: Mapping[str, Any], vulnerability: Mapping[str, Any]) -> str:
    fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
    return f"  {dependency['name']} {dependency['version']}: {vulnerability['id']}, mended by {fixed}"


def main(lock: str) -> int:
    """
    Ask and report; the exit code.
    """
    code, lines = report(ask(lock))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
