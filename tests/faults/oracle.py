"""What must come of a raw event: the engine, run here, with decisions that the test gives it."""

from collections.abc import Mapping, Sequence

from pipeline.broken import Broken
from pipeline.decision import Decision
from pipeline.engine import Engine
from pipeline.keys import RootKeys
from pipeline.parties import KeysOfParties
from pipeline.quarantine import quarantine_topic
from tests.faults.views import VIEWS

HELD = b""
"""In an outcome: a quarantine record, whose sealed content nobody can foretell."""

Outcome = Mapping[str, bytes]
"""The records that an event becomes: topic → value."""


class Oracle:
    """
    The engine of a deployment, outside of any worker.

    Args:
        keys: of the deployment.
    """

    def __init__(self, keys: RootKeys) -> None:
        self._decision = Decision()
        self._engine = Engine(VIEWS, KeysOfParties(keys, {}), lambda *_: self._decision)

    def outcome(self, topic: str, raw: bytes, decision: Decision) -> Outcome:
        """
        What an event becomes under one decision.
        """
        self._decision = decision
        engine = self._engine.topics[topic]
        try:
            records = engine.process(raw)
        except Broken:
            return {quarantine_topic(topic): HELD}
        made = zip(engine.views, records, strict=True)
        return {view.topic: record[0] for view, record in made if record is not None}

    def outcomes(self, topic: str, raw: bytes, decisions: Sequence[Decision]) -> list[Outcome]:
        """
        What it becomes under each of them.
        """
        return [self.outcome(topic, raw, decision) for decision in decisions]
