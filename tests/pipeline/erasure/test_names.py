"""Claims about what identifies somebody in events."""

from pipeline.erasure.names import names_of, names_of_things
from pipeline.erasure.state import History
from schemas.kinds import Kind
from tests.pipeline.links.world import IDENTIFIERS

DEVICES = [IDENTIFIERS.device(letter * 16) for letter in "ab"]
COOKIE = IDENTIFIERS.cookie("c0ffee")


class TestNames:
    def test_are_those_of_the_person_and_of_their_things(self):
        """
        By kind.
        """
        assert names_of("u-1", [*DEVICES, COOKIE], {}) == {
            Kind.USER_ID: {("u-1", 0)},
            Kind.DEVICE_ID: {(device.value, 0) for device in DEVICES},
            Kind.COOKIE_ID: {("c0ffee", 0)},
        }

    def test_are_of_every_generation(self):
        """
        A person's, and a device's, which stands among the subjects by its hash.
        """
        known = {"u-1": History(registered=frozenset({5, 9})), COOKIE.subject: History(registered=frozenset({7}))}

        assert names_of("u-1", [COOKIE], known) == {
            Kind.USER_ID: {("u-1", 0), ("u-1", 5), ("u-1", 9)},
            Kind.COOKIE_ID: {("c0ffee", 0), ("c0ffee", 7)},
        }

    def test_of_who_is_known_by_a_number_are_the_number(self):
        """
        It has no generation: a parcel is not registered for.
        """
        known = {"phone:+8613800138000": History(registered=frozenset({5}))}

        assert names_of("phone:+8613800138000", [], known) == {Kind.PHONE: {("+8613800138000", 0)}}

    def test_of_nothing_are_none(self):
        """
        No kind without a name.
        """
        assert names_of_things([], {}) == {}
