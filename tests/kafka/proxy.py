"""A TCP proxy between a client and a broker, by which the two can be cut off from each other."""

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from concurrent.futures import Future

_BUFFER_BYTES = 65_536


class Proxy:
    """
    Passes bytes on between its own port and a broker's, as long as the network is there.

    While it is cut nothing passes and nothing is closed, as when a switch fails: both sides wait, connections that are
    made meanwhile stay without an answer, and what waits is passed on when the network is back.

    Args:
        host: of both ports.
        port: its own.
        target: the broker's.
    """

    def __init__(self, host: str, port: int, target: int) -> None:
        self.address = f"{host}:{port}"
        self._host = host
        self._port = port
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy {port}", daemon=True)
        self._open = asyncio.Event()
        self._pumps: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ask(self._serve()).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ask(self._close()).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        """
        Let nothing pass from now on.
        """
        self._ask(self._set(passing=False)).result(10)

    def heal(self) -> None:
        """
        Pass on what waits, and all that follows.
        """
        self._ask(self._set(passing=True)).result(10)

    def _ask(self, coroutine: Any) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    async def _set(self, *, passing: bool) -> None:
        if passing:
            self._open.set()
        else:
            self._open.clear()

    async def _serve(self) -> None:
        self._open.set()
        self._server = await asyncio.start_server(self._connected, self._host, self._port)

    async def _close(self) -> None:
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pump = asyncio.current_task()
        assert pump is not None
        self._pumps.add(pump)
        pump.add_done_callback(self._pumps.discard)
        # A cancelled handler would be told as an error: `_close` means all of them.
        with suppress(asyncio.CancelledError, OSError):
            await self._relay(reader, writer)
        writer.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        beyond, answer = await asyncio.open_connection(self._host, self._target)
        ways = [asyncio.create_task(self._pump(*way)) for way in ((reader, answer), (beyond, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answer.close()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(_BUFFER_BYTES):
                await self._open.wait()
                sink.write(data)
                await sink.drain()
            await self._open.wait()  # the end of a connection does not pass a cut either
        except OSError:
            return
