"""What is refused before a broker is asked; changes are made in the integration tests."""

from dataclasses import replace

import pytest

from pipeline.topic_plan import Create, Refusal, Topic
from pipeline.topics import TopicsError, apply, plan

ORDER = Topic("raw.order", partitions=4, replication=3, config={})


class TestApply:
    def test_a_refusal_keeps_everything_as_it_is(self, closed):
        """
        Among changes that could be made, it comes first and no broker is asked.
        """
        with pytest.raises(TopicsError, match=r"nothing was changed.*raw\.order.*declare 6"):
            apply(closed, [Create(replace(ORDER, name="raw.new")), Refusal(ORDER, "declare 6")])

    def test_nothing_to_apply_asks_nobody(self, closed):
        """
        An empty plan needs no broker.
        """
        apply(closed, [])

    def test_refuses_a_topic_wanted_twice(self, closed):
        """
        Before any broker is asked.
        """
        with pytest.raises(ValueError, match="twice"):
            plan(closed, [ORDER, ORDER])
