"""The tagger with a model: the weights of LAC run by onnxruntime. The only door to onnxruntime and numpy."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import Any, Final

from transforms.text.names.mention import Label, Mention, NamesUnavailable
from transforms.text.names.tokens import Tokenizer, Tokens
from transforms.text.names.viterbi import Viterbi

_LABELS: Final[tuple[Label, ...]] = ("PER", "LOC", "ORG")

_PIECE: Final = 512
"""Tokens that the network reads in one go; a longer text is read piece by piece."""

_BATCH: Final = 2048
"""Tokens of a batch, padding included, whose paths are traced together."""

_AT_ONCE: Final = 640
"""Tokens of a batch that the network reads at once: what it computes of so many stays in a processor's cache."""

_LEAN: Final = 2.0
"""What a person weighs beside all other readings: names are more frequent here, and dearer to miss, than in news."""

_STOPS: Final = frozenset("。！？；!?;\n")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: int
    first: int
    rows: list[int]


class LacTagger:
    """
    Names in running text, by LAC 2.1.2: a bidirectional GRU with a CRF, trained on news and web text.

    Needs no network and writes no file: onnxruntime, which tells its maker what is done with it, is told not to before
    it is loaded. Uses one thread and may be shared between threads; a process that forks makes it after the fork. A
    mention that would begin in one piece of a long text and end in the next is cut in two.

    Does not protect against what onnxruntime told before, where something else in the process loaded it earlier.

    Raises:
        NamesUnavailable: onnxruntime, numpy or the model is not installed.

    Source:
        Z. Jiao, S. Sun, K. Sun: Chinese Lexical Analysis with Deep Bi-GRU-CRF Network (2018), arXiv:1807.01882.
    """

    def __init__(self) -> None:
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # nothing else keeps it from opening a connection and a database
        self._numpy, runtime = _import("numpy"), _import("onnxruntime")
        runtime.disable_telemetry_events()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # an arena never shrinks after the longest text
        options.log_severity_level = 3
        self._session = runtime.InferenceSession(_model(), options, providers=["CPUExecutionProvider"])
        properties = self._session.get_modelmeta().custom_metadata_map
        self._tokenize = Tokenizer(properties)
        self._labels = properties["labels"].split("\n")
        feed = {"tokens": self._numpy.zeros((1, 1), "i4"), "lengths": self._numpy.ones(1, "i4")}
        (transitions,) = self._session.run(["transitions"], feed)
        transitions = transitions.copy()
        transitions[:, self._labels.index("PER-B")] += _LEAN
        self._best_paths = Viterbi(self._numpy, transitions)

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        """
        The persons, places and organisations of each text.

        Args:
            texts: of any length, the empty one included.
        """
        tokens = [self._tokenize(text) for text in texts]
        paths: list[list[int]] = [[0] * len(each.rows) for each in tokens]
        for batch in _batches(texts, tokens):
            for piece, path in zip(batch, self._decode(batch), strict=True):
                paths[piece.text][piece.first : piece.first + len(path)] = path
        return [self._mentions(each, path) for each, path in zip(tokens, paths, strict=True)]

    def _decode(self, batch: Sequence[_Piece]) -> list[list[int]]:
        """
        The best path of each piece of a batch that is ordered from the longest to the shortest.
        """
        numpy = self._numpy
        lengths = numpy.array([len(piece.rows) for piece in batch], "i4")
        tokens = numpy.zeros((len(batch), lengths[0]), "i4")
        for line, piece in zip(tokens, batch, strict=True):
            line[: len(piece.rows)] = piece.rows
        scores = numpy.zeros((lengths[0], len(batch), len(self._labels)), "f4")
        first = 0
        while first < len(batch):
            longest = lengths[first]
            lines = slice(first, first + max(1, _AT_ONCE // int(longest)))
            feed = {"tokens": tokens[lines, :longest].T.copy(), "lengths": lengths[lines]}
            (scores[:longest, lines],) = self._session.run(["emissions"], feed)
            first = lines.stop
        return self._best_paths(scores, lengths)

    def _mentions(self, tokens: Tokens, path: Sequence[int]) -> list[Mention]:
        """
        Words begin at a label that says so; a word is named by the label it ends with.
        """
        mentions = []
        names = [self._labels[label] for label in path]
        first = 0
        for index in range(1, len(names) + 1):
            if index < len(names) and names[index].endswith("-I"):
                continue
            name = names[index - 1][:-2]
            if name in _LABELS:
                mentions.append(Mention(tokens.starts[first], tokens.ends[index - 1], name))
            first = index
        return mentions


def _batches(texts: Sequence[str], tokens: Sequence[Tokens]) -> Iterator[list[_Piece]]:
    """
    The pieces of all texts from the longest to the shortest, as many together as fit.
    """
    pieces = [piece for index, each in enumerate(tokens) for piece in _pieces(index, texts[index], each)]
    pieces.sort(key=lambda piece: -len(piece.rows))
    batch: list[_Piece] = []
    for piece in pieces:
        if batch and len(batch[0].rows) * (len(batch) + 1) > _BATCH:
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch


def _pieces(index: int, text: str, tokens: Tokens) -> Iterator[_Piece]:
    """
    A text's pieces, cut behind the last end of a sentence in the second half of each where there is one.
    """
    rows, first = tokens.rows, 0
    while len(rows) - first > _PIECE:
        end = first + _PIECE
        while end > first + _PIECE // 2 and text[tokens.starts[end - 1]] not in _STOPS:
            end -= 1
        if end == first + _PIECE // 2:
            end = first + _PIECE
        yield _Piece(index, first, rows[first:end])
        first = end
    if first < len(rows):
        yield _Piece(index, first, rows[first:])


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        msg = f'names need {name}, which is not installed; install it with pip install "qingliu[ner]"'
        raise NamesUnavailable(msg) from error


def _model() -> bytes:
    try:
        return files("transforms.text.names").joinpath("lac.onnx").read_bytes()
    except OSError as error:
        msg = 'names need the model lac.onnx, which is not there; install it again with pip install "qingliu[ner]"'
        raise NamesUnavailable(msg) from error
