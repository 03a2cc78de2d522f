"""Claims about what stands in place of a find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_anonymizer import AnonymizerEngine, OperatorConfig
from presidio_anonymizer.entities import RecognizerResult

from transforms.text.anonymizer import TokenOperator, anonymize, masking, pseudonymizing, redacting
from transforms.text.span import Span

TEXT = "我叫王小明，电话13800138000谢谢"
SPANS = (Span(2, 5, "PERSON", 1.0), Span(8, 19, "CN_MOBILE", 1.0))


class TestAnonymize:
    @pytest.mark.parametrize(
        ("operators", "text"),
        [
            pytest.param(redacting(), "我叫<PERSON>，电话<CN_MOBILE>谢谢", id="redact"),
            pytest.param(masking(), "我叫***，电话***********谢谢", id="mask"),
            pytest.param(
                pseudonymizing(lambda entity, found: f"[{entity} {len(found)}]"),
                "我叫[PERSON 3]，电话[CN_MOBILE 11]谢谢",
                id="pseudonymize",
            ),
            pytest.param(
                {**redacting(), "PERSON": OperatorConfig("replace", {"new_value": "某人"})},
                "我叫某人，电话<CN_MOBILE>谢谢",
                id="one entity otherwise",
            ),
        ],
    )
    def test_replaces_each_find_by_its_operator(self, operators, text):
        """
        And leaves the rest as it is.
        """
        assert anonymize(TEXT, SPANS, operators) == text

    @given(st.lists(st.tuples(st.text(max_size=9), st.text("0123456789", min_size=1, max_size=9)), max_size=150))
    def test_keeps_every_character_that_was_not_found(self, pieces):
        """
        However many finds there are, and wherever a batch of them ends.
        """
        text, spans = "", []
        for kept, found in pieces:
            start = len(text) + len(kept)
            spans.append(Span(start, start + len(found), "ORDER", 1.0))
            text += kept + found

        assert anonymize(text, spans, redacting()) == "".join(f"{kept}<ORDER>" for kept, _ in pieces)

    @pytest.mark.parametrize(
        ("operators", "sentence"),
        [
            pytest.param(redacting() | {"PHONE": OperatorConfig("keep")}, "PHONE", id="unknown"),
            pytest.param({"PERSON": OperatorConfig("replace")}, "lack DEFAULT", id="incomplete"),
        ],
    )
    def test_refuses_operators_that_do_not_fit(self, operators, sentence):
        """
        A misspelt entity would be replaced by the default, or not at all.
        """
        with pytest.raises(ValueError, match=sentence):
            anonymize(TEXT, SPANS, operators)


class TestTokenOperator:
    def test_serves_an_engine_of_others(self):
        """
        As any operator that is added to Presidio's engine.
        """
        engine = AnonymizerEngine()
        engine.add_anonymizer(TokenOperator)
        config = OperatorConfig("token", {"token": lambda entity, found: f"{entity}/{len(found)}"})

        result = engine.anonymize("call 555 now", [RecognizerResult("PHONE", 5, 8, 1.0)], {"PHONE": config})

        assert result.text == "call PHONE/3 now"

    def test_without_its_function_is_refused(self):
        """
        In one sentence.
        """
        with pytest.raises(ValueError, match="needs the parameter 'token'"):
            anonymize(TEXT, SPANS, {"DEFAULT": OperatorConfig("token")})
