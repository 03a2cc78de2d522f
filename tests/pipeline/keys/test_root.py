"""The roots: keys that anybody with them can derive again, in versions and epochs."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
import tink
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from tink.proto import hkdf_prf_pb2

from pipeline.codec import dumps, loads
from pipeline.keys import KeysError, PassphraseAead, RootKeys, Version
from pipeline.keys.file import lock
from pipeline.sealing import OfficerPrivateKey
from transforms import Refused
from transforms.epoch import EPOCHS, epoch_of

PASSPHRASE = b"correct horse battery"
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="|"), max_size=20)
TIMES = st.integers(946_684_800_000, 4_102_444_799_999)  # 2000 up to 2100, as timestamps are read
UNITS = [unit for unit in EPOCHS if unit]
LABELS = st.just("") | st.builds(epoch_of, st.sampled_from(UNITS), TIMES)
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
MONTH = timedelta(days=30)


def raw_roots(keys):
    return {key.key_id: hkdf_prf_pb2.HkdfPrfKey.FromString(key.key_data.value).key_value for key in keys._keyset.key}


def derived(keys, *, version=None):
    """
    Keys of every sort.
    """
    ring = keys.keyring("ads", "ads", version)
    return [ring.derive("user").secret, ring.derive("user", "2026-11").secret, ring.derive("user", "2026-11-01").secret]


@pytest.fixture(scope="module")
def root():
    return RootKeys.generate(now=NOW)


@pytest.fixture(scope="module")
def rotated(root):
    return root.rotated(MONTH, NOW + MONTH)


@pytest.fixture(scope="module")
def officer():
    return OfficerPrivateKey.generate()


class TestDerivedKeys:
    @given(NAMES)
    def test_follow_from_the_root_by_hkdf(self, root, domain):
        """
        Any implementation of RFC 5869 derives them from the raw root key: SHA-256, no salt, 32 bytes.
        """
        info = f"qingliu/1|ads|partner|{domain}|".encode()
        expected = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(raw_roots(root)[1])

        assert root.keyring("partner", "ads").derive(domain).secret == expected

    @given(st.lists(st.tuples(NAMES, NAMES, NAMES, LABELS), min_size=2, max_size=2, unique=True))
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
        assert len(raw_roots(root)[1]) == 32

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


class TestKeysOfPersons:
    def test_are_one_for_each_person_salt_and_recipient(self, root):
        """
        64 bytes, and the same ones for the same three, also after a rotation.
        """
        ads, support = root.keyring("ads", "ads"), root.keyring("support", "support")
        made = [
            ads.subject_key("u-1", b"salt"),
            ads.subject_key("u-2", b"salt"),
            ads.subject_key("u-1", b"other"),
            support.subject_key("u-1", b"salt"),
        ]

        assert root.rotated(timedelta()).keyring("ads", "ads").subject_key("u-1", b"salt") == made[0]
        assert len(set(made)) == 4
        assert {len(key) for key in made} == {64}


class TestNothingSecretShows:
    def test_in_what_is_printed(self, root, officer):
        """
        An object that lands in a log line tells no secret.
        """
        secrets = [
            root._ratchets[1].secret,
            raw_roots(root)[1],
            root.internal("x"),
            root._internal,
            *derived(root),
            officer.mlkem_seed,
            officer.x25519,
            PASSPHRASE,
        ]
        shown = "".join(
            form(thing)
            for form in (repr, str)
            for thing in (
                root,
                root.keyring("ads", "ads"),
                root.derive("name"),
                root._ratchets[1],
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


class TestEpochs:
    @pytest.mark.parametrize("unit", UNITS)
    @given(time=TIMES)
    def test_every_epoch_of_a_readable_time_has_a_key(self, root, unit, time):
        """
        As long as none has expired.
        """
        assert len(root.keyring("ads", "ads").derive("user", epoch_of(unit, time)).secret) == 32

    def test_expired_ones_have_no_key_and_the_others_keep_theirs(self, root):
        """
        An epoch has expired when it began before the day: a week that reaches into the month is gone.
        """
        later = root.expired(date(2026, 11, 1))
        before, after = root.keyring("ads", "ads"), later.keyring("ads", "ads")

        for epoch in ("2026-11", "2026-11-01", "2026-W45", "2027", "2026-12-31"):
            assert after.derive("user", epoch) == before.derive("user", epoch)
        for epoch in ("2026-10", "2026-10-31", "2026-W44", "2026-Q4", "2026", "1999-12-31"):
            assert before.derive("user", epoch)
            with pytest.raises(Refused, match="its epoch has expired"):
                after.derive("user", epoch)
        assert after.derive("user") == before.derive("user")

    def test_nothing_of_an_expired_one_is_written_down(self, root):
        """
        The day's secret is another one, and the file's content holds no earlier.
        """
        content = root.expired(date(2026, 11, 1))._to_bytes()

        assert base64.b64encode(root._ratchets[1].secret) in root._to_bytes()
        assert base64.b64encode(root._ratchets[1].secret) not in content

    def test_never_come_back(self, root):
        """
        A ratchet does not turn back.
        """
        with pytest.raises(Refused, match="its epoch has expired"):
            root.expired(date(2026, 11, 1)).expired(date(2026, 10, 31))

    def test_stay_expired_in_a_new_version(self, root):
        """
        An event of long ago is refused after a rotation as before.
        """
        keys = root.expired(date(2026, 11, 1)).rotated(MONTH)
        with pytest.raises(Refused):
            keys.keyring("ads", "ads").derive("user", "2026-10")

    @pytest.mark.parametrize("epoch", ["2100-02", "2101", "2200-01-01", "9999"])
    def test_beyond_2100_are_refused(self, root, epoch):
        """
        No clock that is ahead makes a worker count for long.
        """
        with pytest.raises(Refused, match="too far ahead"):
            root.keyring("ads", "ads").derive("user", epoch)

    @pytest.mark.parametrize("epoch", ["soon", "2026-13", "2026-W54", "2026-Q5", "2026-11-31"])
    def test_that_are_none_are_an_error(self, root, epoch):
        """
        A defect, not an event's fault.
        """
        with pytest.raises(ValueError, match="not the label of an epoch"):
            root.keyring("ads", "ads").derive("user", epoch)

    @pytest.mark.parametrize(
        ("unit", "labels"),
        [
            pytest.param("", ("",), id="without end"),
            pytest.param("year", ("2027",), id="year: 2026 had begun before"),
            pytest.param("quarter", ("2027-Q1",), id="quarter"),
            pytest.param("month", ("2026-12", "2027-01"), id="month"),
            pytest.param("week", ("2026-W49", "2026-W50", "2026-W51", "2026-W52", "2026-W53"), id="week"),
        ],
    )
    def test_are_listed_up_to_now(self, unit, labels):
        """
        Those that have keys; the present one is the last, by the calendar of Asia/Shanghai.
        """
        keys = RootKeys.generate(date(2026, 11, 28))

        assert keys.epochs(unit, datetime(2026, 12, 31, 16, tzinfo=UTC)) == labels

    @pytest.mark.parametrize("unit", EPOCHS)
    def test_that_are_listed_have_keys(self, unit):
        """
        All of them.
        """
        keys = RootKeys.generate(date(2024, 2, 29))
        labels = keys.epochs(unit, NOW)

        assert len({keys.keyring("ads", "ads").derive("user", label).secret for label in labels}) == len(labels) > 0


class TestVersions:
    def test_the_newest_makes_tokens(self, root, rotated):
        """
        Its keys are new, those of the version before stay.
        """
        assert (root.versions, rotated.versions, rotated.version) == ((1,), (1, 2), 2)
        assert rotated.keyring("ads", "ads").derive("user").version == 2
        assert derived(rotated, version=1) == derived(root)
        assert not set(derived(rotated)) & set(derived(root))
        assert raw_roots(rotated)[1] == raw_roots(root)[1]

    def test_say_until_when_they_stay(self, rotated):
        """
        The overlap begins when the newer one is made.
        """
        assert rotated.about == (Version(1, NOW, NOW + 2 * MONTH), Version(2, NOW + MONTH))

    def test_share_what_is_the_pipelines_own(self, root, rotated):
        """
        What the pipeline wrote for itself is readable after a rotation; each name has a key of its own.
        """
        later = rotated.without(1).expired(date(2026, 11, 1))

        assert root.internal("links") == later.internal("links") != root.internal("audit")
        assert root.internal("links") != RootKeys.generate().internal("links")

    def test_an_older_one_can_be_taken_away(self, rotated):
        """
        With its root and its ratchet; the newest stays as it is.
        """
        left = rotated.without(1)

        assert (left.versions, list(raw_roots(left)), list(left._ratchets)) == ((2,), [2], [2])
        assert derived(left) == derived(rotated)
        with pytest.raises(KeyError):
            left.keyring("ads", "ads", 1)

    @pytest.mark.parametrize("version", [0, 2, 3])
    def test_no_other_can(self, rotated, version):
        """
        Without the newest no token could be made.
        """
        with pytest.raises(ValueError, match=f"version {version} is not an older one; there are 1$"):
            rotated.without(version)

    def test_numbers_never_come_again(self, rotated):
        """
        A token's version means one key.
        """
        assert rotated.without(1).rotated(MONTH).versions == (2, 3)

    def test_have_keyrings_of_their_own(self, rotated):
        """
        Which remember their tokens.
        """
        newest = rotated.keyring("ads", "ads")

        assert newest is rotated.keyring("ads", "ads", 2)
        assert newest is not rotated.keyring("ads", "ads", 1)

    def test_are_written_down_and_read_again(self, rotated, tmp_path):
        """
        Everything that follows from them, and what is told of them.
        """
        keys = rotated.expired(date(2026, 10, 1))
        keys.save(tmp_path / "keyset.json", PASSPHRASE)
        loaded = RootKeys.load(tmp_path / "keyset.json", PASSPHRASE)

        assert (loaded.about, loaded.since) == (keys.about, date(2026, 10, 1))
        assert loaded.internal("links") == keys.internal("links")
        assert [derived(loaded, version=number) for number in (1, 2)] == [
            derived(keys, version=number) for number in (1, 2)
        ]


class TestFollowing:
    @pytest.mark.parametrize(
        "later",
        [
            pytest.param(lambda keys: keys, id="the same"),
            pytest.param(lambda keys: keys.rotated(MONTH), id="rotated"),
            pytest.param(lambda keys: keys.expired(date(2026, 1, 1)), id="expired"),
            pytest.param(lambda keys: keys.without(1), id="an older version destroyed"),
        ],
    )
    def test_is_what_every_change_does(self, rotated, later):
        """
        And no change is followed by what was before, as far as it could be told to be that.
        """
        after = later(rotated)

        assert after.follow(rotated)
        assert rotated.follow(after) is (after.version == rotated.version and after.since == rotated.since)
        assert (after.fingerprint == rotated.fingerprint) is (after is rotated)

    def test_is_not_what_others_do(self, rotated):
        """
        However many versions they have.
        """
        assert not RootKeys.generate().rotated(MONTH).rotated(MONTH).follow(rotated)


class TestContent:
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"versions": []}, id="no version"),
            pytest.param({"internal": "AAAA"}, id="a short secret"),
            pytest.param({"since": "1989-01-01"}, id="a day of long ago"),
            pytest.param({"since": None}, id="no day"),
            pytest.param({"keyset": {"primaryKeyId": 1, "key": []}}, id="no root"),
        ],
    )
    def test_that_does_not_agree_is_refused(self, root, tmp_path, change):
        """
        Though it was encrypted with the right passphrase.
        """
        path = tmp_path / "keyset.json"
        path.write_text(lock(dumps(loads(root._to_bytes()) | change), PassphraseAead(PASSPHRASE)))
        with pytest.raises(KeysError, match=r"opens and holds no roots of this version of qingliu"):
            RootKeys.load(path, PASSPHRASE)

    def test_with_keys_of_another_sort_is_refused(self, root, tmp_path):
        """
        A Tink keyset whose keys are no PRF keys.
        """
        tink.aead.register()
        handle = tink.new_keyset_handle(tink.aead.aead_key_templates.AES256_GCM)
        keyset = loads(tink.json_proto_keyset_format.serialize(handle, tink.secret_key_access.TOKEN))
        path = tmp_path / "keyset.json"
        path.write_text(lock(dumps(loads(root._to_bytes()) | {"keyset": keyset}), PassphraseAead(PASSPHRASE)))
        with pytest.raises(KeysError, match="holds no roots"):
            RootKeys.load(path, PASSPHRASE)
