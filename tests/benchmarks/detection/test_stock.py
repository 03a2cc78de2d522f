"""Presidio as it comes, run for Chinese without a model or a network."""

import socket

import pytest

from benchmarks.detection.stock import one


@pytest.fixture(scope="module")
def find():
    return one()


class TestStock:
    @pytest.mark.parametrize(
        ("text", "value", "entity"),
        [
            pytest.param("mail: zhang@foxmail.com ok", "zhang@foxmail.com", "EMAIL", id="email"),
            pytest.param("ip 223.104.63.9 ok", "223.104.63.9", "IP", id="ip"),
            pytest.param("card 4111111111111111 ok", "4111111111111111", "CN_BANK_CARD", id="card"),
        ],
    )
    def test_finds_what_its_recognizers_are_for(self, find, text, value, entity):
        """
        By our names where we have one.
        """
        assert (value, entity) in [(text[span.start : span.end], span.entity) for span in find(text)]

    def test_looks_nothing_up(self, find, monkeypatch):
        """
        The e-mail recognizer's list of suffixes is the one that it comes with.
        """

        def connect(*_):
            raise AssertionError

        monkeypatch.setattr(socket.socket, "connect", connect)

        assert find("mail: li@aliyun.com ok")
