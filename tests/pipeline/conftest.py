"""What tests of the pipeline share: a port where nothing listens."""

import socket

import pytest


@pytest.fixture
def closed_port():
    """
    The address of a port that was free a moment ago.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"
