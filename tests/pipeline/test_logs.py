"""Logging: types and places of errors, never their messages."""

import asyncio
import logging
from types import SimpleNamespace

import pytest

from pipeline.logs import configure, describe, silenced

SECRET = "13800138000"


@pytest.fixture
def written(capsys):
    loggers = [
        logging.getLogger(),
        *(logging.getLogger(name) for name in ("aiokafka", "faust", "kafka", "mode", "presidio-analyzer")),
    ]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    asyncio_level = logging.getLogger("asyncio").level
    yield lambda: capsys.readouterr().err
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
    logging.getLogger("asyncio").setLevel(asyncio_level)


def look_up():
    raise KeyError(SECRET)


def process():
    try:
        look_up()
    except KeyError as error:
        raise ValueError(SECRET) from error


def failure():
    with pytest.raises(ValueError, match=SECRET) as caught:
        process()
    return caught.value


class TestDescribe:
    def test_names_types_and_places(self):
        """
        Of the error and of its cause.
        """
        described = describe(failure())

        assert described.startswith("ValueError at test_logs.py:")
        assert ", caused by KeyError at test_logs.py:" in described

    def test_keeps_the_message_to_itself(self):
        """
        It may hold a value.
        """
        assert SECRET not in describe(failure())

    def test_follows_what_an_error_was_raised_in(self):
        """
        A cause that nobody named is one too.
        """
        try:
            look_up()
        except KeyError:
            with pytest.raises(ValueError, match=SECRET) as caught:
                int(SECRET + "x")
        described = describe(caught.value)

        assert "ValueError" in described
        assert "KeyError" in described
        assert SECRET not in described

    def test_knows_errors_that_were_never_raised(self):
        """
        And says so.
        """
        assert describe(RuntimeError(SECRET)) == "RuntimeError at an unknown place"

    def test_ends_where_causes_go_round(self):
        """
        Two errors that are each other's cause.
        """
        one, other = ValueError(SECRET), KeyError(SECRET)
        one.__cause__, other.__cause__ = other, one

        assert describe(one).count("caused by") == 4


class TestConfigure:
    def test_writes_one_line_a_record(self, written):
        """
        With level and name, to standard error.
        """
        configure()
        logging.getLogger("pipeline.worker").info("ready: %d topics", 4)

        assert written().endswith(" INFO pipeline.worker: ready: 4 topics\n")

    def test_a_logged_exception_is_described(self, written):
        """
        No message and no traceback, whoever logs it.
        """
        configure()
        logging.getLogger("faust.app").error("agent failed", exc_info=failure())
        lines = written()

        assert "agent failed" in lines
        assert "ValueError at test_logs.py:" in lines
        assert "Traceback" not in lines
        assert SECRET not in lines

    @pytest.mark.parametrize("template", ["crashed: %r", "crashed: %s"])
    def test_an_exception_among_the_arguments_is_described(self, written, template):
        """
        As third parties like to log it.
        """
        configure()
        logging.getLogger("mode.services").error(template, failure())
        lines = written()

        assert "ValueError at test_logs.py:" in lines
        assert SECRET not in lines

    @pytest.mark.parametrize(
        "name", ["aiokafka.consumer.fetcher", "faust.agents", "kafka.conn", "mode.services", "presidio-analyzer"]
    )
    @pytest.mark.parametrize(
        ("verbose", "level", "shown"),
        [(False, "WARNING", True), (False, "INFO", False), (True, "INFO", True), (True, "DEBUG", False)],
    )
    def test_third_parties_are_quiet(self, written, name, verbose, level, shown):
        """
        WARNING as a rule, INFO when asked for, DEBUG never: it prints records.
        """
        configure(verbose=verbose)
        logging.getLogger(name).log(getattr(logging, level), "something")

        assert ("something" in written()) is shown

    @pytest.mark.parametrize("name", ["aiokafka.conn", "aiokafka.producer.producer", "faust.app", "pipeline.agents"])
    def test_nobody_writes_below_info(self, written, name):
        """
        Whatever the level of its logger was set to: a single one of aiokafka's at DEBUG would print every record.
        """
        logger = logging.getLogger(name)
        before = logger.level
        configure(verbose=True)
        logger.setLevel(logging.DEBUG)
        try:
            logger.debug("value=%s", SECRET)
        finally:
            logger.setLevel(before)

        assert not written()

    def test_a_line_that_cannot_be_written_is_not_told(self, written):
        """
        Arguments that do not fit are named by their fault; logging itself would print them.
        """
        configure()
        logging.getLogger("faust.app").warning("%d records", SECRET)
        lines = written()

        assert lines.startswith("a log line of faust.app cannot be written: TypeError at ")
        assert SECRET not in lines

    def test_an_error_nobody_waited_for_is_described(self, written):
        """
        By asyncio itself, which would write the error out.
        """

        async def forget():
            future = asyncio.get_running_loop().create_future()
            future.set_exception(failure())
            del future

        configure()
        asyncio.run(forget())
        lines = written()

        assert "never retrieved" in lines
        assert SECRET not in lines


class TestRepetition:
    @pytest.fixture
    def clock(self, monkeypatch):
        now = [100.0]
        monkeypatch.setattr("pipeline.logs.time", SimpleNamespace(monotonic=lambda: now[0]))
        return now

    def test_of_third_parties_is_left_out_and_counted(self, written, clock):
        """
        For ten seconds; then the line comes once more, with how often it did not.
        """
        configure()
        for _ in range(50):
            logging.getLogger("aiokafka").error("no node %d", 2)
        clock[0] += 10
        logging.getLogger("aiokafka").error("no node %d", 2)
        first, second = written().splitlines()

        assert first.endswith("ERROR aiokafka: no node 2")
        assert second.endswith("ERROR aiokafka: no node 2 (49 times more before)")

    def test_is_of_the_whole_line(self, written, clock):
        """
        Another node is another line.
        """
        configure()
        for node in (1, 2):
            logging.getLogger("aiokafka").error("no node %d", node)

        assert len(written().splitlines()) == 2

    def test_of_our_own_words_is_meant(self, written, clock):
        """
        They know themselves how often to speak.
        """
        configure()
        for _ in range(3):
            logging.getLogger("pipeline.flood").warning("a flood")

        assert len(written().splitlines()) == 3

    def test_is_forgotten_rather_than_kept_without_bound(self, written, clock):
        """
        A third party that says something new each time does not fill the memory.
        """
        configure()
        (patience,) = logging.getLogger().handlers[0].filters
        for number in range(3_000):
            logging.getLogger("aiokafka").error("offset %d", number)

        assert len(patience._said) <= 1_001
        assert len(written().splitlines()) == 3_000


class TestSilenced:
    def test_keeps_a_logger_quiet_for_a_while(self, caplog):
        """
        And then lets it speak as before.
        """
        logger = logging.getLogger("qingliu.test.silenced")
        with silenced("qingliu.test.silenced"):
            logger.critical("unheard")
        logger.critical("heard")

        assert [record.message for record in caplog.records] == ["heard"]
