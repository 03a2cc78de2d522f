"""Chains: which parts make one address."""

import pytest

from transforms.text.addresses.chain import chains
from transforms.text.addresses.grammar import parts
from transforms.text.addresses.persons import Persons
from transforms.text.fold import fold


def extents(text, persons=()):
    plain = fold(text)
    return [text[chain.start : chain.parts[-1].end] for chain in chains(plain, parts(plain), Persons(persons))]


class TestChains:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("文三路90号东部软件园3幢501室", id="touching"),
            pytest.param("文三路90号，东部软件园 3幢 501", id="with separators"),
            pytest.param("竹海水韵12幢1001", id="behind a name of no kind"),
            pytest.param("将军大道29号", id="with a word inside a name"),
        ],
    )
    def test_hold_one_address(self, text):
        """
        Names of places and numbers, in any order.
        """
        assert extents(text) == [text]

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            pytest.param("文三路90号。建国路8号", "文三路90号", id="a new sentence"),
            pytest.param("文三路90号改成建国路8号", "文三路90号", id="a word that no name has"),
            pytest.param("阳光花园3栋501，一楼好送", "阳光花园3栋501", id="a storey behind a room"),
            pytest.param("阳光花园3栋东户，王小峰", "阳光花园3栋东户", id="an ending behind a spot"),
            pytest.param("阳光花园3栋，王小峰", "阳光花园3栋", id="an ending behind punctuation"),
        ],
    )
    def test_end(self, text, first):
        """
        Where something else begins.
        """
        assert extents(text)[0] == first

    def test_end_at_a_person(self):
        """
        A name of somebody is not the name of a place.
        """
        assert extents("文三路90号上官明阳光花园", [(6, 9)])[0] == "文三路90号"

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("小区", id="the end of a name"),
            pytest.param("送到小区", id="behind a word that no name has"),
            pytest.param("501", id="a number"),
            pytest.param("门口", id="a spot"),
            pytest.param("城里人", id="the middle of a word"),
        ],
    )
    def test_do_not_begin(self, text):
        """
        With what is a part only behind another, or a name without one.
        """
        assert extents(text) == []
