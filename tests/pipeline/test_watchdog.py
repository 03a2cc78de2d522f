"""The watchdog: who waits without moving is found, and nobody else."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from pipeline import watchdog
from pipeline.watchdog import EXIT_STALLED, Pulse, Stalls, Watchdog, at_most

HERE = "raw.device partition 0"
THERE = "raw.order partition 1"


def looks(patience, *waiting, seconds=1.0):
    """
    What each of several looks finds.
    """
    stalls = Stalls(patience)
    return [stalls.look(seconds, each) for each in waiting]


class TestStalls:
    def test_are_what_waits_and_does_not_move(self):
        """
        From the first look at which it waits.
        """
        assert looks(3, *[{HERE: 7}] * 4) == [None, None, None, HERE]

    def test_are_not_what_moves(self):
        """
        However much of it waits.
        """
        assert looks(3, *({HERE: offset} for offset in range(50))) == [None] * 50

    def test_begin_anew_after_a_move(self):
        """
        Patience is for each time.
        """
        assert looks(2, {HERE: 7}, {HERE: 7}, {HERE: 8}, {HERE: 8}, {HERE: 8}) == [None] * 4 + [HERE]

    def test_are_not_what_has_nothing_to_wait_for(self):
        """
        A quiet topic stays at one offset for days.
        """
        assert looks(2, {HERE: 7}, {HERE: 7}, {}, {HERE: 7}, {HERE: 7}) == [None] * 5

    def test_are_found_beside_what_moves(self):
        """
        One partition stands still while another goes on.
        """
        assert looks(2, *({THERE: offset, HERE: 7} for offset in range(3)))[-1] == HERE

    def test_take_as_long_as_the_looks_say(self):
        """
        Seconds count, not looks.
        """
        assert looks(10, *[{HERE: 7}] * 3, seconds=5.0) == [None, None, HERE]


class Left(BaseException):
    """
    What stands for the end of the process in these tests.
    """


@pytest.fixture
def left(monkeypatch):
    said = []

    def instead(why):
        said.append(why)
        raise Left

    monkeypatch.setattr(watchdog, "leave", instead)
    monkeypatch.setattr(watchdog, "_LOOK_SECONDS", 0.001)
    return said


def watch(waiting, *, patience=10.0, step=1.0, healthy=lambda: None, turns=None):
    """
    A watchdog whose clock goes on by a step at each look.
    """
    ticks = iter(range(10_000))

    async def go():
        made = Watchdog(patience, waiting, healthy, clock=lambda: next(ticks) * step)
        watched = asyncio.create_task(made.run())
        if turns:
            await turns(watched)
        else:
            await watched

    asyncio.run(go())


class TestWatchdog:
    def test_ends_the_process_and_says_where(self, left):
        """
        In one sentence.
        """
        with pytest.raises(Left):
            watch(lambda: {HERE: 7})

        assert left == ["nothing moved for 10 s in raw.device partition 0, while records wait"]

    def test_is_healthy_until_then(self, left):
        """
        Once a look, and not at the last.
        """
        healthy = []
        with pytest.raises(Left):
            watch(lambda: {HERE: 7}, healthy=lambda: healthy.append(1))

        assert left
        assert len(healthy) == 10

    def test_does_not_count_the_time_for_which_it_was_paused(self, left):
        """
        An hour between two looks is no hour of standing still.
        """
        healthy = []
        with pytest.raises(Left):
            watch(lambda: {HERE: 7}, step=3_600, healthy=lambda: healthy.append(1))

        assert left
        assert len(healthy) == 2

    def test_ends_the_process_when_the_loop_hangs(self, left, monkeypatch):
        """
        A thread sees it, since the loop cannot.
        """
        seen = threading.Event()
        monkeypatch.setattr(threading, "excepthook", lambda _: seen.set())

        async def hang(watched):
            await asyncio.sleep(0.01)
            seen.wait(20)
            watched.cancel()

        watch(dict, patience=0.05, turns=hang)

        assert left == ["the event loop has not had a turn for 0.05 s"]

    def test_lets_go_when_the_worker_stops(self, left):
        """
        How long a stop takes is the supervisor's to judge.
        """
        before = threading.active_count()

        async def stop(watched):
            await asyncio.sleep(0.01)
            watched.cancel()

        watch(dict, patience=0.05, turns=stop)
        for thread in threading.enumerate():
            if thread.name == "watchdog":
                thread.join(20)

        assert threading.active_count() == before
        assert left == []


def beside(pulse, *, until, patience=10.0):
    """
    A watchdog in a thread, for as long as there is work; its clock goes on by a second at each look.
    """
    ticks = iter(range(10_000))
    healthy = []
    made = Watchdog(patience, lambda: {"work": pulse.beats}, lambda: healthy.append(1), clock=lambda: next(ticks))
    with made.beside():
        until(healthy)
    for thread in threading.enumerate():
        if thread.name == "watchdog":
            thread.join(20)
    return healthy


class TestBeside:
    def test_ends_the_process_when_the_work_stops_moving(self, left, monkeypatch):
        """
        Which says itself that it moves.
        """
        seen = threading.Event()
        monkeypatch.setattr(threading, "excepthook", lambda _: seen.set())

        beside(Pulse(), until=lambda _: seen.wait(20))

        assert left == ["nothing moved for 10 s in work, while records wait"]

    def test_lets_work_that_moves_go_on(self, left):
        """
        For longer than its patience.
        """
        pulse = Pulse()

        def work(healthy):
            while len(healthy) < 50:
                pulse()
                time.sleep(0.0002)

        healthy = beside(pulse, until=work)

        assert len(healthy) >= 50
        assert left == []


LEAVES = """
import os, sys, logging
from pipeline.watchdog import leave
reading, writing = os.pipe()
os.set_blocking(writing, False)
try:
    while os.write(writing, b"x" * 4096): pass
except BlockingIOError:
    os.set_blocking(writing, True)
os.dup2(writing, 2)
logging.basicConfig()
leave("nothing moved")
"""


HANGS = "import threading; from pipeline.watchdog import at_most\nwith at_most(0.2, 'late'): threading.Event().wait(60)"


class TestAtMost:
    def test_ends_a_process_that_takes_longer(self):
        """
        Whatever it waits for.
        """
        ended = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=30, check=False)

        assert ended.returncode == EXIT_STALLED
        assert "late" in ended.stderr

    def test_leaves_alone_what_ends_in_time(self, monkeypatch):
        """
        Nor does anything come later.
        """
        left = threading.Event()
        monkeypatch.setattr(watchdog, "leave", lambda _why: left.set())
        with at_most(0.05, "late"):
            pass

        assert not left.wait(0.2)


class TestLeave:
    def test_has_a_code_of_its_own(self):
        """
        And a sentence in the log.
        """
        code = "import logging; logging.basicConfig(); from pipeline.watchdog import leave; leave('nothing moved')"
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

        assert ended.returncode == EXIT_STALLED
        assert ended.stderr.endswith("this process stood still and ends, to be started again: nothing moved\n")

    def test_succeeds_when_the_log_is_what_hangs(self):
        """
        A full pipe that nobody reads holds up every line, and not the end.
        """
        ended = subprocess.run([sys.executable, "-c", LEAVES], timeout=60, check=False)

        assert ended.returncode == EXIT_STALLED
