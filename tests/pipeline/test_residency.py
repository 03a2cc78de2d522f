"""Where brokers and key services may be: by domain or by network, and nowhere else."""

import pytest

from pipeline.environment import SettingsError
from pipeline.kafka_client import Feeder
from pipeline.keys.kms import KmsAead
from pipeline.residency import OutsideError, Residency, guard, hosts_of


def allowing(text):
    return Residency.from_environment({"QINGLIU_RESIDENCY": text})


class TestAllows:
    @pytest.mark.parametrize(
        ("allowed", "host"),
        [
            pytest.param("example.cn", "example.cn", id="the host itself"),
            pytest.param("example.cn", "kafka-1.BJ.example.cn", id="within the domain, in any case"),
            pytest.param(".example.cn", "kafka.example.cn", id="with a dot before it"),
            pytest.param("example.cn", "kafka.example.cn.", id="with a dot at the end"),
            pytest.param("kafka", "kafka", id="one word"),
            pytest.param("10.0.0.0/8, fd00::/8", "10.1.2.3", id="address"),
            pytest.param("10.0.0.0/8, fd00::/8", "[fd00::1]", id="address of version 6"),
            pytest.param("127.0.0.0/8,::1", "localhost", id="a name, by all of its addresses"),
        ],
    )
    def test_what_is_within(self, allowed, host):
        """
        Nothing is raised.
        """
        allowing(allowed).check([host], "the broker")

    @pytest.mark.parametrize(
        ("allowed", "host"),
        [
            pytest.param("example.cn", "example.com", id="another domain"),
            pytest.param("example.cn", "myexample.cn", id="ends alike"),
            pytest.param("example.cn", "example.cn.evil.com", id="begins alike"),
            pytest.param("10.0.0.0/8", "11.0.0.1", id="another network"),
            pytest.param("example.cn", "10.0.0.1", id="an address where domains are allowed"),
            pytest.param("10.0.0.0/8", "localhost", id="a name whose addresses are outside"),
            pytest.param("10.0.0.0/8", "no-such-host.invalid", id="a name without an address"),
            pytest.param("10.0.0.0/8", "", id="nothing"),
        ],
    )
    def test_nothing_else(self, allowed, host):
        """
        One sentence, with the host and the variable.
        """
        with pytest.raises(OutsideError, match="is outside of QINGLIU_RESIDENCY") as refused:
            allowing(allowed).check([host], "the broker")

        assert f"the broker {host}" in str(refused.value)

    @pytest.mark.parametrize("text", ["10.0.0.0/99", "10.0.0.1/8", "https://example.cn", "*.cn", "10.0.0"])
    def test_refuses_what_is_neither_a_domain_nor_a_network(self, text):
        """
        Rather than guard something else than was meant.
        """
        with pytest.raises(SettingsError, match="takes hosts, domains and networks"):
            allowing(text)

    def test_everything_when_it_is_not_set_and_says_so(self, caplog, monkeypatch):
        """
        A line in the log.
        """
        monkeypatch.delenv("QINGLIU_RESIDENCY", raising=False)
        guard().check(["anywhere.example.com"], "the broker")

        assert "QINGLIU_RESIDENCY is not set: brokers and key services may be anywhere" in caplog.text


class TestHosts:
    def test_are_what_stands_before_the_port(self):
        """
        Of names and of addresses.
        """
        assert hosts_of(["kafka-1:9092", " [fd00::1]:9092"]) == ["kafka-1", "[fd00::1]"]


class TestWhoAsks:
    @pytest.mark.parametrize(
        "uri",
        [
            pytest.param("hcvault://vault.example.com:8200/transit/keys/qingliu", id="Vault"),
            pytest.param("gcp-kms://projects/p/locations/global/keyRings/r/cryptoKeys/k", id="Google"),
            pytest.param("aws-kms://arn:aws:kms:eu-central-1:123456789012:key/abc", id="AWS"),
        ],
    )
    def test_key_services_are_refused_before_they_are_asked(self, monkeypatch, uri):
        """
        By their host, before a credential is looked for.
        """
        pytest.importorskip("hvac" if uri.startswith("hc") else "boto3" if uri.startswith("aws") else "tink")
        monkeypatch.setenv("QINGLIU_RESIDENCY", "example.cn,amazonaws.com.cn")

        with pytest.raises(OutsideError, match="the key service"):
            KmsAead(uri)

    def test_commands_are_refused_before_they_connect(self, monkeypatch):
        """
        No name is looked up at the broker's.
        """
        monkeypatch.setenv("QINGLIU_RESIDENCY", "example.cn")

        with pytest.raises(OutsideError, match=r"the broker kafka\.example\.com"):
            Feeder("kafka.example.com:9092")
