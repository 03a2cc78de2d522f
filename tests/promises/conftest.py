"""What the promises share: one town for all of them, and a word at the end about those that are not kept yet."""

import pytest

from tests.integration.conftest import kafka
from tests.integration.deployment import Deployment
from tests.kafka.broker import KafkaCluster
from tests.promises.promises import NOT_YET
from tests.promises.town import Town

__all__ = ["kafka"]


@pytest.fixture(scope="session")
def town(kafka, tmp_path_factory):
    """
    A broker of its own, with one worker that reads everything.
    """
    assert kafka  # it says what is missing on this machine
    with KafkaCluster() as own:
        deployment = Deployment(own, tmp_path_factory.mktemp("promises"))
        with deployment.worker(QINGLIU_COMMIT_SECONDS="0.2") as worker:
            yield Town(deployment, worker)
            assert worker.stop() == 0


def pytest_terminal_summary(terminalreporter):
    """
    One line a promise, so that nobody takes a green run for all of them.
    """
    terminalreporter.section("promises not kept yet")
    for promise, missing in NOT_YET.items():
        terminalreporter.line(f"{promise}: {missing}")
