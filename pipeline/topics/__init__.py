"""Topics, permissions and consumer lag: what the brokers have. The one door to kafka-python."""

from pipeline.topic_plan import (
    SHIPPED,
    AddPartitions,
    AlterConfig,
    Change,
    Create,
    Refusal,
    RetentionDays,
    Topic,
    wanted,
)
from pipeline.topics.changes import apply, existing, plan
from pipeline.topics.connected import TopicsError
from pipeline.topics.lags import Lag, Partition, lag
from pipeline.topics.permissions import allow, allowed

__all__ = [
    "SHIPPED",
    "AddPartitions",
    "AlterConfig",
    "Change",
    "Create",
    "Lag",
    "Partition",
    "Refusal",
    "RetentionDays",
    "Topic",
    "TopicsError",
    "allow",
    "allowed",
    "apply",
    "existing",
    "lag",
    "plan",
    "wanted",
]
