"""Keys: files that open for the right passphrase alone, and keys that anybody with the root can derive again."""

import base64
import stat

import pytest
import tink
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st
from tink import cleartext_keyset_handle, secret_key_access
from tink.proto import hkdf_prf_pb2

from pipeline.keys import (
    KeysError,
    PassphraseAead,
    RootKeys,
    load_officer,
    load_officer_public,
    load_passphrase,
    refuse_existing,
    save_officer,
)
from pipeline.sealing import OfficerPrivateKey

PASSPHRASE = b"correct horse battery"
OTHER = b"incorrect horse battery"
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="|"), max_size=20)


def raw_keyset(keys):
    text = tink.json_proto_keyset_format.serialize(keys._handle, secret_key_access.TOKEN)
    return cleartext_keyset_handle.read(tink.JsonKeysetReader(text))._keyset


def raw_root(keys):
    (key,) = raw_keyset(keys).key
    return hkdf_prf_pb2.HkdfPrfKey.FromString(key.key_data.value).key_value


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def root():
    return RootKeys.generate()


@pytest.fixture(scope="module")
def keyset(root, tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keyset.json"
    root.save(path, PASSPHRASE)
    return path


@pytest.fixture(scope="module")
def officer():
    return OfficerPrivateKey.generate()


@pytest.fixture(scope="module")
def officer_files(officer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("officer")
    save_officer(officer, folder / "officer.key", folder / "officer.pub", PASSPHRASE)
    return folder / "officer.key", folder / "officer.pub"


class TestKeysetFile:
    def test_opens_again(self, root, keyset):
        """
        The keys derived before and after are the same.
        """
        loaded = RootKeys.load(keyset, PASSPHRASE)

        assert loaded.version == root.version == 1
        assert loaded.derive("name") == root.derive("name")

    def test_is_read_by_its_owner_alone(self, keyset):
        """
        Mode 0600, whatever the umask.
        """
        assert mode(keyset) == 0o600

    def test_holds_nothing_of_the_root_key(self, root, keyset):
        """
        Neither as bytes nor in base64 nor in hexadecimal.
        """
        secret, text = raw_root(root), keyset.read_bytes()

        assert secret not in text
        assert base64.b64encode(secret)[:40] not in text
        assert secret.hex().encode() not in text

    def test_is_never_overwritten(self, root, keyset):
        """
        The sentence says so, and the file stays as it was.
        """
        before = keyset.read_bytes()
        with pytest.raises(KeysError, match="exists, and overwriting a key loses"):
            root.save(keyset, PASSPHRASE)

        assert keyset.read_bytes() == before

    @pytest.mark.parametrize("passphrase", [OTHER, PASSPHRASE + b" "])
    def test_does_not_open_with_another_passphrase(self, keyset, passphrase):
        """
        The sentence names the file and does not say which of the two is wrong.
        """
        with pytest.raises(KeysError, match=r"does not open: either .* or the passphrase is another one") as error:
            RootKeys.load(keyset, passphrase)

        assert passphrase.decode() not in str(error.value)

    def test_does_not_open_as_an_officers_key(self, keyset):
        """
        Files of one sort are not taken for the other, with the same passphrase.
        """
        with pytest.raises(KeysError, match="no officer's private key"):
            load_officer(keyset, PASSPHRASE)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"{}", id="empty object"),
            pytest.param(b"null", id="null"),
            pytest.param(b"[]", id="array"),
            pytest.param(b'{"encryptedKeyset": ""}', id="nothing encrypted"),
            pytest.param(b'{"encryptedKeyset": "AAAA"}', id="shorter than a salt"),
            pytest.param(b'{"encryptedKeyset": 5}', id="number"),
            pytest.param(b'{"encryptedKeyset": "' + b"A" * 200 + b'"}', id="zeros"),
            pytest.param(b'{"primaryKeyId": 1, "key": []}', id="clear keyset"),
            pytest.param(b"\xff\xfe\x00", id="no text"),
            pytest.param("清流".encode(), id="other text"),
        ],
    )
    def test_says_when_a_file_is_no_keyset(self, tmp_path, content):
        """
        One sentence for whatever the file holds.
        """
        path = tmp_path / "keyset.json"
        path.write_bytes(content)
        with pytest.raises(KeysError, match=r"keyset\.json .*(check both|qingliu keys init)"):
            RootKeys.load(path, PASSPHRASE)

    def test_a_truncated_file_does_not_open(self, keyset, tmp_path):
        """
        At no length but the whole.
        """
        whole, path = keyset.read_bytes().rstrip(), tmp_path / "keyset.json"
        for length in range(0, len(whole), 13):
            path.write_bytes(whole[:length])
            with pytest.raises(KeysError):
                RootKeys.load(path, PASSPHRASE)

    @pytest.mark.parametrize("position", [0, 16, 28, -1])
    def test_an_altered_file_does_not_open(self, keyset, tmp_path, position):
        """
        One bit of salt, nonce, ciphertext or tag is enough.
        """
        head, text, tail = keyset.read_text().split('"', 4)[:3], *keyset.read_text().split('"', 4)[3:]
        box = bytearray(base64.b64decode(text))
        box[position] ^= 1
        path = tmp_path / "keyset.json"
        path.write_text('"'.join([*head, base64.b64encode(box).decode(), tail]))
        with pytest.raises(KeysError, match="does not open"):
            RootKeys.load(path, PASSPHRASE)

    def test_a_missing_file_is_told(self, tmp_path):
        """
        With the command that makes one.
        """
        with pytest.raises(KeysError, match=r"the keyset file.* does not exist; make one with `qingliu keys init`"):
            RootKeys.load(tmp_path / "keyset.json", PASSPHRASE)

    def test_a_folder_is_told(self, tmp_path):
        """
        What cannot be read is told with the system's reason.
        """
        with pytest.raises(KeysError, match="cannot be read"):
            RootKeys.load(tmp_path, PASSPHRASE)

    def test_a_folder_that_is_missing_is_made(self, root, tmp_path):
        """
        The first `keys init` needs no preparation.
        """
        root.save(tmp_path / "new" / "folder" / "keyset.json", PASSPHRASE)

        assert mode(tmp_path / "new" / "folder" / "keyset.json") == 0o600

    def test_a_place_that_cannot_be_written_is_told(self, root, tmp_path):
        """
        A file in place of the folder.
        """
        (tmp_path / "file").touch()
        with pytest.raises(KeysError, match=r"cannot be written.*choose another folder"):
            root.save(tmp_path / "file" / "keyset.json", PASSPHRASE)

    @pytest.mark.parametrize("passphrase", [b"", b"eleven char"])
    def test_a_short_passphrase_is_refused(self, root, keyset, tmp_path, passphrase):
        """
        When a file is written, and when one is read; nothing is left behind.
        """
        with pytest.raises(KeysError, match="shorter than 12 bytes"):
            root.save(tmp_path / "keyset.json", passphrase)
        with pytest.raises(KeysError, match="shorter than 12 bytes"):
            RootKeys.load(keyset, passphrase)

        assert list(tmp_path.iterdir()) == []


class TestDerivedKeys:
    @given(NAMES, NAMES)
    def test_follow_from_the_root_by_hkdf(self, root, domain, epoch):
        """
        Any implementation of RFC 5869 derives them from the raw root key: SHA-256, no salt, 32 bytes.
        """
        info = f"qingliu/1|ads|partner|{domain}|{epoch}".encode()
        expected = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(raw_root(root))

        assert root.keyring("partner", "ads").derive(domain, epoch).secret == expected

    @given(st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), min_size=2, max_size=2, unique=True))
    def test_two_names_share_no_key(self, root, names):
        """
        Recipients, purposes, domains and epochs that differ anywhere have keys that differ.
        """
        one, other = (root.keyring(*name[:2]).derive(*name[2:]) for name in names)

        assert one.secret != other.secret

    @pytest.mark.parametrize(
        ("recipient", "purpose", "domain", "epoch"),
        [
            pytest.param("a|b", "p", "d", "", id="recipient"),
            pytest.param("b", "p|a", "d", "", id="purpose"),
            pytest.param("b", "p", "d|", "", id="domain"),
            pytest.param("b", "p", "d", "2026|11", id="epoch"),
        ],
    )
    def test_no_name_reads_as_another(self, root, recipient, purpose, domain, epoch):
        """
        What separates the parts stands in none of them.
        """
        with pytest.raises(ValueError, match=r"must not contain \|"):
            root.keyring(recipient, purpose).derive(domain, epoch)

    def test_two_roots_share_no_key(self, root):
        """
        Two deployments cannot read each other's tokens.
        """
        assert root.derive("name").secret != RootKeys.generate().derive("name").secret

    def test_a_root_has_256_bits(self, root):
        """
        Tink's template is the one that is meant.
        """
        assert len(raw_root(root)) == 32

    def test_a_recipients_keyring_is_one(self, root):
        """
        All topics of a recipient share its memory of tokens, and no two recipients do.
        """
        assert root.keyring("ads", "ads") is root.keyring("ads", "ads")
        assert root.keyring("ads", "ads") is not root.keyring("analytics", "ads")

    def test_keep_what_was_made(self):
        """
        A name is made once for each recipient.
        """
        keys = RootKeys.generate()

        assert keys.keyring("ads", "ads").memo(("name",), lambda: len) is len
        assert keys.keyring("ads", "ads").memo(("name",), lambda: repr) is len
        assert keys.keyring("analytics", "ads").memo(("name",), lambda: repr) is repr


class TestNothingSecretShows:
    def test_in_what_is_printed(self, root, officer):
        """
        An object that lands in a log line tells no secret.
        """
        secrets = [raw_root(root), root.derive("name").secret, officer.mlkem_seed, officer.x25519, PASSPHRASE]
        shown = "".join(
            form(thing)
            for form in (repr, str)
            for thing in (
                root,
                root.keyring("ads", "ads"),
                root.derive("name"),
                root._handle,
                officer,
                PassphraseAead(PASSPHRASE),
            )
        )

        for secret in secrets:
            assert repr(secret)[2:-1] not in shown
            assert secret.hex() not in shown
            assert base64.b64encode(secret).decode() not in shown

    def test_a_key_shows_its_version(self, root):
        """
        And nothing else.
        """
        assert repr(root.derive("name")) == "Key(version=1)"


class TestPassphraseAead:
    @settings(max_examples=3)  # each costs two turns of scrypt
    @given(st.binary(), st.binary())
    def test_opens_what_it_closed(self, plaintext, context):
        """
        For all texts and contexts.
        """
        box = PassphraseAead(PASSPHRASE).encrypt(plaintext, context)

        assert PassphraseAead(PASSPHRASE).decrypt(box, context) == plaintext

    def test_never_makes_the_same_box_twice(self):
        """
        Salt and nonce are fresh, so equal texts are not seen to be equal.
        """
        boxes = [PassphraseAead(PASSPHRASE).encrypt(b"text", b"") for _ in range(3)]

        assert len({box[:16] for box in boxes}) == len({box[16:28] for box in boxes}) == len(set(boxes)) == 3

    @pytest.mark.parametrize(
        ("passphrase", "context", "change"),
        [
            pytest.param(OTHER, b"context", lambda box: box, id="another passphrase"),
            pytest.param(PASSPHRASE, b"other", lambda box: box, id="another context"),
            pytest.param(PASSPHRASE, b"context", lambda box: box[:-1], id="truncated"),
            pytest.param(PASSPHRASE, b"context", lambda box: box[:20], id="truncated within the nonce"),
            pytest.param(PASSPHRASE, b"context", lambda box: b"", id="empty"),
            pytest.param(PASSPHRASE, b"context", lambda box: box + b"\0", id="extended"),
            pytest.param(PASSPHRASE, b"context", lambda box: bytes([box[0] ^ 1]) + box[1:], id="another salt"),
            pytest.param(PASSPHRASE, b"context", lambda box: box[:-1] + bytes([box[-1] ^ 1]), id="another tag"),
        ],
    )
    def test_does_not_say_why_it_stays_closed(self, passphrase, context, change):
        """
        One vague error for every reason.
        """
        box = PassphraseAead(PASSPHRASE).encrypt(b"text", b"context")
        with pytest.raises(tink.TinkError, match=r"^decryption failed$"):
            PassphraseAead(passphrase).decrypt(change(box), context)


class TestOfficerFiles:
    def test_open_again(self, officer, officer_files):
        """
        Both halves are those that were saved, and only their owner reads them.
        """
        private, public = officer_files

        assert load_officer(private, PASSPHRASE) == officer
        assert load_officer_public(public) == officer.public()
        assert mode(private) == mode(public) == 0o600

    def test_the_private_one_is_encrypted(self, officer, officer_files):
        """
        Nothing of the key stands in the file.
        """
        text = officer_files[0].read_bytes()
        box = base64.b64decode(text.partition(b":")[2])

        assert officer.mlkem_seed[:16] not in box
        assert officer.x25519[:16] not in box

    def test_the_private_one_does_not_open_with_another_passphrase(self, officer_files):
        """
        The sentence does not say which of the two is wrong.
        """
        with pytest.raises(KeysError, match=r"no officer's private key, or the passphrase is another one"):
            load_officer(officer_files[0], OTHER)

    @pytest.mark.parametrize(
        "content",
        ["", "text", "qingliu-officer-private-1:", "qingliu-officer-private-1:AAAA", "qingliu-officer-private-1:密钥"],
    )
    def test_a_private_one_that_is_none_is_told(self, tmp_path, content):
        """
        One sentence for whatever the file holds.
        """
        path = tmp_path / "officer.key"
        path.write_text(content)
        with pytest.raises(KeysError, match=r"officer\.key does not open"):
            load_officer(path, PASSPHRASE)

    def test_the_halves_are_not_taken_for_each_other(self, officer_files):
        """
        Neither can stand in the other's place.
        """
        private, public = officer_files
        with pytest.raises(KeysError, match="no officer's private key"):
            load_officer(public, PASSPHRASE)
        with pytest.raises(KeysError, match="not a privacy officer's public key"):
            load_officer_public(private)

    @pytest.mark.parametrize("existing", ["officer.key", "officer.pub"])
    def test_neither_is_written_when_one_exists(self, officer, tmp_path, existing):
        """
        Half a pair is worth nothing.
        """
        (tmp_path / existing).write_text("mine")
        with pytest.raises(KeysError, match=rf"{existing} exists"):
            save_officer(officer, tmp_path / "officer.key", tmp_path / "officer.pub", PASSPHRASE)

        assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(existing, "mine")]

    def test_missing_ones_are_told(self, tmp_path):
        """
        Each by what it is.
        """
        with pytest.raises(KeysError, match=r"the officer's private key file.* does not exist"):
            load_officer(tmp_path / "officer.key", PASSPHRASE)
        with pytest.raises(KeysError, match=r"the officer's public key file.* does not exist"):
            load_officer_public(tmp_path / "officer.pub")


class TestPassphraseFile:
    @pytest.mark.parametrize(
        ("content", "passphrase"),
        [
            pytest.param("correct horse battery", "correct horse battery", id="no line end"),
            pytest.param("correct horse battery\n", "correct horse battery", id="line end"),
            pytest.param("correct horse battery\r\n", "correct horse battery", id="line end of Windows"),
            pytest.param("correct horse battery\nsecond line", "correct horse battery", id="two lines"),
            pytest.param(" correct horse battery ", " correct horse battery ", id="blanks belong to it"),
            pytest.param("正确的马电池", "正确的马电池", id="Chinese: 18 bytes"),
        ],
    )
    def test_the_first_line_counts(self, tmp_path, content, passphrase):
        """
        To the byte, as it would be typed.
        """
        path = tmp_path / "passphrase"
        path.write_bytes(content.encode())

        assert load_passphrase(path) == passphrase.encode()

    @pytest.mark.parametrize("content", ["", "\n", "short\n", "\ncorrect horse battery"])
    def test_a_short_first_line_is_refused(self, tmp_path, content):
        """
        An empty file protects nothing.
        """
        path = tmp_path / "passphrase"
        path.write_text(content)
        with pytest.raises(KeysError, match="shorter than 12 bytes; choose a longer one"):
            load_passphrase(path)


class TestRefuseExisting:
    def test_names_the_first_that_exists(self, tmp_path):
        """
        Missing ones are well.
        """
        (tmp_path / "b").touch()
        refuse_existing(tmp_path / "a", tmp_path / "c")
        with pytest.raises(KeysError, match="b exists"):
            refuse_existing(tmp_path / "a", tmp_path / "b")


class TestKeyset:
    def test_a_keyset_of_another_sort_is_refused(self, tmp_path):
        """
        A properly encrypted keyset whose keys are no PRF keys does not open.
        """
        tink.aead.register()
        handle = tink.new_keyset_handle(tink.aead.aead_key_templates.AES256_GCM)
        text = tink.json_proto_keyset_format.serialize_encrypted(
            handle, PassphraseAead(PASSPHRASE), b"qingliu keyset 1"
        )
        path = tmp_path / "keyset.json"
        path.write_text(text)
        with pytest.raises(KeysError, match="does not open"):
            RootKeys.load(path, PASSPHRASE)

    def test_ids_are_versions(self, root):
        """
        The first key of a keyset is version 1, and the only one.
        """
        keyset = raw_keyset(root)

        assert (keyset.primary_key_id, [key.key_id for key in keyset.key]) == (1, [1])
