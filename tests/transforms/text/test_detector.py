"""Claims about the detector as a whole."""

import subprocess
import sys
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.detector import Detector
from transforms.text.entities import ALL, ENTITIES
from transforms.text.fields import FIELDS

CONTACT = Detector("contact", "dictionary")
DANMAKU = Detector("danmaku", "dictionary")
MODEL = Detector("contact", "model")

PIECES = st.one_of(
    st.text(max_size=20),
    st.text("0123456789 一二三零幺-.@:/x", max_size=30),
    st.sampled_from([entity.example for entity in ALL]),
    st.sampled_from(["\ud800", "\u202e", "\u200d", "\ufe0f", "\x00", "%E7%8E", "https://a.cn/?q=", "路", "号"]),
)
STRINGS = st.lists(PIECES, max_size=8).map("".join)

AWKWARD = {
    "digits": "1380013800" * 1_000,
    "han digits": "一三八零" * 2_500,
    "letters": "a" * 10_000,
    "separators": "-. :/" * 2_000,
    "percent": "%25" * 3_300,
    "queries": "?a=1&" * 2_000,
    "at signs": "a@" * 5_000,
    "surnames": "王李张刘" * 2_500,
    "units": "路1号2栋3单元" * 1_200,
    "provinces": "浙江省杭州市西湖区" * 1_100,
    "numbers": "13800138000，" * 900,
    "labels": "姓名：" * 3_300,
    "bidi": "\u202e1\u202c" * 3_300,
    "surrogates": "\ud83d" * 10_000,
    "hex": "0f:" * 3_300,
    "brackets": "(" * 10_000,
}


class TestDetect:
    @pytest.mark.parametrize("entity", ALL, ids=lambda entity: entity.name)
    @pytest.mark.parametrize("field", FIELDS)
    def test_finds_the_example_of_each_entity(self, entity, field):
        """
        Through every field's gate.
        """
        spans = Detector(field, "dictionary").detect(entity.example)

        assert entity.name in {span.entity for span in spans}

    @given(STRINGS)
    def test_gives_disjoint_spans_within_any_string(self, text):
        """
        And raises nothing.
        """
        spans = CONTACT.detect(text)

        assert all(0 <= span.start < span.end <= len(text) and span.entity in ENTITIES for span in spans)
        assert all(left.end <= right.start for left, right in pairwise(spans))

    @given(STRINGS)
    def test_gate_lets_no_number_go(self, text):
        """
        What the patterns find without the gate they find behind it.
        """
        numbers = set(ENTITIES) - {"PERSON", "CN_ADDRESS"}
        wholly = {span for span in Detector("note", "none").detect(text) if span.entity in numbers}
        gated = {span for span in Detector("review", "none").detect(text) if span.entity in numbers}

        def covered(spans):
            return {offset for span in spans for offset in range(span.start, span.end)}

        assert covered(wholly) - covered(gated) == set()

    def test_looks_for_names_where_a_number_was_found(self):
        """
        In a gated text as well: beside a number stands a name more often than elsewhere.
        """
        found = {span.entity for span in Detector("review", "model").detect("质量不错 王小明 13800138000")}

        assert found == {"PERSON", "CN_MOBILE"}
        assert Detector("review", "model").detect("质量不错 王小明") == ()

    def test_gives_the_same_together_as_one_by_one(self):
        """
        A batch is padded and sorted; no text learns of the others.
        """
        texts = [entity.example for entity in ALL] + ["", "好" * 300, "收件人王小明 " * 40]

        assert MODEL.detect_many(texts) == [MODEL.detect(text) for text in texts]

    def test_finds_a_number_wherever_it_stands_in_a_long_text(self):
        """
        Also across the edge of a window.
        """
        for before in range(960, 1_100, 3):
            (span,) = DANMAKU.detect("好" * before + "电话13800138000" + "好" * 700)
            assert (span.start, span.end, span.entity) == (before + 2, before + 13, "CN_MOBILE")


class TestAwkwardText:
    @pytest.mark.parametrize(
        ("detector", "text"),
        [
            *(pytest.param(CONTACT, text, id=name) for name, text in AWKWARD.items()),
            *(pytest.param(MODEL, AWKWARD[name], id=f"{name}, model") for name in ("letters", "surnames", "provinces")),
        ],
    )
    def test_takes_time_in_proportion_to_its_length(self, detector, text):
        """
        Twice the text takes at most three times the time, of what is long enough to be measured.
        """

        def seconds(text):
            return min(_timed(detector, text) for _ in range(2))

        text = text[:5_000]
        detector.detect(text)
        once, twice = seconds(text), seconds(text * 2)

        assert twice < 3 * once + 0.05

    @pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
    def test_is_taken_whatever_it_holds(self, text):
        """
        Nothing is raised, and what is replaced leaves a text.
        """
        assert isinstance(DANMAKU.redact(text * 3), str)

    @pytest.mark.parametrize("name", ["letters", "separators", "numbers", "surrogates"])
    def test_may_be_a_mebibyte(self, name):
        """
        As large as a record can be.
        """
        long = AWKWARD[name] * (1 + (1 << 20) // len(AWKWARD[name]))

        assert isinstance(DANMAKU.redact(long[: 1 << 20]), str)


def _timed(detector, text):
    start = process_time()
    detector.detect(text)
    return process_time() - start


class TestNetwork:
    @pytest.mark.parametrize("names", ["model", "dictionary"])
    def test_is_never_asked_for(self, names):
        """
        Neither to load nor to search: a process without sockets finds the same.
        """
        code = f"""
import socket
def refused(*arguments, **named):
    raise AssertionError("the network was asked for")
socket.socket = type("Refused", (socket.socket,), {{"__init__": refused}})
socket.create_connection = socket.getaddrinfo = refused
from transforms.text.detector import Detector
detector = Detector("contact", {names!r})
print(detector.redact("我叫王小明，电话13800138000，邮箱zhang@qq.com谢谢，住在浙江省杭州市西湖区文三路90号3幢501室"))
"""
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert ran.stdout == "我叫<PERSON>，电话<CN_MOBILE>，邮箱<EMAIL>谢谢，住在<CN_ADDRESS>\n"
