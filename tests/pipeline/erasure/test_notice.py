"""Claims about what a recipient is told of an erasure."""

import pytest
from jsonschema import Draft202012Validator

from pipeline.codec import loads
from pipeline.erasure.notice import PART, PURPOSE, notice_name, notice_topic, notices
from pipeline.erasure.record import Reason
from pipeline.render.json_schema import erasure_schema
from tests.pipeline.events import KEYS

ERASED = 1_790_000_000_123
ADS, ANALYTICS = KEYS.keyring("ads", PURPOSE), KEYS.keyring("analytics", PURPOSE)
SCHEMA = Draft202012Validator(erasure_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def token(number):
    return f"1.{number:022}"


def told(tokens, keys=ADS, subject="u-10000000001", erased_at=ERASED):
    name = notice_name(keys, subject, erased_at)
    return [(name, loads(value)) for value in notices(name, erased_at, tokens)]


class TestNotices:
    def test_name_tokens_by_kind(self):
        """
        And the day, and no more.
        """
        ((name, notice),) = told({"device_id": (token(1), token(2)), "user_id": (token(3),)})

        assert notice == {
            "erasure": name,
            "erased_on": "2026-09-21",
            "part": 1,
            "parts": 1,
            "tokens": {"device_id": [token(1), token(2)], "user_id": [token(3)]},
        }

    @pytest.mark.parametrize(
        ("held", "parts"),
        [
            pytest.param(0, 0, id="nobody known"),
            pytest.param(1, 1, id="one token"),
            pytest.param(PART, 1, id="a full part"),
            pytest.param(PART + 1, 2, id="one more"),
            pytest.param(3 * PART, 3, id="full parts"),
        ],
    )
    def test_are_parts_of_bounded_size(self, held, parts):
        """
        Each token in one of them, each part below what a record may hold and as its schema says.
        """
        given = {"device_id": tuple(map(token, range(held // 2))), "user_id": tuple(map(token, range(held // 2, held)))}
        records = list(notices(notice_name(ADS, "u-1", ERASED), ERASED, given))
        values = [loads(value) for value in records]

        assert [(value["part"], value["parts"]) for value in values] == [(n, parts) for n in range(1, parts + 1)]
        assert all(len(value) < 500_000 for value in records)
        for value in values:
            SCHEMA.validate(value)
        for kind, tokens in given.items():
            assert tuple(each for value in values for each in value["tokens"].get(kind, ())) == tokens

    def test_come_again_under_the_same_name(self):
        """
        So that a reader can tell a repetition, and all parts of one erasure lie in one partition.
        """
        many = {"user_id": tuple(map(token, range(PART + 1)))}
        names = {name for _ in range(2) for name, _ in told(many)}

        assert len(names) == 1

    def test_of_two_recipients_or_erasures_have_nothing_in_common(self):
        """
        Two recipients who lay their notices side by side learn no more than the day.
        """
        tokens = {"user_id": (token(1),)}
        keys = [
            told(tokens)[0][0],
            told(tokens, keys=ANALYTICS)[0][0],
            told(tokens, subject="u-10000000002")[0][0],
            told(tokens, erased_at=ERASED + 1)[0][0],
        ]

        assert len(set(keys)) == len(keys)

    def test_tell_nobody_why(self):
        """
        Who was erased as a child is a child.
        """
        ((key, notice),) = told({"user_id": (token(1),)})
        text = str((key, notice))

        assert not [reason.value for reason in Reason if reason.value in text]
        assert "u-10000000001" not in text


class TestNoticeTopic:
    def test_lies_beside_the_recipient_s_others(self):
        """
        One rule lets a recipient read all of its topics.
        """
        assert notice_topic("ads") == "clean.ads.erasures"
