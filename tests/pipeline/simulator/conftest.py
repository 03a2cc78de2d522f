"""Streams that several claims are made about."""

import pytest

from pipeline.simulator import Simulator


@pytest.fixture(scope="session")
def stream():
    """
    8,000 events of 600 people, with the usual share of broken ones.
    """
    return tuple(Simulator(20_260_101, subjects=600).events(8_000))


@pytest.fixture(scope="session")
def whole(stream):
    """
    The events of the stream that have to pass.
    """
    return tuple(event for event in stream if event.broken is None)


@pytest.fixture(scope="session")
def broken():
    """
    4,000 broken events.
    """
    return tuple(Simulator(7, broken=1, subjects=200).events(4_000))
