"""Topics as they are wanted, and the plan that leads there; brokers are asked in the integration tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.topic_plan import (
    AddPartitions,
    AlterConfig,
    Create,
    Present,
    Refusal,
    RetentionDays,
    Topic,
    difference,
    wanted,
)

DAY = 24 * 60 * 60 * 1000
ORDER = Topic("raw.order", partitions=4, replication=3, config={"retention.ms": "1000", "cleanup.policy": "delete"})

topics = st.builds(
    Topic,
    name=st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}", fullmatch=True),
    partitions=st.integers(1, 64),
    replication=st.integers(1, 5),
    config=st.dictionaries(st.sampled_from(["retention.ms", "segment.ms", "compression.type"]), st.text(max_size=5)),
)


def present(topic, **changes):
    return Present(topic.partitions, topic.replication, topic.config)._replace(**changes)


class TestTopic:
    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("", id="empty"),
            pytest.param(".", id="dot"),
            pytest.param("..", id="two dots"),
            pytest.param("raw order", id="space"),
            pytest.param("raw.order\n", id="line end"),
            pytest.param("raw/order", id="slash"),
            pytest.param("原始.订单", id="Han letters"),
            pytest.param("a" * 250, id="too long"),
        ],
    )
    def test_refuses_a_name_that_kafka_does_not_allow(self, name):
        """
        Before any broker is asked.
        """
        with pytest.raises(ValueError, match="does not allow the topic name"):
            Topic(name, partitions=1, replication=1)

    @pytest.mark.parametrize(
        ("partitions", "replication"), [pytest.param(0, 1, id="partitions"), pytest.param(1, 0, id="replicas")]
    )
    def test_refuses_numbers_below_one(self, partitions, replication):
        """
        A topic has at least one partition and one replica.
        """
        with pytest.raises(ValueError, match="start at 1"):
            Topic("raw.order", partitions, replication)


class TestWanted:
    def test_each_raw_topic_has_a_quarantine(self):
        """
        Raw, then clean, then quarantine, in the order given.
        """
        names = [topic.name for topic in wanted(["raw.a", "raw.b"], ["clean.a"], partitions=6, replication=3)]

        assert names == ["raw.a", "raw.b", "clean.a", "quarantine.raw.a", "quarantine.raw.b"]

    def test_the_state_of_subjects_is_compacted(self):
        """
        The last record of each key stays; what it replaced goes within days, and no age deletes it.
        """
        *_, subjects, profiles, _ = wanted(["raw.a"], ["clean.a"], partitions=6, replication=3, subjects=True)

        assert (subjects.name, profiles.name) == ("privacy.subjects", "privacy.profiles")
        for topic in (subjects, profiles):
            assert (topic.partitions, topic.replication) == (6, 3)
            assert topic.config["cleanup.policy"] == "compact"
            assert topic.config["min.insync.replicas"] == "2"
            assert int(topic.config["max.compaction.lag.ms"]) == DAY
            assert "retention.ms" not in topic.config

    def test_links_forget_by_themselves(self):
        """
        The last record of each pair stays until its window is over, in segments small enough to become old.
        """
        *_, topic = wanted([], [], partitions=6, replication=3, subjects=True, link_days=30)

        assert topic.name == "privacy.links"
        assert topic.config["cleanup.policy"] == "compact,delete"
        assert 37 * DAY < int(topic.config["retention.ms"]) <= 39 * DAY
        assert int(topic.config["segment.bytes"]) < 16 << 20

    def test_recipients_are_told_of_erasures_and_of_keys(self):
        """
        Each by topics of its own that live as long as its records; requests wait for a month.
        """
        topics = wanted([], [], partitions=6, replication=3, subjects=True, recipients=["ads", "analytics"])
        without = wanted([], [], partitions=6, replication=3, recipients=["ads"])

        assert [topic.name for topic in without] == ["clean.ads.key-changes"]
        assert {
            topic.name: int(topic.config["retention.ms"]) // DAY
            for topic in topics
            if "compact" not in topic.config["cleanup.policy"]
        } == {
            "clean.ads.key-changes": 180,
            "clean.analytics.key-changes": 180,
            "clean.ads.erasures": 180,
            "clean.analytics.erasures": 180,
            "privacy.erasures": 30,
            "privacy.erasure-requests": 30,
        }

    def test_the_audit_is_kept_for_three_years(self):
        """
        And then deleted by age.
        """
        *_, topic = wanted(["raw.a"], ["clean.a"], partitions=6, replication=3, audit=True)

        assert (topic.name, topic.config["cleanup.policy"]) == ("privacy.audit", "delete")
        assert topic.config["retention.ms"] == str(1_095 * DAY)

    @pytest.mark.parametrize(
        ("name", "days"),
        [
            pytest.param("raw.a", 1, id="raw"),
            pytest.param("clean.a", 180, id="clean"),
            pytest.param("quarantine.raw.a", 30, id="quarantine"),
        ],
    )
    def test_keeps_each_sort_for_its_time(self, name, days):
        """
        Raw events for a day, clean ones for half a year, quarantined ones for a month.
        """
        found = {topic.name: topic for topic in wanted(["raw.a"], ["clean.a"], partitions=6, replication=3)}

        assert found[name].config["retention.ms"] == str(days * DAY)

    @pytest.mark.parametrize(
        ("replication", "in_sync"),
        [pytest.param(1, "1", id="one"), pytest.param(2, "1", id="two"), pytest.param(3, "2", id="three")],
    )
    def test_every_topic_has_the_settings_that_all_share(self, replication, in_sync):
        """
        Deleted by age, dated by the event, written to all replicas but one.
        """
        for topic in wanted(["raw.a"], ["clean.a"], partitions=6, replication=replication):
            assert (topic.partitions, topic.replication) == (6, replication)
            assert topic.config["cleanup.policy"] == "delete"
            assert topic.config["message.timestamp.type"] == "CreateTime"
            assert topic.config["min.insync.replicas"] == in_sync

    @given(st.floats(min_value=1 / DAY, max_value=100_000))
    def test_a_segment_is_rolled_long_before_its_records_expire(self, days):
        """
        For all retentions: records outlive them by a twenty-fourth and by a day at most.
        """
        (topic,) = wanted([], ["clean.a"], partitions=1, replication=1, retention_days=RetentionDays(clean=days))
        retention, segment = int(topic.config["retention.ms"]), int(topic.config["segment.ms"])

        assert 1 <= segment <= max(1, min(retention / 24 + 1, DAY))

    @pytest.mark.parametrize(
        "days",
        [
            pytest.param(0, id="zero"),
            pytest.param(-1, id="minus one, which Kafka reads as for ever"),
            pytest.param(float("inf"), id="for ever"),
            pytest.param(float("nan"), id="not a number"),
        ],
    )
    def test_refuses_a_retention_that_is_none(self, days):
        """
        Nothing is kept without an end.
        """
        with pytest.raises(ValueError, match="above zero"):
            wanted(["raw.a"], [], partitions=1, replication=1, retention_days=RetentionDays(raw=days))

    def test_refuses_a_topic_named_twice(self):
        """
        Two retentions for one topic cannot both hold.
        """
        with pytest.raises(ValueError, match=r"raw\.a is wanted twice"):
            wanted(["raw.a"], ["raw.a"], partitions=1, replication=1)


class TestDifference:
    @given(st.lists(topics, unique_by=lambda topic: topic.name))
    def test_nothing_changes_when_all_is_as_wanted(self, goal):
        """
        For all topics, whatever else the brokers hold.
        """
        others = {"other": Present(1, 1, {})}

        assert difference(goal, others | {topic.name: present(topic) for topic in goal}) == ()

    @given(st.lists(topics, unique_by=lambda topic: topic.name))
    def test_creates_what_is_not_there(self, goal):
        """
        For all topics, in their order.
        """
        assert difference(goal, {}) == tuple(Create(topic) for topic in goal)

    @given(topics, st.integers(1, 64), st.integers(1, 5))
    def test_never_takes_anything_away(self, topic, partitions, replication):
        """
        For all pairs of numbers: fewer partitions or other replicas are refused, more partitions are added.
        """
        changes = difference([topic], {topic.name: present(topic, partitions=partitions, replication=replication)})
        refusals = [change for change in changes if isinstance(change, Refusal)]

        assert (AddPartitions(topic, partitions) in changes) == (partitions < topic.partitions)
        assert len(refusals) == (partitions > topic.partitions) + (replication != topic.replication)
        assert not any(isinstance(change, Create) for change in changes)

    @pytest.mark.parametrize(
        ("found", "changes"),
        [
            pytest.param(
                present(ORDER, partitions=1),
                ["extend raw.order from 1 to 4 partitions, which moves keys"],
                id="too few partitions",
            ),
            pytest.param(
                present(ORDER, config={"retention.ms": "9", "cleanup.policy": "delete"}),
                ["alter raw.order: retention.ms from 9 to 1000"],
                id="other setting",
            ),
            pytest.param(
                present(ORDER, config={"cleanup.policy": "delete"}),
                ["alter raw.order: retention.ms from None to 1000"],
                id="unknown setting",
            ),
            pytest.param(present(ORDER, config={**ORDER.config, "compression.type": "lz4"}), [], id="setting beside"),
            pytest.param(
                present(ORDER, partitions=6),
                [
                    (
                        "refuse raw.order: it has 6 partitions and 4 are wanted, and Kafka takes none away; "
                        "declare 6, or create another topic and move its readers and writers"
                    )
                ],
                id="too many partitions",
            ),
            pytest.param(
                present(ORDER, replication=1),
                [
                    (
                        "refuse raw.order: its replication is 1 and 3 is wanted; "
                        "change it with kafka-reassign-partitions, or declare 1"
                    )
                ],
                id="other replication",
            ),
            pytest.param(
                Present(2, 3, {"retention.ms": "9", "cleanup.policy": "delete"}),
                [
                    "extend raw.order from 2 to 4 partitions, which moves keys",
                    "alter raw.order: retention.ms from 9 to 1000",
                ],
                id="two things at once",
            ),
        ],
    )
    def test_says_what_it_would_do(self, found, changes):
        """
        Each change is one line that an operator can check, and a refusal says what to do by hand.
        """
        assert [str(change) for change in difference([ORDER], {"raw.order": found})] == changes

    def test_shows_what_it_would_create(self):
        """
        With every setting.
        """
        (change,) = difference([ORDER], {})

        assert str(change) == "create raw.order: 4 partitions × 3, cleanup.policy=delete, retention.ms=1000"

    def test_alters_only_the_settings_that_differ(self):
        """
        What holds is not sent again.
        """
        (change,) = difference([ORDER], {"raw.order": present(ORDER, config={**ORDER.config, "retention.ms": "9"})})

        assert change == AlterConfig(ORDER, {"retention.ms": ("9", "1000")})
