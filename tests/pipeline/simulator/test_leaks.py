"""Claims about the leak scanner."""

import json
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.simulator.leaks import SHORTEST_ASCII, SHORTEST_OTHER, LeakScanner, fold

IDENTIFIERS = {
    "phone": "13812345678",
    "landline": "+86 755 8663 1234",
    "bank card": "6228480402564890018",
    "national id": "11010519491231002X",
    "user id": "100019962006",
    "order": "26010100000081824474",
    "imei": "867231050339764",
    "uuid": "bd9747ba-d73c-4302-ae70-d969684223e7",
    "idfa": "86B3A21E-70CB-441E-A5DD-0084F74662EE",
    "oaid": "28d6ceca817f8c96",
    "mac": "a4:83:e7:1c:22:9f",
    "mac with dashes": "A4-83-E7-1C-22-9F",
    "ipv4": "223.104.63.17",
    "ipv6": "2408:8456:1a2b:3c4d:5e6f:7a8b:9cad:beef",
    "coordinate": "31.27123389",
    "email": "Wang.sunny2019@163.com",
    "name": "杨雪梅",
    "nickname": "momo_88231745",
    "street": "科苑路290号幸福里27栋3单元3201室",
    "ssid": "杨雪梅的iPhone 15",
    "url": "https://m.haohuo.example/login?mobile=13912345678&scene=login",
    "text": "送到前打电话：139 1234 5678，谢谢😊",
}
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")

SPELLINGS = {
    "as it is": lambda text: text,
    "in capitals": str.upper,
    "in lower case": str.lower,
    "full width": lambda text: text.translate(WIDE),
    "Chinese digits": lambda text: text.translate(HAN),
    "formal Chinese digits": lambda text: text.translate(str.maketrans("123", "壹贰叁")),
    "circled digits": lambda text: text.translate(CIRCLED),
    "invisible characters": "\u200b".join,
    "percent-encoded": quote,
    "percent-encoded throughout": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "within other text": lambda text: f"客户{text}已处理",
}

WRITERS = {
    "JSON": lambda text: json.dumps({"a": 1, "field": text}, ensure_ascii=False).encode(),
    "JSON in ASCII": lambda text: json.dumps({"a": 1, "field": text}).encode(),
    "JSON as a key": lambda text: json.dumps({text: None}).encode(),
    "JSON in JSON": lambda text: json.dumps({"payload": json.dumps({"field": text})}).encode(),
    "a log line": lambda text: f"ERROR field={text}\n".encode(),
    "text": lambda text: text,
    "GB 18030": lambda text: f"字段{text}错误".encode("gb18030"),
}

CLEAN = (
    {
        "event_id": "1.0J5yqv3eQ4mX0pXW0nC9wQ",
        "occurred_at": "2026-11-22T14:30:00+08:00",
        "user_id": "1.13812-34567_8aBcDeFgHi",
        "province": "广东省",
        "city": "深圳市",
        "amount_fen": 138123,
        "quantity": 45678,
        "ip": "223.104.63.0",
        "cell": "8841138d2bfffff",
        "items": [{"sku": "SKU-115-24", "title": "三体 全集 科幻小说"}, 138, 1234, 5678],
        "url": "m.haohuo.example/login",
        "user_agent": "Chrome Mobile 120 / Android",
    },
    {},
)

distinct = pytest.mark.parametrize("identifier", IDENTIFIERS.values(), ids=IDENTIFIERS)


@pytest.fixture(scope="module")
def scanner():
    return LeakScanner(IDENTIFIERS.values())


class TestSpellings:
    @distinct
    @pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
    @pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
    def test_every_identifier_is_found(self, identifier, spell, write):
        """
        However it is spelt and wherever it is written.
        """
        assert LeakScanner([identifier]).scan(write(spell(identifier))) == 1

    @pytest.mark.parametrize(
        ("identifier", "spelling"),
        [
            pytest.param("13812345678", "138 1234 5678", id="phone in groups"),
            pytest.param("13812345678", "138-1234-5678", id="phone with dashes"),
            pytest.param("13812345678", "138.1234.5678", id="phone with dots"),
            pytest.param("13812345678", "１３８　１２３４　５６７８", id="phone in wide groups"),
            pytest.param("13812345678", "+86 (138) 1234-5678", id="phone with country code and parentheses"),
            pytest.param("13812345678", "一三八 一二三四 五六七八", id="phone in Chinese groups"),
            pytest.param("13812345678", "幺三八幺二三四五六七八", id="phone as it is read out"),
            pytest.param("+86-138-1234-5678", "13812345678", id="phone without its country code"),
            pytest.param("138 1234 5678", "13812345678", id="phone listed in groups"),
            pytest.param("１３８１２３４５６７８", "13812345678", id="phone listed in wide digits"),
            pytest.param("一三八一二三四五六七八", "13812345678", id="phone listed in Chinese digits"),
            pytest.param("6228480402564890018", "6228 4804 0256 4890 018", id="bank card in groups"),
            pytest.param("11010519491231002X", "110105 19491231 002x", id="national id in groups"),
            pytest.param("a4:83:e7:1c:22:9f", "A483E71C229F", id="bare MAC address"),
            pytest.param("a483e71c229f", "A4-83-E7-1C-22-9F", id="MAC address listed bare"),
            pytest.param("a4:83:e7:1c:22:9f", "a483.e71c.229f", id="MAC address in three groups"),
            pytest.param("bd9747ba-d73c-4302-ae70-d969684223e7", "BD9747BAD73C4302AE70D969684223E7", id="bare UUID"),
        ],
    )
    def test_separators_do_not_hide_a_number(self, identifier, spelling):
        """
        Digits are compared without what stands between them.
        """
        assert LeakScanner([identifier]).scan(json.dumps({"field": spelling}, ensure_ascii=False)) == 1

    def test_an_escape_within_a_percent_escape_is_undone(self):
        """
        Encodings are undone in whichever order they were put on.
        """
        inner = json.dumps("杨雪梅")

        assert LeakScanner(["杨雪梅"]).scan(json.dumps({"url": "https://a.example/?q=" + quote(inner)})) == 1

    @given(
        identifier=st.text(min_size=6, max_size=30),
        before=st.text(max_size=10),
        after=st.text(max_size=10),
        ascii_only=st.booleans(),
    )
    def test_any_text_is_found_in_any_record(self, identifier, before, after, ascii_only):
        """
        Whatever stands around it, as long as the identifier is not made of invisible characters.
        """
        folded = fold(identifier)
        assume(len(folded) >= (SHORTEST_ASCII if folded.isascii() else SHORTEST_OTHER))
        record = json.dumps({"field": before + identifier + after}, ensure_ascii=ascii_only)

        assert LeakScanner([identifier]).scan(record.encode()) == 1

    @given(st.binary(max_size=200))
    def test_any_bytes_can_be_scanned(self, record):
        """
        A record need not be text.
        """
        assert LeakScanner(["13812345678"]).scan(record) in {0, 1}


class TestCleanRecords:
    @pytest.mark.parametrize("record", CLEAN, ids=["a full one", "an empty one"])
    def test_hold_nothing(self, scanner, record):
        """
        Tokens, networks, cells, minutes and amounts are no identifiers.
        """
        assert scanner.scan(json.dumps(record, ensure_ascii=False)) == 0

    @pytest.mark.parametrize(
        "record",
        [
            pytest.param('{"price":138123,"count":45678}', id="two numbers"),
            pytest.param('{"price":"138123","count":"45678"}', id="two strings"),
            pytest.param("[138,1234,5678]", id="three items"),
            pytest.param('{"138": 12345678}', id="a key and its value"),
        ],
    )
    def test_values_do_not_join(self, record):
        """
        Separators are taken out within one value, so that two values never read as one number.
        """
        assert LeakScanner(["13812345678"]).scan(record) == 0

    @pytest.mark.parametrize(
        ("identifier", "record"),
        [
            pytest.param("223.104.6.30", '{"ip":"223.104.63.0"}', id="another network"),
            pytest.param("223.104.63.17", '{"ip":"223.104.63.0"}', id="its own network"),
            pytest.param("223104630123", '{"ip":"223.104.63.0","n":123}', id="digits of a network"),
            pytest.param("22.54309617", '{"amount_fen":2254309617}', id="digits of a coordinate"),
            pytest.param("2408:8456:1a2b:3c4d:5e6f:7a8b:9cad:beef", '{"ip":"2408:8456:1a2b::"}', id="IPv6 network"),
        ],
    )
    def test_networks_and_amounts_are_not_taken_for_others(self, identifier, record):
        """
        Addresses and coordinates keep their dots.
        """
        assert LeakScanner([identifier]).scan(record) == 0


class TestCounting:
    def test_counts_each_identifier_once(self, scanner):
        """
        Twice the same telephone number and one name are two.
        """
        assert scanner.scan("13812345678 杨雪梅 138-1234-5678") == 2

    def test_spellings_of_one_identifier_count_once(self):
        """
        A MAC address with separators and without is one identifier.
        """
        scanner = LeakScanner(["a4:83:e7:1c:22:9f", "a483e71c229f", "A4-83-E7-1C-22-9F"])

        assert len(scanner) == 1
        assert scanner.scan("a483e71c229f") == 1

    def test_overlapping_identifiers_all_count(self):
        """
        A name within a network's name is found beside it.
        """
        assert LeakScanner(["杨雪梅", "杨雪梅的iPhone 15"]).scan("杨雪梅的iPhone 15") == 2

    def test_nothing_to_look_for_is_never_found(self):
        """
        A scanner of no identifiers finds none.
        """
        assert LeakScanner([]).scan("13812345678") == 0


class TestClasses:
    @pytest.mark.parametrize(
        ("identifier", "name"),
        [
            pytest.param("13812345678", "phone", id="phone"),
            pytest.param("11010519491231002X", "national_id", id="national id"),
            pytest.param("6228480402564890018", "number", id="bank card"),
            pytest.param("bd9747ba-d73c-4302-ae70-d969684223e7", "uuid", id="uuid"),
            pytest.param("A4-83-E7-1C-22-9F", "mac", id="MAC address"),
            pytest.param("223.104.63.17", "ipv4", id="IPv4 address"),
            pytest.param("2408:8456:1a2b:3c4d:5e6f:7a8b:9cad:beef", "ipv6", id="IPv6 address"),
            pytest.param("31.27123389", "coordinate", id="coordinate"),
            pytest.param("28d6ceca817f8c96", "hexadecimal", id="OAID"),
            pytest.param("wang@163.com", "email", id="e-mail"),
            pytest.param("https://m.haohuo.example/?a=1", "url", id="URL"),
            pytest.param("momo_88231745", "word", id="nickname in Latin letters"),
            pytest.param("杨雪梅", "text", id="name"),
        ],
    )
    def test_are_told_by_shape(self, identifier, name):
        """
        What was found is named by its class.
        """
        assert LeakScanner([identifier]).which(f"<{identifier}>") == (name,)

    def test_never_show_the_value(self, scanner):
        """
        No class contains anything of what was found.
        """
        record = " ".join(IDENTIFIERS.values())

        assert LeakScanner(IDENTIFIERS.values()).scan(" ".join(scanner.which(record))) == 0


class TestShortIdentifiers:
    @pytest.mark.parametrize(
        "identifier",
        [
            pytest.param("", id="empty"),
            pytest.param("51800", id="five digits"),
            pytest.param("CMCC", id="four letters"),
            pytest.param("王", id="one character"),
            pytest.param("一二三四五", id="five Chinese digits"),
        ],
    )
    def test_are_refused(self, identifier):
        """
        What would be found by chance is not looked for, and the error does not repeat it.
        """
        with pytest.raises(ValueError, match="by chance") as refused:
            LeakScanner([identifier])

        assert not identifier or identifier not in str(refused.value)
