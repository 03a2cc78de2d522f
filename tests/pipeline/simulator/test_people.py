"""Claims about people and what they carry."""

from collections import Counter
from datetime import date
from random import Random
from statistics import mean

import pytest

from pipeline.simulator.devices import NO_TRACKING
from pipeline.simulator.people import Population
from pipeline.simulator.public import is_public
from transforms.age_band import age


@pytest.fixture(scope="module")
def population():
    return Population(Random(3), 2_500, 1_767_196_800_000)


class TestNames:
    def test_stand_nowhere_in_public_text(self, population):
        """
        Finding somebody's name or nickname in a clean record proves a leak: no title, place or model contains one.
        """
        assert not [person for person in population.people if is_public(person.name) or is_public(person.nickname)]

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("李宁", id="a maker of shoes"),
            pytest.param("龙华", id="a district"),
            pytest.param("刘慈欣", id="an author"),
            pytest.param("余华", id="another author"),
            pytest.param("张家口", id="part of a city's name"),
        ],
    )
    def test_of_brands_and_places_are_public(self, name):
        """
        A name that is also a brand's, an author's or a place's is not given to anybody.
        """
        assert is_public(name)

    def test_are_long_enough(self, population):
        """
        Two characters at least for a name, five for a nickname.
        """
        assert min(len(person.name) for person in population.people) == 2
        assert min(len(person.nickname) for person in population.people) >= 5

    def test_follow_the_frequency_of_surnames(self, population):
        """
        王, 李 and 张 are the three most frequent, as in the country.
        """
        surnames = Counter(person.name[0] for person in population.people)

        assert {name for name, _ in surnames.most_common(3)} == {"王", "李", "张"}


class TestPeople:
    def test_have_ids_of_their_own(self, population):
        """
        No two people share a user id, a cookie or a device.
        """
        for ids in (
            [person.user_id for person in population.people],
            [person.cookie_id for person in population.people],
            [device.device_id for person in population.people for device in person.devices if device.tracked],
        ):
            assert len(ids) == len(set(ids))

    def test_some_have_several_devices(self, population):
        """
        One to three devices a person, more than one for every fifth at least.
        """
        counts = [len(person.devices) for person in population.people]

        assert set(counts) == {1, 2, 3}
        assert mean(count > 1 for count in counts) > 0.2

    def test_are_old_enough(self, population):
        """
        Nobody is younger than 7 or older than 75 in 2026.
        """
        births = [person.birth.year for person in population.people]

        assert 1951 <= min(births) < max(births) <= 2018

    def test_have_a_guardian_while_they_are_children(self, population):
        """
        Whoever is below 14, about one in 25, and nobody else; the guardian is another person.
        """
        children = [person for person in population.people if age(person.birth, date(2026, 1, 1)) < 14]

        assert children == [person for person in population.people if person.guardian]
        assert 0.03 < len(children) / len(population.people) < 0.05
        assert all(child.guardian.phone != child.phone for child in children)
        assert not [child for child in children if is_public(child.guardian.name)]

    def test_were_born_when_their_identity_number_says(self, population):
        """
        And are women where its last digit but one is even.
        """
        for person in population.people:
            assert person.id_card[6:14] == f"{person.birth:%Y%m%d}"
            assert person.female is (int(person.id_card[16]) % 2 == 0)

    def test_own_numbers_of_their_operator(self, population):
        """
        Every operator has customers.
        """
        carriers = {person.carrier for person in population.people}

        assert carriers == {"中国移动", "中国联通", "中国电信", "中国广电"}


class TestDevices:
    def test_some_have_opted_out_of_tracking(self, population):
        """
        An opted-out OAID or IDFA reads zero throughout; each other one is a UUID or 16 hexadecimal digits.
        """
        devices = [device for person in population.people for device in person.devices]
        zero = [device for device in devices if not device.tracked]

        assert {device.ios for device in zero} == {True, False}
        assert all(device.device_id == NO_TRACKING for device in zero)
        assert {len(device.device_id) for device in devices} == {16, 36}

    def test_apple_writes_its_ids_in_capitals(self, population):
        """
        An IDFA is an upper-case UUID and stands among the hardware identifiers.
        """
        devices = [device for person in population.people for device in person.devices if device.ios]

        assert all(device.device_id == device.device_id.upper() == device.hardware["idfa"] for device in devices)


class TestActivity:
    def test_few_act_often(self, population):
        """
        A tenth of the people does more than a third of everything.
        """
        acts = Counter(population.active().user_id for _ in range(20_000))

        assert sum(count for _, count in acts.most_common(250)) > 20_000 / 3
        assert len(acts) > 2_000
