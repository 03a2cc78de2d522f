"""Claims about what is left of somebody's state: the erasure, and what they said after it."""

import pytest

from pipeline.erasure.state import History, back, histories, history, remaining, stopped
from pipeline.kafka_client import Record
from pipeline.subjects.record import Consent, Subject, write_value

ERASED = 1_790_000_000_123
GRANT = {"ads": Consent(granted=True, at=ERASED - 5_000, policy_version="v3")}
WHOLE = Subject(GRANT, registered_at=ERASED - 9_000, salt=b"0123456789abcdef", tracking_opt_out=True)


def record(value, at=0, offset=0, partition=0, key=b"u-1"):
    value = write_value(value) if isinstance(value, Subject) else value
    return Record("privacy.subjects", partition, offset, at, key, value, ())


class TestHistory:
    def test_is_the_last_word(self):
        """
        By the time at which it was written, wherever it lies.
        """
        first, last = Subject(GRANT), Subject(tracking_opt_out=True)

        assert history([record(last, 2, 0, 1), record(first, 1, 7, 0)], ERASED).latest == last

    def test_knows_every_registration(self):
        """
        Also those that a later record does not tell.
        """
        records = [
            record(Subject(registered_at=ERASED + 1)),
            record(Subject(registered_at=ERASED + 5), 1),
            record(Subject(), 2),
        ]

        assert history(records, ERASED).registered == {ERASED + 1, ERASED + 5}

    def test_the_erasure_itself_tells_nothing(self):
        """
        What was known before it was stopped is what is known.
        """
        records = [record(WHOLE), record(stopped(ERASED), 1)]

        assert history(records, ERASED).latest == WHOLE
        assert history(records, None).latest == Subject(erased_at=ERASED)

    @pytest.mark.parametrize("value", [pytest.param(None, id="a tombstone"), pytest.param(b"?", id="not understood")])
    def test_what_tells_nothing_is_no_last_word(self, value):
        """
        Nothing is known then, not what was known before.
        """
        assert history([record(WHOLE), record(value, 1)], ERASED).latest is None


class TestHistories:
    def test_are_of_whoever_is_asked_for(self):
        """
        And of subjects whose id begins as it should.
        """
        records = [record(WHOLE, key=key) for key in (b"u-1", b"u-2", b"device:00ff", None)]

        assert histories(records, {"u-1": ERASED}, (b"device:",)).keys() == {"u-1", "device:00ff"}


class TestRemaining:
    @pytest.mark.parametrize(
        ("latest", "left"),
        [
            pytest.param(None, Subject(erased_at=ERASED), id="nothing known"),
            pytest.param(WHOLE, Subject(erased_at=ERASED, registered_at=ERASED - 9_000), id="somebody"),
            pytest.param(
                Subject(erased_at=ERASED + 5), Subject(erased_at=ERASED + 5), id="erased since, which holds for longer"
            ),
            pytest.param(
                Subject(GRANT, registered_at=ERASED + 1, salt=b"0123456789abcdef"),
                Subject(GRANT, erased_at=ERASED, registered_at=ERASED + 1),
                id="registered again before it was carried out",
            ),
            pytest.param(
                Subject(GRANT, erased_at=ERASED, registered_at=ERASED + 1, salt=b"0123456789abcdef"),
                None,
                id="registered again since it was carried out",
            ),
            pytest.param(
                Subject(GRANT, erased_at=ERASED - 9, registered_at=ERASED - 5),
                Subject(erased_at=ERASED, registered_at=ERASED - 5),
                id="erased once before",
            ),
        ],
    )
    def test_is_the_erasure_and_what_was_said_since(self, latest, left):
        """
        Neither consent nor birth date nor salt of before.
        """
        assert remaining(ERASED, History(latest)) == left

    def test_is_the_same_when_it_is_asked_again(self):
        """
        Whoever is cut off begins anew.
        """
        once = remaining(ERASED, History(WHOLE))

        assert remaining(ERASED, History(once)) == once


class TestBack:
    @pytest.mark.parametrize(
        ("latest", "is_back"),
        [
            pytest.param(None, False, id="nothing known"),
            pytest.param(WHOLE, False, id="registered before"),
            pytest.param(Subject(registered_at=ERASED), False, id="registered at that moment"),
            pytest.param(Subject(registered_at=ERASED + 1), True, id="registered after"),
        ],
    )
    def test_is_who_registered_after_the_erasure(self, latest, is_back):
        """
        And nobody else.
        """
        assert back(History(latest), ERASED) is is_back
