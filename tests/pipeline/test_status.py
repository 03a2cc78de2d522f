"""What a worker says of itself: live while it moves, ready once it knows."""

from types import SimpleNamespace

import pytest

from pipeline.status import Status

NOW = 1_000.0


def reader(topic="privacy.subjects", *, loaded=True, seen=NOW):
    """
    A topic of state whose end was last seen at that moment.
    """
    return SimpleNamespace(topic=topic, loaded=loaded, until=seen + 60)


def status(**changes):
    """
    Of a worker that is ready.
    """
    ready = {"readers": (reader(),), "app": SimpleNamespace(rebalancing=False), "key_version": 1}
    return Status(clock=lambda: NOW, **(ready | changes))


class TestReady:
    def test_is_a_worker_that_knows_and_has_started(self):
        """
        Nothing is missing.
        """
        assert status().missing() == []
        assert status(readers=()).missing() == []

    @pytest.mark.parametrize(
        ("changes", "missing"),
        [
            pytest.param({"key_version": 0}, ["keys are not loaded"], id="keys"),
            pytest.param(
                {"readers": (reader(), reader("privacy.links", loaded=False))},
                ["privacy.links is not read to its end"],
                id="links",
            ),
            pytest.param({"readers": (reader(seen=NOW - 61),)}, ["privacy.subjects is not current"], id="stale"),
            pytest.param({"app": None}, ["the agents have not started"], id="agents"),
            pytest.param(
                {"app": SimpleNamespace(rebalancing=True)}, ["the consumer group is rebalancing"], id="rebalancing"
            ),
            pytest.param({"stopping": True}, ["it was told to stop"], id="stopping"),
        ],
    )
    def test_is_no_worker_that_misses_something(self, changes, missing):
        """
        Which it names.
        """
        assert status(**changes).missing() == missing

    def test_is_no_worker_that_just_began(self):
        """
        Of which nothing is filled in yet.
        """
        assert Status().missing() == ["keys are not loaded", "the agents have not started"]


class TestLive:
    @pytest.mark.parametrize(("seconds", "live"), [(0.0, True), (119.0, True), (120.0, False)])
    def test_is_progress(self, seconds, live):
        """
        A worker whose records have waited as long as the watchdog has patience lives no more.
        """
        watchdog = SimpleNamespace(longest=("raw.order partition 1", seconds), patience=120.0)

        assert status(watchdog=watchdog).live() is live
        assert status(watchdog=watchdog).standing() == ("raw.order partition 1", seconds)

    def test_is_a_worker_that_still_reads(self):
        """
        How long that takes is the supervisor's to judge.
        """
        assert Status().live()
