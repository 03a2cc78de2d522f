"""A worker reaches its broker and nobody else: not even a name server, not from within a library, not from a child."""

import sys
from ipaddress import ip_address

import pytest

from tests.leaks.machine import Machine, Program

CHILDREN = {"file"}
"""Programs that may be started: croniter, which Faust loads, has Python look at its own file with this one."""


def brokers(played):
    return {(host, int(port)) for host, port in (played.deployment.kafka.bootstrap.rsplit(":", 1),)}


class TestEveryProgram:
    def test_reaches_the_broker_alone(self, played):
        """
        From its first instruction to its last, with texts searched by the model, and by whatever protocol.
        """
        for program in played.machine.programs:
            reached = {(peer.host, peer.port) for peer in program.trace().peers()}
            assert reached == brokers(played), program.name

    def test_is_reached_on_loopback_alone(self, played):
        """
        At the web port.
        """
        for program in played.machine.programs:
            assert all(ip_address(door.host).is_loopback for door in program.trace().doors()), program.name

    def test_starts_nothing_that_could(self, played):
        """
        Beyond what is known.
        """
        for program in played.machine.programs:
            _, *children = program.trace().programs()
            assert {child.split('"')[1].rpartition("/")[2] for child in children} <= CHILDREN, program.name

    def test_loads_what_searches_texts(self, played):
        """
        The model was there, or none of this is about it.
        """
        worker = played.machine.programs[0]

        assert "conversations are searched" not in worker.log.read_text()
        assert any(b"onnxruntime" in each.data for each in played.written if each.place == "worker: /proc/…/maps")


class TestTheTrace:
    """
    It sees whoever breaks this.
    """

    @pytest.fixture
    def traced(self, strace, tmp_path):
        assert strace
        machine = Machine(tmp_path)

        def run(source, *arguments) -> Program:
            with machine.runs("program", [sys.executable, "-c", source, *arguments]) as program:
                program.process.wait(60)
            return program.trace()

        return run

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            pytest.param(
                "import socket; s = socket.socket(); s.setblocking(False); s.connect_ex(('127.0.0.1', 9))",
                ("127.0.0.1", 9),
                id="a socket",
            ),
            pytest.param(
                "import socket; s = socket.socket(socket.AF_INET6); s.setblocking(False); s.connect_ex(('::1', 9))",
                ("::1", 9),
                id="a socket of IPv6",
            ),
            pytest.param(
                "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
                ("127.0.0.1", 9),
                id="a datagram",
            ),
            pytest.param(
                "import confluent_kafka as k; failed = []\n"
                "producer = k.Producer({'bootstrap.servers': '127.0.0.1:9', 'error_cb': failed.append})\n"
                "while not failed: producer.poll(1)",
                ("127.0.0.1", 9),
                id="a thread of a library in C",
            ),
            pytest.param(
                "import subprocess as s, sys; s.run([sys.executable, '-c', 'import socket\\n"
                'socket.socket().connect_ex(("127.0.0.1", 9))\'])',
                ("127.0.0.1", 9),
                id="a child",
            ),
        ],
    )
    def test_shows_who_was_reached(self, traced, source, expected):
        """
        Though nobody answers there.
        """
        assert expected in {(peer.host, peer.port) for peer in traced(source).peers()}

    def test_shows_a_name_that_is_looked_up(self, traced):
        """
        A name server is reached for it.
        """
        source = "import socket\ntry: socket.getaddrinfo('qingliu.invalid', 80)\nexcept OSError: pass"

        assert traced(source).peers()

    def test_shows_the_telemetry_of_the_models_runtime(self, traced, tmp_path):
        """
        What the worker keeps it from: a database, and an id of this machine.
        """
        files = traced("import onnxruntime").files(tmp_path)

        assert any(path.name == "deviceid" for path in files)

    def test_shows_a_door(self, traced):
        """
        Open to everybody.
        """
        doors = traced("import socket; socket.socket().bind(('0.0.0.0', 0))").doors()

        assert {door.host for door in doors} == {"0.0.0.0"}  # noqa: S104 — what must be seen

    def test_shows_a_file_that_is_gone(self, traced, tmp_path):
        """
        Deleted before anybody could look into it.
        """
        files = traced("import os; open('x.tmp', 'w').close(); os.unlink('x.tmp')").files(tmp_path)

        assert tmp_path / "x.tmp" in files

    def test_shows_a_file_that_has_no_name(self, traced, tmp_path):
        """
        It lies in memory alone, and can be sent on all the same.
        """
        assert traced("import os; os.memfd_create('x')").files(tmp_path)

    def test_shows_what_is_started(self, traced):
        """
        With its arguments.
        """
        assert any(
            "argument-of-it" in each for each in traced("import os; os.system('true argument-of-it')").programs()
        )
