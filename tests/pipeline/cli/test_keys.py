"""Claims about `qingliu keys`."""

import stat
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from pipeline.audit.custody import beside
from pipeline.audit.record import KEYS, TOPIC, read
from pipeline.audit.signing import SigningKey
from pipeline.audit.topic import entries
from pipeline.audit.verify import Entry, verify
from pipeline.cli import main
from pipeline.codec import dumps, loads
from pipeline.kafka_client import EmbeddedBroker, read_all
from pipeline.key_changes import announcement, changes_topic
from pipeline.keys import RootKeys, load_officer, load_officer_public, load_passphrase
from pipeline.keys.file import alone
from pipeline.keys.sunset import public_key
from schemas import VIEWS

PASSPHRASE = b"correct horse battery"
TOLD = [("start", None), (KEYS, "asked"), (KEYS, "done"), ("end", None)]
FILES = {"keyset.json", "officer.key", "officer.pub"}


def init(out, *arguments, **settings):
    return CliRunner().invoke(main, ["keys", "init", "--out", str(out), *map(str, arguments)], **settings)


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n")
    return path


class TestInit:
    def test_makes_keys_that_open(self, keys):
        """
        The keyset and both halves of the officer's key, with the passphrases given.
        """
        secret = load_passphrase(keys / "passphrase")

        assert RootKeys.load(keys / "keyset.json", secret).version == 1
        assert load_officer(keys / "officer.key", secret).public() == load_officer_public(keys / "officer.pub")
        assert all(stat.S_IMODE((keys / name).stat().st_mode) == 0o600 for name in FILES)

    def test_says_what_is_for_whom(self, tmp_path, passphrase):
        """
        Each file with its reader, and no secret.
        """
        result = init(tmp_path / "keys", "--passphrase", passphrase, "--officer-passphrase", passphrase)

        assert result.exit_code == 0
        assert {line.partition(":")[0].rpartition("/")[2] for line in result.stdout.splitlines()} == FILES
        assert "QINGLIU_KEYSET" in result.stdout
        assert "correct horse" not in result.output

    def test_asks_for_passphrases(self, tmp_path):
        """
        Twice each, without showing them; what is typed is what a file would hold.
        """
        typed = "keyset passphrase\nkeyset passphrase\nofficer passphrase\nofficer passphrase\n"
        result = init(tmp_path / "keys", input=typed)

        assert result.exit_code == 0
        assert "passphrase\n" not in result.stdout.replace("Passphrase", "")
        assert RootKeys.load(tmp_path / "keys" / "keyset.json", b"keyset passphrase")
        assert load_officer(tmp_path / "keys" / "officer.key", b"officer passphrase")

    @pytest.mark.parametrize("existing", sorted(FILES))
    def test_overwrites_nothing(self, tmp_path, passphrase, refuses, existing):
        """
        One file that exists keeps all others from being made.
        """
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / existing).write_text("mine")

        refuses(
            init(tmp_path / "keys", "--passphrase", passphrase, "--officer-passphrase", passphrase),
            f"{existing} exists",
            "choose another folder",
        )
        assert [(path.name, path.read_text()) for path in (tmp_path / "keys").iterdir()] == [(existing, "mine")]

    @pytest.mark.parametrize("option", ["--passphrase", "--officer-passphrase"])
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            pytest.param(b"short\n", "shorter than 12 bytes", id="short"),
            pytest.param(b"\xff", "is not text", id="no text"),
            pytest.param(None, "does not exist", id="missing"),
        ],
    )
    def test_writes_nothing_without_good_passphrases(self, passphrase, refuses, option, content, sentence):
        """
        Neither key is made when one of the passphrases is missing, no text or too short.
        """
        out, bad = passphrase.with_name("keys"), passphrase.with_name("bad")
        if content is not None:
            bad.write_bytes(content)
        files = {"--passphrase": passphrase, "--officer-passphrase": passphrase} | {option: bad}

        refuses(init(out, *(part for pair in files.items() for part in pair)), sentence)
        assert not out.exists()

    def test_refuses_a_short_typed_passphrase(self, tmp_path):
        """
        At once, before the next question.
        """
        result = init(tmp_path / "keys", input="short\nshort\n")

        assert result.exit_code == 2
        assert "Error: the passphrase is shorter than 12 bytes" in result.stderr
        assert "officer" not in result.stderr

    def test_needs_a_folder(self, tmp_path, refuses):
        """
        And takes no file for one.
        """
        (tmp_path / "file").touch()

        refuses(CliRunner().invoke(main, ["keys", "init"]), "'--out'")
        refuses(init(tmp_path / "file"), "is a file")


class TestSince:
    def test_is_last_year_when_left_out(self, keys):
        """
        Enough for whatever is still kept, and no more.
        """
        since = RootKeys.load(keys / "keyset.json", load_passphrase(keys / "passphrase")).since

        assert (since.year, since.month, since.day) == (datetime.now(UTC).year - 1, 1, 1)

    def test_is_chosen_for_a_backfill(self, tmp_path, passphrase):
        """
        Up to where timestamps are read.
        """
        both = ("--passphrase", passphrase, "--officer-passphrase", passphrase)
        result = init(tmp_path / "keys", *both, "--since", "2019-06-01")

        assert result.exit_code == 0
        loaded = RootKeys.load(tmp_path / "keys" / "keyset.json", load_passphrase(passphrase))
        assert loaded.since == date(2019, 6, 1)

    def test_beyond_is_refused(self, tmp_path, passphrase, refuses):
        """
        Nothing is written.
        """
        both = ("--passphrase", passphrase, "--officer-passphrase", passphrase)

        refuses(init(tmp_path / "keys", *both, "--since", "1980-01-01"), "begins between 1999-01-01 and 2100-01-02")
        assert not (tmp_path / "keys").exists()


@pytest.fixture
def held(tmp_path, passphrase):
    """
    A key file of its own, and the options that open it.
    """
    path = tmp_path / "held" / "keyset.json"
    RootKeys.generate(date(2025, 1, 1)).save(path, PASSPHRASE)
    return path, ("--keyset", str(path), "--passphrase", str(passphrase))


def run(name, held, *arguments, **settings):
    return CliRunner().invoke(main, ["keys", name, *held[1], *map(str, arguments)], **settings)


def opened(held):
    return RootKeys.load(held[0], PASSPHRASE)


class TestShow:
    def test_tells_versions_epochs_and_protection(self, held):
        """
        And no secret.
        """
        run("rotate", held, "--overlap", "7d")
        keys = opened(held)
        shown = loads(run("show", held, "--json").stdout)

        assert [(each["version"], each["newest"]) for each in shown["versions"]] == [(1, False), (2, True)]
        assert shown["versions"][0]["resolvable_until"] == keys.about[0].until.isoformat()
        assert (shown["epochs_from"], shown["protection"]) == ("2025-01-01", "passphrase")
        assert shown["sunset_key"] == public_key(keys)
        secrets = [keys._internal, *(ratchet.secret for ratchet in keys._ratchets.values())]
        assert all(secret.hex() not in dumps(shown).decode() for secret in secrets)

    def test_reads_as_text(self, held):
        """
        A line for each version, and what else there is to know.
        """
        lines = run("show", held).stdout.splitlines()

        assert lines[0].startswith("version 1: made ")
        assert "makes tokens" in lines[0]
        assert lines[1:3] == ["epochs: those that begin on 2025-01-01 or later", "protected by: passphrase"]

    def test_needs_what_opens_the_file(self, held, refuses):
        """
        One of two.
        """
        refuses(
            CliRunner().invoke(main, ["keys", "show", "--keyset", str(held[0])]), "QINGLIU_PASSPHRASE or QINGLIU_KMS"
        )
        refuses(CliRunner().invoke(main, ["keys", "show", *held[1][2:]]), "pass --keyset or set QINGLIU_KEYSET")


class TestRotate:
    def test_adds_a_version(self, held):
        """
        The one before stays for the overlap, and without a broker it says that nobody was told.
        """
        result = run("rotate", held, "--overlap", "10d")
        first, second = opened(held).about

        assert result.exit_code == 0
        assert first.until == second.made + timedelta(days=10)
        assert "version 2 makes tokens; version 1 stays until" in result.stdout
        assert "recipients were not told" in result.stderr

    def test_tells_every_recipient(self, held):
        """
        On a topic each, the same.
        """
        with EmbeddedBroker() as broker:
            topics = list(dict.fromkeys(changes_topic(view.recipient) for view in VIEWS))
            for name in (*topics, TOPIC):
                broker.create_topic(name, 1)
            result = run("rotate", held, "--bootstrap", broker.bootstrap)
            told = [[loads(record.value) for record in read_all(broker.bootstrap, name)] for name in topics]
            audited = [read(entry.value) for entry in entries(broker.bootstrap)]

        assert result.exit_code == 0, result.output
        assert [(record.kind, record.body.get("step")) for record in audited] == TOLD
        assert not beside(held[0]).exists()
        assert told == [[announcement(opened(held))]] * len(topics)

    def test_changes_nothing_when_recipients_cannot_be_told(self, held, closed_port, refuses):
        """
        No broker, or no topic.
        """
        before = held[0].read_bytes()
        refuses(run("rotate", held, "--bootstrap", closed_port), "no broker answers")
        with EmbeddedBroker() as broker:
            result = run("rotate", held, "--bootstrap", broker.bootstrap)
            refuses(result, "missing topics: clean.", "qingliu topics apply")

        assert held[0].read_bytes() == before

    @pytest.mark.parametrize("overlap", ["0d", "-1d", "soon", "3651d", "1.5d", "２d"])
    def test_takes_days(self, held, refuses, overlap):
        """
        From one to ten years.
        """
        refuses(run("rotate", held, "--overlap", overlap), "no number of days from 1 to 3650")

    def test_waits_for_nobody(self, held, refuses):
        """
        Two at once would lose a version.
        """
        with alone(held[0]):
            refuses(run("rotate", held), "somebody else is changing the keys")

        assert opened(held).versions == (1,)


class TestExpire:
    def test_moves_the_ratchet_on(self, held):
        """
        After a question, which says what becomes unresolvable.
        """
        result = run("expire", held, "--before", "2025-06-01", input="y\n")

        assert result.exit_code == 0
        assert "Tokens of epochs that began from 2025-01-01 until 2025-06-01 become unresolvable" in result.stderr
        assert opened(held).since == date(2025, 6, 1)

    def test_does_nothing_without_a_yes(self, held):
        """
        Nothing brings them back.
        """
        result = run("expire", held, "--before", "2025-06-01", input="n\n")

        assert result.exit_code == 1
        assert opened(held).since == date(2025, 1, 1)

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            pytest.param("2024-12-31", "epochs before 2025-01-01 have expired already", id="before the first"),
            pytest.param("2025-01-01", "epochs before 2025-01-01 have expired already", id="the first"),
            pytest.param("2099-01-01", "events of today would go to quarantine", id="the future"),
            pytest.param("soon", "does not match the format", id="no day"),
        ],
    )
    def test_refuses_other_days(self, held, refuses, day, sentence):
        """
        Those that change nothing, and those that would hold today's events back.
        """
        refuses(run("expire", held, "--before", day, "--yes"), sentence)
        assert opened(held).since == date(2025, 1, 1)

    def test_the_present_month_is_kept(self, held):
        """
        It began on its first day, which is the latest that may be given.
        """
        today = (datetime.now(UTC) + timedelta(hours=8)).date()
        first = today.replace(day=1)

        if today != first:
            assert run("expire", held, "--before", first + timedelta(days=1), "--yes").exit_code == 2
        assert run("expire", held, "--before", first, "--yes").exit_code == 0


class TestDestroy:
    def test_takes_an_older_version_away(self, held):
        """
        Before the end of its overlap only when that is said.
        """
        run("rotate", held)
        early = run("destroy", held, "--version", 1, "--yes")
        done = run("destroy", held, "--version", 1, "--yes", "--early")

        assert early.exit_code == 2
        assert "version 1 was announced to stay until" in early.stderr
        assert done.exit_code == 0
        assert opened(held).versions == (2,)

    def test_keeps_the_newest(self, held, refuses):
        """
        Without it no token could be made.
        """
        refuses(run("destroy", held, "--version", 1, "--yes"), "version 1 is not an older one; there are none")

    def test_does_nothing_without_a_yes(self, held):
        """
        Nothing brings it back.
        """
        run("rotate", held)

        assert run("destroy", held, "--version", 1, "--early", input="n\n").exit_code == 1
        assert opened(held).versions == (1, 2)


class TestAudit:
    def test_is_told_beside_the_keyset_when_there_is_no_broker(self, held):
        """
        Which the command says; the file verifies with the public key alone.
        """
        result = run("rotate", held)
        run("expire", held, "--before", "2025-06-01", "--yes")
        run("destroy", held, "--version", 1, "--early", "--yes")
        key = SigningKey(opened(held).internal("audit")).public
        records = [Entry(line, number) for number, line in enumerate(beside(held[0]).read_bytes().splitlines())]
        said = [read(entry.value).body for entry in records if read(entry.value).kind == KEYS]

        assert "the audit record is in " in result.stderr
        assert verify(records, key).whole
        assert [(body["act"], body["after"]) for body in said if body["step"] == "done"] == [
            ("rotate", {"versions": [1, 2], "epochs_from": "2025-01-01"}),
            ("expire", {"versions": [1, 2], "epochs_from": "2025-06-01"}),
            ("destroy", {"versions": [2], "epochs_from": "2025-06-01"}),
        ]

    def test_that_cannot_be_told_leaves_the_keys_alone(self, held, refuses):
        """
        What cannot be said must not be done.
        """
        beside(held[0]).mkdir()

        refuses(run("rotate", held), "the audit record cannot be written")
        assert opened(held).versions == (1,)

    def test_is_told_nothing_of_what_was_not_confirmed(self, held):
        """
        Nothing was about to be done.
        """
        run("expire", held, "--before", "2025-06-01", input="n\n")

        assert not beside(held[0]).exists()


class TestAnnounce:
    def test_is_told_to_the_audit(self, held):
        """
        As what changes nothing.
        """
        with EmbeddedBroker() as broker:
            for name in (*dict.fromkeys(changes_topic(view.recipient) for view in VIEWS), TOPIC):
                broker.create_topic(name, 1)
            result = run("announce", held, "--bootstrap", broker.bootstrap)
            audited = [read(entry.value) for entry in entries(broker.bootstrap)]

        assert result.exit_code == 0, result.output
        assert [(record.kind, record.body.get("step")) for record in audited] == TOLD
        assert audited[1].body["before"] == audited[1].body["after"]

    def test_needs_a_broker(self, held, refuses):
        """
        There is nothing else to do.
        """
        refuses(run("announce", held), "no broker is given")


class TestHelp:
    @pytest.mark.parametrize("name", ["init", "show", "rotate", "expire", "destroy", "announce"])
    def test_has_an_example(self, name):
        """
        One that can be copied.
        """
        text = CliRunner().invoke(main, ["keys", name, "--help"]).stdout

        assert "Example:" in text
        assert f"qingliu keys {name} --" in text
