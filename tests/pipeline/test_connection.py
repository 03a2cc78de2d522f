"""The way to brokers: settings that contradict each other are refused, and no secret shows."""

import base64
import json
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.connection import Connection
from pipeline.environment import SettingsError
from tests.kafka.certificates import Authority

PASSWORD = "correct-horse-battery"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "ours")


@pytest.fixture
def read(authority, tmp_path):
    """
    Settings by name; `FILE` stands for a file with a password.
    """
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\r\nnot this\n")

    def from_environment(protocol=None, **settings):
        named = {f"QINGLIU_SECURITY_{name}": value for name, value in settings.items()}
        named |= {"QINGLIU_SECURITY": protocol} if protocol else {}
        stands_for = {"FILE": str(file), "CA": str(authority.ca)}
        return Connection.from_environment({name: stands_for.get(value, value) for name, value in named.items()})

    return from_environment


SCRAM = {"MECHANISM": "SCRAM-SHA-256", "USER": "worker", "PASSWORD": "FILE"}


class TestFromEnvironment:
    def test_nothing_said_is_in_clear(self, read):
        """
        As it was before there was security; all clients are told so.
        """
        assert read() == Connection()
        assert read().arguments() == {"security_protocol": "PLAINTEXT"}
        assert read().librdkafka() == {"security.protocol": "PLAINTEXT"}

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            pytest.param({"protocol": "TLS"}, "must be one of PLAINTEXT, SSL", id="unknown protocol"),
            pytest.param({"CA": "CA"}, "is PLAINTEXT, which uses none; set SSL or SASL_SSL", id="CA in clear"),
            pytest.param({"USER": "worker"}, "a SASL setting is given", id="user in clear"),
            pytest.param({"protocol": "SSL", **SCRAM}, "a SASL setting is given", id="SASL without its protocol"),
            pytest.param({"protocol": "SSL", "CERTIFICATE": "c"}, "go together", id="certificate without key"),
            pytest.param({"protocol": "SSL", "KEY": "k"}, "go together", id="key without certificate"),
            pytest.param({"protocol": "SSL", "KEY_PASSPHRASE": "p"}, "go together", id="opens no key"),
            pytest.param({"protocol": "SASL_SSL"}, "MECHANISM must be one of", id="no mechanism"),
            pytest.param(
                {"protocol": "SASL_SSL", **SCRAM, "MECHANISM": "GSSAPI"}, "must be one of", id="unknown mechanism"
            ),
            pytest.param(
                {"protocol": "SASL_PLAINTEXT", **SCRAM, "MECHANISM": "PLAIN"},
                "in clear; set QINGLIU_SECURITY=SASL_SSL",
                id="password in clear",
            ),
            pytest.param(
                {"protocol": "SASL_PLAINTEXT", "MECHANISM": "OAUTHBEARER", "TOKEN": "FILE"},
                "in clear; set QINGLIU_SECURITY=SASL_SSL",
                id="token in clear",
            ),
            pytest.param({"protocol": "SASL_SSL", **SCRAM, "USER": ""}, "takes QINGLIU_SECURITY_USER", id="no user"),
            pytest.param({"protocol": "SASL_SSL", **SCRAM, "TOKEN": "FILE"}, "and no token", id="password and token"),
            pytest.param(
                {"protocol": "SASL_SSL", **SCRAM, "MECHANISM": "OAUTHBEARER"}, "OAUTHBEARER takes", id="no token"
            ),
        ],
    )
    def test_refuses_what_contradicts_itself(self, read, settings, said):
        """
        One sentence, which names the variable to correct.
        """
        with pytest.raises(SettingsError, match=said) as refused:
            read(**settings)

        assert "QINGLIU_SECURITY" in str(refused.value)
        assert "\n" not in str(refused.value)


class TestSecrets:
    def test_are_the_first_line_of_a_file_and_never_shown(self, read):
        """
        A connection may be printed.
        """
        connection = read("SASL_SSL", CA="CA", **SCRAM)

        assert connection.arguments()["sasl_plain_password"] == PASSWORD
        assert connection.librdkafka()["sasl.password"] == PASSWORD
        assert PASSWORD not in repr(connection) + str(connection)

    @pytest.mark.parametrize("content", [pytest.param(None, id="no file"), pytest.param("\n", id="empty line")])
    def test_that_cannot_be_read_are_refused(self, read, tmp_path, content):
        """
        Rather than sent empty.
        """
        file = tmp_path / "other"
        if content is not None:
            file.write_text(content)
        connection = read("SASL_PLAINTEXT", **SCRAM | {"PASSWORD": str(file)})

        for ask in (connection.arguments, connection.librdkafka):
            with pytest.raises(SettingsError, match="the file of QINGLIU_SECURITY_PASSWORD must be readable"):
                ask()

    def test_tokens_are_read_again_each_time(self, read, tmp_path):
        """
        A token that was replaced in its file is the one that is shown, with the end that it tells itself.
        """
        file = tmp_path / "token"
        connection = read("SASL_SSL", MECHANISM="OAUTHBEARER", TOKEN=str(file))
        claims = base64.urlsafe_b64encode(json.dumps({"exp": 1_800_000_000}).encode()).decode().rstrip("=")
        file.write_text(f"e30.{claims}.c2ln\n")
        ask = connection.librdkafka()["oauth_cb"]

        assert ask("") == (f"e30.{claims}.c2ln", 1_800_000_000)
        file.write_text("opaque\n")
        token, end = ask("")
        assert (token, end > time.time()) == ("opaque", True)
        assert connection.bearer() == "opaque"

    def test_a_token_with_other_signs_is_refused(self, read, tmp_path):
        """
        It would end the header it is put into; it is not repeated.
        """
        file = tmp_path / "token"
        file.write_text("secret\x01auth=Bearer other\n")

        with pytest.raises(SettingsError, match="a bearer token") as refused:
            read("SASL_SSL", MECHANISM="OAUTHBEARER", TOKEN=str(file)).bearer()

        assert "secret" not in str(refused.value)


class TestTls:
    def test_always_verifies_the_broker_and_its_name(self, read):
        """
        In each client, with or without authorities of one's own.
        """
        for settings in ({}, {"CA": "CA"}):
            connection = read("SSL", **settings)
            context = connection.arguments()["ssl_context"]
            assert context.check_hostname
            assert context.verify_mode is ssl.CERT_REQUIRED
            assert connection.librdkafka()["ssl.endpoint.identification.algorithm"] == "https"

    def test_trusts_nobody_but_the_given_authorities(self, read):
        """
        The system's are not added to them.
        """
        (mine,) = read("SSL", CA="CA").context().get_ca_certs()

        assert "authority of ours" in str(mine["subject"])

    @pytest.mark.parametrize("passphrase", [pytest.param("", id="none"), pytest.param("wrong", id="wrong")])
    def test_a_key_that_does_not_open_is_refused(self, read, authority, tmp_path, passphrase):
        """
        And nobody is asked at the terminal.
        """
        certificate, key = authority.issue("worker", passphrase=b"right")
        settings = {"CERTIFICATE": str(certificate), "KEY": str(key)}
        if passphrase:
            (tmp_path / "opener").write_text(passphrase)
            settings["KEY_PASSPHRASE"] = str(tmp_path / "opener")

        with pytest.raises(SettingsError, match="the file of QINGLIU_SECURITY_CERTIFICATE"):
            read("SSL", **settings).librdkafka()

    def test_a_file_without_certificates_is_refused(self, read):
        """
        Rather than nobody trusted.
        """
        with pytest.raises(SettingsError, match="the file of QINGLIU_SECURITY_CA"):
            read("SSL", CA="FILE").context()


def hang_up(server):
    server.accept()[0].close()


class TestHindrance:
    def test_of_an_address_where_nothing_listens(self, read):
        """
        The last of several is told.
        """
        assert "no broker answers at 127.0.0.1:1;" in read().hindrance(["127.0.0.1:x", "127.0.0.1:1"])

    def test_of_a_server_without_tls(self, read):
        """
        It takes the connection and ends it.
        """
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(10)
            address = f"127.0.0.1:{server.getsockname()[1]}"
            with ThreadPoolExecutor(1) as pool:
                pool.submit(hang_up, server)
                said = read("SSL", CA="CA").hindrance([address])

        assert said.startswith(f"what listens at {address} does not speak TLS; correct QINGLIU_SECURITY")
