"""The app: what is fixed stays fixed, whatever the environment of the machine says."""

import asyncio
from pathlib import Path

import pytest

from pipeline.app import create_app
from pipeline.counts import Counts
from pipeline.sealing import OfficerPrivateKey
from pipeline.settings import Settings
from tests.pipeline.events import engine

SETTINGS = Settings(
    ("127.0.0.1:9092",),
    Path("keyset.json"),
    Path("passphrase"),
    Path("officer.pub"),
    instance="worker-1",
    session_seconds=300,
)
HOSTILE = {
    "BROKER_URL": "kafka://elsewhere:9092",
    "CONSUMER_AUTO_OFFSET_RESET": "latest",
    "PROCESSING_GUARANTEE": "exactly_once",
    "PRODUCER_MAX_BATCH_SIZE": "100",
    "STREAM_WAIT_EMPTY": "false",
    "TOPIC_ALLOW_DECLARE": "true",
    "WEB_ENABLED": "true",
}


class NoAudit:
    """
    Is told nothing: no event is processed here.
    """


@pytest.fixture
def app(monkeypatch):
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield create_app(SETTINGS, engine(), OfficerPrivateKey.generate().public().sealer(), Counts(), NoAudit())
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("broker_heartbeat_interval", 3.0),
        ("broker_request_timeout", 300.0),
        ("broker_session_timeout", 300.0),
        ("consumer_auto_offset_reset", "earliest"),
        ("consumer_group_instance_id", "worker-1"),
        ("producer_max_batch_size", 900_000),
        ("stream_wait_empty", True),
        ("topic_allow_declare", False),
        ("topic_disable_leader", True),
        ("web_enabled", False),
    ],
)
def test_other_programs_variables_change_nothing(app, setting, expected):
    """
    Faust reads variables without a prefix, which Celery and others use as well.
    """
    assert getattr(app.conf, setting) == expected


def test_the_broker_is_the_one_that_was_given(app):
    """
    And at least once is the guarantee.
    """
    assert [str(url) for url in app.conf.broker] == ["chunks://127.0.0.1:9092"]
    assert app.conf.processing_guarantee.name == "AT_LEAST_ONCE"


def test_there_is_an_agent_for_each_raw_topic(app):
    """
    One at a time for each, and nothing else.
    """
    assert sorted(app.agents) == [
        "views.raw.account",
        "views.raw.contact",
        "views.raw.device",
        "views.raw.interaction",
        "views.raw.location",
        "views.raw.log",
        "views.raw.order",
    ]
    assert {agent.concurrency for agent in app.agents.values()} == {1}
