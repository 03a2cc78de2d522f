"""raw.device: sent when an app starts."""

from typing import Any, Final

from pipeline.simulator.devices import PLACEHOLDERS
from pipeline.simulator.networks import bare
from pipeline.simulator.scene import Scene

_READABLE: Final = 0.55  # share of hardware identifiers that an app is allowed to read
_IP: Final = 0.8


def device_event(scene: Scene) -> dict[str, Any]:
    """
    The kind of device, and the identifiers that its system lets the app read.
    """
    rng, person, device = scene.world.rng, scene.person, scene.device
    event = scene.envelope()
    event.update(device.traits)
    event["carrier"] = person.carrier
    for name, value in device.hardware.items():
        if rng.random() < _READABLE:
            event[name] = value
            if value not in PLACEHOLDERS:
                scene.plant(value)
                if name == "mac":
                    scene.plant(bare(value))
    if rng.random() < _IP:
        event["ip"] = scene.plant(person.connection.current(rng))
    return event
