"""raw.contact: calls, chats and mails with customer service."""

from random import Random
from typing import Any, Final
from zlib import crc32

from pipeline.simulator.draw import hexadecimal, pick
from pipeline.simulator.scene import Scene, beijing, order_number
from pipeline.simulator.service import conversation

_MEDIA: Final = (*("chat",) * 10, *("call",) * 7, *("mail",) * 3)
_AGENTS: Final = 400
_TEXT: Final = 0.9
_PHONE: Final = {"call": 0.95, "chat": 0.3, "mail": 0.2}
_EMAIL: Final = {"call": 0.05, "chat": 0.1, "mail": 0.98}
_RECORDED: Final = 0.8  # share of calls
_CODED: Final = 0.3  # share of telephone numbers with their country's code


def contact_event(scene: Scene) -> dict[str, Any]:
    """
    One contact. What a person asks on one day is one case.
    """
    rng, person = scene.world.rng, scene.person
    event = scene.envelope()
    event["case_id"] = scene.plant(_case_id(scene))
    medium = event["medium"] = pick(rng, _MEDIA)
    if rng.random() < _PHONE[medium]:
        event["phone"] = scene.plant(f"+86{person.phone}" if rng.random() < _CODED else person.phone)
    if rng.random() < _EMAIL[medium]:
        event["email"] = scene.plant(person.email)
    event["agent_id"] = scene.plant(f"agent_{10_000 + int(rng.random() * _AGENTS)}")
    if rng.random() < _TEXT:
        event["text"] = conversation(rng, medium, person, order_number(rng, scene.ms), scene.planted)
    if medium == "call" and rng.random() < _RECORDED:
        event["recording_url"] = scene.plant(_recording(rng, beijing(scene.ms, "%Y%m%d")))
    return event


def _case_id(scene: Scene) -> str:
    number = crc32(scene.person.user_id.encode()) % 10**8
    return f"CS{beijing(scene.ms, '%y%m%d')}{number:08d}"


def _recording(rng: Random, day: str) -> str:
    return f"https://rec.haohuo.example/call/{day}/{hexadecimal(rng, 32)}.mp3?sign={hexadecimal(rng, 40)}"
