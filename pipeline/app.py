"""The Faust app of a worker: one agent for each raw topic, over the chunk transport."""

import asyncio
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, Final, cast

import faust
from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials
from yarl import URL

from pipeline.agents import TopicAgent, register
from pipeline.audit.log import ChunkLog
from pipeline.connection import Connection
from pipeline.counts import Counts
from pipeline.delivery import Delivery
from pipeline.delivery.at_least_once import AtLeastOnce
from pipeline.delivery.exactly_once import ExactlyOnce
from pipeline.delivery.transactional import TransactionalProducer
from pipeline.engine import Engine, TopicEngine
from pipeline.erasure.children import Children
from pipeline.flood import Floods
from pipeline.links.sightings import Sightings
from pipeline.publisher import Publisher
from pipeline.sealing import Sealer
from pipeline.settings import EXACTLY_ONCE, Settings
from pipeline.subjects.profile import RAW_TOPIC
from pipeline.subjects.profiles import ProfileFeed
from pipeline.transport import BATCH_BYTES, SCHEME, ChunkSchema, Consumer, Producer, Tokens

_BUFFERED_CHUNKS: Final = 2
_HEARTBEAT_SECONDS: Final = 3.0
"""At most: a member hears of a rebalance in the answer to a heartbeat, however long its session."""
_METADATA_MS: Final = 10_000
"""After which a raw topic that was made anew, or has more partitions, is seen; five minutes, Faust's own, are long."""
_REQUEST_SECONDS: Final = 90.0
"""Until an unanswered request is given up; Faust's own."""


def create_app(  # noqa: PLR0913 — what a worker has
    settings: Settings,
    engine: Engine,
    sealer: Sealer,
    counts: Counts,
    audit: ChunkLog,
    *,
    sightings: Sightings | None = None,
    profiles: ProfileFeed | None = None,
    children: Children | None = None,
) -> "ViewsApp":
    """
    The app, ready to start.

    Everything of Faust that would create topics, open ports or keep state of its own is off.

    Args:
        settings: of the deployment.
        engine: with the views to keep.
        sealer: of the privacy officer.
        counts: to be counted up.
        audit: told of each chunk.
        sightings: what the events name together; None when links are off.
        profiles: what `raw.account` says of persons; None when subject state is off.
        children: whom events tell to be one; None when subject state is off.
    """
    app = ViewsApp(
        settings.group,
        broker=broker_urls(settings.bootstrap),
        broker_credentials=credentials(Connection.from_environment()),
        broker_commit_interval=settings.commit_seconds,
        broker_heartbeat_interval=min(_HEARTBEAT_SECONDS, settings.session_seconds / 3),
        broker_max_poll_records=settings.chunk,
        broker_request_timeout=max(_REQUEST_SECONDS, settings.session_seconds),  # no less, says Faust
        broker_session_timeout=settings.session_seconds,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance or None,
        consumer_metadata_max_age_ms=_METADATA_MS,
        env={},  # or Faust lets variables such as BROKER_URL win over what stands here
        producer_max_batch_size=BATCH_BYTES,
        producer_max_request_size=2 * BATCH_BYTES,
        producer_request_timeout=settings.delivery_seconds,
        store="memory://",
        stream_buffer_maxsize=_BUFFERED_CHUNKS,
        stream_wait_empty=True,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    app.floods = Floods(settings.flood_share, counts, app.leave if settings.flood == "stop" else None)
    app.delivery = _delivery(settings, Publisher(_Sender(app)))
    for topic, topic_engine in engine.topics.items():
        agent = TopicAgent(
            topic_engine,
            sealer,
            app.delivery,
            counts,
            settings.in_flight,
            audit,
            sightings=sightings,
            profiles=profiles if topic == RAW_TOPIC else None,
            children=children,
            floods=app.floods,
        )
        app.topic_agents[topic] = agent
        register(app, agent, app.topic(topic, schema=ChunkSchema(), value_type=bytes))
    return app


class ViewsApp(faust.App):
    """
    An app that keeps nothing on disk.

    Args:
        args: Faust's.
        settings: Faust's.
    """

    floods: Floods
    delivery: Delivery

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.topic_agents: dict[str, TopicAgent] = {}

    async def use(self, engines: Mapping[str, TopicEngine]) -> None:
        """
        Go on with other keys, in each topic from its next chunk.
        """
        await asyncio.gather(*(self.topic_agents[topic].use(engine) for topic, engine in engines.items()))

    def leave(self, topic: str) -> None:
        """
        Take nothing of a topic any more, until the next start.
        """
        cast("Consumer", self.consumer).leave(topic)

    def waiting(self, turns: Counter[str]) -> dict[str, Hashable]:
        """
        What waits, in words, each with a mark that changes whenever it moves.

        Args:
            turns: that processing took, by topic.
        """
        marks: dict[str, Hashable] = {}
        if self.rebalancing:
            marks["the consumer group, which is rebalancing"] = self.rebalancing_count
        for tp, mark in cast("Consumer", self.consumer).waiting(turns).items():
            marks[f"{tp.topic} partition {tp.partition}"] = mark
        return marks

    def lags(self) -> dict[tuple[str, int], int]:
        """
        How many records wait, by raw topic and partition.
        """
        return cast("Consumer", self.consumer).lags()

    def _create_directories(self) -> None:
        """
        Nothing: Faust would make folders for tables in the current one, which may be read-only.
        """


def _delivery(settings: Settings, publisher: Publisher) -> Delivery:
    if settings.delivery != EXACTLY_ONCE:
        return AtLeastOnce(publisher)
    seconds = settings.delivery_seconds + settings.commit_seconds
    return ExactlyOnce(publisher, partial(TransactionalProducer.open, settings.bootstrap, settings.group, seconds))


def broker_urls(bootstrap: Sequence[str]) -> list[URL]:
    """
    Brokers as Faust takes them.
    """
    return [URL(f"{SCHEME}://{server}") for server in bootstrap]


def credentials(connection: Connection) -> OAuthCredentials | SASLCredentials | SSLCredentials | None:
    """
    A connection as Faust takes it; None in clear and without a name.

    Raises:
        SettingsError: one of its files cannot be used.
    """
    context = connection.context()
    if connection.token:
        return OAuthCredentials(oauth_cb=Tokens(connection), ssl_context=context)
    if connection.sasl:
        return SASLCredentials(
            username=connection.user,
            password=connection.secret(),
            ssl_context=context,
            mechanism=connection.mechanism,
        )
    return SSLCredentials(context) if context else None


class _Sender:
    """
    The app's producer, which Faust makes only when the app starts.
    """

    def __init__(self, app: faust.App) -> None:
        self._app = app

    def create_batch(self) -> Any:
        return self._producer.create_batch()

    async def send_batch(self, batch: Any, topic: str, partition: int) -> "asyncio.Future[Any]":
        return cast("asyncio.Future[Any]", await self._producer.send_batch(batch, topic, partition))

    async def partition_count(self, topic: str) -> int:
        return await self._producer.partition_count(topic)

    @property
    def _producer(self) -> Producer:
        return cast("Producer", self._app.producer)
