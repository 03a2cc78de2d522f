"""
Protection by a key management service.

AWS KMS is moto's server, which keeps keys and checks contexts as the service does. Vault is a loopback stand-in that
speaks the transit engine's two requests. Google's service cannot be asked without an account.
"""

import base64
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from pipeline.codec import dumps, loads
from pipeline.keys import KeysError, PassphraseAead, RootKeys
from pipeline.keys.file import CannotDecrypt
from pipeline.keys.kms import KmsAead, _scheme

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def aws():
    """
    An AWS KMS on loopback; a function that makes a key and gives its URI.
    """
    boto3 = pytest.importorskip("boto3")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        server.start()
        host, port = server.get_host_and_port()
        patch.setenv("AWS_ENDPOINT_URL_KMS", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

        def key(region="us-east-1"):
            return "aws-kms://" + boto3.client("kms", region_name=region).create_key()["KeyMetadata"]["Arn"]

        yield key
        server.stop()


class Transit(BaseHTTPRequestHandler):
    """
    Vault's transit engine: encrypt and decrypt under named keys, for one token.
    """

    token = "s.token"

    def _answer(self):
        body = loads(self.rfile.read(int(self.headers["Content-Length"])))
        _, mount, work, name = self.path.removeprefix("/v1").split("/")
        cipher = PassphraseAead(f"key of {mount}/{name}".encode())
        if self.headers["X-Vault-Token"] != self.token:
            self._send(403, {"errors": ["permission denied"]})
        elif work == "encrypt":
            box = cipher.encrypt(base64.b64decode(body["plaintext"]), b"")
            self._send(200, {"data": {"ciphertext": "vault:v1:" + base64.b64encode(box).decode()}})
        else:
            try:
                box = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"))
                self._send(200, {"data": {"plaintext": base64.b64encode(cipher.decrypt(box, b"")).decode()}})
            except CannotDecrypt:
                self._send(400, {"errors": ["cipher: message authentication failed"]})

    def _send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(dumps(body))

    do_POST = do_PUT = _answer  # noqa: N815 — http.server's names

    def log_message(self, *_):
        pass


@pytest.fixture
def vault(monkeypatch):
    """
    The address of a Vault on loopback, whose token is in the environment.
    """
    pytest.importorskip("hvac")
    monkeypatch.setenv("VAULT_TOKEN", Transit.token)
    with HTTPServer(("127.0.0.1", 0), Transit) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class TestAws:
    @pytest.mark.parametrize("region", ["us-east-1", "cn-north-1"])
    def test_opens_what_it_closed(self, aws, tmp_path, region):
        """
        In Chinese regions as well, whose keys are of another partition.
        """
        uri, keys = aws(region), RootKeys.generate()
        keys.save(tmp_path / "keyset.json", KmsAead(uri))

        assert RootKeys.load(tmp_path / "keyset.json", KmsAead(uri)).fingerprint == keys.fingerprint
        assert loads((tmp_path / "keyset.json").read_text())["protection"] == uri

    def test_does_not_open_with_another_key(self, aws):
        """
        The service refuses, which is told by the name of its error.
        """
        box = KmsAead(aws()).encrypt(b"text", b"context")
        with pytest.raises(KeysError, match=r"could not be used \(\w+Exception\); check the service"):
            KmsAead(aws()).decrypt(box, b"context")

    def test_does_not_open_for_another_context(self, aws):
        """
        Nor when a bit of what the service did not encrypt was altered.
        """
        cipher = KmsAead(aws())
        box = cipher.encrypt(b"text", b"context")
        with pytest.raises(CannotDecrypt, match=r"^decryption failed$"):
            cipher.decrypt(box, b"other")
        with pytest.raises(CannotDecrypt, match=r"^decryption failed$"):
            cipher.decrypt(box[:-1] + bytes([box[-1] ^ 1]), b"context")

    def test_the_service_sees_nothing_of_the_roots(self, aws, tmp_path, monkeypatch):
        """
        What it is given has the size of one key, whatever the box holds.
        """
        cipher, seen = KmsAead(aws()), []
        remote = cipher._envelope.remote_aead._key
        encrypt = remote.encrypt
        monkeypatch.setattr(remote, "encrypt", lambda *given: seen.append(given[0]) or encrypt(*given))
        cipher.encrypt(bytes(100_000), b"context")

        (key,) = seen
        assert len(key) < 64

    def test_a_service_that_does_not_answer_is_told(self, aws, monkeypatch, closed_port):
        """
        Without what the client says, which may quote credentials.
        """
        uri = aws()
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"http://{closed_port}")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        with pytest.raises(KeysError, match=r"could not be used \(EndpointConnectionError\); check the service"):
            KmsAead(uri).encrypt(b"text", b"")

    def test_missing_credentials_are_told(self, aws, monkeypatch, tmp_path):
        """
        By the client's name for it.
        """
        uri = aws()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("HOME", str(tmp_path))
        with pytest.raises(KeysError, match=r"could not be used \(NoCredentialsError\)"):
            KmsAead(uri).encrypt(b"text", b"")


class TestVault:
    def test_opens_what_it_closed(self, vault, tmp_path):
        """
        Under the key of the mount that the URI names.
        """
        uri, keys = f"hcvault://{vault}/transit/keys/qingliu", RootKeys.generate()
        keys.save(tmp_path / "keyset.json", KmsAead(uri))

        assert RootKeys.load(tmp_path / "keyset.json", KmsAead(uri)).fingerprint == keys.fingerprint

    def test_does_not_open_with_another_key(self, vault):
        """
        Vault refuses.
        """
        box = KmsAead(f"hcvault://{vault}/transit/keys/one").encrypt(b"text", b"")
        with pytest.raises(KeysError, match=r"keys/other could not be used \(InvalidRequest\)"):
            KmsAead(f"hcvault://{vault}/transit/keys/other").decrypt(box, b"")

    def test_a_token_that_is_not_enough_is_told(self, vault, monkeypatch):
        """
        And not shown.
        """
        monkeypatch.setenv("VAULT_TOKEN", "s.another-token")
        with pytest.raises(KeysError, match=r"could not be used \(Forbidden\)") as error:
            KmsAead(f"hcvault://{vault}/transit/keys/qingliu").encrypt(b"text", b"")

        assert "s.another-token" not in str(error.value)

    @pytest.mark.parametrize(
        ("place", "scheme"),
        [
            ("vault.example.com:8200", "https"),
            ("10.0.0.1:8200", "https"),
            ("127.0.0.1:8200", "http"),
            ("[::1]:8200", "http"),
            ("[2001:db8::1]:8200", "https"),
            ("localhost:8200", "http"),
            ("localhost.example.com", "https"),
        ],
    )
    def test_is_asked_by_tls(self, place, scheme):
        """
        But for an agent on the same machine.
        """
        assert _scheme(place) == scheme


class TestUris:
    @pytest.mark.parametrize(
        "uri",
        [
            "",
            "passphrase",
            "aws-kms://alias/qingliu",
            f"aws-kms://arn:aws:s3:us-east-1:{ACCOUNT}:key/1",
            "gcp-kms://projects/p/locations/l/keyRings/r",
            "hcvault://vault.example.com",
            "hcvault:///transit/keys/qingliu",
            "hcvault://user@vault.example.com/transit/keys/qingliu",
            "https://vault.example.com/transit/keys/qingliu",
        ],
    )
    def test_that_name_no_key_are_refused(self, uri):
        """
        Before anybody is asked.
        """
        with pytest.raises(KeysError, match="is an aws-kms://, gcp-kms:// or hcvault:// URI; correct QINGLIU_KMS"):
            KmsAead(uri)

    @pytest.mark.parametrize(
        ("uri", "module", "extra"),
        [
            (f"aws-kms://arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/1", "boto3", "aws"),
            (
                "gcp-kms://projects/p/locations/l/keyRings/r/cryptoKeys/k",
                "tink.integration.gcpkms",
                "gcp",
            ),
            ("hcvault://vault.example.com:8200/transit/keys/qingliu", "hvac", "vault"),
        ],
    )
    def test_of_a_service_whose_extra_is_missing_are_told(self, monkeypatch, uri, module, extra):
        """
        With the command that brings it.
        """
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(KeysError, match=rf"needs what the extra brings; run pip install 'qingliu\[{extra}\]'"):
            KmsAead(uri)
