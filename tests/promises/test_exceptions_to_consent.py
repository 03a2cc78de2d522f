"""征得授权同意的例外: without consent only on a ground of the law, signed by two persons, for a time."""

import time
from collections import Counter

import pytest
from click.testing import CliRunner

from pipeline.audit.record import GRANT, REFUSED, read
from pipeline.audit.topic import entries
from pipeline.cli import main

LOOKED_AGAIN = 8.0  # seconds; workers look at the folder every five
SECOND = 1 / 86_400  # of a day


class Office:
    """
    Drafts grants and has them signed.
    """

    def __init__(self, town):
        self.town = town
        self.folder = town.deployment.folder

    def draft(self, name, user, *more):
        told = self.run(
            *("draft", "--code", "policy-vital", "--recipient", "affiliate", "--purpose", "affiliate"),
            *("--subject", user, "--reason", "missing person", "--out", self.folder / name, *more),
        )
        assert told.exit_code == 0, told.output
        return self.folder / name

    def sign(self, file, *signers):
        for signer in signers:
            key = self.folder / "approvers" / f"{signer}.key"
            told = self.run("sign", file, "--key", key, "--passphrase", self.folder / "passphrase")
            assert told.exit_code == 0, told.output
        return file

    def put(self, file):
        """
        Where workers look for it.
        """
        file.rename(self.folder / "grants" / file.name)

    def run(self, command, *arguments):
        return CliRunner().invoke(main, ["grant", command, *map(str, arguments)])


@pytest.fixture(scope="module")
def outcomes(town):
    """
    What the affiliate got of people about whom there are grants, good and bad ones, and after one was taken away.
    """
    office = Office(town)
    people = {name: town.person() for name in ("granted", "signed once", "altered", "expired", "erased", "nobody")}
    town.know(people["erased"], erased_at=int(time.time() * 1_000) - 60_000)
    for name in ("granted", "erased"):
        office.put(office.sign(office.draft(f"{name}.json", people[name], "--days", "1"), "wang", "zhao"))
    office.put(office.sign(office.draft("once.json", people["signed once"], "--days", "1"), "wang"))
    altered = office.sign(office.draft("altered.json", people["nobody"], "--days", "1"), "wang", "zhao")
    altered.write_text(altered.read_text().replace(people["nobody"], people["altered"]))
    office.put(altered)
    office.put(office.sign(office.draft("expired.json", people["expired"], "--days", SECOND), "wang", "zhao"))
    time.sleep(LOOKED_AGAIN)
    places = [town.act("raw.order", user_id=user) for user in people.values()]
    found = dict(zip(people, town.released(*places), strict=True))
    (office.folder / "grants" / "granted.json").unlink()
    time.sleep(LOOKED_AGAIN)
    (found["taken away"],) = town.released(town.act("raw.order", user_id=people["granted"]))
    return found


class TestGrants:
    def test_let_pass_what_two_approvers_signed_for(self, town, outcomes):
        """
        Of that person, to that recipient; ads have nothing personal by it.
        """
        assert outcomes["granted"]["affiliate"] is not None, town.worker.log.read_text()[-3000:]
        assert "user_id" not in outcomes["granted"]["ads"]

    def test_are_told_to_the_audit(self, town, outcomes):
        """
        When they count and when they count no longer, and a file that never did by its hash.
        """
        assert outcomes
        told = [read(entry.value) for entry in entries(town.deployment.kafka.bootstrap)]
        states = Counter(record.body["state"] for record in told if record.kind == GRANT)

        assert states["taken"] >= 2
        assert 1 <= states["ended"] < states["taken"]
        assert sum(record.kind == REFUSED for record in told) == 2

    @pytest.mark.parametrize("name", ["nobody", "signed once", "altered", "expired", "erased", "taken away"])
    def test_let_nothing_pass_otherwise(self, outcomes, name):
        """
        Each of these is as if there were no grant.
        """
        assert outcomes[name]["affiliate"] is None
