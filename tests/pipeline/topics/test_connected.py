"""What an administrator is told who cannot connect; brokers are asked in the integration tests."""

import pytest
from kafka.errors import UnknownBrokerIdError

from pipeline.topic_plan import Create, Topic
from pipeline.topics import TopicsError, allowed, apply, existing, lag, plan
from pipeline.topics.connected import sentence

ORDER = Topic("raw.order", partitions=4, replication=3, config={})


class TestConnected:
    @pytest.mark.parametrize(
        "ask",
        [
            pytest.param(lambda servers: plan(servers, [ORDER]), id="plan"),
            pytest.param(lambda servers: apply(servers, [Create(ORDER)]), id="apply"),
            pytest.param(existing, id="existing"),
            pytest.param(allowed, id="allowed"),
            pytest.param(lambda servers: lag(servers, "group"), id="lag"),
        ],
    )
    def test_says_that_nothing_listens(self, closed, ask):
        """
        One sentence with the address and what to check, whatever was asked.
        """
        with pytest.raises(TopicsError) as error:
            ask(closed)

        assert str(error.value) == f"nothing listens at {closed}: check the address and whether the brokers run"

    @pytest.mark.parametrize(
        "bootstrap",
        [
            pytest.param("", id="empty"),
            pytest.param("broker", id="no port"),
            pytest.param("broker:kafka", id="port by name"),
            pytest.param(":9092", id="no host"),
            pytest.param("broker:9092,", id="comma at the end"),
        ],
    )
    def test_refuses_what_is_not_an_address(self, bootstrap):
        """
        Before anything is looked up.
        """
        with pytest.raises(TopicsError, match="write host:port"):
            existing(bootstrap)

    @pytest.mark.parametrize("protocol", [pytest.param("TLS", id="no such"), pytest.param("ssl", id="lower case")])
    def test_refuses_an_unknown_security_protocol(self, closed, protocol):
        """
        The library would take it for PLAINTEXT and talk in clear.
        """
        with pytest.raises(TopicsError, match="SASL_SSL"):
            existing(closed, security_protocol=protocol)


class TestSentence:
    def test_says_that_a_partition_has_no_leader(self):
        """
        Which kafka-python calls a broker of an unknown number.
        """
        assert "has no leader: a broker that holds it is down" in sentence("b:9092", UnknownBrokerIdError(-1))
