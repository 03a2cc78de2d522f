"""Quality figures of detectors whose quality is known."""

import re

import pytest

from benchmarks.detection import quality
from benchmarks.detection.corpus import Corpus
from benchmarks.detection.labelled import Gold, Labelled
from transforms.text.span import Span


@pytest.fixture(scope="module")
def texts():
    return Corpus("dev", 3).texts(600)


def eleven_digits(_, texts):
    """
    A stand-in that finds plain mobile numbers and nothing else.
    """
    return [
        [Span(*found.span(), "CN_MOBILE", 1.0) for found in re.finditer(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", text)]
        for text in texts
    ]


def oracle(corpus):
    """
    A stand-in that has read the gold.
    """
    known = {labelled.text: [Span(*gold[:3], 1.0) for gold in labelled.spans] for labelled in corpus}
    return lambda _, texts: [known[text] for text in texts]


class TestJudge:
    def test_gives_each_text_its_own_finds(self, texts):
        """
        Texts are judged field by field; nothing is mixed up or lost.
        """
        judged = quality.judge(oracle(texts), texts)

        assert {one.labelled for one in judged} == set(texts)
        assert all([span[:3] for span in one.found] == [gold[:3] for gold in one.labelled.spans] for one in judged)

    def test_tells_the_detector_the_field(self, texts):
        """
        The text's own, or the one that is asked for.
        """
        told = []

        def find(field, texts):
            told.append(field)
            return [[] for _ in texts]

        quality.judge(find, texts)
        assert set(told) == {text.field for text in texts}
        told.clear()
        quality.judge(find, texts, field="contact")
        assert set(told) == {"contact"}


class TestFigures:
    def test_an_oracle_is_perfect(self, texts):
        """
        Everything is hidden, nothing else is found.
        """
        figures = quality.figures(quality.judge(oracle(texts), texts))

        assert {share["share"] for share in figures["recall"].values()} == {1.0}
        assert {result["f1"] for result in figures["exact"].values()} == {1.0}
        assert figures["address_characters"]["share"] == 1.0
        assert figures["relaxed_precision"]["numbers"]["share"] == 1.0
        assert {kind["hits"] for kinds in figures["false_hits"].values() for kind in kinds.values()} == {0}

    def test_who_finds_plain_numbers_finds_only_those(self, texts):
        """
        All plain mobile numbers, no name, no address.
        """
        recall = quality.figures(quality.judge(eleven_digits, texts))["recall"]

        assert recall["CN_MOBILE, plain"]["share"] == 1.0
        assert recall["CN_MOBILE, evasive: Han numerals"]["share"] == 0.0
        assert recall["PERSON, contact and note"]["share"] == 0.0

    def test_the_gate_costs_what_it_keeps_from_being_found(self, texts):
        """
        A detector that looks for names in service texts alone loses all those of danmaku.
        """
        perfect = oracle(texts)

        def find(field, texts):
            kept = perfect(field, texts)
            return [[span for span in spans if field == "contact" or span.entity != "PERSON"] for spans in kept]

        costs = quality.gate(find, texts)

        assert costs["gated"]["names"]["share"] == 0.0
        assert costs["ungated"]["names"]["share"] == 1.0
        assert costs["gated"]["numbers"]["share"] == 1.0

    def test_misses_are_shown_by_their_group(self):
        """
        What stayed in sight and what was found where nothing is, so many of each.
        """
        personal = Labelled("我叫王伟", "contact", (Gold(2, 4, "PERSON"),))
        plain = [Labelled(f"订单{number}", "note") for number in (111, 222, 333)]
        judged = [quality.Judged(personal, []), *(quality.Judged(text, [Span(2, 5, "ORDER", 1.0)]) for text in plain)]

        assert quality.misses(judged, 2) == [
            "PERSON, contact and note: '王伟' in '我叫王伟'",
            "false ORDER, note: '111' in '订单111'",
            "false ORDER, note: '222' in '订单222'",
        ]


class TestTables:
    def test_are_as_wide_as_their_headers(self, texts):
        """
        Two systems side by side, one of them with a gate.
        """
        figures = quality.figures(quality.judge(eleven_digits, texts))
        corpus = {"split": "dev", "seed": 3, "texts": len(texts), "fields": quality.describe(texts)}
        systems = {"a": {**figures, "gate": quality.gate(eleven_digits, texts)}, "b": figures}
        tables = quality.tables({"corpus": corpus, "systems": systems})

        assert len(tables) == 6
        assert all(len(row) == len(table.header) for table in tables for row in table.rows)
