"""存储在中国境内: a broker or a key service outside of what is allowed is refused before it is used."""

import time

import pytest

from tests.integration.deployment import GROUP


def refused(town, **settings):
    """
    The last line of a worker that did not start.
    """
    with town.deployment.worker(group=f"{GROUP}-abroad", **settings) as worker:
        assert worker.process.wait(60) == 2
        return worker.log.read_text().splitlines()[-1]


class TestWorker:
    @pytest.mark.parametrize("allowed", ["example.cn", "10.0.0.0/8"])
    def test_does_not_start_with_a_broker_outside(self, town, allowed):
        """
        One sentence; by domain and by network.
        """
        assert "Error: the broker 127.0.0.1 is outside of QINGLIU_RESIDENCY" in refused(town, QINGLIU_RESIDENCY=allowed)

    def test_does_not_start_when_the_cluster_leads_outside(self, town):
        """
        The address that was given is allowed, and the one that the cluster gives in turn is not.
        """
        bootstrap = town.deployment.kafka.bootstrap.replace("127.0.0.1", "localhost")

        last = refused(town, bootstrap=bootstrap, QINGLIU_RESIDENCY="localhost")

        assert "Error: the cluster's broker 127.0.0.1 is outside of QINGLIU_RESIDENCY" in last

    def test_starts_with_all_of_them_within(self, town):
        """
        The guard is no obstacle to who is where they may be.
        """
        with town.deployment.worker(group=f"{GROUP}-abroad", QINGLIU_RESIDENCY="127.0.0.0/8") as worker:
            limit = time.monotonic() + 120
            while " ready: " not in worker.log.read_text():
                assert worker.process.poll() is None, worker.log.read_text()[-2000:]
                assert time.monotonic() < limit
                time.sleep(0.2)
            assert worker.stop() == 0
