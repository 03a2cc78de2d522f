"""Claims about the leak check: what went in and comes out is found, wherever in a record it is."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from pipeline.demo.leaks import WINDOW, LeakCheck, find_leaks, searcher
from pipeline.kafka_client import Record

PHONE = "13812345678"
TOPIC = "clean.ads.order"


class Later:
    """
    Keeps work until it is asked to do it.
    """

    def __init__(self):
        self.work = []

    def submit(self, function, *arguments):
        """
        What an executor does.
        """
        future = Future()
        self.work.append(lambda: future.set_result(function(*arguments)))
        return future


@pytest.fixture
def check():
    with ThreadPoolExecutor(1) as executor:
        yield LeakCheck(executor)


def record(*, key=b"1.k", value=b"{}", headers=()):
    return Record(TOPIC, 0, 0, 0, key, value, headers)


def finish(check):
    for _ in check.finish():
        pass
    return check


class TestLeakCheck:
    @pytest.mark.parametrize(
        "leaking",
        [
            pytest.param(record(key=PHONE.encode()), id="key"),
            pytest.param(record(value=b'{"note":"138-1234-5678"}'), id="value, with separators"),
            pytest.param(record(headers=(("trace", PHONE.encode()),)), id="header"),
            pytest.param(record(headers=((PHONE, b"1"),)), id="name of a header"),
            pytest.param(record(key=None, value=None, headers=(("a", None), ("b", PHONE.encode()))), id="tombstone"),
        ],
    )
    def test_finds_an_identifier_in_every_part_of_a_record(self, check, leaking):
        """
        The topic and the class are told, the value is not.
        """
        check.plant([PHONE])
        check.search(record())
        check.search(leaking)

        assert finish(check).found == {(TOPIC, "phone"): 1}
        assert check.checked == 2

    def test_a_clean_record_has_none(self, check):
        """
        Records without identifiers are searched and pass.
        """
        check.plant([PHONE])
        check.search(record(value=b'{"amount_fen":1381234}'))

        assert not finish(check).found
        assert check.checked == 1

    def test_does_not_join_the_parts_of_a_record(self, check):
        """
        A key's end and a value's beginning are no telephone number.
        """
        check.plant([PHONE])
        check.search(record(key=b"138123", value=b"45678"))

        assert not finish(check).found

    def test_finds_an_identifier_of_the_window_before(self, check):
        """
        A record may come one window after its event.
        """
        for number in range(WINDOW + 1):
            check.plant([PHONE if number == 0 else f"subject-{number:06}"])
        check.search(record(value=PHONE.encode()))

        assert finish(check).found.total() == 1

    def test_searches_while_events_come(self):
        """
        A full window is handed over at once, and its result is there when collected.
        """
        later = Later()
        check = LeakCheck(later)
        check.search(record(value=PHONE.encode()))
        for _ in range(WINDOW + 1):
            check.plant([PHONE])
        check.collect()
        assert (check.checked, len(later.work)) == (0, 1)

        later.work.pop()()
        check.collect()

        assert (check.checked, check.found.total()) == (1, 1)

    def test_says_when_it_falls_behind(self):
        """
        Windows that wait are bounded by whoever feeds.
        """
        later = Later()
        check = LeakCheck(later)
        assert not check.behind

        for _ in range(6):
            check.search(record())
            for _ in range(WINDOW):
                check.plant([PHONE])

        assert check.behind

    def test_finishes_without_anything_to_do(self, check):
        """
        No event, no record, no window.
        """
        assert list(check.finish()) == []


class TestSearcher:
    def test_searches_in_a_process_of_its_own(self):
        """
        The real executor gives the same answer.
        """
        with searcher() as executor:
            found = executor.submit(find_leaks, [PHONE], [(TOPIC, PHONE.encode())]).result(timeout=60)

        assert found == find_leaks([PHONE], [(TOPIC, PHONE.encode())]) == (1, {(TOPIC, "phone"): 1})
