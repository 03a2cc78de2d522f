"""JSON in and out: what is refused before any contract is looked at, and why."""

import json
import random

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.broken import MAX_BYTES, MAX_DEPTH, Broken, Reason
from pipeline.codec import canonical, dumps, loads, parse, pretty, strings_in_text, strings_in_value

CHARACTERS = st.characters(exclude_categories=["Cs"])
AWKWARD = st.sampled_from(
    ['"', "\\", '\\"', "a", "\\u0061", "/", "{", "}", "[", ",", ":", "\n", "\0", "清", "😀", "' "]
)
TEXTS = st.text(CHARACTERS, max_size=8) | st.lists(AWKWARD, max_size=5).map("".join)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
EVENTS = st.dictionaries(TEXTS, VALUES, max_size=5)


def nested(depth):
    """
    An event of so many objects and arrays within each other.
    """
    value = "deep"
    for level in range(depth - 1):
        value = [value] if level % 2 else {"a": value}
    return {"a": value}


def reason(raw):
    with pytest.raises(Broken) as broken:
        parse(raw)
    return broken.value.reason


class Writer:
    """
    Writes JSON as no two clients do: any blanks, and any character escaped or not.
    """

    def __init__(self, seed, twice=None):
        self.random = random.Random(seed)
        self.twice = twice
        self.objects = 0

    def write(self, value):
        """
        The text of a value.
        """
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return "[" + self._blank() + ",".join(self._padded(item) for item in value) + "]"
        if isinstance(value, str):
            return self.string(value)
        return json.dumps(value)

    def string(self, text):
        """
        A text, with some characters escaped.
        """
        return '"' + "".join(self._character(character) for character in text) + '"'

    def _object(self, value):
        members = [(key, self._padded(item)) for key, item in value.items()]
        if members and self.objects == self.twice:
            key, _ = self.random.choice(members)
            members.insert(self.random.randrange(len(members) + 1), (key, self.random.choice(['"x"', "1", "{}", "[]"])))
        self.objects += 1
        return (
            "{" + ",".join(self._blank() + self.string(key) + self._blank() + ":" + item for key, item in members) + "}"
        )

    def _padded(self, item):
        return self._blank() + self.write(item) + self._blank()

    def _blank(self):
        return "".join(self.random.choices(" \t\r\n", k=self.random.choice((0, 0, 1, 3))))

    def _character(self, character):
        if self.random.random() < 0.3:
            units = character.encode("utf-16-be")
            digits = (units[at : at + 2].hex() for at in range(0, len(units), 2))
            return "".join("\\u" + (unit.upper() if self.random.random() < 0.5 else unit) for unit in digits)
        if character == "/" and self.random.random() < 0.5:
            return "\\/"
        return json.dumps(character, ensure_ascii=False)[1:-1]


def objects(value):
    """
    The objects of a value that hold something, in the order in which `Writer` finishes them.
    """
    if isinstance(value, dict):
        return [found for item in value.values() for found in objects(item)] + [value]
    if isinstance(value, list):
        return [found for item in value for found in objects(item)]
    return []


class TestParse:
    @given(EVENTS)
    @example({})
    def test_reads_what_serializers_write(self, event):
        """
        For all events, by orjson and by the standard library, escaped or not, indented or not.
        """
        assert parse(orjson.dumps(event)) == event
        for settings in ({}, {"ensure_ascii": False}, {"indent": 2}, {"separators": (",", ":")}):
            assert parse(json.dumps(event, **settings).encode()) == event

    @given(EVENTS, st.integers())
    def test_reads_what_any_client_writes(self, event, seed):
        """
        For all events, with any blanks and any characters escaped.
        """
        assert parse(Writer(seed).write(event).encode()) == event

    @given(EVENTS.filter(bool), st.integers(), st.data())
    def test_refuses_a_key_twice_anywhere(self, event, seed, data):
        """
        For all events and every object in them, whichever way the key is spelt the second time, whatever its value.
        """
        filled = [number for number, value in enumerate(objects(event)) if value]
        raw = Writer(seed, twice=data.draw(st.sampled_from(filled))).write(event).encode()

        assert reason(raw) is Reason.DUPLICATE_KEY

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param('{"a":1,"a":1}', id="plain"),
            pytest.param('{"a":1,"a":2,"a":3}', id="three times"),
            pytest.param(r'{"a":1,"\u0061":2}', id="escaped"),
            pytest.param(r'{"\u0061":1,"\u0061":2}', id="escaped both times"),
            pytest.param('{"a":"x","a":"y"}', id="texts"),
            pytest.param('{"a":{"b":"c"},"a":1}', id="object replaced"),
            pytest.param('{"a":1,"a":{"b":"c"}}', id="object replacing"),
            pytest.param('{"a":[{"b":1,"b":2}]}', id="in an array"),
            pytest.param('{"a":{"b":{"c":1,"c":1}}}', id="nested"),
            pytest.param('{"x":"\\"","a":1,"a":2}', id="beside an escaped quotation mark"),
            pytest.param('{"x":"\\\\","a":1,"a":2}', id="beside an escaped backslash"),
            pytest.param('{"x":"\\\\\\"","a":1,"a":2}', id="beside both"),
            pytest.param(r'{"\"":1,"\u0022":2}', id="quotation mark"),
            pytest.param(r'{"\\":1,"\u005c":2}', id="backslash"),
            pytest.param(r'{"/":1,"\/":2}', id="slash"),
            pytest.param('{"":1,"":2}', id="empty"),
            pytest.param(r'{"😀":1,"\ud83d\ude00":2}', id="surrogate pair"),
            pytest.param('{ "a" : 1 ,\n"a" : 2 }', id="blanks"),
            pytest.param('{"a":' + "[" * 40 + "]" * 40 + ',"a":1}', id="hiding what is too deep"),
        ],
    )
    def test_knows_a_key_twice_in_every_disguise(self, text):
        """
        Parsers disagree about which value counts, so that one of them may have been shown another event.
        """
        assert reason(text.encode()) is Reason.DUPLICATE_KEY

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param('{"a":{"a":{"a":"a"}}}', id="one key at several levels"),
            pytest.param('{"a":"a","b":"a"}', id="equal values"),
            pytest.param('{"a":[{"b":1},{"b":1}]}', id="equal objects"),
            pytest.param('{"a":"\\"a\\":1,\\"a\\":2"}', id="JSON in a text"),
            pytest.param(r'{"a":"\\","b":"\\\"","\\\\":"\\\\\""}', id="runs of backslashes"),
            pytest.param('{"a":1,"A":2," a":3,"ａ":4}', id="keys that only look alike"),
            pytest.param(r'{"\u00e9":1,"e\u0301":2}', id="keys that Unicode normalises alike"),
        ],
    )
    def test_takes_what_only_looks_like_a_key_twice(self, text):
        """
        The event is read as it is.
        """
        assert parse(text.encode()) == json.loads(text)

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            pytest.param(None, Reason.NOT_JSON, id="tombstone"),
            pytest.param(b"", Reason.NOT_JSON, id="empty"),
            pytest.param(b" \n", Reason.NOT_JSON, id="blanks alone"),
            pytest.param(b'{"a":1', Reason.NOT_JSON, id="truncated"),
            pytest.param(b'{"a":1}{}', Reason.NOT_JSON, id="two objects"),
            pytest.param(b'{"a":1},', Reason.NOT_JSON, id="comma behind"),
            pytest.param(b'{"a":1,}', Reason.NOT_JSON, id="comma before the end"),
            pytest.param(b"{'a':1}", Reason.NOT_JSON, id="apostrophes"),
            pytest.param(b'{"a":NaN}', Reason.NOT_JSON, id="NaN"),
            pytest.param(b'{"a":-Infinity}', Reason.NOT_JSON, id="Infinity"),
            pytest.param(b'{"a":1e400}', Reason.NOT_JSON, id="number past every double"),
            pytest.param(b'{"a":-1e400}', Reason.NOT_JSON, id="number below every double"),
            pytest.param(b'{"a":01}', Reason.NOT_JSON, id="leading zero"),
            pytest.param(b'{"a":.5}', Reason.NOT_JSON, id="no digit before the point"),
            pytest.param(b'{"a":0x1}', Reason.NOT_JSON, id="hexadecimal"),
            pytest.param(b'{"a":1 /* one */}', Reason.NOT_JSON, id="comment"),
            pytest.param(b'\xef\xbb\xbf{"a":1}', Reason.NOT_JSON, id="byte order mark"),
            pytest.param('{"a":1}'.encode("utf-16"), Reason.NOT_UTF8, id="UTF-16"),
            pytest.param(b'{"a":"\\ud800"}', Reason.NOT_JSON, id="half a surrogate pair"),
            pytest.param(b'{"a":"\\udc00\\ud800"}', Reason.NOT_JSON, id="surrogate pair reversed"),
            pytest.param(b'{"a":"\\u12"}', Reason.NOT_JSON, id="short escape"),
            pytest.param(b'{"a":"\\x41"}', Reason.NOT_JSON, id="unknown escape"),
            pytest.param(b'{"a":"\n"}', Reason.NOT_JSON, id="line end in a text"),
            pytest.param(b'{"a":"\0"}', Reason.NOT_JSON, id="NUL in a text"),
            pytest.param(b'{"a":"\xff"}', Reason.NOT_UTF8, id="no UTF-8 in a text"),
            pytest.param(b'{"\xe6\xb8":1}', Reason.NOT_UTF8, id="half a character in a key"),
            pytest.param(b'{"a":"\xc0\xaf"}', Reason.NOT_UTF8, id="overlong UTF-8"),
            pytest.param(b'{"a":"\xed\xa0\x80"}', Reason.NOT_UTF8, id="surrogate in UTF-8"),
            pytest.param(b"\xff\x00\xfe", Reason.NOT_UTF8, id="bytes"),
            pytest.param(b"[]", Reason.NOT_AN_OBJECT, id="array"),
            pytest.param(b'[{"a":1,"a":1}]', Reason.NOT_AN_OBJECT, id="array of a key twice"),
            pytest.param(b'"a"', Reason.NOT_AN_OBJECT, id="string"),
            pytest.param(b"1", Reason.NOT_AN_OBJECT, id="number"),
            pytest.param(b"null", Reason.NOT_AN_OBJECT, id="null"),
            pytest.param(b"true", Reason.NOT_AN_OBJECT, id="true"),
        ],
    )
    def test_says_why_it_refuses(self, raw, expected):
        """
        By a reason out of the closed list.
        """
        assert reason(raw) is expected

    @pytest.mark.parametrize(
        ("raw", "event"),
        [
            pytest.param(b"{}", {}, id="empty object"),
            pytest.param(b' \r\n\t{"a":1}\r\n ', {"a": 1}, id="blanks around"),
            pytest.param(b'{"a":"\\u0000\\u001f"}', {"a": "\0\x1f"}, id="escaped control characters"),
            pytest.param(b'{"a":"\\ud83d\\ude00"}', {"a": "😀"}, id="surrogate pair"),
            pytest.param(b'{"a":-0.0,"b":1E5,"c":1e-400}', {"a": 0.0, "b": 1e5, "c": 0.0}, id="numbers"),
            pytest.param('{"键":"值\u2028"}'.encode(), {"键": "值\u2028"}, id="not ASCII"),
        ],
    )
    def test_takes_all_that_is_json(self, raw, event):
        """
        RFC 8259, to its corners.
        """
        assert parse(raw) == event

    def test_takes_32_levels(self):
        """
        And not 33, of objects, of arrays or of both.
        """
        assert MAX_DEPTH == 32
        assert parse(orjson.dumps(nested(32))) == nested(32)
        assert reason(orjson.dumps(nested(33))) is Reason.TOO_DEEP

    @pytest.mark.parametrize("depth", [33, 1000, 1023, 1024, 1025, 5000, 100_000])
    @pytest.mark.parametrize(
        ("opening", "closing"),
        [
            pytest.param("[", "]", id="arrays"),
            pytest.param('{"b":', "}", id="objects"),
            pytest.param(" [ ", " ] ", id="blanks"),
        ],
    )
    def test_depth_is_told_apart_from_bad_json(self, opening, closing, depth):
        """
        Also where the parser itself gives up.
        """
        raw = ('{"a":' + opening * (depth - 1) + "1" + closing * (depth - 1) + "}").encode()

        assert reason(raw) is Reason.TOO_DEEP

    def test_takes_a_record_of_one_mebibyte(self):
        """
        And not one byte more.
        """
        frame = len('{"a":""}')
        largest = b'{"a":"' + b"x" * (MAX_BYTES - frame) + b'"}'

        assert MAX_BYTES == len(largest) == 1 << 20
        assert len(parse(largest)["a"]) == MAX_BYTES - frame
        assert reason(largest + b" ") is Reason.TOO_LARGE

    @given(st.binary() | TEXTS.map(str.encode) | st.text('{}[]",:\\u0061 \n').map(str.encode))
    def test_reads_or_refuses_any_bytes(self, raw):
        """
        Nothing else can happen, and an error carries nothing of the record.
        """
        try:
            event = parse(raw)
        except Broken as broken:
            error = broken
        else:
            error = None
            assert event == json.loads(raw)

        assert error is None or (
            error.__cause__ is None and error.__suppress_context__ is (error.__context__ is not None)
        )
        assert error is None or len(raw) < 12 or raw not in str(error).encode()


class TestStrings:
    @given(EVENTS, st.integers())
    def test_are_counted_alike_in_text_and_value(self, event, seed):
        """
        For all events, the text has as many strings as the value.
        """
        assert strings_in_text(Writer(seed).write(event).encode()) == strings_in_value(event)

    @given(EVENTS)
    def test_are_keys_and_texts(self, event):
        """
        Counted by hand.
        """

        def count(value):
            if isinstance(value, dict):
                return len(value) + sum(map(count, value.values()))
            return sum(map(count, value)) if isinstance(value, list) else isinstance(value, str)

        assert strings_in_value(event) == count(event)


class TestWriting:
    @given(VALUES)
    def test_is_read_again(self, value):
        """
        For all values.
        """
        assert loads(dumps(value)) == value

    def test_leaves_chinese_as_it_is(self):
        """
        UTF-8, unescaped.
        """
        assert dumps({"城市": "深圳😀"}) == '{"城市":"深圳😀"}'.encode()

    def test_canonical_is_the_same_for_equal_values(self):
        """
        Keys in order at every depth, no blanks, UTF-8.
        """
        assert canonical({"b": {"d": 1, "c": []}, "a": "清流"}) == '{"a":"清流","b":{"c":[],"d":1}}'.encode()

    def test_pretty_is_the_same_for_equal_values(self):
        """
        Keys in order and a line end, so that a file in the repository changes only with its content.
        """
        assert pretty({"b": 1, "a": "清流"}) == pretty({"a": "清流", "b": 1}) == '{\n  "a": "清流",\n  "b": 1\n}\n'
