"""The web port: whether a worker lives and is ready, and its metrics; nothing of an event."""

import hmac
import logging
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from pipeline.address import VARIABLE, Address
from pipeline.codec import dumps
from pipeline.environment import SettingsError
from pipeline.metrics import CONTENT_TYPE, Metrics
from pipeline.status import Status

log: Final = logging.getLogger(__name__)

TOKEN_VARIABLE: Final = f"{VARIABLE}_TOKEN"
LIVE: Final = "/live"
READY: Final = "/ready"
METRICS: Final = "/metrics"

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{16,}")  # the letters of RFC 6750, section 2.1
_STOP_SECONDS: Final = 1.0
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebError(RuntimeError):
    """
    Why the web port cannot be opened: one sentence with what to do.
    """


class WebPort:
    """
    Answers `GET` of `LIVE`, `READY` and `METRICS`.

    It answers from the worker's own event loop: while that hangs, so does the answer, and who asks has a time-out.
    Requests are not logged.

    Protects against who can reach the port and has no token, where one is set; the comparison takes the same time for
    every wrong token of its length.
    Does not protect against who listens on the wire: it speaks no TLS.

    Args:
        status: of the worker.
        metrics: of the worker.
        token: that has to be shown as a bearer token; empty for none.
    """

    def __init__(self, status: Status, metrics: Metrics, token: bytes = b"") -> None:
        self._status = status
        self._metrics = metrics
        self._token = token

    def application(self) -> web.Application:
        """
        What aiohttp serves.
        """
        application = web.Application(middlewares=[self._guard])
        application.on_response_prepare.append(_head)
        for path, handler in ((LIVE, self._live), (READY, self._ready), (METRICS, self._numbers)):
            application.router.add_get(path, handler)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(shown.encode(errors="replace"), self._token)
        if self._token and not (right and scheme.lower() == "bearer"):
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        return await handler(request)

    async def _live(self, _: web.Request) -> web.Response:
        what, seconds = self._status.standing()
        live = self._status.live()
        return _said(live, {"live": live, "standing_seconds": round(seconds, 1), "standing": what})

    async def _ready(self, _: web.Request) -> web.Response:
        missing = self._status.missing()
        return _said(not missing, {"ready": not missing, "missing": missing})

    async def _numbers(self, _: web.Request) -> web.Response:
        return web.Response(body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE})


@asynccontextmanager
async def serving(address: Address | None, token: Path | None, port: Callable[[bytes], WebPort]) -> AsyncIterator[None]:
    """
    The web port open for as long as the block runs; nothing where no address is given.

    Args:
        address: where it listens.
        token: file whose first line is the token; None for none.
        port: makes it, given the token.

    Raises:
        SettingsError: the file of the token cannot be used.
        WebError: the address cannot be listened at.
    """
    if address is None:
        yield
        return
    runner = web.AppRunner(port(read_token(token)).application(), access_log=None, shutdown_timeout=_STOP_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            msg = (
                f"the web port cannot listen at {address} ({os.strerror(error.errno or 0)}); set {VARIABLE} to another"
            )
            raise WebError(msg) from None
        host, number, *_ = runner.addresses[0]
        log.info("web: http://%s", Address(host, number))
        yield
    finally:
        await runner.cleanup()


def read_token(file: Path | None) -> bytes:
    """
    The first line of a file, which never stands in a log or an error; empty without a file.

    Raises:
        SettingsError: it cannot be read, or holds no token.
    """
    if file is None:
        return b""
    try:
        token = file.read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not _TOKEN.fullmatch(token):
        msg = (
            f"the file of {TOKEN_VARIABLE} must be readable and begin with a line of 16 or more letters, digits and "
            "._~+/=-; correct the file or the path"
        )
        raise SettingsError(msg)
    return token.encode()


def _said(good: bool, words: dict[str, object]) -> web.Response:  # noqa: FBT001 — the answer itself
    return web.Response(status=200 if good else 503, body=dumps(words), content_type="application/json")


async def _head(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)  # which names versions
    response.headers["Cache-Control"] = "no-store"
