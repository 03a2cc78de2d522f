"""Where names of people stand."""

from transforms.text.addresses.persons import Persons


class TestPersons:
    def test_end_before_an_address(self):
        """
        The last of them; one that ends exactly there is the name of a road: 张衡 in 张衡路.
        """
        persons = Persons([(0, 3), (5, 8)])

        assert persons.last_end(10) == 8
        assert persons.last_end(8) == 3
        assert persons.last_end(2) == 0

    def test_stand_between_two_parts(self):
        """
        Only whole names.
        """
        persons = Persons([(5, 8)])

        assert persons.between(4, 10)
        assert not persons.between(6, 10)
        assert not persons.between(4, 8)
        assert not Persons([]).between(0, 10)
