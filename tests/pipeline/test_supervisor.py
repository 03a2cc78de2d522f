"""What systemd is told: datagrams to the socket it named, and never an error."""

import socket

import pytest

from pipeline.supervisor import HEALTHY, READY, Supervisor


@pytest.fixture
def listener():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        yield made


class TestSupervisor:
    def test_is_told_states_at_a_path(self, listener, tmp_path):
        """
        One datagram a state.
        """
        listener.bind(str(tmp_path / "notify"))
        supervisor = Supervisor.from_environment({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        supervisor.say(READY)
        supervisor.say(HEALTHY)

        assert [listener.recv(100), listener.recv(100)] == [b"READY=1", b"WATCHDOG=1"]

    def test_is_told_states_at_an_abstract_address(self, listener, tmp_path):
        """
        Which begins with @ in the variable and with a null byte in truth.
        """
        listener.bind(f"\0{tmp_path}")
        Supervisor.from_environment({"NOTIFY_SOCKET": f"@{tmp_path}"}).say(READY)

        assert listener.recv(100) == b"READY=1"

    def test_may_be_nobody(self):
        """
        A worker that was started by hand tells no one.
        """
        Supervisor.from_environment({}).say(READY)

    def test_that_does_not_listen_is_no_error(self, tmp_path):
        """
        It will end the worker for its silence, if that is what it wants.
        """
        Supervisor(str(tmp_path / "nobody")).say(READY)

    def test_that_is_too_busy_does_not_hold_up_the_worker(self, listener, tmp_path):
        """
        What does not fit is lost.
        """
        listener.bind(str(tmp_path / "notify"))
        supervisor = Supervisor(str(tmp_path / "notify"))
        for _ in range(1_000):
            supervisor.say(HEALTHY)

        assert listener.recv(100) == b"WATCHDOG=1"
