"""Sockets that kafka-python leaves to the collector of garbage, when a broker that is away refuses a connection."""

import gc
import warnings

import pytest

LEFT = "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"


def pytest_itemcollected(item):
    """
    None of them fails a test of this folder.
    """
    item.add_marker(pytest.mark.filterwarnings(LEFT))


def pytest_sessionfinish():
    """
    None of them fails the run when all is over.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
