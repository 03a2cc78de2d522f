"""The tagger of the small install: names by words."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.names.dictionary import DictionaryTagger
from transforms.text.names.mention import NamesUnavailable

TAGGER = DictionaryTagger()


def named(text):
    return [(text[start:end], label) for start, end, label in TAGGER.tag([text])[0]]


class TestMentions:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            pytest.param("我叫李雷，她叫韩梅梅", [("李雷", "PER"), ("韩梅梅", "PER")], id="words"),
            pytest.param("老公周志强的卡", [("周志强", "PER")], id="surname and given name apart"),
            pytest.param("王小明住杭州市", [("王小明", "PER"), ("杭州市", "LOC")], id="place"),
            pytest.param("麻辣小龙虾，支付宝，幼儿园", [], id="words that are taken for names"),
            pytest.param("黄金项链周五发货，方便面马上到", [], id="words that begin with a surname"),
            pytest.param("", [], id="nothing"),
        ],
    )
    def test_begin_with_a_surname(self, text, names):
        """
        And read on as a given name.
        """
        assert named(text) == names

    @given(st.text(alphabet="王小明李周志强杭州市 的，\ud800\x00") | st.text())
    def test_lie_within_any_text(self, text):
        """
        In order and disjoint.
        """
        edges = [edge for start, end, _ in TAGGER.tag([text])[0] for edge in (start, end)]

        assert edges == sorted(edges)
        assert all(0 <= edge <= len(text) for edge in edges)


class TestUnavailable:
    def test_says_what_to_install(self, monkeypatch):
        """
        One sentence.
        """
        monkeypatch.setitem(sys.modules, "rjieba", None)

        with pytest.raises(
            NamesUnavailable, match="^names need rjieba, .*; install qingliu again, or rjieba by itself$"
        ):
            DictionaryTagger()
