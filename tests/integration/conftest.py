"""What integration tests share: one Kafka broker for the whole run."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest

from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster
from tests.kafka.programs import MissingError


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaCluster]:
    """
    A cluster of one broker.

    Where Java, Maven or kcat is missing the test is skipped with the reason, and in CI it fails.
    """
    with ExitStack() as stack:
        try:
            kcat.installed()
            cluster = stack.enter_context(KafkaCluster())
        except MissingError as missing:
            if os.environ.get("CI"):
                pytest.fail(f"CI must run the integration tests: {missing}", pytrace=False)
            pytest.skip(str(missing))
        yield cluster


@pytest.fixture
def topic(kafka: KafkaCluster) -> Callable[..., str]:
    """
    Creates a topic with a name of its own: `topic("raw.order", partitions=3)`.
    """

    def create(name: str, **settings: object) -> str:
        return kafka.create_topic(f"{name}.{uuid4().hex[:8]}", **settings)

    return create
