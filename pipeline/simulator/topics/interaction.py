"""raw.interaction: watching, writing, liking, tipping, following and searching in live rooms."""

from collections.abc import Mapping
from typing import Any, Final

from pipeline.simulator.danmaku import COMMENTS, DANMAKU, PERSONAL_COMMENTS, PERSONAL_DANMAKU
from pipeline.simulator.draw import digits, pick
from pipeline.simulator.goods import live_room_id
from pipeline.simulator.scene import Scene, order_number
from pipeline.simulator.texts import PERSONAL_SEARCHES, SEARCHES, Templates, compose

_ACTIONS: Final = (
    *(*("watch",) * 12, *("danmaku",) * 14, *("like",) * 6, *("comment",) * 3),
    *("tip", "follow", "search") * 2,
)
_GUEST_ACTIONS: Final = (*("watch",) * 8, *("like",) * 2, "search")
_GIFTS: Final = (10, 100, 100, 100, 520, 990, 1_000, 5_200, 9_900, 52_000, 131_400, 300_000)  # fen
_SAID: Final = 0.3  # share of tips with a text
_WRITTEN: Final[Mapping[str, tuple[tuple[str, ...], Templates, float]]] = {  # the last is the share with a person in it
    "comment": (COMMENTS, PERSONAL_COMMENTS, 0.06),
    "danmaku": (DANMAKU, PERSONAL_DANMAKU, 0.03),
    "search": (SEARCHES, PERSONAL_SEARCHES, 0.06),
    "tip": (DANMAKU, PERSONAL_DANMAKU, 0.03),
}


def interaction_event(scene: Scene) -> dict[str, Any]:
    """
    One thing that a viewer does. Who has not logged in is called a guest, and watches, likes and searches only.
    """
    rng = scene.world.rng
    event = scene.envelope()
    event["room_id"] = live_room_id(rng)
    action = event["action"] = pick(rng, _ACTIONS if scene.known else _GUEST_ACTIONS)
    event["nickname"] = scene.plant(scene.person.nickname if scene.known else "游客" + digits(rng, 10))
    if action in _WRITTEN and (action != "tip" or rng.random() < _SAID):
        event["text"] = _text(scene, *_WRITTEN[action])
    if action == "tip":
        event["amount_fen"] = pick(rng, _GIFTS)
    return event


def _text(scene: Scene, impersonal: tuple[str, ...], personal: Templates, share: float) -> str:
    rng = scene.world.rng
    if rng.random() >= share:
        return pick(rng, impersonal)
    return compose(rng, personal, scene.person, order_number(rng, scene.ms), scene.planted)
