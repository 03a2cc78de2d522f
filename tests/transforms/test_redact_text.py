"""Claims about RedactText."""

import pytest

from transforms import Pseudonymize, RedactText, Refused
from transforms.examples import EXAMPLE_KEYS, ExampleKeyring
from transforms.memo import forget_everything
from transforms.text.search import Search

TOKENS = RedactText("contact", "pseudonymize", "analytics.text", names="dictionary")


def apply(transform, text, keys=EXAMPLE_KEYS):
    return transform.bind(keys)(text)


class TestRedactText:
    @pytest.mark.parametrize(
        ("how", "text"),
        [
            pytest.param("redact", "我叫<PERSON>，电话<CN_MOBILE>", id="redact"),
            pytest.param("mask", "我叫***，电话***********", id="mask"),
        ],
    )
    def test_replaces_what_is_personal(self, how, text):
        """
        And keeps the rest.
        """
        assert apply(RedactText("contact", how, names="dictionary"), "我叫王小明，电话13800138000") == text

    @pytest.mark.parametrize("field", ["danmaku", "contact", "note", "search", "url", "log", "review", "signature"])
    def test_leaves_a_text_without_anything_personal_as_it_is(self, field):
        """
        In every field.
        """
        text = "这件199元包邮，主播好美，拍2件送1件🎁"

        assert apply(RedactText(field, names="dictionary"), text) == text

    @pytest.mark.parametrize("value", [pytest.param(13800138000, id="number"), pytest.param(None, id="null")])
    def test_refuses_what_is_no_text(self, value):
        """
        Without showing it.
        """
        with pytest.raises(Refused, match="expected string") as refusal:
            apply(RedactText("log", names="none"), value)

        assert "138" not in str(refusal.value)

    @pytest.mark.parametrize(
        "error", [pytest.param(RuntimeError, id="error"), pytest.param(BaseException, id="panic in Rust")]
    )
    def test_refuses_a_text_that_its_search_stumbles_over(self, error, monkeypatch):
        """
        What was not searched does not pass, and neither the text nor the error is shown.
        """
        keys = ExampleKeyring()
        redact = RedactText("log", names="none").bind(keys)

        def stumble(_self, _texts):
            message = "13800138000"
            raise error(message)

        monkeypatch.setattr("transforms.text.search.Search.find", stumble)

        with pytest.raises(Refused, match="could not be searched") as refusal:
            redact("电话13800138000")
        assert "138" not in str(refusal.value)
        assert refusal.value.__cause__ is None

    def test_remembers_short_texts_and_answers_the_same(self):
        """
        The second time as the first.
        """
        redact = RedactText("danmaku", names="dictionary").bind(ExampleKeyring())

        assert redact("加我微信abc12345") == redact("加我微信abc12345") == "加我微信<WECHAT>"


class TestAhead:
    TEXTS = ("我叫王小明，电话13800138000", "加我微信abc12345", "这件199元包邮，主播好美，拍2件送1件，" * 3)

    def test_gives_what_one_by_one_gives(self):
        """
        Whatever was searched ahead, and however often a text comes.
        """
        redact, alone = (RedactText("contact", names="dictionary").bind(ExampleKeyring()) for _ in range(2))
        expected = [alone(text) for text in self.TEXTS]

        redact.prepare(self.TEXTS[:2] * 2)

        assert [redact(text) for text in self.TEXTS] == expected
        assert [redact(text) for text in self.TEXTS] == expected

    def test_searches_no_text_a_second_time(self, monkeypatch):
        """
        In its turn it is there.
        """
        redact = RedactText("contact", names="none").bind(ExampleKeyring())
        redact.prepare(self.TEXTS)
        monkeypatch.setattr("transforms.text.search.Search.find", lambda _self, _texts: pytest.fail("searched again"))

        assert [redact(text) for text in self.TEXTS[:2]] == ["我叫<PERSON>，电话<CN_MOBILE>", "加我微信<WECHAT>"]

    def test_a_text_that_its_search_stumbles_over_is_refused_alone(self, monkeypatch):
        """
        The others that were searched with it pass.
        """
        redact = RedactText("contact", names="none").bind(ExampleKeyring())
        find = Search.find

        def stumble(search, texts):
            if self.TEXTS[1] in texts:
                raise RuntimeError
            return find(search, texts)

        monkeypatch.setattr(Search, "find", stumble)
        redact.prepare(self.TEXTS)

        assert redact(self.TEXTS[0]) == "我叫<PERSON>，电话<CN_MOBILE>"
        with pytest.raises(Refused, match="could not be searched"):
            redact(self.TEXTS[1])

    def test_forgets_what_was_not_asked_for(self):
        """
        With the next texts, and when somebody was erased.
        """
        redact = RedactText("contact", names="none").bind(ExampleKeyring())

        redact.prepare(self.TEXTS)
        forget_everything()

        assert not redact._ahead
        redact.prepare(self.TEXTS[:1])
        redact.prepare(self.TEXTS[1:])
        assert self.TEXTS[0] not in redact._ahead


class TestTokens:
    def test_are_equal_for_one_number_in_two_texts(self):
        """
        However each is written.
        """
        plain = apply(TOKENS, "打13800138000")
        token = plain.removeprefix("打")

        assert token.startswith("<CN_MOBILE:1.")
        for text in (
            "电话 138-0013-8000 谢谢",
            "手机一三八零零一三八零零零",
            "电话１３８００１３８０００",
            "手机+86 138 0013 8000",
        ):
            assert token in apply(TOKENS, text)

    def test_of_a_number_join_with_the_field_of_its_kind(self):
        """
        When both have the same domain, and only then.
        """
        same = Pseudonymize("analytics.text").bind(EXAMPLE_KEYS, "phone")("13800138000")
        other = Pseudonymize("analytics.phone").bind(EXAMPLE_KEYS, "phone")("13800138000")
        text = apply(TOKENS, "电话13800138000")

        assert f"<CN_MOBILE:{same}>" in text
        assert other not in text

    @pytest.mark.parametrize(
        ("kind", "value", "text"),
        [
            pytest.param("email", "Zhang@qq.com", "邮箱zhang@QQ.com", id="mail"),
            pytest.param("national_id", "11010519491231002X", "身份证110105 19491231 002x", id="identity number"),
            pytest.param("bank_card", "6222021234567890128", "卡号6222 0212 3456 7890 128", id="card"),
            pytest.param("mac", "A4:5E:60:C1:02:9F", "网卡a4-5e-60-c1-02-9f", id="network card"),
            pytest.param("hardware_id", "490154203237518", "IMEI 490154203237518", id="IMEI"),
            pytest.param(
                "device_id",
                "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
                "oaid=6f9619ff-8b86-d011-b42d-00cf4fc964ff",
                id="OAID",
            ),
        ],
    )
    def test_join_with_the_fields_of_every_kind_that_has_a_written_form(self, kind, value, text):
        """
        However the field and the text write it.
        """
        token = Pseudonymize("analytics.text").bind(EXAMPLE_KEYS, kind)(value)

        assert f":{token}>" in apply(TOKENS, text)

    def test_of_names_are_equal_whatever_stands_between_the_characters(self):
        """
        Blanks and invisible characters are no part of a name.
        """
        assert apply(TOKENS, "姓名：王小明") == apply(TOKENS, "姓名：王小\u200b明")

    def test_differ_by_key(self):
        """
        Another deployment's tokens are others.
        """
        other = ExampleKeyring(bytes(range(32, 64)))

        assert apply(TOKENS, "电话13800138000") != apply(TOKENS, "电话13800138000", other)

    def test_of_a_mistyped_number_are_tokens_all_the_same(self):
        """
        It has no written form of its kind, and is personal.
        """
        assert "<CN_ID_CARD:1." in apply(TOKENS, "身份证号11010519491231002")
        assert apply(TOKENS, "座机400-820-8820") == apply(TOKENS, "座机4008208820")


class TestDeclaration:
    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param(("chat",), "field 'chat' is unknown", id="field"),
            pytest.param(("log", "hash"), "how 'hash' is unknown", id="how"),
            pytest.param(("log", "redact", "", "best"), "names 'best' is unknown", id="names"),
            pytest.param(("log", "pseudonymize"), "domain goes with", id="no domain"),
            pytest.param(("log", "redact", "a.b"), "domain goes with", id="domain without tokens"),
            pytest.param(("log", "pseudonymize", "A B"), "lower-case words", id="no such domain"),
        ],
    )
    def test_is_checked_when_it_is_made(self, arguments, sentence):
        """
        In one sentence.
        """
        with pytest.raises(ValueError, match=sentence):
            RedactText(*arguments)
