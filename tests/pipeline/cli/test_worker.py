"""Claims about how `qingliu worker` starts; what it does then is tested in `tests/integration`."""

import asyncio
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.counts import Counts
from pipeline.currency import Currency
from pipeline.kafka_client import EmbeddedBroker
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.store import SubjectStore
from pipeline.worker.chores import forget
from pipeline.worker.preflight import CannotStart, check_hashing, check_topics, names_fall_back, needed_topics
from pipeline.worker.state import read_state
from schemas import VIEWS, device
from transforms.memo import Memo

FILES = {"--keyset": "keyset.json", "--passphrase": "passphrase", "--officer": "officer.pub"}


def options(keys, **changes):
    return [str(part) for option, name in (FILES | changes).items() if name for part in (option, keys / name)]


def run(*arguments):
    return CliRunner().invoke(
        main, ["worker", *arguments], env={name: None for name in os.environ if "QINGLIU" in name}
    )


def process(*arguments, **where):
    """
    A worker as a process of its own, since it sets up logging for the whole process.
    """
    call = [sys.executable, "-m", "pipeline", "worker", *arguments]
    return subprocess.run(call, capture_output=True, text=True, timeout=60, check=False, **where)


class TestParties:
    def test_a_folder_that_is_missing_keeps_a_worker_from_starting(self, keys, refuses, closed_port):
        """
        Or every value for a merchant would be withheld, and nobody know why.
        """
        result = run("--bootstrap", closed_port, *options(keys, **{"--parties": "missing"}))

        refuses(result, "the folder of parties", "correct QINGLIU_PARTIES")

    def test_that_nobody_has_keys_of_is_said(self, keys, tmp_path, closed_port):
        """
        Where a view seals to them.
        """
        (tmp_path / "sealing.py").write_text(
            "from schemas.kinds import Kind\nfrom schemas.order import RAW\nfrom schemas.view import View\n"
            "from transforms import Drop, Seal\n"
            "VIEWS = (View('x', RAW, 'x', dict.fromkeys(Kind, Drop()) | {Kind.PHONE: Seal('x')}),)\n"
        )

        result = process("--bootstrap", closed_port, *options(keys), "--views", "sealing", cwd=tmp_path)

        assert "views seal values to parties, and QINGLIU_PARTIES names no folder of keys" in result.stderr


class TestMistakes:
    @pytest.mark.parametrize("option", FILES)
    def test_a_worker_without_keys_does_not_start(self, keys, option, refuses, closed_port):
        """
        The sentence names the option and the variable.
        """
        result = run("--bootstrap", closed_port, *options(keys, **{option: None}))

        refuses(result, "is missing", f"pass {option}", f"QINGLIU_{option[2:].upper()}")

    def test_grants_that_are_not_there(self, keys, closed_port, tmp_path):
        """
        A misspelt folder is not the same as none.
        """
        folders = {"QINGLIU_GRANTS": str(tmp_path / "grants"), "QINGLIU_APPROVERS": str(tmp_path)}
        ended = process("--bootstrap", closed_port, *options(keys), env=os.environ | folders)

        assert ended.returncode == 2
        assert "the folder of grants) does not exist" in ended.stderr

    def test_no_broker(self, keys, refuses):
        """
        The sentence names the option and the variable.
        """
        refuses(run(*options(keys)), "the broker's address is missing", "QINGLIU_BOOTSTRAP")

    @pytest.mark.parametrize(
        ("option", "name", "sentence"),
        [
            pytest.param("--keyset", "missing", "does not exist", id="no keyset"),
            pytest.param("--keyset", "officer.pub", "is no key file", id="wrong keyset"),
            pytest.param("--passphrase", "missing", "does not exist", id="no passphrase"),
            pytest.param("--passphrase", "officer.pub", "does not open", id="wrong passphrase"),
            pytest.param("--officer", "missing", "does not exist", id="no officer"),
            pytest.param("--officer", "officer.key", "not a privacy officer's public key", id="private officer"),
        ],
    )
    def test_wrong_key_files(self, keys, closed_port, option, name, sentence):
        """
        One sentence, before any broker is asked.
        """
        ended = process("--bootstrap", closed_port, *options(keys, **{option: name}))

        assert ended.returncode == 2
        assert ended.stdout == ""
        assert len(ended.stderr.splitlines()) == 1
        assert ended.stderr.startswith("Error: ")
        assert sentence in ended.stderr

    def test_hashes_that_can_be_foretold(self, keys, closed_port):
        """
        With them whoever writes events could choose keys that collide.
        """
        ended = process("--bootstrap", closed_port, *options(keys), env=os.environ | {"PYTHONHASHSEED": "4294967295"})

        assert ended.returncode == 2
        assert ended.stderr.startswith("Error: PYTHONHASHSEED is set")

    @pytest.mark.parametrize("seed", [pytest.param("random", id="drawn"), pytest.param("", id="not said")])
    def test_of_hashes_are_none(self, seed):
        """
        Where Python draws their seed itself.
        """
        check_hashing({"PYTHONHASHSEED": seed})

    def test_a_broker_that_does_not_answer(self, keys, closed_port):
        """
        The last line says so, and no traceback comes before it.
        """
        ended = process("--bootstrap", closed_port, *options(keys))

        assert ended.returncode == 2
        assert ended.stderr.splitlines()[-1].startswith(f"Error: no broker answers at {closed_port}; check")
        assert "Traceback" not in ended.stderr

    def test_a_missing_topic(self, keys):
        """
        Named, with the command that creates it.
        """
        with EmbeddedBroker() as broker:
            for topic in needed_topics(VIEWS):
                if topic not in {"raw.log", "quarantine.raw.order"}:
                    broker.create_topic(topic, 1)
            ended = process("--bootstrap", broker.bootstrap, *options(keys))

        assert ended.returncode == 2
        assert ended.stderr.splitlines()[-1] == (
            "Error: missing topics: raw.log, quarantine.raw.order; create them with `qingliu topics apply`"
        )

    def test_no_state_of_subjects(self, keys):
        """
        Unless it is switched off, a worker does not start without it: nobody would be known as a child.
        """
        with EmbeddedBroker() as broker:
            for topic in needed_topics(VIEWS, subjects=False):
                broker.create_topic(topic, 1)
            ended = process("--bootstrap", broker.bootstrap, *options(keys))

        assert ended.returncode == 2
        said = ended.stderr.splitlines()[-1]
        assert said.startswith("Error: missing topics: ")
        assert "privacy.subjects" in said
        assert said.endswith("; create them with `qingliu topics apply`")

    def test_a_module_that_is_missing(self, refuses):
        """
        As for every command that takes views.
        """
        refuses(run("--views", "no_such_module"), "cannot find the module no_such_module")


class TestStop:
    def test_may_be_asked_for_while_subjects_are_read(self, closed_port):
        """
        However long the broker keeps a worker waiting for the end of the topic, it ends in order.
        """

        async def play():
            counts = Counts()
            reader = SubjectReader([closed_port], SubjectStore(["ads"], bytes(32)), Currency(), counts.subjects, 60.0)
            read = await read_state((reader,), counts, asyncio.create_task(asyncio.sleep(0.5)))
            return read, [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

        assert asyncio.run(play()) == (False, [])


class TestForgetting:
    def test_follows_an_erasure(self, monkeypatch):
        """
        Soon after one was read, and not before: what is remembered saves a worker half of its time.
        """
        monkeypatch.setattr("pipeline.worker.chores._FORGET_SECONDS", 0)
        counts, memo = Counts(), Memo(str, 4)

        async def play():
            forgetting = asyncio.create_task(forget(counts))
            held = []
            for erased in (0, 1, 1):
                counts.subjects.erased = erased
                assert memo[1]
                for _ in range(5):
                    await asyncio.sleep(0)
                held.append(len(memo))
            forgetting.cancel()
            return held

        assert asyncio.run(play()) == [1, 0, 1]


class TestTopics:
    def test_are_raw_clean_and_quarantine(self):
        """
        Each raw topic once, one clean topic a view, one quarantine a raw topic, the audit, and what is private: the
        state of subjects, and erasures with a topic of notices for each recipient.
        """
        needed = needed_topics(VIEWS)

        without = needed_topics(VIEWS, subjects=False)
        private = set(needed) - set(without)

        assert len(needed) == len(set(needed))
        assert len(without) == 7 + len(VIEWS) + 7 + 1
        assert "privacy.audit" in without
        assert private >= {
            "privacy.subjects",
            "privacy.profiles",
            "privacy.links",
            "privacy.erasures",
            "privacy.erasure-requests",
            "clean.ads.erasures",
        }
        assert {"raw.order", "clean.ads.order", "clean.analytics.order", "quarantine.raw.order"} <= set(needed)

    def test_that_exist_suffice(self):
        """
        Others may exist as well; one without partitions does not.
        """
        check_topics({"raw.a": 1, "clean.a": 12, "other": 3}, ["raw.a", "clean.a"])
        with pytest.raises(CannotStart, match=r"missing topics: clean\.a; create them"):
            check_topics({"raw.a": 1, "clean.a": 0}, ["raw.a", "clean.a"])


class TestNames:
    @pytest.mark.parametrize(
        ("views", "installed", "told"),
        [
            pytest.param(VIEWS, False, True, id="missing"),
            pytest.param(VIEWS, True, False, id="installed"),
            pytest.param((device.ANALYTICS, device.ADS), False, False, id="no texts"),
        ],
    )
    def test_are_said_to_be_looked_for_in_a_dictionary(self, monkeypatch, views, installed, told):
        """
        Where a view means the model, and the model is not there: fewer are found.
        """
        monkeypatch.setattr("transforms.text.taggers.model_installed", lambda: installed)

        assert names_fall_back(views) is told


class TestHelp:
    def test_tells_the_exit_code_of_the_unexpected(self):
        """
        A supervisor has to start it again.
        """
        text = run("--help").stdout

        assert "75" in text
        assert "qingliu worker --bootstrap" in text
