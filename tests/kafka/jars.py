"""The jars of Apache Kafka: those of `KAFKA_HOME`, or those that Maven resolves from the `pom.xml` beside this file."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.kafka.programs import MissingError, program

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[2] / "target" / "kafka"


def classpath() -> str:
    """
    The class path of a Kafka broker and its tools.

    The first call on a checkout downloads about 60 MB; later ones look at a folder's name, which is the hash of the
    `pom.xml`, so a changed version is resolved anew.

    Raises:
        MissingError: `KAFKA_HOME` holds no jars, or Maven is not there or cannot resolve them.
    """
    home = os.environ.get("KAFKA_HOME")
    folder = _installed(Path(home)) if home else _resolved()
    return str(folder / "*")


def _installed(home: Path) -> Path:
    if not any((home / "libs").glob("kafka_*.jar")):
        msg = f"KAFKA_HOME={home} holds no libs/kafka_*.jar: point it to an unpacked Kafka release or unset it"
        raise MissingError(msg)
    return home / "libs"


def _resolved() -> Path:
    folder = CACHE / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=CACHE))
        try:
            _copy_dependencies(draft)
            _publish(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


def _copy_dependencies(folder: Path) -> None:
    mvn = program("mvn", "install Maven (Debian package maven), or set KAFKA_HOME to an unpacked Kafka release")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    run = subprocess.run([mvn, "-B", "-q", "-f", str(POM), *goal], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        said = next((line for line in run.stdout.splitlines() if "ERROR" in line), run.stderr.strip())
        msg = f"Maven could not resolve Kafka's jars: check the network or set KAFKA_HOME; it said: {said}"
        raise MissingError(msg)


def _publish(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():  # another process was faster, and its jars are as good
            raise
