"""Claims about the Presidio recognizer, in an engine that anybody could build."""

import pytest
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from transforms.text.entities import ENTITIES, THRESHOLD
from transforms.text.recognizer import CharacterWindowEnhancer, ChineseRecognizer

TEXT = "我叫王小明，护照E12345678，电话13800138000"


def engine(*recognizers, enhancer=None):
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=list(recognizers), supported_languages=["zh"]),
        nlp_engine=NoOpNlpEngine([{"lang_code": "zh", "model_name": ""}]),
        supported_languages=["zh"],
        context_aware_enhancer=enhancer,
    )


def found(results):
    return {(result.entity_type, result.start, result.end) for result in results}


class TestChineseRecognizer:
    def test_works_in_an_engine_of_others(self):
        """
        With Presidio's own context enhancer, and with context looked at all the same.
        """
        results = engine(ChineseRecognizer(names="dictionary")).analyze(TEXT, "zh")

        assert found(results) == {("PERSON", 2, 5), ("CN_PASSPORT", 8, 17), ("CN_MOBILE", 20, 31)}

    def test_gives_only_the_entities_asked_for(self):
        """
        As every recognizer does.
        """
        results = engine(ChineseRecognizer(names="dictionary")).analyze(TEXT, "zh", entities=["CN_MOBILE"])

        assert found(results) == {("CN_MOBILE", 20, 31)}

    def test_keeps_doubtful_finds_from_any_engine(self):
        """
        By a threshold of its own: an engine's default lets everything pass.
        """
        results = engine(ChineseRecognizer(names="dictionary")).analyze("型号E12345678", "zh")

        assert found(results) == set()

    def test_marks_what_context_raised(self):
        """
        So that no enhancer raises it twice.
        """
        recognizer = ChineseRecognizer(names="dictionary")
        results = recognizer.analyze("护照E12345678", ["CN_PASSPORT"])
        (before,) = [result.score for result in results]
        (raised,) = recognizer.enhance_using_context("护照E12345678", results, [], None)

        assert before < THRESHOLD <= raised.score
        assert raised.recognition_metadata["is_score_enhanced_by_context"] is True

    def test_says_what_it_finds(self):
        """
        The closed list of entities.
        """
        supported = engine(ChineseRecognizer(names="none")).get_supported_entities("zh")

        assert sorted(supported) == sorted(ENTITIES)

    def test_can_be_written_down_and_made_anew(self):
        """
        With the field and the names that it was made for.
        """
        made = ChineseRecognizer.from_dict(ChineseRecognizer("danmaku", "none", "en").to_dict())

        assert (made.field, made.names, made.supported_language) == ("danmaku", "none", "en")
        assert made.analyze("加薇 abc_1234", ["WECHAT"])

    def test_can_stand_under_another_language(self):
        """
        An engine for English texts in which Chinese stands asks for it as English.
        """
        assert ChineseRecognizer(names="none", supported_language="en").supported_language == "en"


class TestCharacterWindowEnhancer:
    @pytest.mark.parametrize(
        ("text", "passes"),
        [
            pytest.param("会员卡号VIP12345请查收", True, id="before"),
            pytest.param("VIP12345是我的会员卡号", True, id="behind"),
            pytest.param("型号VIP12345", False, id="no word"),
        ],
    )
    def test_gives_context_to_recognizers_of_others(self, text, passes):
        """
        Where there are no spaces and no lemmas.
        """
        theirs = PatternRecognizer(
            "MEMBER", patterns=[Pattern("vip", "VIP[0-9]{5}", 0.2)], context=["会员"], supported_language="zh"
        )
        both = engine(ChineseRecognizer(names="none"), theirs, enhancer=CharacterWindowEnhancer())

        results = both.analyze(text, "zh", score_threshold=THRESHOLD)

        assert ("MEMBER" in {result.entity_type for result in results}) is passes

    def test_raises_nothing_twice(self):
        """
        What its own recognizer has raised stays as it is.
        """
        text = "护照E12345678"
        recognizer = ChineseRecognizer(names="none")
        recognizer.context = ["护照"]
        raised = recognizer.enhance_using_context(text, recognizer.analyze(text, ["CN_PASSPORT"]), [], None)
        scores = [result.score - 0.5 for result in raised]
        for result, score in zip(raised, scores, strict=True):
            result.score = score

        again = CharacterWindowEnhancer().enhance_using_context(text, raised, None, [recognizer])

        assert [result.score for result in again] == scores
