"""Settings: read from the environment once, and refused with one sentence."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from pipeline.address import Address
from pipeline.settings import Settings, SettingsError, servers

COMPLETE = {
    "QINGLIU_BOOTSTRAP": "kafka-1:9092, kafka-2:9092",
    "QINGLIU_KEYSET": "/keys/keyset.json",
    "QINGLIU_PASSPHRASE": "/keys/passphrase",
    "QINGLIU_OFFICER": "/keys/officer.pub",
}


def read(**changes):
    environment = COMPLETE | {f"QINGLIU_{name}": value for name, value in changes.items()}
    return Settings.from_environment({name: value for name, value in environment.items() if value is not None})


class TestFromEnvironment:
    def test_reads_what_is_required(self):
        """
        Four variables make a worker; the rest has a default.
        """
        assert read() == Settings(
            bootstrap=("kafka-1:9092", "kafka-2:9092"),
            keyset=Path("/keys/keyset.json"),
            passphrase=Path("/keys/passphrase"),
            officer=Path("/keys/officer.pub"),
            group="qingliu",
            chunk=500,
            in_flight=4,
            commit_seconds=1.0,
            subjects=True,
            subjects_max_lag=60.0,
            link_days=30,
        )

    def test_reads_what_is_not(self):
        """
        Each by the name of its field.
        """
        read_all = read(GROUP="blue", CHUNK="100", IN_FLIGHT="8", COMMIT_SECONDS="0.5", PARTIES="/keys/parties")

        assert read_all.parties == Path("/keys/parties")
        assert (read_all.group, read_all.chunk, read_all.in_flight, read_all.commit_seconds) == ("blue", 100, 8, 0.5)

    @pytest.mark.parametrize(("text", "expected"), [("on", True), ("off", False), ("OFF", False)])
    def test_a_switch_is_on_or_off(self, text, expected):
        """
        In capitals as well.
        """
        assert read(SUBJECTS=text).subjects is expected
        assert read(SUBJECTS_MAX_LAG="5").subjects_max_lag == 5.0
        assert read(LINK_DAYS="7").link_days == 7
        assert read(STALL_SECONDS="30").stall_seconds == 30.0
        assert read(STOP_SECONDS="20").stop_seconds == 20.0
        assert (read(FLOOD="STOP").flood, read(FLOOD_SHARE="0.9").flood_share) == ("stop", 0.9)

    def test_delivery_is_one_of_two(self):
        """
        At least once unless something else is said.
        """
        assert read().delivery == "at_least_once"
        assert read(DELIVERY="EXACTLY_ONCE").delivery == "exactly_once"

    def test_an_instance_has_a_name_of_its_own(self):
        """
        Or none.
        """
        assert (read().instance, read(INSTANCE="worker-1").instance) == ("", "worker-1")

    def test_the_web_port_is_off_on_loopback_or_asks_for_a_token(self):
        """
        Whoever lets other machines reach it has to say who may ask.
        """
        assert read().web is None
        assert read(WEB="9464").web == Address("127.0.0.1", 9464)
        assert read(WEB="10.0.0.5:9464", WEB_TOKEN="/run/secrets/web").web_token == Path("/run/secrets/web")
        with pytest.raises(SettingsError, match=r"other machines reach the web port .*; set QINGLIU_WEB_TOKEN"):
            read(WEB="[::]:9464")

    def test_a_key_management_service_stands_in_for_the_passphrase(self):
        """
        By the URI of its key.
        """
        uri = "hcvault://vault:8200/transit/keys/qingliu"
        settings = read(PASSPHRASE=None, KMS=uri)

        assert (settings.passphrase, settings.kms) == (None, uri)

    def test_what_is_given_wins(self):
        """
        An option of the command line before the environment, and the environment before nothing.
        """
        given = Settings.from_environment(COMPLETE, group="green", bootstrap=("localhost:1",), keyset=None)

        assert (given.group, given.bootstrap) == ("green", ("localhost:1",))
        assert given.keyset == Path("/keys/keyset.json")

    def test_an_empty_variable_is_none(self):
        """
        As deployment tools write what is not set.
        """
        assert read(GROUP="").group == "qingliu"
        with pytest.raises(SettingsError, match="set QINGLIU_KEYSET"):
            read(KEYSET="")

    def test_other_variables_are_left_alone(self):
        """
        Whatever else is in the environment.
        """
        assert read(UNKNOWN="1") == read()

    @pytest.mark.parametrize(
        ("name", "remedy"),
        [
            pytest.param("BOOTSTRAP", "the broker's address is missing; set QINGLIU_BOOTSTRAP or pass --bootstrap"),
            pytest.param("KEYSET", r"the key reference .* is missing; set QINGLIU_KEYSET or pass --keyset"),
            pytest.param(
                "PASSPHRASE", r"keyset \(or QINGLIU_KMS\) is missing; set QINGLIU_PASSPHRASE or pass --passphrase"
            ),
            pytest.param("OFFICER", "is missing; set QINGLIU_OFFICER or pass --officer"),
        ],
    )
    def test_says_what_is_missing(self, name, remedy):
        """
        By variable and by option.
        """
        with pytest.raises(SettingsError, match=remedy):
            read(**{name: None})

    @pytest.mark.parametrize(
        ("name", "value", "remedy"),
        [
            pytest.param("CHUNK", "many", "QINGLIU_CHUNK must be a number", id="chunk a word"),
            pytest.param("CHUNK", "0", "chunk must be 1–10000; correct QINGLIU_CHUNK", id="chunk 0"),
            pytest.param("CHUNK", "10001", "chunk must be 1–10000", id="chunk past the limit"),
            pytest.param("CHUNK", "1.5", "QINGLIU_CHUNK must be a number", id="chunk a fraction"),
            pytest.param("IN_FLIGHT", "-1", "in_flight must be 1–64", id="in flight below 0"),
            pytest.param("COMMIT_SECONDS", "0", "commit_seconds must be 0.05–60", id="no time between commits"),
            pytest.param("COMMIT_SECONDS", "nan", "commit_seconds must be 0.05–60", id="not a number"),
            pytest.param("COMMIT_SECONDS", "inf", "commit_seconds must be 0.05–60", id="infinite"),
            pytest.param("SESSION_SECONDS", "0.5", "session_seconds must be 1–300", id="session below a second"),
            pytest.param("DELIVERY_SECONDS", "3601", "delivery_seconds must be 1–3600", id="delivery past an hour"),
            pytest.param("SUBJECTS", "no", "QINGLIU_SUBJECTS must be on or off", id="no switch"),
            pytest.param("SUBJECTS_MAX_LAG", "0", "subjects_max_lag must be 1–3600", id="always stale"),
            pytest.param("GRANTS", "grants", "need QINGLIU_APPROVERS, who sign them", id="grants without approvers"),
            pytest.param("STOP_SECONDS", "0", "stop_seconds must be 1–3600", id="no time to stop"),
            pytest.param("STALL_SECONDS", "1", "stall_seconds must be 2–3600", id="no patience"),
            pytest.param("STALL_SECONDS", "2", "more than twice commit_seconds", id="no time to commit"),
            pytest.param("FLOOD", "on", "QINGLIU_FLOOD must be alarm or stop", id="neither alarm nor stop"),
            pytest.param("FLOOD_SHARE", "50", "flood_share must be 0.01–1", id="per cent"),
            pytest.param("LINK_DAYS", "0", "link_days must be 1–400", id="never linked"),
            pytest.param("LINK_DAYS", "1.5", "LINK_DAYS must be a number", id="half a day"),
            pytest.param("DELIVERY", "once", "QINGLIU_DELIVERY must be at_least_once or exactly_once", id="at most"),
            pytest.param("INSTANCE", "a b", "instance 'a b' must be 1–200 letters", id="instance with a blank"),
            pytest.param("GROUP", "a b", "must be 1–200 letters", id="group with a blank"),
            pytest.param("GROUP", "清流", "must be 1–200 letters", id="group in Chinese"),
            pytest.param("GROUP", "g" * 201, "must be 1–200 letters", id="long group"),
            pytest.param("BOOTSTRAP", "kafka-1", "write host:port", id="no port"),
            pytest.param("BOOTSTRAP", "kafka-1:0", "write host:port", id="port 0"),
            pytest.param("BOOTSTRAP", "kafka-1:65536", "write host:port", id="port past the limit"),
            pytest.param("BOOTSTRAP", "kafka://kafka-1:9092", "write host:port", id="URL"),
            pytest.param("BOOTSTRAP", "kafka-1:9092 kafka-2:9092", "several joined by commas", id="joined by a blank"),
            pytest.param("BOOTSTRAP", "kafka-1:9092\n:1", "write host:port", id="line end"),
            pytest.param("BOOTSTRAP", ", ,", "no broker is given", id="commas alone"),
        ],
    )
    def test_says_what_cannot_be_understood(self, name, value, remedy):
        """
        One sentence with what to do.
        """
        with pytest.raises(SettingsError, match=remedy):
            read(**{name: value})


class TestSettings:
    @pytest.mark.parametrize("server", ["localhost:9092", "10.0.0.1:9092", "kafka_1.internal:65535", "[::1]:9092"])
    def test_knows_every_form_of_address(self, server):
        """
        Names, IPv4 and IPv6.
        """
        assert read(BOOTSTRAP=server).bootstrap == (server,)

    def test_cannot_be_changed(self):
        """
        What a worker started with is what it runs with.
        """
        with pytest.raises(FrozenInstanceError):
            read().group = "other"


class TestServers:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("a:1", ("a:1",)), ("a:1,b:2", ("a:1", "b:2")), (" a:1 , b:2, ", ("a:1", "b:2")), ("", ())],
    )
    def test_are_joined_by_commas(self, text, expected):
        """
        Blanks and empty parts do not count.
        """
        assert servers(text) == expected
