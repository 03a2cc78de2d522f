"""Weights: what makes a chain of parts an address."""

import pytest

from transforms.text.addresses.chain import chains
from transforms.text.addresses.grammar import parts
from transforms.text.addresses.persons import Persons
from transforms.text.addresses.weight import score
from transforms.text.entities import DOUBTFUL, LIKELY, SURE
from transforms.text.fold import fold


def certainty(text):
    plain = fold(text)
    return max(score(plain, chain.start, chain.parts) for chain in chains(plain, parts(plain), Persons([])))


class TestScore:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("文三路90号", LIKELY, id="road and number"),
            pytest.param("文三路90号3幢501室", SURE, id="down to the room"),
            pytest.param("阳光花园3栋", LIKELY, id="estate and building"),
            pytest.param("王庄村3组", LIKELY, id="village and group"),
            pytest.param("3栋501", LIKELY, id="building and room"),
            pytest.param("万达广场3楼", DOUBTFUL, id="storey of a mall"),
            pytest.param("3号楼", DOUBTFUL, id="building alone"),
            pytest.param("3排12座", DOUBTFUL, id="counted things"),
            pytest.param("一单元二单元", DOUBTFUL, id="the same counted twice"),
            pytest.param("文三路", 0.0, id="road alone"),
            pytest.param("3楼", 0.0, id="storey alone"),
        ],
    )
    def test_grows_with_what_is_told(self, text, expected):
        """
        Many people share a road, few a number of it.
        """
        assert certainty(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("住在阳光花园", LIKELY, id="estate"),
            pytest.param("地址：万达广场3楼", SURE, id="storey of a mall"),
            pytest.param("住在二楼", 0.0, id="one number"),
        ],
    )
    def test_grows_behind_an_announcement(self, text, expected):
        """
        But a single number stays one.
        """
        assert certainty(text) == expected

    def test_grows_alone_on_a_line(self):
        """
        As in the note to an order.
        """
        assert certainty("34-2-501\n谢谢") >= LIKELY
        assert certainty("编号34-2-501固态") < LIKELY
