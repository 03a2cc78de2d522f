"""How brokers are reached: TLS, client certificates and SASL, read from the environment, for all three clients."""

import base64
import binascii
import json
import os
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

from pipeline.environment import PREFIX, SettingsError

PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS: Final = ("SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN", "OAUTHBEARER")

_IN_CLEAR: Final = frozenset({"PLAIN", "OAUTHBEARER"})  # they send the secret itself
_PROTOCOL: Final = f"{PREFIX}SECURITY"
_HOST_MISMATCH: Final = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_LOOK_SECONDS: Final = 3.0
_REFUSAL_SECONDS: Final = 0.5  # TLS 1.3: a client certificate is refused only after the client's part is done
_TOKEN_SECONDS: Final = 300.0  # of a token that does not say how long it lives
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]+")  # RFC 6750, section 2.1


@dataclass(frozen=True, slots=True)
class Connection:
    """
    How this process reaches brokers.

    It holds the names of files and no secret: secrets are read when a client is made, a token whenever one is asked
    for. With TLS the broker's certificate and host name are always verified; nothing turns that off.

    Protects against who listens on the wire, and against who answers in a broker's place.
    Does not protect against a broker that is in other hands, nor a file that others on this machine may read.

    Args:
        protocol: one of `PROTOCOLS`.
        ca: certificates of those that vouch for brokers, PEM; None takes the system's.
        certificate: this client's, with its chain, PEM.
        key: its private key, PEM.
        key_passphrase: file whose first line opens the private key.
        mechanism: one of `MECHANISMS`, with SASL.
        user: name, for SCRAM and PLAIN.
        password: file whose first line is the password.
        token: file whose first line is a bearer token, for OAUTHBEARER; it may be replaced at any time.

    Raises:
        SettingsError: settings that contradict each other, or that would send a secret in clear.
    """

    protocol: str = "PLAINTEXT"
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_passphrase: Path | None = None
    mechanism: str = ""
    user: str = ""
    password: Path | None = None
    token: Path | None = None

    def __post_init__(self) -> None:
        for wrong, sentence in self._contradictions():
            if wrong:
                raise SettingsError(sentence)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """
        What `QINGLIU_SECURITY` and `QINGLIU_SECURITY_…` say; nothing said is in clear and without a name.

        Raises:
            SettingsError: they cannot be understood.
        """
        given = {name: text for name, variable in VARIABLES.items() if (text := environment.get(variable))}
        return cls(**{name: text if name in _TEXTS else Path(text) for name, text in given.items()})  # type: ignore[arg-type]

    @property
    def tls(self) -> bool:
        """
        Whether the connection is encrypted and the broker verified.
        """
        return self.protocol.endswith("SSL")

    @property
    def sasl(self) -> bool:
        """
        Whether this client says who it is, other than by its certificate.
        """
        return self.protocol.startswith("SASL_")

    def context(self) -> ssl.SSLContext | None:
        """
        The TLS of Python's clients; None without TLS.

        Raises:
            SettingsError: a file is missing, or holds something else.
        """
        if not self.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError):
            raise SettingsError(_unusable("ca", "certificates in PEM")) from None
        if self.certificate and self.key:
            passphrase = _first_line("key_passphrase", self.key_passphrase) if self.key_passphrase else ""
            try:
                # A function, or OpenSSL would ask at the terminal for what is not given.
                context.load_cert_chain(self.certificate, self.key, lambda: passphrase)
            except (OSError, ssl.SSLError):
                fitting = f"a certificate in PEM that the key of {VARIABLES['key']} fits, which must open"
                raise SettingsError(_unusable("certificate", fitting)) from None
        return context

    def arguments(self) -> dict[str, Any]:
        """
        What aiokafka and kafka-python take alike; the provider of tokens is each one's own.

        Raises:
            SettingsError: a file cannot be used.
        """
        arguments: dict[str, Any] = {"security_protocol": self.protocol}
        if self.tls:
            arguments["ssl_context"] = self.context()
        if self.sasl:
            arguments["sasl_mechanism"] = self.mechanism
        if self.sasl and self.token is None:
            arguments |= {"sasl_plain_username": self.user, "sasl_plain_password": self.secret()}
        return arguments

    def librdkafka(self) -> dict[str, Any]:
        """
        What confluent-kafka takes.

        Raises:
            SettingsError: a file cannot be used.
        """
        settings: dict[str, Any] = {"security.protocol": self.protocol}
        if self.tls:
            self.context()  # which says in a sentence what librdkafka says in several
            settings["ssl.endpoint.identification.algorithm"] = "https"
            files = {"ssl.ca.location": self.ca, "ssl.certificate.location": self.certificate}
            files["ssl.key.location"] = self.key
            settings |= {name: str(file) for name, file in files.items() if file}
            if self.key_passphrase:
                settings["ssl.key.password"] = _first_line("key_passphrase", self.key_passphrase)
        if self.sasl:
            settings["sasl.mechanism"] = self.mechanism
        if self.sasl and self.token is None:
            settings |= {"sasl.username": self.user, "sasl.password": self.secret()}
        elif self.sasl:
            self.bearer()
            settings["oauth_cb"] = self._token_and_end
        return settings

    def secret(self) -> str:
        """
        The password.

        Raises:
            SettingsError: its file cannot be read.
        """
        return _first_line("password", self.password)

    def bearer(self) -> str:
        """
        The token, as its file holds it now.

        Raises:
            SettingsError: its file cannot be read, or holds something else.
        """
        token = _first_line("token", self.token)
        if not _TOKEN.fullmatch(token):
            raise SettingsError(_unusable("token", "a bearer token in its first line"))
        return token

    def hindrance(self, bootstrap: Sequence[str]) -> str:
        """
        Why no broker lets this client in, looked for after it was so: one sentence.

        Args:
            bootstrap: brokers, `host:port`.
        """
        said = [self._hindrance(*server.strip().rpartition(":")[::2]) for server in bootstrap]
        return said[-1] if said else "no broker is given"

    def _hindrance(self, host: str, port: str) -> str:
        server = f"{host}:{port}"
        try:
            with socket.create_connection((host.strip("[]"), int(port)), _LOOK_SECONDS) as plain:
                refused = self._handshake(plain, host.strip("[]"), server)
        except (OSError, ValueError):
            return f"no broker answers at {server}; check the address and that the broker runs"
        if refused:
            return refused
        if self.sasl:
            shown = VARIABLES["token"] if self.token else f"{VARIABLES['user']} and {VARIABLES['password']}"
            return (
                f"the broker at {server} does not let this client in by {self.mechanism}; "
                f"check {shown}, and that it offers this mechanism"
            )
        return f"something listens at {server} and no broker answers; check {_PROTOCOL} and whether the broker is well"

    def _handshake(self, plain: socket.socket, host: str, server: str) -> str:
        """
        What TLS has against the broker, or the broker against this client; empty when nothing.
        """
        context = self.context()
        if context is None:
            return ""
        shaken = False
        try:
            with context.wrap_socket(plain, server_hostname=host) as secured:
                shaken = True
                secured.settimeout(_REFUSAL_SECONDS)
                secured.recv(1)
        except TimeoutError:
            if shaken:
                return ""
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in _HOST_MISMATCH:
                return f"the broker at {server} has a certificate for another host name; use the name that it is for"
            return (
                f"the certificate of the broker at {server} is vouched for by nobody in {VARIABLES['ca']}, or is over; "
                "give the certificates of who signed it"
            )
        except OSError:  # and every other error of TLS
            if shaken:
                return (
                    f"the broker at {server} refuses this client's certificate; "
                    f"set {VARIABLES['certificate']} and {VARIABLES['key']} to one that it trusts"
                )
        return f"what listens at {server} does not speak TLS; correct {_PROTOCOL} or the port"

    def _token_and_end(self, _: str) -> tuple[str, float]:
        token = self.bearer()
        return token, _end(token)

    def _contradictions(self) -> tuple[tuple[bool, str], ...]:
        protocol, mechanism = self.protocol, self.mechanism
        tls_files = bool(self.ca or self.certificate or self.key or self.key_passphrase)
        sasl_values = bool(mechanism or self.user or self.password or self.token)
        names = VARIABLES
        by_token = mechanism == "OAUTHBEARER"
        return (
            (protocol not in PROTOCOLS, f"{_PROTOCOL} must be one of {', '.join(PROTOCOLS)}"),
            (
                tls_files and not self.tls,
                f"certificates are given and {_PROTOCOL} is {protocol}, which uses none; set SSL or SASL_SSL",
            ),
            (
                sasl_values and not self.sasl,
                f"a SASL setting is given and {_PROTOCOL} is {protocol}, which uses none; set SASL_SSL",
            ),
            (
                bool(self.certificate) != bool(self.key) or bool(self.key_passphrase and not self.key),
                f"a client certificate and its private key go together; set {names['certificate']} and {names['key']}",
            ),
            (
                self.sasl and mechanism not in MECHANISMS,
                f"{names['mechanism']} must be one of {', '.join(MECHANISMS)}",
            ),
            (
                self.sasl and not self.tls and mechanism in _IN_CLEAR,
                f"{mechanism} would send its secret in clear; set {_PROTOCOL}=SASL_SSL",
            ),
            (
                self.sasl and by_token and (not self.token or bool(self.user or self.password)),
                f"OAUTHBEARER takes {names['token']}, and neither a user nor a password; set that alone",
            ),
            (
                self.sasl and not by_token and (bool(self.token) or not (self.user and self.password)),
                f"{mechanism} takes {names['user']} and {names['password']}, and no token; set these two alone",
            ),
        )


VARIABLES: Final = {
    field.name: _PROTOCOL if field.name == "protocol" else f"{_PROTOCOL}_{field.name.upper()}"
    for field in fields(Connection)
}
"""What each setting is called in the environment."""

_TEXTS: Final = frozenset({"protocol", "mechanism", "user"})


def _first_line(name: str, file: Path | None) -> str:
    try:
        line = file.read_text("utf-8").partition("\n")[0].removesuffix("\r") if file else ""
    except (OSError, UnicodeDecodeError):
        line = ""
    if not line:
        raise SettingsError(_unusable(name, "a first line that is not empty"))
    return line


def _unusable(name: str, what: str) -> SettingsError:
    return SettingsError(
        f"the file of {VARIABLES[name]} must be readable and hold {what}; correct the file or the path"
    )


def _end(token: str) -> float:
    """
    Until when a token may be shown: what it says itself, as a JWT does, or a few minutes.
    """
    try:
        claims = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])
    except (binascii.Error, IndexError, KeyError, TypeError, ValueError):
        return time.time() + _TOKEN_SECONDS
