"""
确保数据接收方无法复原并重新识别: recipients cannot undo what was done, not together and not with a list of everybody.

A large run of the same attack is `python -m benchmarks --only join_attack`.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.join_attack.attack import attack, guessed, in_both
from benchmarks.join_attack.release import KEY, POSITION, releases

EVENTS = 1_200  # of each topic
PEOPLE = 600
BY_CHANCE = 0.02  # of all records; where a token or place leads to people, it is more than half


def name(release):
    return f"{release.topic} {'with' if release.consent else 'without'} consent"


@pytest.fixture(scope="module")
def released():
    return {name(release): release for release in releases(EVENTS, PEOPLE, seed=11)}


class TestTwoRecipients:
    def test_meet_in_every_topic_that_both_read(self, released):
        """
        With consent and without, and with records enough to tell chance from more.
        """
        assert len(released) >= 13
        assert all(len(release.ads.subject) > EVENTS // 5 for release in released.values())
        assert all(len(release.analytics.subject) > EVENTS // 2 for release in released.values())

    def test_find_no_more_people_by_any_columns_than_by_rare_values_and_chance(self, released):
        """
        No token, key, header or place adds to what the same values tell under tokens drawn anew.
        """
        more = {
            (found, finding.pairs): finding.surplus
            for found, release in released.items()
            for finding in attack(release, most=2, seed=1)
            if finding.surplus > BY_CHANCE * len(release.ads.subject)
        }

        assert more == {}

    def test_share_no_token(self, released):
        """
        Whatever columns are compared, and so by whatever set of columns that holds one.
        """
        assert {found: in_both(release) for found, release in released.items()} == dict.fromkeys(released, 0)

    def test_would_be_told_of_a_token_that_both_have(self, released):
        """
        Also when it stands in another column there.
        """
        release = released["raw.device with consent"]
        columns = release.analytics.columns | {"model": release.ads.columns["device_id"].max(keepdims=True)}
        leaking = replace(release, analytics=replace(release.analytics, columns=columns))

        assert in_both(leaking) == 1

    @pytest.mark.parametrize("column", [KEY, POSITION])
    def test_would_be_found_out(self, released, column):
        """
        A common key or a common order leads from most records to their person, and the attack says so.
        """
        release = released["raw.device with consent"]
        number = len(release.ads.subject)
        told = release.ads.subject if column == KEY else np.arange(1, number + 1, dtype=np.uint64)
        ads = replace(release.ads, columns=release.ads.columns | {column: told})
        analytics = replace(ads, columns=ads.columns)
        leaking = replace(release, ads=ads, analytics=analytics)

        surplus = {finding.pairs: finding.surplus for finding in attack(leaking, most=1, seed=1)}

        assert surplus[(column, column),] > number / 2


class TestWhoHasEveryIdentifier:
    def test_finds_no_token_without_the_key(self, released):
        """
        The usual hashes of all user ids, device ids and telephone numbers are none of the tokens.
        """
        for release in released.values():
            assert len(release.identifiers) > 10
            assert len(release.tokens) > EVENTS
            assert guessed(release.identifiers, release.tokens) == 0

    def test_would_find_tokens_that_are_no_more_than_hashes(self, released):
        """
        So the absence above says something.
        """
        release = released["raw.device with consent"]
        weak = frozenset(
            urlsafe_b64encode(hashlib.sha256(identifier.encode()).digest()[:16]).decode()[:22]
            for identifier in release.identifiers
        )

        assert guessed(release.identifiers, weak) == len(release.identifiers)
