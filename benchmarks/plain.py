"""
The plain way, to compare with: an ordinary Faust app, as a tutorial writes it, that does the same work an event.

It reads the same topics, keeps the same views with the same compiled engine and keys, and writes the same clean records
to the same topics: one event at a time, one `await topic.send(…)` a view. Faust's JSON codec is left out (`raw`), since
the engine reads and writes the JSON by itself; agents, acknowledgements, producer and consumer are Faust's own with its
defaults, but for what a broker without automatic topics and a machine whose port 6066 is taken need.

It is spared work that the worker does: no policy, schema and source headers, no timestamps, no quarantine, no counters,
no waiting for the broker's answer. So it is not safe either: an event that raises is acknowledged and gone, and so is
one whose record the broker refuses, because `send` returns before the broker has answered and nothing looks at the
answer.

Run by `python -m benchmarks --only end_to_end`, which tells it through the environment where broker and keys are.
"""

from collections.abc import Sequence
from typing import Any

import faust

from pipeline.engine import Engine, TopicEngine
from pipeline.keys import RootKeys, protection
from pipeline.settings import Settings
from schemas import VIEWS


def create_app(settings: Settings) -> faust.App:
    """
    An app with one agent for each raw topic.
    """
    engine = Engine(VIEWS, RootKeys.load(settings.keyset, protection(settings.passphrase, settings.kms)))
    app = faust.App(
        settings.group,
        broker=[f"kafka://{server}" for server in settings.bootstrap],
        consumer_auto_offset_reset="earliest",
        store="memory://",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    clean = {view.topic: _topic(app, view.topic) for view in VIEWS}
    for topic, topic_engine in engine.topics.items():
        _agent(app, _topic(app, topic), topic_engine, [clean[view.topic] for view in topic_engine.views])
    return app


def _topic(app: faust.App, name: str) -> Any:
    return app.topic(name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


def _agent(app: faust.App, raw: Any, engine: TopicEngine, topics: Sequence[Any]) -> None:
    @app.agent(raw, name=f"plain.{raw.get_topic_name()}")
    async def clean(stream: Any) -> None:
        async for event in stream:
            for topic, output in zip(topics, engine.process(event), strict=True):
                if output is not None:
                    await topic.send(key=output[1], value=output[0])


if __name__ == "__main__":
    create_app(Settings.from_environment()).main()
