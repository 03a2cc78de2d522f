"""Values in URLs, query strings and log lines."""

import re
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text import urls
from transforms.text.entities import DOUBTFUL, SURE
from transforms.text.span import Span

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
UNITS = ["a", "%41", "a=", "&a=1", "//a/", "a/%41/", "="]
NAME = "王小明"
PHONE = "13800138000"


def detect(text):
    """
    Two finds that are sure, and one that is doubtful.
    """
    for match in re.finditer(f"{NAME}|{PHONE}|可疑", text):
        yield Span(match.start(), match.end(), "PERSON", DOUBTFUL if match[0] == "可疑" else SURE)


def find(text):
    return urls.find(text, detect)


def found(text):
    return [text[span.start : span.end] for span in find(text)]


class TestNames:
    @pytest.mark.parametrize(
        ("text", "values"),
        [
            pytest.param("https://a.cn/x?uid=88123&page=2", ["88123"], id="URL"),
            pytest.param("t=1&user_id=88123&v=2", ["88123"], id="bare query"),
            pytest.param("level=info uid=1,status=200,cost=3ms", ["1"], id="log line"),
            pytest.param("?buyer_phone=138&userName=x&user[email]=y", ["138", "x", "y"], id="compound names"),
            pytest.param("//a.cn/?%75id=88", ["88"], id="encoded name"),
            pytest.param("看https://a.cn/?token=ab.c。谢谢", ["ab.c"], id="end of a sentence"),
            pytest.param("uid=88谢谢", ["88"], id="Han letters behind an id"),
            pytest.param("name=小明，你好", ["小明"], id="a name in Han letters"),
            pytest.param("a.cn/#/me?lat=31.2&lng=121.4", ["31.2", "121.4"], id="fragment"),
            pytest.param("ａ＝1&uid＝88％20", ["88％20"], id="full-width marks"),
            pytest.param("https://zhang:pw@a.cn/", ["zhang:pw"], id="user and password"),
            pytest.param("GET /user/88123/info HTTP/1.1", ["88123"], id="path"),
            pytest.param("//a.cn/track/773112345678961", ["773112345678961"], id="parcel in a path"),
            pytest.param("//a.cn/r?refund_id=RF20260418&nu=7731", ["RF20260418", "7731"], id="refund and parcel"),
            pytest.param("//a.cn/order/detail?id=9918273645501", ["9918273645501"], id="id of the path's subject"),
        ],
    )
    def test_of_persons_hide_their_values(self, text, values):
        """
        Whether or not anything is detected in them.
        """
        assert found(text) == values

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("https://a.cn/item?id=1&page=2&file_name=abc", id="nothing personal"),
            pytest.param("uid=&phone=null&token=undefined&name=***", id="nothing said"),
            pytest.param("1+1=2，a=b", id="formula"),
            pytest.param("/users/login /v2/user/me", id="words in a path"),
            pytest.param("https://a.cn/a%20b/?q=%E5%8F%AF%E7%96%91", id="a doubtful find"),
            pytest.param("100%了 50%off", id="per cent"),
        ],
    )
    def test_of_other_things_hide_nothing(self, text):
        """
        Pages, files, empty values.
        """
        assert found(text) == []


class TestEncodings:
    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(quote(NAME), id="UTF-8"),
            pytest.param(quote(NAME).lower(), id="UTF-8 in small letters"),
            pytest.param(quote(NAME.encode("gb18030")), id="GB 18030"),
            pytest.param(quote(quote(NAME)), id="twice"),
            pytest.param(quote(quote(quote(NAME))), id="three times"),
            pytest.param("%u738b%u5c0f%u660e", id="escape of JavaScript"),
            pytest.param(quote_plus(f"我 是{NAME}"), id="plus for a space"),
            pytest.param(f"1380013{quote('8')}%30%30%30", id="digits"),
            pytest.param(b64encode(f"手机{PHONE}".encode()).decode(), id="base64"),
            pytest.param(b64encode(f"手机{PHONE}".encode()).decode().rstrip("="), id="base64 without its end"),
            pytest.param(urlsafe_b64encode(f"???>>>{NAME}".encode()).decode(), id="base64 for URLs"),
            pytest.param(quote(b64encode(f"手机:{PHONE}".encode()).decode(), safe=""), id="base64, encoded"),
            pytest.param(PHONE.encode().hex(), id="hex"),
            pytest.param(quote(f"https://b.cn/?x={quote(NAME)}", safe=""), id="link in a link"),
            pytest.param(quote("https://b.cn/?uid=1", safe=""), id="personal name in a link in a link"),
            pytest.param(quote(f'{{"x":"{NAME}"}}', safe=""), id="JSON"),
            pytest.param(NAME, id="none, of a name"),
        ],
    )
    def test_are_decoded(self, value):
        """
        The whole value is hidden, and nothing beside it.
        """
        assert found(f"https://a.cn/?q={value}&page=2") == [value]

    @pytest.mark.parametrize("value", [quote(NAME), quote(quote(NAME)), b64encode(f"手机号{PHONE}".encode()).decode()])
    def test_are_decoded_in_paths_and_fragments(self, value):
        """
        One part of a path, and a fragment.
        """
        assert found(f"https://a.cn/s/{value}/2") == [value]
        assert value in found(f"https://a.cn/s#/{value}")

    def test_are_followed_to_a_depth(self):
        """
        And not beyond it: the work is bounded.
        """
        value = NAME
        for _ in range(12):
            value = quote(value)
        calls = []
        list(urls.find(f"q={value}", lambda text: calls.append(text) or ()))
        assert 1 <= len(calls) <= 2**urls.DEPTH

    def test_that_cannot_be_read_are_left(self):
        """
        Cut characters, wrong base64, binary data.
        """
        assert found("q=%E7%8E&r=%ZZ&s=QUJDREVGR0hJSktM!&t=ffd8ffe000104a46") == []


@given(ANY_TEXT)
def test_any_text_is_searched(text):
    """
    Nothing is raised, and every span lies within the text.
    """
    for span in find(text):
        assert 0 <= span.start < span.end <= len(text)


@given(st.text("ab1%=&?/+u4E7:@.#-_ \u200b王", max_size=60))
def test_any_text_of_its_characters_is_searched(text):
    """
    Nothing is raised for what looks like a URL but is none.
    """
    for span in find(text):
        assert 0 <= span.start < span.end <= len(text)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=20))
def test_a_name_is_found_in_any_value(text):
    """
    Whatever else is encoded with it.
    """
    value = quote(text + NAME, safe="")
    assert found(f"https://a.cn/?q={value}&page=2") == [value]


class TestTime:
    @pytest.mark.parametrize("unit", UNITS)
    def test_grows_with_the_length_alone(self, unit):
        """
        Twice the text takes about twice the time, whatever it repeats.
        """
        assert is_linear(find, unit)


class TestWork:
    @pytest.mark.parametrize("unit", [*UNITS, "x=a=b=", "x=王=%41b=c%3D王=", "k=a%3D王&", f"q={quote(quote(NAME))}&"])
    def test_is_bounded_for_any_text(self, unit):
        """
        However many values ask for it, and whatever is nested in them.
        """
        searched = []
        list(urls.find((unit * 8_192)[:8_192], lambda text: searched.append(len(text)) or ()))

        assert sum(max(length, urls.SHORTEST_SEARCH) for length in searched) <= urls.SEARCHED

    def test_that_is_not_done_hides_the_value(self):
        """
        Of many harmless values those that nobody looked into.
        """
        values = [quote(f"好{number}") for number in range(200)]
        hidden = found("&".join(f"k{number}={value}" for number, value in enumerate(values)))

        looked = urls.SEARCHED // urls.SHORTEST_SEARCH
        assert hidden == values[-len(hidden) :]
        assert len(values) - looked <= len(hidden) < len(values)
