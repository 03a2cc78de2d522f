"""仅在…所需的期限内保留；停止运营…删除或匿名化: keys end, and with them what they made can be resolved by nobody."""

import pytest
from click.testing import CliRunner

from pipeline.broken import Broken
from pipeline.cli import main
from pipeline.codec import dumps, loads
from pipeline.decision import Decision
from pipeline.engine import TopicEngine
from pipeline.keys import KeysError, RootKeys
from schemas import VIEWS, device
from tests.pipeline.events import EVENTS

PASSPHRASE = b"only for this test"
MARCH = dumps(EVENTS["raw.device"] | {"occurred_at": "2026-03-05T12:00:00+08:00"})
NOVEMBER = dumps(EVENTS["raw.device"] | {"occurred_at": "2026-11-05T12:00:00+08:00"})


@pytest.fixture
def keys(tmp_path):
    """
    The files of a deployment, and a way to call commands on them.
    """
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    RootKeys.generate().save(tmp_path / "keyset.json", PASSPHRASE)

    def call(*arguments):
        files = ("--keyset", tmp_path / "keyset.json", "--passphrase", tmp_path / "passphrase")
        told = CliRunner().invoke(main, list(map(str, (*arguments, *files))))
        assert told.exit_code == 0, told.output

    call.folder = tmp_path
    return call


def process(folder, raw):
    """
    The token of the device that ads get with the keys that there are now.
    """
    roots = RootKeys.load(folder / "keyset.json", PASSPHRASE)
    engine = TopicEngine(device.RAW, [device.ADS], roots, lambda *_: Decision(purposes=frozenset({"ads"})))
    ((value, _, _),) = engine.process(raw)
    return loads(value)["device_id"]


class TestEpochs:
    def test_that_expired_can_be_resolved_by_nobody(self, keys):
        """
        The list of all devices and the keys together do not lead to a token of then any more; later ones stay.
        """
        march, november = process(keys.folder, MARCH), process(keys.folder, NOVEMBER)
        assert process(keys.folder, MARCH) == march  # whoever has the keys finds the token again

        keys("keys", "expire", "--before", "2026-06-01", "--yes")

        with pytest.raises(Broken):
            process(keys.folder, MARCH)
        assert process(keys.folder, NOVEMBER) == november


class TestSunset:
    def test_destroys_every_key_and_leaves_a_signed_record(self, keys):
        """
        What was made is made for good, and cannot be undone or made again.
        """
        keys("sunset", "--record", keys.folder / "record.json", "--yes")

        with pytest.raises(KeysError):
            RootKeys.load(keys.folder / "keyset.json", PASSPHRASE)
        assert CliRunner().invoke(main, ["sunset", "--verify", str(keys.folder / "record.json")]).exit_code == 0


class TestTopics:
    def test_keep_nothing_for_ever(self):
        """
        Clean and raw topics have a retention, which counts from the event.
        """
        from pipeline.topic_plan import wanted  # noqa: PLC0415

        raw = tuple(dict.fromkeys(view.contract.topic for view in VIEWS))
        topics = wanted(raw, [view.topic for view in VIEWS], partitions=1, replication=1)

        plain = {
            topic.name: topic.config for topic in topics if topic.name.startswith(("raw.", "clean.", "quarantine."))
        }
        assert plain.keys() >= {*raw, *(view.topic for view in VIEWS)}
        for name, config in plain.items():
            assert int(config["retention.ms"]) > 0, name
