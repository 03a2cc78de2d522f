"""At least once: the group keeps the offsets, and every chunk may be sent."""

import asyncio
from types import SimpleNamespace

import pytest

from pipeline.delivery.at_least_once import AtLeastOnce


@pytest.mark.parametrize("answer", [True, False])
def test_offsets_are_committed_to_the_group(answer):
    """
    Its answer is passed on.
    """
    asked = []

    async def to_group(offsets):
        asked.append(offsets)
        return answer

    assert asyncio.run(AtLeastOnce(None).commit({("raw.device", 0): 7}, to_group)) is answer
    assert asked == [{("raw.device", 0): 7}]


def test_a_chunk_goes_the_way_of_everything():
    """
    Through the one publisher, whoever's partition it is.
    """

    class Publisher:
        async def send(self, topic, records, unkeyed):
            return [(topic, records, unkeyed)]

    async def go():
        delivery = AtLeastOnce(Publisher())
        async with delivery.dispatch(("raw.device", 0), SimpleNamespace()) as dispatch:
            await dispatch.send("clean.ads.device", ["a"], 5)
            await dispatch.send("quarantine.raw.device", ["b"], 5)
        return dispatch.futures

    assert asyncio.run(go()) == [("clean.ads.device", ["a"], 5), ("quarantine.raw.device", ["b"], 5)]
