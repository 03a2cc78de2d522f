"""The tagger with a model: persons, places and organisations in running text."""

import hashlib
import os
import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text.names import lac
from transforms.text.names.lac import LacTagger
from transforms.text.names.mention import NamesUnavailable

SHA256 = "d59b629984a37143cd2dde84e314ea2d7a7ff4004fac9930edef2cbef44b47b0"
"""Of the model that `deploy/ner/convert.py` writes."""

TEXTS = [
    "收件人王小明，电话13800138000，杭州市西湖区文三路90号",
    "",
    "我叫李雷，她叫韩梅梅",
    "江南皮革厂的方便面很好吃",
    "好",
]


@pytest.fixture(scope="module")
def tagger():
    return LacTagger()


def named(tagger, text):
    return [(text[start:end], label) for start, end, label in tagger.tag([text])[0]]


class TestModel:
    def test_is_what_the_converter_writes(self):
        """
        The committed file and the program that makes it belong together.
        """
        model = files("transforms.text.names").joinpath("lac.onnx").read_bytes()

        assert hashlib.sha256(model).hexdigest() == SHA256
        assert len(model) < 12 * 2**20


class TestRuntime:
    def test_leaves_nothing_behind(self, tmp_path):
        """
        Neither a database of what it did nor an id of the machine, which onnxruntime would send to its maker.
        """
        program = "from transforms.text.names.lac import LacTagger; LacTagger().tag(['王小明'])"
        environment = os.environ | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": os.getcwd()}  # noqa: PTH109 — of a program
        environment.pop("ORT_DISABLE_TELEMETRY", None)
        subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path, env=environment)

        assert list(tmp_path.iterdir()) == []


class TestMentions:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("我叫李雷，她叫韩梅梅", [("李雷", "PER"), ("韩梅梅", "PER")]),
            ("陳偉明住台北市信義區", [("陳偉明", "PER"), ("台北市", "LOC"), ("信義區", "LOC")]),
            ("王\u200b小明在江南皮革厂", [("王\u200b小明", "PER"), ("江南皮革厂", "ORG")]),
            ("老师好，濮阳南星今天请假", [("濮阳南星", "PER")]),
            ("黄金项链周五发货，方便面马上到", []),
            ("", []),
        ],
    )
    def test_are_persons_places_and_organisations(self, tagger, text, names):
        """
        In both scripts, through characters that nobody sees, and where a reader of news would see something else.
        """
        assert named(tagger, text) == names

    def test_do_not_depend_on_what_is_tagged_beside_them(self, tagger):
        """
        Batches give what their texts give one by one, in their order, also of more than is read at once.
        """
        batch = TEXTS * 60

        assert tagger.tag(batch) == [tagger.tag([text])[0] for text in batch]
        assert tagger.tag([]) == []

    def test_of_long_texts_stand_where_they_are(self, tagger):
        """
        A text of many pieces gives the mentions of its sentences.
        """
        sentence = "我叫李雷，住在杭州市。"
        mentions = tagger.tag([sentence * 300, "她叫韩梅梅"])[0]

        assert len(mentions) == 600
        assert all(mention.start == index * len(sentence) + 2 for index, mention in enumerate(mentions[::2]))

    @given(st.lists(st.text(max_size=40), max_size=4))
    @settings(deadline=None)
    def test_lie_within_any_text(self, tagger, texts):
        """
        In order, disjoint, lone surrogates and controls notwithstanding.
        """
        for text, mentions in zip(texts, tagger.tag(texts), strict=True):
            edges = [edge for mention in mentions for edge in (mention.start, mention.end)]
            assert edges == sorted(edges)
            assert all(0 <= start < end <= len(text) for start, end, _ in mentions)


class TestUnavailable:
    @pytest.mark.parametrize("missing", ["numpy", "onnxruntime"])
    def test_says_what_to_install(self, monkeypatch, missing):
        """
        One sentence, for each library that can be missing.
        """
        monkeypatch.setitem(sys.modules, missing, None)

        with pytest.raises(NamesUnavailable, match=rf'^names need {missing}, .* pip install "qingliu\[ner\]"$'):
            LacTagger()

    def test_says_that_the_model_is_missing(self, monkeypatch, tmp_path):
        """
        A package without its data.
        """
        monkeypatch.setattr(lac, "files", lambda _: tmp_path)

        with pytest.raises(NamesUnavailable, match=r'^names need the model lac.onnx, .* pip install "qingliu\[ner\]"$'):
            LacTagger()
