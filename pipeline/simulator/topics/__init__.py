"""What upstream apps send to each raw topic."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pipeline.simulator.scene import Scene
from pipeline.simulator.topics.account import account_event
from pipeline.simulator.topics.contact import contact_event
from pipeline.simulator.topics.device import device_event
from pipeline.simulator.topics.interaction import interaction_event
from pipeline.simulator.topics.location import location_event
from pipeline.simulator.topics.log import log_event
from pipeline.simulator.topics.order import order_event

MAKERS: Final[Mapping[str, Callable[[Scene], dict[str, Any]]]] = {
    "raw.device": device_event,
    "raw.log": log_event,
    "raw.location": location_event,
    "raw.order": order_event,
    "raw.account": account_event,
    "raw.interaction": interaction_event,
    "raw.contact": contact_event,
}
"""How an event of a topic is made: contents out of a scene, whose `planted` receives the identifiers."""

__all__ = ["MAKERS"]
