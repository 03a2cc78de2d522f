"""Programs the tests need from outside of Python, and the sentence that says how to get one that is not there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

JAVA_MINIMUM = 17


class MissingError(RuntimeError):
    """
    A program that the tests need is not installed.

    One sentence: what is missing and how to get it. Not a failure of anything that is under test.
    """


def program(name: str, remedy: str) -> str:
    """
    The path of a program.

    Raises:
        MissingError: it is not on the PATH.
    """
    path = shutil.which(name)
    if path is None:
        msg = f"{name} is missing: {remedy}"
        raise MissingError(msg)
    return path


def java() -> str:
    """
    The path of a Java that runs Kafka, that of `JAVA_HOME` first.

    Raises:
        MissingError: there is none, or it is too old.
    """
    remedy = f"install Java {JAVA_MINIMUM} or later (Debian package openjdk-17-jre-headless) or set JAVA_HOME"
    home = os.environ.get("JAVA_HOME")
    path = program(str(Path(home, "bin", "java")) if home else "java", remedy)
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < JAVA_MINIMUM:
        msg = f"the Java at {path} is too old for Kafka: {remedy}"
        raise MissingError(msg)
    return path
