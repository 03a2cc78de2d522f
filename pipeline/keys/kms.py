"""Protection of key files by a key management service, through Tink's integrations. The other door to Tink."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import tink  # type: ignore[import-untyped] # ships no types
from tink import aead

from pipeline.keys.file import CannotDecrypt, KeysError
from pipeline.residency import OutsideError, Residency

_URI: Final = re.compile(
    r"(?P<aws>aws-kms)://arn:aws(?:-[a-z]+)*:kms:[a-z0-9-]+:[0-9]+:key/[A-Za-z0-9-]+"
    r"|(?P<gcp>gcp-kms)://projects/[^/\s]+/locations/[\w-]+/keyRings/[\w-]+/cryptoKeys/[\w-]+"
    r"|(?P<vault>hcvault)://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?/[^\s?#]+/keys/[^\s/?#]+",
    re.ASCII,
)


class KmsAead:
    """
    Envelope encryption: a fresh AES-256-GCM key for each box, which the service encrypts and decrypts.

    The service sees that key and nothing of what is in the box, so roots never leave the machine. Who may decrypt is
    what the service lets them, and it keeps a log of who did.

    Protects a file at rest, and lets one take the right to open it away from a machine.
    Does not protect against whoever may use the service's key, nor what a running worker holds in memory.

    Args:
        uri: `aws-kms://arn:aws:kms:<region>:<account>:key/<id>` (also `aws-cn`),
            `gcp-kms://projects/…/locations/…/keyRings/…/cryptoKeys/…` or `hcvault://<host>:<port>/<mount>/keys/<name>`.
            Credentials come from where the service's own client looks for them: AWS_… and the instance's role,
            GOOGLE_APPLICATION_CREDENTIALS, VAULT_TOKEN.

    Raises:
        KeysError: the URI is none of these, or the extra that knows the service is not installed.
        OutsideError: the service is where keys may not be.
    """

    def __init__(self, uri: str) -> None:
        found = _URI.fullmatch(uri)
        if not found:
            msg = "a key management service's key is an aws-kms://, gcp-kms:// or hcvault:// URI; correct QINGLIU_KMS"
            raise KeysError(msg)
        self.name = uri
        aead.register()
        extra = str(found.lastgroup)
        try:
            with _asked(uri):
                remote = _Remote(uri, _SERVICES[extra](uri))
        except ImportError:
            msg = f"{uri.partition(':')[0]} needs what the extra brings; run pip install 'qingliu[{extra}]'"
            raise KeysError(msg) from None
        self._envelope = aead.KmsEnvelopeAead(aead.aead_key_templates.AES256_GCM, remote)

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """
        A box under a key of its own.

        Raises:
            KeysError: the service refused, or did not answer.
        """
        return bytes(self._envelope.encrypt(plaintext, associated_data))

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """
        The plaintext of a box.

        Raises:
            CannotDecrypt: an altered box.
            KeysError: the service refused, which it also does when the box is of another key, or did not answer.
        """
        try:
            return bytes(self._envelope.decrypt(ciphertext, associated_data))
        except tink.TinkError:
            msg = "decryption failed"
            raise CannotDecrypt(msg) from None


class _Remote(aead.Aead):  # type: ignore[misc] # untyped
    """
    The service's key, whose errors are one sentence.
    """

    def __init__(self, uri: str, key: Any) -> None:
        self._uri = uri
        self._key = key

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        with _asked(self._uri):
            return bytes(self._key.encrypt(plaintext, associated_data))

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        with _asked(self._uri):
            return bytes(self._key.decrypt(ciphertext, associated_data))


@contextmanager
def _asked(uri: str) -> Iterator[None]:
    try:
        yield
    except (ImportError, OutsideError):
        raise
    except Exception as error:  # noqa: BLE001 — each client has errors of its own
        # Tink puts the client's error into its own. Names are told, never messages, which may quote credentials.
        causes = (
            [cause for cause in error.args if isinstance(cause, Exception)] if type(error) is tink.TinkError else []
        )
        name = type(causes[0] if causes else error).__name__
        code = getattr(causes[0], "response", {}).get("Error", {}).get("Code", "") if causes else ""
        msg = f"{uri} could not be used ({code or name}); check the service, its key and the credentials"
        raise KeysError(msg) from None


def _aws(uri: str) -> Any:
    import boto3  # type: ignore[import-not-found, import-untyped, unused-ignore] # noqa: PLC0415 — an extra
    from tink.integration.awskms import _aws_kms_client  # type: ignore[import-untyped] # noqa: PLC0415

    arn = uri.removeprefix("aws-kms://")
    client = boto3.session.Session().client("kms", region_name=arn.split(":")[3])
    # Tink's own client takes keys of the partition `aws` alone; those of the Chinese regions are in `aws-cn`.
    _check_residency(urlsplit(client.meta.endpoint_url).hostname or "")
    return _aws_kms_client._AwsKmsAead(client, arn)  # noqa: SLF001


def _gcp(uri: str) -> Any:
    _check_residency("cloudkms.googleapis.com")
    from tink.integration import gcpkms  # type: ignore[import-untyped] # noqa: PLC0415 — an extra

    return gcpkms.GcpKmsClient(uri, "").get_aead(uri)


def _vault(uri: str) -> Any:
    import hvac  # type: ignore[import-not-found, import-untyped, unused-ignore] # noqa: PLC0415 — an extra
    from tink.integration import hcvault  # noqa: PLC0415

    place, _, path = uri.removeprefix("hcvault://").partition("/")
    _check_residency(urlsplit(f"//{place}").hostname or "")
    return hcvault.new_aead(path, hvac.Client(url=f"{_scheme(place)}://{place}"))


def _check_residency(host: str) -> None:
    Residency.from_environment().check([host], "the key service")


def _scheme(place: str) -> str:
    """
    TLS, but for an agent or a proxy on the same machine.
    """
    host = place.partition("]")[0].lstrip("[") if place.startswith("[") else place.partition(":")[0]
    try:
        return "http" if ip_address(host).is_loopback else "https"
    except ValueError:
        return "http" if host == "localhost" else "https"


_SERVICES: Final[Mapping[str, Callable[[str], Any]]] = {"aws": _aws, "gcp": _gcp, "vault": _vault}
