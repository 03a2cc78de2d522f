"""The means of the suite do what they say: a cut that cuts nothing would let every test pass."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from confluent_kafka import Message

from pipeline.simulator import Simulated
from tests.faults import faketime
from tests.faults.feed import Feed, Sent
from tests.kafka.node import HOST
from tests.kafka.programs import MissingError
from tests.kafka.proxy import Proxy

CLOCKS = """
import sys, time
for _ in sys.stdin:
    print(time.time(), time.monotonic(), flush=True)
"""


@pytest.fixture
def echo():
    """
    A port that answers with what it is told.
    """

    def serve(connection):
        with connection:
            while data := connection.recv(100):
                connection.sendall(data)

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=[connection], daemon=True).start()

    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy(echo):
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    with Proxy(HOST, port, echo) as ready:
        yield ready


def connect(proxy):
    host, port = proxy.address.split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def told(process):
    """
    The clocks of a process: of the day, and the monotonic one.
    """
    process.stdin.write("\n")
    process.stdin.flush()
    return [*map(float, process.stdout.readline().split())]


class TestProxy:
    def test_passes_on_what_it_gets(self, proxy):
        """
        Both ways.
        """
        with connect(proxy) as client:
            client.sendall(b"hello")

            assert client.recv(100) == b"hello"

    def test_lets_nothing_pass_while_it_is_cut(self, proxy):
        """
        Neither on old connections nor on new ones, and closes none; afterwards what waited arrives.
        """
        with connect(proxy) as old:
            old.sendall(b"before")
            assert old.recv(100) == b"before"
            proxy.cut()
            with connect(proxy) as new:
                for client in (old, new):
                    client.sendall(b"meanwhile")
                    client.settimeout(0.3)
                    with pytest.raises(TimeoutError):
                        client.recv(100)
                proxy.heal()
                for client in (old, new):
                    client.settimeout(10)
                    assert client.recv(100) == b"meanwhile"

    def test_passes_on_the_end_of_a_connection(self, proxy):
        """
        Whoever goes away is gone.
        """
        with connect(proxy) as client:
            client.sendall(b"last")
            client.recv(100)
            client.shutdown(socket.SHUT_WR)

            assert client.recv(100) == b""


class TestClock:
    def test_jumps_within_a_running_process_and_the_monotonic_one_goes_on(self, tmp_path):
        """
        As when somebody sets the clock of a machine.
        """
        clock = tmp_path / "clock"
        clock.write_text("+0\n")
        try:
            environment = os.environ | faketime.preloaded(clock)
        except MissingError as missing:
            pytest.skip(str(missing))
        command = [sys.executable, "-c", CLOCKS]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=environment, **pipes) as process:
            before, steady = told(process)
            clock.write_text("+7200\n")
            limit = time.monotonic() + 30
            while (now := told(process))[0] - before < 7_200:
                assert time.monotonic() < limit, "the clock has not jumped"
                time.sleep(0.2)  # the file is looked at every other second
            process.stdin.close()

        assert now[0] - before < 7_300
        assert 0 < now[1] - steady < 100


FIRST, AGAIN, OTHER = ("raw.a", 0, 0), ("raw.a", 0, 1), ("raw.b", 0, 0)
SENT = {FIRST: b"first", OTHER: b"other"}


class TestFeed:
    @pytest.fixture
    def feed(self):
        feed = Feed("127.0.0.1:9", iter(()), 1)
        feed._placed = {
            place: Sent(Simulated(place[0], b"key", b"person", value, None, ()), 0.0) for place, value in SENT.items()
        }
        return feed

    @staticmethod
    def written(values):
        return {
            (topic, partition, offset): Message(topic, partition, offset, b"key", value)
            for (topic, partition, offset), value in values.items()
        }

    def test_takes_what_its_producer_doubled_for_an_event_of_its_own(self, feed):
        """
        A worker must make of it what it makes of any event.
        """
        taken = feed.take(self.written(SENT | {AGAIN: b"first"}))

        assert taken.keys() == {FIRST, AGAIN, OTHER}
        assert taken[AGAIN] is taken[FIRST]

    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            pytest.param({FIRST: b"first"}, "lost 1 events", id="one that brokers confirmed is gone"),
            pytest.param(SENT | {AGAIN: b"other"}, "1 raw records are nobody's", id="one of another topic"),
            pytest.param(SENT | {AGAIN: b"third"}, "1 raw records are nobody's", id="one that nobody sent"),
        ],
    )
    def test_refuses(self, feed, written, sentence):
        """
        What would make every verdict worthless.
        """
        with pytest.raises(AssertionError, match=sentence):
            feed.take(self.written(written))
