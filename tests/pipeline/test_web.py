"""The web port: three answers, to those who may ask, over a real socket."""

import asyncio
import logging
import socket
from contextlib import closing
from functools import partial
from types import SimpleNamespace

import aiohttp
import pytest

from pipeline.address import Address
from pipeline.codec import loads
from pipeline.environment import SettingsError
from pipeline.metrics import Metrics
from pipeline.status import Status
from pipeline.web import WebError, WebPort, read_token, serving
from schemas import VIEWS

TOKEN = "a-token-of-this-test.only"
ANYWHERE = Address("127.0.0.1", 0)


@pytest.fixture
def token_file(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    return file


def ready():
    return Status(
        app=SimpleNamespace(rebalancing=False, rebalancing_count=1, lags=dict, floods=SimpleNamespace(stopped=())),
        key_version=1,
    )


def ask(path, caplog, *, status=None, token=None, method="GET", **request):
    """
    Status code, headers and body of one answer.
    """
    worker = status or ready()

    async def play():
        async with serving(ANYWHERE, token, partial(WebPort, worker, Metrics(worker, VIEWS))):
            with caplog.at_level(logging.INFO):
                address = [record.args[0] for record in caplog.records if record.message.startswith("web: ")][-1]
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, f"http://{address}{path}", **request) as answer,
            ):
                return answer.status, answer.headers, await answer.read()

    with caplog.at_level(logging.INFO):
        return asyncio.run(play())


class TestLive:
    def test_is_yes_while_something_moves(self, caplog):
        """
        With what stands longest.
        """
        worker = ready()
        worker.watchdog = SimpleNamespace(longest=("raw.order partition 1", 3.04), patience=120)
        code, _, body = ask("/live", caplog, status=worker)

        assert code == 200
        assert loads(body) == {"live": True, "standing_seconds": 3.0, "standing": "raw.order partition 1"}

    def test_is_no_when_nothing_moves(self, caplog):
        """
        The port answers all the same.
        """
        worker = ready()
        worker.watchdog = SimpleNamespace(longest=("raw.order partition 1", 120.0), patience=120)

        assert ask("/live", caplog, status=worker)[0] == 503


class TestReady:
    def test_is_yes_or_says_what_is_missing(self, caplog):
        """
        A supervisor looks at the code, a person at the words.
        """
        assert ask("/ready", caplog)[0] == 200
        code, _, body = ask("/ready", caplog, status=Status(key_version=1))

        assert code == 503
        assert loads(body) == {"ready": False, "missing": ["the agents have not started"]}


class TestMetrics:
    def test_are_in_the_format_that_prometheus_reads(self, caplog):
        """
        As its content type says.
        """
        code, headers, body = ask("/metrics", caplog)

        assert code == 200
        assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert b"\nqingliu_ready 1.0\n" in body


class TestWhoMayAsk:
    @pytest.mark.parametrize("path", ["/live", "/ready", "/metrics", "/", "/live/../metrics"])
    @pytest.mark.parametrize(
        "shown",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"Authorization": "Bearer "}, id="empty"),
            pytest.param({"Authorization": f"Bearer {TOKEN[:-1]}"}, id="shorter"),
            pytest.param({"Authorization": f"Bearer {TOKEN}x"}, id="longer"),
            pytest.param({"Authorization": f"Bearer {TOKEN.upper()}"}, id="capitals"),
            pytest.param({"Authorization": "Bearer \udcff"}, id="no text"),
            pytest.param({"Authorization": f"Basic {TOKEN}"}, id="another scheme"),
            pytest.param({"Authorization": TOKEN}, id="no scheme"),
        ],
    )
    def test_is_nobody_without_the_token(self, caplog, token_file, path, shown):
        """
        Nor does anybody learn which paths there are.
        """
        code, headers, body = ask(path, caplog, token=token_file, headers=shown)

        assert (code, headers["WWW-Authenticate"]) == (401, "Bearer")
        assert b"ready" not in body

    def test_is_who_shows_it(self, caplog, token_file):
        """
        As a bearer token, and it stands in no log.
        """
        code, *_ = ask("/ready", caplog, token=token_file, headers={"Authorization": f"Bearer {TOKEN}"})

        assert code == 200
        assert TOKEN not in caplog.text


class TestAnswers:
    @pytest.mark.parametrize(
        ("method", "path", "code"),
        [
            pytest.param("POST", "/metrics", 405, id="posting"),
            pytest.param("DELETE", "/live", 405, id="deleting"),
            pytest.param("GET", "/", 404, id="a page"),
            pytest.param("GET", "/tables/", 404, id="a page of Faust's"),
            pytest.param("GET", "/../etc/passwd", 404, id="a file"),
        ],
    )
    def test_are_three_and_no_more(self, caplog, method, path, code):
        """
        Nothing can be changed by them.
        """
        assert ask(path, caplog, method=method)[0] == code

    def test_name_no_program_and_are_not_kept(self, caplog):
        """
        Whoever looks for versions with known weaknesses is not helped.
        """
        for path in ("/live", "/nowhere"):
            _, headers, _ = ask(path, caplog)
            assert "Server" not in headers
            assert headers["Cache-Control"] == "no-store"


class TestServing:
    def test_is_off_without_an_address(self, caplog):
        """
        No port is open.
        """

        async def play():
            async with serving(None, None, None):
                pass

        asyncio.run(play())
        assert "web:" not in caplog.text

    def test_refuses_a_port_in_use(self):
        """
        With the setting that helps.
        """
        with closing(socket.socket()) as other:
            other.bind(("127.0.0.1", 0))
            other.listen()

            async def play():
                taken = Address("127.0.0.1", other.getsockname()[1])
                async with serving(taken, None, partial(WebPort, ready(), None)):
                    pass

            with pytest.raises(WebError, match=r"cannot listen at .*; set QINGLIU_WEB to another"):
                asyncio.run(play())


class TestReadToken:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"\nsecond-line-is-none", id="an empty first line"),
            pytest.param(b"too-short", id="short"),
            pytest.param("a token of several words".encode(), id="spaces"),  # noqa: UP012 — beside one that needs it
            pytest.param("令牌令牌令牌令牌令牌令牌令牌令牌".encode(), id="letters of no header"),
            pytest.param(b"\xff" * 32, id="no text"),
        ],
    )
    def test_refuses_what_is_no_token(self, tmp_path, content):
        """
        And does not show it.
        """
        (tmp_path / "token").write_bytes(content)

        with pytest.raises(SettingsError, match=r"the file of QINGLIU_WEB_TOKEN must be readable") as refusal:
            read_token(tmp_path / "token")
        assert not content or content.decode(errors="replace").strip() not in str(refusal.value)

    def test_refuses_a_file_that_is_not_there(self, tmp_path):
        """
        Or the port would be open to everybody.
        """
        with pytest.raises(SettingsError, match="must be readable"):
            read_token(tmp_path / "missing")
