"""Exposure: whatever of a person is in a clean topic is found by their tokens, and nothing of anybody else."""

from dataclasses import replace

import pytest

from pipeline.audit.exposure import Period, reached
from pipeline.audit.marks import Marks
from pipeline.codec import dumps
from pipeline.erasure.tokens import Tokenizer
from pipeline.kafka_client import Record
from schemas import order
from schemas.kinds import Kind
from tests.pipeline.events import KEYS, ORDER, encode, engine
from transforms import Drop, ShiftTime
from transforms.timestamp import DAY, HOUR, read_timestamp

USER = ORDER["user_id"]
AT = read_timestamp(ORDER["occurred_at"])
ANONYMOUS = {name: value for name, value in ORDER.items() if name != "user_id"}
VIEWS = {view.recipient: view for view in (order.ANALYTICS, order.ADS)}


def tokens(recipient, **names):
    known = {Kind[kind.upper()]: frozenset({(value, 0)}) for kind, value in names.items()}
    by_kind = Tokenizer(list(VIEWS.values()), KEYS, AT).tokens(recipient, known)
    return frozenset(token for kind in by_kind.values() for token in kind)


def own(recipient, **names):
    return Marks(tokens(recipient, **names))


def through(recipient, until=None, **names):
    """
    The person's own token, and those of a device or cookie.
    """
    return Marks(tokens(recipient, user_id=USER), dict.fromkeys(tokens(recipient, **names), until))


def clean(recipient, *events, source=b"1.source"):
    """
    What a worker writes for a recipient of these events.
    """
    views = list(VIEWS.values())
    processed = [engine(views=views).topics["raw.order"].process(encode(event)) for event in events]
    place = list(VIEWS).index(recipient)
    for offset, results in enumerate(processed):
        value, key, timestamp = results[place]
        headers = (("policy", views[place].policy().encode()), ("source", source + b"%d" % offset))
        yield Record(views[place].topic, 0, offset, timestamp, key, value, headers)


class TestReached:
    def test_is_every_field_of_the_persons_records(self):
        """
        With how many records have it, the time of the first and of the last, and the policies they were made under.
        """
        later = ORDER | {"occurred_at": "2026-11-23T09:00:00+08:00", "amount_fen": 100}
        del later["note"]
        records = clean("analytics", ORDER, later, ORDER | {"user_id": "u-2", "device_id": None})
        found = reached(order.ANALYTICS, records, own("analytics", user_id=USER))

        assert (found.own.records, found.searched) == (2, 3)
        assert (found.own.fields["amount_fen"], found.own.fields["note"]) == (2, 1)
        assert found.own.fields["payment.method"] == found.own.fields["items[].sku"] == 2
        assert not any(path.startswith("consignee.name") for path in found.own.fields)
        assert found.as_dict()["first"] == "2026-11-22T06:38:00.000Z"
        assert found.as_dict()["last"] == "2026-11-23T01:00:00.000Z"
        assert found.own.policies == {order.ANALYTICS.policy(): 2}

    def test_of_a_device_is_counted_apart(self):
        """
        What has the person's token is theirs, whatever device it has; the rest is through a device.
        """
        records = list(clean("analytics", ORDER, ANONYMOUS))
        found = reached(order.ANALYTICS, records, through("analytics", device_id=ORDER["device_id"]))

        assert (found.own.records, found.through.records, found.records) == (1, 1, 2)
        assert ("user_id" in found.own.fields, "user_id" in found.through.fields) == (True, False)
        assert found.as_dict()["through_device"]["fields"]["amount_fen"] == 1

    def test_of_a_device_is_not_what_somebody_else_did_on_it(self):
        """
        A shared tablet's records that name another person are theirs.
        """
        records = clean("analytics", ORDER | {"user_id": "u-2"})

        assert reached(order.ANALYTICS, records, through("analytics", device_id=ORDER["device_id"])).records == 0

    @pytest.mark.parametrize(
        ("until", "records"),
        [
            pytest.param(None, 1, id="no end"),
            pytest.param(AT + 1, 1, id="that moment was the last"),
            pytest.param(AT - HOUR, 0, id="before"),
        ],
    )
    def test_of_a_device_is_theirs_until_the_link_ends(self, until, records):
        """
        What it does later is nobody's again.
        """
        marks = through("analytics", until, device_id=ORDER["device_id"])

        assert reached(order.ANALYTICS, clean("analytics", ANONYMOUS), marks).through.records == records

    def test_is_not_what_has_no_token_of_the_person(self):
        """
        Ads get an order without consent as one of nobody: neither they nor we can tell whose it is.
        """
        found = reached(order.ADS, clean("ads", ORDER), through("ads", device_id=ORDER["device_id"]))

        assert (found.records, found.searched) == (0, 1)

    def test_leaves_repeated_records_out(self):
        """
        A crash may leave them; `source` tells them.
        """
        (record,) = clean("analytics", ORDER)

        assert reached(order.ANALYTICS, [record, record], own("analytics", user_id=USER)).records == 1

    @pytest.mark.parametrize(
        ("start", "stop", "records"),
        [
            pytest.param(AT, AT + 1, 1, id="the very moment"),
            pytest.param(AT + 1, None, 1, id="within the minute that was released"),
            pytest.param(AT + HOUR, None, 0, id="later"),
            pytest.param(None, AT - HOUR, 0, id="earlier"),
            pytest.param(AT - DAY, AT + DAY, 1, id="around"),
        ],
    )
    def test_is_bounded_by_the_events_time(self, start, stop, records):
        """
        As it was released: the whole unit counts.
        """
        found = reached(order.ANALYTICS, clean("analytics", ORDER), own("analytics", user_id=USER), Period(start, stop))

        assert found.records == records

    @pytest.mark.parametrize(
        ("rule", "start", "stop"),
        [
            pytest.param(Drop(), AT, None, id="dropped"),
            pytest.param(ShiftTime(2), AT + DAY, None, id="shifted back"),
            pytest.param(ShiftTime(2), None, AT - DAY, id="shifted forth"),
        ],
    )
    def test_may_be_anywhere_that_its_time_may_have_been_moved_to(self, rule, start, stop):
        """
        Within the day of a time that is dropped, and within the days of one that is shifted.
        """
        view = replace(order.ANALYTICS, rules={**order.ANALYTICS.rules, "occurred_at": rule})
        (record,) = clean("analytics", ORDER)
        moved = record._replace(value=dumps({"user_id": record.key.decode()}), timestamp=AT - AT % DAY)

        assert reached(view, [moved], own("analytics", user_id=USER), Period(start, stop)).records == 1

    def test_reads_the_record_time_where_the_event_time_is_dropped(self):
        """
        A record says its day then.
        """
        (record,) = clean("analytics", ORDER)
        untimed = record._replace(value=dumps({"user_id": record.key.decode()}), timestamp=AT - AT % DAY)

        found = reached(order.ANALYTICS, [untimed], own("analytics", user_id=USER))

        assert found.own.first == AT - AT % DAY
