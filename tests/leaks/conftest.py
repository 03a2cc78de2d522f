"""What the tests of leaks share: one broker, and one day at the shop."""

import os

import pytest

from tests.integration.conftest import kafka
from tests.integration.deployment import Deployment
from tests.kafka.programs import MissingError, program
from tests.leaks.machine import Machine
from tests.leaks.play import play
from tests.leaks.scanner import Scanner

__all__ = ["kafka"]


@pytest.fixture(scope="session")
def strace():
    """
    Where it is missing the test is skipped with the reason, and in CI it fails.
    """
    try:
        return program("strace", "install it (Debian package strace)")
    except MissingError as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must trace what workers do: {missing}", pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def played(strace, kafka, tmp_path_factory):
    """
    The whole day.
    """
    assert strace
    folder = tmp_path_factory.mktemp("leaks")
    return play(Deployment(kafka, folder, partitions=2), Machine(folder))


@pytest.fixture(scope="session")
def scanner(played):
    """
    For everything that was planted in it.
    """
    return Scanner(played.planted)
