"""raw.account: profiles, when they are created and when they are changed."""

from random import Random
from typing import Any, Final

from pipeline.simulator.draw import digits, hexadecimal, pick
from pipeline.simulator.people import Guardian, Person
from pipeline.simulator.scene import Scene
from pipeline.simulator.signatures import PERSONAL_SIGNATURES, SIGNATURES
from pipeline.simulator.texts import compose

_CREATED: Final = 0.25  # share of events; the others are changes
_NEW_PASSWORD: Final = 0.15  # share of changes
_AVATAR: Final = 0.7
_SIGNATURE: Final = 0.5
_PERSONAL: Final = 0.3  # share of signatures with a person in them
_GENDER: Final = 0.7
_UNDISCLOSED: Final = 0.1
_BIRTH_DATE: Final = 0.6
_REGION: Final = 0.6
_COLLOQUIAL: Final = 0.15  # share of regions that say 广东 for 广东省
_DISTRICT: Final = 0.2  # share of regions that name the district, too
_VERIFIED: Final = 0.3  # share of people who proved who they are
_CHOSEN: Final = 0.2  # share of profiles whose owner has been to the settings of privacy
_CODED: Final = 0.2  # share of telephone numbers with their country's code
_WORDS: Final = ("Abc", "Aini", "Happy", "Love", "Mima", "Qwer", "Sunny", "Woshi")


def account_event(scene: Scene) -> dict[str, Any]:
    """
    A profile as it is after somebody created or changed it. That of a child below 14 names a guardian.
    """
    rng, person = scene.world.rng, scene.person
    event = scene.envelope()
    event["nickname"] = scene.plant(person.nickname)
    _add_shown(scene, event)
    event["phone"] = scene.plant(f"+86{person.phone}" if rng.random() < _CODED else person.phone)
    if rng.random() < _CREATED or rng.random() < _NEW_PASSWORD:
        event["password"] = scene.plant(_password(rng))
    if rng.random() < _VERIFIED:
        event["real_name"] = scene.plant(person.name)
        event["id_card"] = scene.plant(person.id_card)
    if rng.random() < _CHOSEN:
        event["tracking_opt_out"] = person.opted_out
    if person.guardian:
        event["guardian"] = _guardian(scene, person.guardian)
    return event


def _add_shown(scene: Scene, event: dict[str, Any]) -> None:
    """
    What other users may see of the profile.
    """
    rng, person = scene.world.rng, scene.person
    if rng.random() < _AVATAR:
        picture = f"https://img.haohuo.example/avatar/{person.user_id}/{hexadecimal(rng, 16)}.jpg"
        event["avatar_url"] = scene.plant(picture)
    if rng.random() < _SIGNATURE:
        event["signature"] = _signature(scene)
    if rng.random() < _GENDER:
        gender = "female" if person.female else "male"
        event["gender"] = "undisclosed" if rng.random() < _UNDISCLOSED else gender
    if rng.random() < _BIRTH_DATE:
        event["birth_date"] = scene.plant(person.birth.isoformat())
    if rng.random() < _REGION:
        event["region"] = _region(rng, person)


def _signature(scene: Scene) -> str:
    rng = scene.world.rng
    if rng.random() >= _PERSONAL:
        return pick(rng, SIGNATURES)
    return compose(rng, PERSONAL_SIGNATURES, scene.person, "", scene.planted)


def _region(rng: Random, person: Person) -> str:
    home = person.home
    province, city = home.city.province, home.city.name
    if rng.random() < _COLLOQUIAL:
        province, city = province.removesuffix("省").removesuffix("市"), city.removesuffix("市")
    names = [province] if province == city else [province, city]
    if rng.random() < _DISTRICT:
        names.append(home.district.name)
    return pick(rng, ("", " ", "-")).join(names)


def _password(rng: Random) -> str:
    return f"{pick(rng, _WORDS)}{pick(rng, '@#_!.')}{digits(rng, 8)}"


def _guardian(scene: Scene, guardian: Guardian) -> dict[str, str]:
    return {"name": scene.plant(guardian.name), "phone": scene.plant(guardian.phone)}
