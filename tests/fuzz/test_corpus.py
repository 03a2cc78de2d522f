"""The corpus: what was found once stays fixed, and what a fuzzer begins with is taken."""

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, TOPICS
from tests.pipeline.events import EVENTS, encode

CORPUS = Path(__file__).parent / "corpus"
FILES = [pytest.param(file, id=f"{file.parent.name} {file.name}") for file in sorted(CORPUS.glob("*/*"))]


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_taken(file):
    """
    By the target that its folder is called after.
    """
    TARGETS[file.parent.name](file.read_bytes())


def test_there_is_a_folder_for_every_target():
    """
    And it stays small.
    """
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)
    assert sum(file.stat().st_size for file in CORPUS.glob("*/*")) < 200_000


class TestTargets:
    @pytest.mark.parametrize(
        ("target", "data", "place", "fault"),
        [
            pytest.param("codec", b'{"a": 1}', "tests.fuzz.targets.parse", lambda _: {"a": 2}, id="codec"),
            pytest.param(
                "engine",
                b"\0\0" + encode(EVENTS[TOPICS[0]]),
                "tests.fuzz.targets.output",
                lambda *_: None,
                id="engine",
            ),
            pytest.param(
                "text",
                b"\0" + "电话13800138000".encode(),
                "transforms.text.detector.Detector.redact",
                lambda *_: None,
                id="text",
            ),
        ],
    )
    def test_see_a_fault(self, monkeypatch, target, data, place, fault):
        """
        One that was put there: a target that cannot fail would find nothing.
        """
        TARGETS[target](data)
        monkeypatch.setattr(place, fault)

        with pytest.raises(AssertionError):
            TARGETS[target](data)
