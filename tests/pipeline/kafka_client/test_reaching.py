"""Claims about what clients ask before they begin."""

import pytest

from pipeline.kafka_client import KafkaClientError, check_topics


class TestCheckTopics:
    @pytest.mark.parametrize(
        "existing", [pytest.param({}, id="absent"), pytest.param({"raw.log": 0}, id="without partitions")]
    )
    def test_a_topic_needs_a_partition(self, existing):
        """
        A topic that is there in name only counts as missing.
        """
        with pytest.raises(KafkaClientError, match=r"raw\.log"):
            check_topics(existing, ["raw.log"])
