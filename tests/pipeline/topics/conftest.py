"""Addresses for those who cannot connect."""

import socket

import pytest


@pytest.fixture
def closed():
    """
    An address where nothing listens.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"
