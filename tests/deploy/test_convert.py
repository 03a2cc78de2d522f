"""The converter: the ONNX model computes what Paddle's network computes, from any sdist of its form."""

import importlib.util
import io
import sys
import tarfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

PROGRAM = Path(__file__).parents[2] / "deploy" / "ner" / "convert.py"
HIDDEN, WIDTH, LABELS = 3, 4, 5


@pytest.fixture(scope="module")
def convert():
    spec = importlib.util.spec_from_file_location("convert", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    sys.modules["convert"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def tensor(array):
    """
    As Paddle writes one: versions, the length of a description, the description, floats.
    """
    description = bytes([0x08, 5]) + b"".join(bytes([0x10, size]) for size in array.shape)
    return bytes(16) + len(description).to_bytes(4, "little") + description + array.astype("<f4").tobytes()


def sdist(root, *, kind=5):
    chance = np.random.default_rng(7)

    def random(*shape):
        return tensor(chance.normal(size=shape))

    contents = {
        "conf/word.dic": "0\t你\n1\t好\n2\t你好\n3\t不可及的词\n4\tab\n5\tOOV\n".encode(),
        "conf/q2b.dic": "妳\t你\nB\tb\n".encode(),
        "conf/small_seg.dic": "你好 5\n好你 2\n".encode(),
        "conf/tag.dic": b"0\ta-B\n1\ta-I\n2\tx-B\n3\tx-I\n2\tPER-B\n3\tPER-I\n4\tO\n",
        "model/word_emb": random(6, WIDTH),
        "model/fc_4.w_0": random(2 * HIDDEN, LABELS),
        "model/fc_4.b_0": random(LABELS),
        "model/crfw": random(LABELS + 2, LABELS),
    }
    for index in range(4):
        contents[f"model/fc_{index}.w_0"] = random(WIDTH if index < 2 else 2 * HIDDEN, 3 * HIDDEN)
        contents[f"model/fc_{index}.b_0"] = random(3 * HIDDEN)
        contents[f"model/gru_{index}.w_0"] = random(HIDDEN, 3 * HIDDEN)
        contents[f"model/gru_{index}.b_0"] = random(1, 3 * HIDDEN)
    if kind != 5:
        contents["model/crfw"] = contents["model/crfw"].replace(b"\x08\x05", bytes([8, kind]), 1)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(f"{root}/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def archive(convert):
    return convert.Archive(sdist(convert.ROOT))


class TestVocabulary:
    def test_leaves_out_what_no_text_reaches(self, convert, archive):
        """
        A word that is never cut out has no row.
        """
        words = convert.vocabulary(archive)

        assert list(words.words) == ["你好", "ab"]
        assert list(words.rows) == [5, 0, 1, 2, 4]
        assert list(words.characters) == ["", "你妳", "好"]
        assert list(words.breaks) == ["好你"]
        assert words.variants == "妳你"
        assert list(words.labels) == ["a-B", "a-I", "PER-B", "PER-I", "O"]


class TestModel:
    def test_computes_what_the_network_computes(self, convert, archive):
        """
        Emissions within what int8 rows of the embedding allow.
        """
        import onnxruntime  # noqa: PLC0415

        words = convert.vocabulary(archive)
        net = convert.weights(archive, words.rows)
        session = onnxruntime.InferenceSession(convert.model(words, net).SerializeToString())
        tokens = np.array([0, 3, 1, 4, 2, 2, 1], np.int32)
        padded = np.stack([tokens, np.array([3, 4, 0, 0, 0, 0, 0], np.int32)], axis=1)

        feed = {"tokens": padded, "lengths": np.array([7, 2], np.int32)}
        (scores,) = session.run(["emissions"], feed)

        assert np.abs(scores[:, 0] - convert.emissions(net, tokens)).max() < 0.05
        assert np.abs(scores[:2, 1] - convert.emissions(net, tokens[[1, 3]])).max() < 0.05

    def test_is_the_same_every_time(self, convert, archive):
        """
        Byte by byte.
        """
        words = convert.vocabulary(archive)
        net = convert.weights(archive, words.rows)
        once, twice = (convert.model(words, net).SerializeToString(deterministic=True) for _ in range(2))

        assert once == twice

    def test_is_not_made_of_another_form_of_weights(self, convert):
        """
        A tensor that is not of float32 is refused by its name.
        """
        other = convert.Archive(sdist(convert.ROOT, kind=6))

        with pytest.raises(ValueError, match="crfw is not a float32 tensor"):
            convert.weights(other, [0])


class TestPath:
    def test_is_the_best_of_all(self, convert):
        """
        Viterbi against every path.
        """
        chance = np.random.default_rng(3)
        scores, transitions = chance.normal(size=(4, 3)), chance.normal(size=(5, 3))

        def total(path):
            steps = sum(scores[at, label] for at, label in enumerate(path))
            moves = sum(transitions[2 + a, b] for a, b in pairwise(path))
            return steps + moves + transitions[0, path[0]] + transitions[1, path[-1]]

        paths = [tuple(map(int, np.unravel_index(index, (3,) * 4))) for index in range(81)]

        assert tuple(convert.best(scores, transitions)) == max(paths, key=total)
