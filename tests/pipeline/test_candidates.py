"""Candidates: who may be behind a token is whoever the topic of subjects tells of, as they are today."""

from types import SimpleNamespace

import pytest

from pipeline.candidates import Candidate, Candidates
from pipeline.links.identifiers import identifiers_of
from pipeline.subjects.record import Subject, write_value
from schemas.kinds import Kind
from tests.pipeline.events import KEYS

USER, PHONE = "u-1", "phone:+8613800138000"
DEVICE = "3f1c0e5a-8f1d-4c8e-9b1a-2f5d8e7c6b4a"
SALT, OTHER = b"s" * 16, b"t" * 16
ERASED, BACK = 1_767_225_600_000, 1_767_312_000_000
THING = identifiers_of(KEYS).device(DEVICE)


def candidates(*records):
    """
    Records are a key and a subject, bytes, or None for a tombstone.
    """
    values = [(key, write_value(said) if isinstance(said, Subject) else said) for key, said in records]
    told = [SimpleNamespace(key=key.encode(), value=value) for key, value in values]
    return Candidates(told, identifiers_of(KEYS))


def user(generation):
    return {Kind.USER_ID: frozenset({(USER, generation)})}


class TestGeneration:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            pytest.param([Subject(salt=SALT)], Candidate(USER, user(0), SALT), id="never erased"),
            pytest.param([Subject(registered_at=BACK)], Candidate(USER, user(0)), id="registered, never erased"),
            pytest.param([Subject(erased_at=ERASED)], Candidate(USER, {}), id="erased"),
            pytest.param(
                [Subject(salt=SALT), Subject(erased_at=ERASED, registered_at=BACK, salt=OTHER)],
                Candidate(USER, user(BACK), OTHER),
                id="back with another salt",
            ),
            pytest.param([Subject(erased_at=BACK, registered_at=ERASED)], Candidate(USER, {}), id="erased once more"),
            pytest.param([Subject(erased_at=BACK, registered_at=BACK)], Candidate(USER, {}), id="back at that moment"),
            pytest.param(
                [Subject(erased_at=ERASED), Subject(salt=SALT)], Candidate(USER, {}), id="a record that forgot it"
            ),
            pytest.param([Subject(erased_at=ERASED), None], Candidate(USER, user(0)), id="a tombstone"),
            pytest.param([Subject(salt=SALT), b"{"], Candidate(USER, {}), id="not understood"),
        ],
    )
    def test_is_that_of_today(self, said, expected):
        """
        Of whom nothing passes there is none, and no salt.
        """
        assert list(candidates(*((USER, each) for each in said))) == [expected]


class TestAll:
    def test_are_persons_and_consignees(self):
        """
        Devices stand there unnamed, and what has no readable key names nobody.
        """
        found = candidates((USER, Subject()), (PHONE, Subject()), (THING.subject, Subject()), ("", Subject()))

        assert [each.id for each in found] == [USER, PHONE]
        assert list(found)[1].names == {Kind.PHONE: frozenset({("+8613800138000", 0)})}


class TestListed:
    def test_may_be_anything(self):
        """
        A user id, a device, a cookie or a number, each in its own generation.
        """
        found = candidates((USER, Subject()), (THING.subject, Subject(erased_at=ERASED, registered_at=BACK)))
        device, number = found.listed([DEVICE.upper(), "138 0013 8000"])

        assert device.names[Kind.DEVICE_ID] == {(THING.value, BACK)}
        assert device.names[Kind.USER_ID] == {(DEVICE.upper(), 0)}
        assert number.names[Kind.PHONE] == {("+8613800138000", 0)}

    def test_are_no_candidates_when_they_were_erased(self):
        """
        Also when a list names them.
        """
        found = candidates((USER, Subject(erased_at=ERASED)), (PHONE, Subject(erased_at=ERASED)))
        person, number = found.listed([USER, "13800138000"])

        assert Kind.USER_ID not in person.names
        assert Kind.PHONE not in number.names
