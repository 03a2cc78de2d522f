"""Claims about identifiers by their hashes."""

import pytest

from pipeline.links.identifiers import Identifiers
from tests.pipeline.links.world import IDENTIFIERS, KEY

OAID = "a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90"


class TestIdentifiers:
    def test_outlive_the_process(self):
        """
        What the topic holds today is found tomorrow.
        """
        digests = [IDENTIFIERS.user("1"), IDENTIFIERS.device(OAID), IDENTIFIERS.cookie("c0ffee")]

        assert [each.digest.hex() for each in digests] == [
            "2a8b31962867617c125f6c",
            "accacc06d1b6fcf2e4d0ad",
            "89217849e6918ef302adad",
        ]

    @pytest.mark.parametrize("spelling", [OAID.upper(), OAID.replace("-", ""), f" {OAID} "])
    def test_two_spellings_of_a_device_are_one(self, spelling):
        """
        As they are one token.
        """
        assert IDENTIFIERS.device(spelling) == IDENTIFIERS.device(OAID)

    def test_of_no_known_form_count_too(self):
        """
        What a transform would refuse links all the same.
        """
        assert IDENTIFIERS.device("设备一").value == "设备一"

    @pytest.mark.parametrize("nothing", ["00000000-0000-0000-0000-000000000000", "0", ""])
    def test_that_identify_nothing_are_none(self, nothing):
        """
        A placeholder is everybody's, and links nobody.
        """
        assert IDENTIFIERS.device(nothing) is None
        assert IDENTIFIERS.cookie(nothing) is None

    def test_of_two_kinds_are_two(self):
        """
        Whatever their value, and in the state of subjects too.
        """
        device, cookie, user = (make("12345678") for make in (IDENTIFIERS.device, IDENTIFIERS.cookie, IDENTIFIERS.user))

        assert len({device.digest, cookie.digest, user.digest}) == 3
        assert [each.subject for each in (device, cookie, user)] == [
            f"device:{device.digest.hex()}",
            f"cookie:{cookie.digest.hex()}",
            "12345678",
        ]

    def test_depend_on_their_key(self):
        """
        Nobody can try ids without it.
        """
        digests = [Identifiers(key, str.encode).device(OAID).digest for key in (bytes(32), KEY)]

        assert digests[0] != digests[1]
