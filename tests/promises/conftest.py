"""What the promises share: one town for all of them, and a word at the end about those that are not kept yet."""

import pytest

from pipeline.approvals.approver import Approver, save_approver
from pipeline.keys.file import write_new
from pipeline.keys.party import write_party_public
from tests.integration.conftest import kafka
from tests.integration.deployment import PASSPHRASE, Deployment
from tests.kafka.broker import KafkaCluster
from tests.promises.promises import NOT_YET
from tests.promises.town import APPROVERS, PARTIES, Town
from transforms.boxes import PartyPrivateKey

__all__ = ["kafka"]


@pytest.fixture(scope="session")
def town(kafka, tmp_path_factory):
    """
    A broker of its own, with one worker that reads everything.
    """
    assert kafka  # it says what is missing on this machine
    with KafkaCluster() as own:
        deployment = Deployment(own, tmp_path_factory.mktemp("promises"))
        folder = deployment.folder
        parties = {name: PartyPrivateKey.generate(name) for name in PARTIES}
        for name, key in parties.items():
            write_new(folder / "parties" / f"{name}.pub", write_party_public(key.public()))
        approvers = {name: Approver.generate(name) for name in APPROVERS}
        for approver in approvers.values():
            save_approver(approver, folder / "approvers", PASSPHRASE)
        (folder / "grants").mkdir()
        settings = {
            "QINGLIU_APPROVERS": str(folder / "approvers"),
            "QINGLIU_COMMIT_SECONDS": "0.2",
            "QINGLIU_GRANTS": str(folder / "grants"),
            "QINGLIU_PARTIES": str(folder / "parties"),
        }
        with deployment.worker(**settings) as worker:
            yield Town(deployment, worker, parties)
            assert worker.stop() == 0


def pytest_terminal_summary(terminalreporter):
    """
    One line a promise, so that nobody takes a green run for all of them.
    """
    terminalreporter.section("promises not kept yet")
    for promise, missing in NOT_YET.items():
        terminalreporter.line(f"{promise}: {missing}")
