"""Claims about children whom a worker meets."""

import asyncio

from pipeline.codec import loads
from pipeline.erasure.children import Children
from pipeline.erasure.record import REQUESTS, UPSTREAM, Reason, Request, read_request

NOW = 1_790_000_000_123


class Sent:
    """
    Keeps what is sent, and confirms it when told.
    """

    def __init__(self):
        self.records = []
        self.futures = []

    async def send(self, topic, records, unkeyed):
        self.records += [(topic, *record) for record in records]
        await asyncio.sleep(0)
        self.futures.append(asyncio.get_running_loop().create_future())
        return [self.futures[-1]]

    def confirm(self):
        for future in self.futures:
            future.set_result(None)


def play(*turns):
    """
    Each turn meets these children and sends; what was sent, and how many futures each turn had to wait for.
    """

    async def run():
        children, sent, waited = Children(lambda: NOW), Sent(), []
        for met in turns:
            for child in met:
                children.meet(*child)
            waited.append(len(await children.send(sent)))
        return sent.records, waited

    return asyncio.run(run())


class TestChildren:
    def test_are_to_be_erased_here_and_upstream(self):
        """
        One request each, of the moment they were met.
        """
        (here, there), _ = play([("u-1", 0)])
        topic, at, key, value, headers = here

        assert (topic, at, headers) == (REQUESTS, NOW, [])
        assert read_request(key, value) == Request("u-1", NOW, Reason.CHILD)
        assert there[:3] == (UPSTREAM, NOW, b"u-1")
        assert loads(there[3])["reason"] == "child"

    def test_are_asked_for_once(self):
        """
        However often they act; a child that was erased and came back is asked for again.
        """
        records, _ = play([("u-1", 0), ("u-1", 0)], [("u-1", 0)], [("u-1", NOW - 5)])

        assert [record[0] for record in records] == [REQUESTS, UPSTREAM] * 2

    def test_keep_every_chunk_waiting_until_that_is_confirmed(self):
        """
        Also one that met nobody: it may have been asked for by another, which is gone.
        """
        _, waited = play([], [("u-1", 0)], [], [("u-2", 0)])

        assert waited == [0, 2, 2, 4]

    def test_are_waited_for_no_longer_than_needed(self):
        """
        What is confirmed is let go.
        """

        async def run():
            children, sent = Children(lambda: NOW), Sent()
            children.meet("u-1", 0)
            await children.send(sent)
            sent.confirm()
            sent.futures.clear()
            children.meet("u-2", 0)
            return await children.send(sent)

        assert len(asyncio.run(run())) == 2

    def test_met_while_others_are_sent_are_sent_next(self):
        """
        Nobody is lost between two chunks.
        """

        async def run():
            children, sent = Children(lambda: NOW), Sent()
            children.meet("u-1", 0)
            sending = asyncio.create_task(children.send(sent))
            await asyncio.sleep(0)
            children.meet("u-2", 0)
            await sending
            await children.send(sent)
            return {record[2] for record in sent.records}

        assert asyncio.run(run()) == {b"u-1", b"u-2"}
