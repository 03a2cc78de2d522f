"""Claims about the ledger: what is lost, doubled, escaped or unexplained is seen, event by event."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.broken import Broken, Reason
from pipeline.codec import dumps
from pipeline.demo.ledger import MAX_AHEAD, Ledger, Verdict
from pipeline.kafka_client import Record
from pipeline.keys import RootKeys
from pipeline.quarantine import Quarantine, quarantine_topic
from pipeline.sealing import OfficerPrivateKey
from pipeline.source import SourceTokens
from schemas import device
from schemas.view import SUPPRESS

KEYS = RootKeys.generate()
OFFICER = OfficerPrivateKey.generate().public().sealer()
ANALYTICS, ADS = device.ANALYTICS, device.ADS
TOPIC = device.RAW.topic
FINE = Verdict(lost=0, escaped=0, suppressed=0, quarantined=0, planted_broken=0, unexplained=0)


def ledger(*views):
    return Ledger(views or (ANALYTICS, ADS), KEYS)


def token(view, partition, offset, keys=KEYS):
    return SourceTokens(keys.keyring(view.recipient, view.purpose), TOPIC).seal(partition, [offset])[0]


def clean(view, partition, offset, source=None):
    headers = (("policy", b"p"), ("source", source or token(view, partition, offset)))
    return Record(view.topic, 0, 0, 0, None, b"{}", headers)


def held(partition, offset, size=10):
    """
    Real quarantine records of one event.
    """
    broken = Broken(Reason.NOT_JSON)
    records = Quarantine(OFFICER, "p").records(TOPIC, partition, offset, None, b"x" * size, broken)
    return [Record(quarantine_topic(TOPIC), 0, 0, 0, None, record, ()) for record in records]


def deliver(account, partition, offset, **known):
    account.deliver((TOPIC, partition, offset), **{"size": 100, "broken": False, "sent_at": 1.0, **known})


class TestWholeEvents:
    def test_one_record_in_each_view_settles_an_event(self):
        """
        Nothing is missing after the last view, and not before.
        """
        account = ledger()
        deliver(account, 0, 0)
        account.clean(clean(ANALYTICS, 0, 0), 2.0)
        assert (account.waiting, account.accounted) == (1, 0)

        account.clean(clean(ADS, 0, 0), 2.0)

        assert (account.waiting, account.accounted, account.waiting_bytes) == (0, 1, 0)
        assert account.verdict() == FINE
        assert account.released == {(TOPIC, "analytics"): 1, (TOPIC, "ads"): 1}

    def test_a_missing_record_is_lost(self):
        """
        One event that one view never gave is one lost record, among any number of others.
        """
        account = ledger()
        for offset in range(10):
            deliver(account, 1, offset)
            account.clean(clean(ANALYTICS, 1, offset), 2.0)
            if offset != 7:
                account.clean(clean(ADS, 1, offset), 2.0)

        assert account.verdict() == replace(FINE, lost=1)
        assert account.waiting == 1

    def test_an_event_without_any_record_is_lost_in_every_view(self):
        """
        Two views miss it.
        """
        account = ledger()
        deliver(account, 0, 0)

        assert account.verdict() == replace(FINE, lost=2)

    def test_a_repeated_record_is_a_duplicate(self):
        """
        It counts as such, and not as another clean record.
        """
        account = ledger()
        deliver(account, 0, 0)
        for view in (ANALYTICS, ADS, ADS):
            account.clean(clean(view, 0, 0), 2.0)

        assert account.duplicates == 1
        assert account.verdict() == FINE
        assert account.released[TOPIC, "ads"] == 1
        assert account.accounted == 1

    def test_partitions_and_recipients_are_told_apart(self):
        """
        The same offset of another partition is another event, and one view does not stand for the other.
        """
        account = ledger()
        deliver(account, 0, 5)
        deliver(account, 1, 5)
        account.clean(clean(ANALYTICS, 0, 5), 2.0)
        account.clean(clean(ADS, 1, 5), 2.0)

        assert account.duplicates == 0
        assert account.verdict() == replace(FINE, lost=2)

    def test_a_quarantined_whole_event_is_lost_to_its_recipients(self):
        """
        What should have passed and did not is missing, wherever else it is.
        """
        account = ledger()
        deliver(account, 0, 0)
        account.held(held(0, 0)[0])

        assert account.verdict() == replace(FINE, lost=2, quarantined=1)


class TestBrokenEvents:
    def test_quarantine_settles_a_broken_event(self):
        """
        Its reason is counted.
        """
        account = ledger()
        deliver(account, 2, 3, broken=True)
        account.held(held(2, 3)[0])

        assert account.verdict() == replace(FINE, quarantined=1, planted_broken=1)
        assert account.reasons == {"not_json": 1}
        assert account.waiting == 0

    def test_one_that_never_came_to_quarantine_is_lost(self):
        """
        A broken event counts once, since quarantine is one place.
        """
        account = ledger()
        deliver(account, 0, 0, broken=True)

        assert account.verdict() == replace(FINE, lost=1, planted_broken=1)

    def test_one_that_came_out_clean_has_escaped(self):
        """
        Even when it is in quarantine too.
        """
        account = ledger()
        deliver(account, 0, 0, broken=True)
        account.held(held(0, 0)[0])
        account.clean(clean(ADS, 0, 0), 2.0)

        assert account.verdict() == replace(FINE, escaped=1, quarantined=1, planted_broken=1)

    def test_a_large_one_needs_all_its_parts(self):
        """
        It is in quarantine when the last part is, in any order.
        """
        account = ledger()
        deliver(account, 0, 0, broken=True)
        first, second, third = held(0, 0, size=1_100_000)
        account.held(third)
        account.held(first)
        assert account.verdict().quarantined == 0

        account.held(second)

        assert account.verdict() == replace(FINE, quarantined=1, planted_broken=1)
        assert account.waiting == 0

    @pytest.mark.parametrize("size", [pytest.param(10, id="whole"), pytest.param(1_100_000, id="in parts")])
    def test_a_repeated_record_is_a_duplicate(self, size):
        """
        The first part twice, before and after the event is complete.
        """
        account = ledger()
        deliver(account, 0, 0, broken=True)
        records = held(0, 0, size)
        for record in (records[0], *records, records[0]):
            account.held(record)

        assert account.duplicates == 2
        assert account.verdict() == replace(FINE, quarantined=1, planted_broken=1)


class TestOrder:
    @given(st.permutations(range(6)))
    def test_does_not_matter(self, order):
        """
        Confirmation, records and quarantine may be seen in any order.
        """
        account = ledger()
        steps = [
            lambda: deliver(account, 0, 0),
            lambda: deliver(account, 0, 1, broken=True),
            lambda: account.clean(clean(ANALYTICS, 0, 0), 2.0),
            lambda: account.clean(clean(ADS, 0, 0), 2.0),
            lambda: account.clean(clean(ADS, 0, 0), 2.0),
            lambda: account.held(HELD),
        ]
        for step in order:
            steps[step]()

        assert account.verdict() == replace(FINE, quarantined=1, planted_broken=1)
        assert (account.waiting, account.accounted, account.waiting_bytes, account.duplicates) == (0, 2, 0, 1)


HELD = held(0, 1)[0]


class TestSuppression:
    def test_a_view_that_passes_nothing_without_consent_suppresses(self):
        """
        Its events are accounted for without a record.
        """
        account = ledger(ANALYTICS, replace(ADS, otherwise=SUPPRESS, otherwise_linked={}))
        deliver(account, 0, 0)
        account.clean(clean(ANALYTICS, 0, 0), 2.0)

        assert account.verdict() == replace(FINE, suppressed=1)
        assert account.waiting == 0

    def test_what_such_a_view_releases_has_escaped(self):
        """
        A record that nobody consented to is found.
        """
        account = ledger(ANALYTICS, replace(ADS, otherwise=SUPPRESS, otherwise_linked={}))
        deliver(account, 0, 0)
        account.clean(clean(ANALYTICS, 0, 0), 2.0)
        account.clean(clean(ADS, 0, 0), 2.0)

        assert account.verdict() == replace(FINE, escaped=1)


class TestConsent:
    def with_consent(self, view, offset):
        return clean(view, 0, offset)._replace(value=b'{"app_version":"8.3.1"}')

    def test_a_record_that_takes_consent_counts_as_one(self):
        """
        By a field that no record without consent has.
        """
        account = ledger()
        deliver(account, 0, 0, may_consent=True)
        account.clean(self.with_consent(ADS, 0), 2.0)
        account.clean(self.with_consent(ANALYTICS, 0), 2.0)

        assert account.consented == {(TOPIC, "ads"): 1}
        assert account.verdict() == FINE

    def test_one_that_nobody_gave_has_escaped(self):
        """
        Whichever is heard of first, the record or the event.
        """
        account = ledger()
        deliver(account, 0, 0)
        account.clean(self.with_consent(ADS, 0), 2.0)
        account.clean(self.with_consent(ADS, 1), 2.0)
        deliver(account, 0, 1)

        assert account.verdict().escaped == 2


class TestUnexplained:
    @pytest.mark.parametrize(
        "source",
        [
            pytest.param(b"", id="none"),
            pytest.param(b"1.AAAAAAAAAAAAAAAAAAAAAA", id="no token"),
            pytest.param(token(ADS, 0, 0), id="another recipient's"),
            pytest.param(token(ANALYTICS, 0, 0, RootKeys.generate()), id="another deployment's"),
            pytest.param(token(ANALYTICS, 0, MAX_AHEAD + 2), id="an event far away"),
        ],
    )
    def test_a_clean_record_without_a_source_of_ours(self, source):
        """
        It settles nothing, and it is counted.
        """
        account = ledger(ANALYTICS)
        deliver(account, 0, 0)
        record = clean(ANALYTICS, 0, 0)._replace(headers=(("source", source),))

        assert account.clean(record, 2.0) is None
        assert account.verdict() == replace(FINE, lost=1, unexplained=1)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(None, id="nothing"),
            pytest.param(b"{", id="no JSON"),
            pytest.param(b"[]", id="no object"),
            pytest.param(b"{}", id="no coordinates"),
            pytest.param(
                dumps({"topic": TOPIC, "partition": 0, "offset": 0, "part": 1, "parts": 1, "reason": "mood"}),
                id="no reason of ours",
            ),
            pytest.param(
                dumps({"topic": "raw.log", "partition": 0, "offset": 0, "part": 1, "parts": 1, "reason": "not_json"}),
                id="another topic's",
            ),
            pytest.param(
                dumps({"topic": TOPIC, "partition": 0, "offset": -1, "part": 1, "parts": 1, "reason": "not_json"}),
                id="no offset",
            ),
        ],
    )
    def test_a_quarantine_record_that_tells_no_event(self, value):
        """
        It settles nothing, and it is counted.
        """
        account = ledger()
        deliver(account, 0, 0, broken=True)

        assert account.held(Record(quarantine_topic(TOPIC), 0, 0, 0, None, value, ())) is None
        assert account.verdict() == replace(FINE, lost=1, planted_broken=1, unexplained=1)

    def test_a_record_about_an_event_that_was_never_confirmed(self):
        """
        It is neither released nor escaped.
        """
        account = ledger()
        account.clean(clean(ADS, 0, 4), 2.0)

        assert account.verdict() == replace(FINE, unexplained=1)


class TestLatency:
    def test_counts_from_sending_to_seeing(self):
        """
        Each clean record has a latency of its own.
        """
        account = ledger()
        deliver(account, 0, 0, sent_at=10.0)
        account.clean(clean(ANALYTICS, 0, 0), 10.1)
        account.clean(clean(ADS, 0, 0), 10.3)

        assert (account.latencies.percentile(50), account.latencies.percentile(100)) == (100.0, 300.0)

    def test_is_unknown_before_the_confirmation(self):
        """
        A record that overtakes it has none rather than a wrong one.
        """
        account = ledger()
        account.clean(clean(ANALYTICS, 0, 0), 10.1)
        deliver(account, 0, 0, sent_at=10.0)

        assert account.latencies.percentile(50) is None


def test_refuses_more_views_than_it_has_bits():
    """
    The error names the topic and the limit.
    """
    views = [replace(ANALYTICS, recipient=f"r{number}") for number in range(12)]

    with pytest.raises(ValueError, match=r"raw\.device has 12 views; .* 11"):
        Ledger(views, KEYS)
