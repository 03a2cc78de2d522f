"""Claims about the simulator's stream."""

import json
from collections import Counter, defaultdict
from datetime import date
from ipaddress import ip_address, ip_network
from itertools import pairwise
from statistics import mean

import h3
import pytest

from pipeline.check import check, unknown_paths
from pipeline.codec import parse
from pipeline.simulator import START, TOPICS, LeakScanner, Simulator
from pipeline.simulator.breakage import KINDS
from pipeline.simulator.devices import PLACEHOLDERS
from pipeline.simulator.networks import CELL_DIGITS
from pipeline.simulator.places import CITIES
from schemas import VIEWS
from schemas.contract import Field, Group, Repeated
from schemas.kinds import Kind
from transforms import Region
from transforms.age_band import age
from transforms.coordinates import read_point
from transforms.examples import EXAMPLE_KEYS
from transforms.timestamp import read_timestamp
from transforms.url_template import UrlTemplate

CONTRACTS = {view.contract.topic: view.contract for view in VIEWS}

PERSONAL = {
    Kind.ADDRESS,
    Kind.BANK_CARD,
    Kind.BIRTH_DATE,
    Kind.CASE_ID,
    Kind.CELL_ID,
    Kind.COOKIE_ID,
    Kind.DEVICE_ID,
    Kind.DEVICE_NAME,
    Kind.EMAIL,
    Kind.EVENT_ID,
    Kind.HARDWARE_ID,
    Kind.IP,
    Kind.MAC,
    Kind.NATIONAL_ID,
    Kind.NICKNAME,
    Kind.ORDER_ID,
    Kind.PERSON_NAME,
    Kind.PHONE,
    Kind.SECRET,
    Kind.SSID,
    Kind.STAFF_ID,
    Kind.TRANSACTION_ID,
    Kind.USER_ID,
}
"""Kinds every value of which is a planted identifier."""

PUBLIC = {Kind.CARRIER, Kind.DEVICE_TRAIT, Kind.GENDER, Kind.MONEY, Kind.PLAIN, Kind.USER_AGENT}
"""Kinds whose values a clean record may hold as they are."""


def fields(event):
    """
    Every field of an event that has a value: path, field and value.
    """
    return list(_fields(CONTRACTS[event.topic].fields, parse(event.value), ""))


def _fields(nodes, value, prefix):
    for node in nodes:
        item = value.get(node.name)
        if item is None:
            continue
        match node:
            case Field():
                yield prefix + node.name, node, item
            case Group():
                yield from _fields(node.fields, item, f"{prefix}{node.name}.")
            case Repeated():
                for element in item:
                    yield from _fields(node.fields, element, f"{prefix}{node.name}[].")


class TestRepeatability:
    def test_equal_seeds_make_equal_streams(self):
        """
        Two simulators with the same arguments agree on every byte.
        """
        one, other = (tuple(Simulator(5, subjects=50, broken=0.2).events(500)) for _ in range(2))

        assert one == other

    def test_other_seeds_make_other_streams(self):
        """
        No event of one stream is in the other.
        """
        one, other = ({event.value for event in Simulator(seed, subjects=50, broken=0).events(500)} for seed in (5, 6))

        assert not one & other

    def test_a_stream_goes_on_where_it_stopped(self):
        """
        Asking twice for ten gives what asking once for twenty gives.
        """
        simulator = Simulator(5, subjects=50)

        assert [*simulator.events(10), *simulator.events(10)] == list(Simulator(5, subjects=50).events(20))

    def test_a_stream_without_a_count_does_not_end(self):
        """
        Whoever takes a thousand gets a thousand.
        """
        events = Simulator(5, subjects=50).events()

        assert len([next(events) for _ in range(1_000)]) == 1_000


class TestArguments:
    @pytest.mark.parametrize(
        ("arguments", "remedy"),
        [
            pytest.param({"topics": ("raw.weather",)}, "topics are raw.device", id="an unknown topic"),
            pytest.param({"topics": ()}, "topics are raw.device", id="no topic"),
            pytest.param({"broken": 1.5}, "from 0 to 1", id="more than all broken"),
            pytest.param({"broken": -0.1}, "from 0 to 1", id="less than none broken"),
            pytest.param({"subjects": 0}, "starts at 1", id="nobody"),
            pytest.param({"rate": 0}, "above 0", id="no events a second"),
            pytest.param({"start": 0}, "2000 and 2100", id="before 2000"),
            pytest.param({"start": 4_102_444_800_000}, "2000 and 2100", id="2100"),
        ],
    )
    def test_out_of_range_are_refused(self, arguments, remedy):
        """
        The error says what to give instead.
        """
        with pytest.raises(ValueError, match=remedy):
            Simulator(1, **arguments)

    @pytest.mark.parametrize("topic", TOPICS)
    def test_one_topic_is_enough(self, topic):
        """
        A simulator of one topic makes events of this topic alone.
        """
        assert {event.topic for event in Simulator(1, topics=(topic,), subjects=20).events(50)} == {topic}


class TestShares:
    def test_topics_have_equal_shares(self, stream):
        """
        A seventh each.
        """
        counts = Counter(event.topic for event in stream)

        assert set(counts) == set(TOPICS) == set(CONTRACTS)
        assert all(0.125 < count / len(stream) < 0.161 for count in counts.values())

    def test_three_in_a_hundred_are_broken(self, stream):
        """
        The default share, within what 8,000 draws scatter.
        """
        assert 0.02 < mean(event.broken is not None for event in stream) < 0.04
        assert {event.broken for event in stream} <= {None, *KINDS}

    @pytest.mark.parametrize(("share", "expected"), [(0, {False}), (1, {True})])
    def test_none_or_all_can_be_broken(self, share, expected):
        """
        The share is taken at its word.
        """
        events = Simulator(1, broken=share, subjects=20).events(300)

        assert {event.broken is not None for event in events} == expected

    def test_five_in_seven_have_a_user(self, whole):
        """
        The others are standalone.
        """
        assert 0.69 < mean("user_id" in parse(event.value) for event in whole) < 0.74

    def test_some_devices_are_used_by_people_with_several(self, whole):
        """
        One user is seen on more than one device.
        """
        devices = defaultdict(set)
        for event in whole:
            value = parse(event.value)
            devices[value.get("user_id")].add(value.get("device_id"))
        devices.pop(None)

        assert sum(len(ids - {None}) > 1 for ids in devices.values()) > 50


class TestKeys:
    def test_are_the_user_or_the_device(self, whole):
        """
        The user id where there is one, otherwise the device id unless tracking is off, otherwise nothing.
        """
        for event in whole:
            value = parse(event.value)
            expected = value.get("user_id") or value.get("device_id")
            if expected in {None, *PLACEHOLDERS}:
                assert event.key is None
            else:
                assert event.key == expected.encode()

    def test_every_form_appears(self, whole):
        """
        Users, devices and nothing.
        """
        forms = {None if event.key is None else event.key.isdigit() for event in whole}

        assert forms == {None, True, False}


class TestTime:
    def test_runs_at_the_rate(self, whole):
        """
        1,000 events take about a second, from the start on.
        """
        times = [read_timestamp(parse(event.value)["occurred_at"]) for event in whole]

        assert min(times) >= START
        assert 7_500 < max(times) - START < 8_500

    def test_some_events_are_late(self, whole):
        """
        About one in fifty is behind the one before by more than jitter explains.
        """
        times = [read_timestamp(parse(event.value)["occurred_at"]) for event in whole]

        assert 0.005 < mean(after < before - 100 for before, after in pairwise(times)) < 0.04

    def test_follows_the_given_start_and_rate(self):
        """
        Ten events at one a second end about ten seconds after the start.
        """
        events = Simulator(2, start=START + 1_000_000, rate=1, broken=0, subjects=20).events(10)
        latest = max(read_timestamp(parse(event.value)["occurred_at"]) for event in events)

        assert START + 1_005_000 < latest < START + 1_015_000


class TestContracts:
    def test_every_whole_event_fits(self, whole):
        """
        The pipeline's own check passes every event that is not broken.
        """
        for event in whole:
            check(CONTRACTS[event.topic], parse(event.value))

    @pytest.mark.parametrize("topic", TOPICS)
    def test_every_field_appears(self, whole, topic):
        """
        Each field of the contract, optional ones included, has a value in some event.
        """
        seen = {path for event in whole if event.topic == topic for path, _, _ in fields(event)}

        assert seen == {path for path, _ in CONTRACTS[topic].leaves()}

    def test_event_ids_are_unique(self, whole):
        """
        No id twice.
        """
        ids = [parse(event.value)["event_id"] for event in whole]

        assert len(set(ids)) == len(ids)

    def test_both_coordinate_systems_appear(self, whole):
        """
        WGS-84 and GCJ-02, all of them in China.
        """
        points = [parse(event.value).get("gps") for event in whole if event.topic == "raw.location"]
        places = [read_point(point) for point in points if point]

        assert {point["coord"] for point in points if point} == {"wgs84", "gcj02"}
        assert all(18 < lat < 54 and 73 < lng < 136 for lat, lng in places)

    def test_amounts_are_the_sum_of_their_items(self, whole):
        """
        Price times quantity, summed up.
        """
        for event in whole:
            if event.topic == "raw.order":
                value = parse(event.value)
                assert value["amount_fen"] == sum(item["price_fen"] * item["quantity"] for item in value["items"])

    def test_some_orders_go_to_others(self, whole):
        """
        Buyer and consignee differ in their numbers at times.
        """
        orders = [parse(event.value) for event in whole if event.topic == "raw.order"]
        pairs = [
            (value["buyer_phone"], value["consignee"]["phone"].replace(" ", "")[-11:])
            for value in orders
            if value.get("buyer_phone")
        ]

        assert 0.15 < mean(buyer != consignee for buyer, consignee in pairs) < 0.35


@pytest.fixture(scope="module")
def rooms(whole):
    """
    What is done in live rooms.
    """
    return [
        {name: value for name, value in parse(event.value).items() if value is not None}
        for event in whole
        if event.topic == "raw.interaction"
    ]


class TestLiveRooms:
    def test_who_is_not_logged_in_is_a_guest(self, rooms):
        """
        Guests have a guest's name, and watch, like and search only.
        """
        guests = [event for event in rooms if "user_id" not in event]

        assert guests
        assert all(event["nickname"].startswith("游客") for event in guests)
        assert {event["action"] for event in guests} == {"like", "search", "watch"}

    def test_texts_and_amounts_stand_where_they_belong(self, rooms):
        """
        Whoever writes has a text, and only tips have an amount.
        """
        for event in rooms:
            assert ("amount_fen" in event) == (event["action"] == "tip")
            assert event["action"] == "tip" or ("text" in event) == (
                event["action"] in {"comment", "danmaku", "search"}
            )

    def test_three_danmaku_in_a_hundred_name_somebody(self):
        """
        The others are about goods.
        """
        events = list(Simulator(8, topics=("raw.interaction",), subjects=50, broken=0).events(20_000))
        danmaku = [event for event in events if parse(event.value)["action"] == "danmaku"]

        assert 0.02 < mean(parse(event.value)["text"] in event.identifiers for event in danmaku) < 0.04


class TestContacts:
    def test_three_texts_in_five_name_somebody(self, whole):
        """
        The others are about parcels and refunds.
        """
        texts = [
            (event, parse(event.value)["text"])
            for event in whole
            if event.topic == "raw.contact" and parse(event.value).get("text")
        ]

        assert 0.55 < mean(text in event.identifiers for event, text in texts) < 0.65

    def test_only_calls_are_recorded(self, whole):
        """
        And whoever has the address of a recording could listen.
        """
        contacts = [parse(event.value) for event in whole if event.topic == "raw.contact"]

        assert {event["medium"] for event in contacts} == {"call", "chat", "mail"}
        assert {event["medium"] for event in contacts if event.get("recording_url")} == {"call"}

    def test_a_case_is_of_one_person(self, whole):
        """
        Who asks again on the same day has the same case.
        """
        cases = defaultdict(set)
        contacts = [parse(event.value) for event in whole if event.topic == "raw.contact"]
        for event in contacts:
            cases[event["case_id"]] |= {event["user_id"]} if event.get("user_id") else set()

        assert max(len(users) for users in cases.values()) == 1
        assert len(cases) < len(contacts)


@pytest.fixture(scope="module")
def accounts(whole):
    """
    Profiles, each with the identifiers in it.
    """
    return [
        ({name: value for name, value in parse(event.value).items() if value is not None}, event.identifiers)
        for event in whole
        if event.topic == "raw.account"
    ]


class TestAccounts:
    def test_belong_to_a_user(self, accounts):
        """
        Whoever has a profile has logged in.
        """
        assert all("user_id" in account for account, _ in accounts)

    def test_some_are_of_children_and_name_a_guardian(self, accounts):
        """
        Those that tell an age below 14 all do, and none of the others.
        """
        told = {
            (age(date.fromisoformat(account["birth_date"]), date(2026, 1, 1)) < 14, "guardian" in account)
            for account, _ in accounts
            if "birth_date" in account
        }

        assert told == {(True, True), (False, False)}

    def test_agree_with_the_identity_number(self, accounts):
        """
        On the day of birth and, where it is disclosed, on the gender.
        """
        verified = [account for account, _ in accounts if "id_card" in account]

        assert all("real_name" in account for account in verified)
        for account in verified:
            assert account.get("birth_date", "").replace("-", "") in {"", account["id_card"][6:14]}
            sex = "male" if int(account["id_card"][16]) % 2 else "female"
            assert account.get("gender", sex) in {sex, "undisclosed"}
        assert {account.get("gender") for account in verified} == {"female", "male", "undisclosed", None}

    def test_three_signatures_in_ten_name_somebody(self):
        """
        The others say what people say of themselves.
        """
        events = Simulator(8, topics=("raw.account",), subjects=50, broken=0).events(4_000)
        signatures = [(event, parse(event.value).get("signature")) for event in events]

        assert 0.26 < mean(text in event.identifiers for event, text in signatures if text) < 0.34

    def test_pictures_are_identifiers(self, accounts):
        """
        The address of a picture has the user's id in it.
        """
        pictures = [(account, planted) for account, planted in accounts if "avatar_url" in account]

        assert pictures
        for account, planted in pictures:
            assert account["avatar_url"] in planted
            assert account["user_id"] in account["avatar_url"]

    def test_regions_are_read_as_the_home_of_the_person(self, accounts):
        """
        However they are written, with a district or without, they name a province and its city.
        """
        city = Region("city").bind(EXAMPLE_KEYS, "region")
        regions = {account["region"] for account, _ in accounts if "region" in account}

        assert {"省" in region for region in regions} == {True, False}
        assert {city(region) for region in regions} <= {place.name for place in CITIES}


class TestOddEvents:
    def test_some_have_fields_that_no_contract_knows(self, whole):
        """
        About one in a hundred, with identifiers in it.
        """
        odd = [event for event in whole if list(unknown_paths(CONTRACTS[event.topic], parse(event.value)))]

        assert 0.005 < len(odd) / len(whole) < 0.02

    def test_some_write_null(self, whole):
        """
        Null stands for an optional field at times.
        """
        assert any(None in parse(event.value).values() for event in whole)

    @pytest.mark.parametrize(
        "mark",
        [
            pytest.param(b"\\u", id="escaped characters"),
            pytest.param(b"\\/", id="escaped slashes"),
            pytest.param(b'": "', id="blanks"),
            pytest.param("😊".encode(), id="emoji"),
            pytest.param(b'\\"', id="escaped quotation marks"),
            pytest.param(b"\\\\", id="escaped backslashes"),
        ],
    )
    def test_some_are_spelt_otherwise(self, whole, mark):
        """
        Clients differ in how they write JSON.
        """
        assert any(mark in event.value for event in whole)

    def test_some_have_another_order_of_keys(self, whole):
        """
        The event id is not always the first.
        """
        assert {next(iter(parse(event.value))) == "event_id" for event in whole} == {True, False}


class TestIdentifiers:
    def test_stand_in_their_event(self, stream):
        """
        Every listed identifier is found in its own event, broken or not.
        """
        for event in stream:
            scanner = LeakScanner(event.identifiers)
            assert scanner.scan(event.value) == len(scanner)

    def test_are_complete(self, whole):
        """
        Every value of a personal kind is listed, apart from placeholders, hidden names and short cell numbers.
        """
        for event in whole:
            for path, node, value in fields(event):
                text = str(value)
                exempt = text in PLACEHOLDERS or not text or (node.kind is Kind.CELL_ID and len(text) < CELL_DIGITS)
                if node.kind in PERSONAL and not exempt:
                    assert text in event.identifiers, path

    def test_include_coordinates_as_written(self, whole):
        """
        The text of both numbers, which is in the record, too.
        """
        for event in whole:
            point = parse(event.value).get("gps")
            for number in (point["lat"], point["lng"]) if point else ():
                assert repr(number) in event.identifiers
                assert repr(number).encode() in event.value

    def test_include_addresses_of_pages_with_something_personal(self, whole):
        """
        An address with a query is listed whole, and what is released of any address differs from all of them.
        """
        template = UrlTemplate().bind(EXAMPLE_KEYS, "url")
        for event in whole:
            url = parse(event.value).get("url")
            if url:
                assert (url in event.identifiers) == ("?" in url)
                assert template(url) not in event.identifiers

    def test_include_texts_that_name_somebody(self, whole):
        """
        A note, search or message with a telephone number in it is listed whole, and so is the number.
        """
        texts = [
            (event, value)
            for event in whole
            for _, node, value in fields(event)
            if node.kind is Kind.FREE_TEXT and LeakScanner(event.identifiers).scan(value)
        ]

        assert len(texts) > 100
        assert all(text in event.identifiers for event, text in texts)

    def test_are_too_long_to_occur_by_chance(self, stream):
        """
        10 characters of ASCII, or two of anything else.
        """
        for event in stream:
            for text in event.identifiers:
                shortest = 10 if text.isascii() else 2
                assert len(text) >= shortest

    def test_do_not_occur_in_what_may_pass(self, whole):
        """
        No public value, network, minute, province, city or cell of any event holds an identifier of any event.
        """
        scanner = LeakScanner({text for event in whole for text in event.identifiers})

        assert not [event for event in whole if scanner.scan(json.dumps(released(event), ensure_ascii=False))]


def released(event):
    """
    The most that a view may leave of an event.
    """
    values = defaultdict(list)
    for path, node, value in fields(event):
        if node.kind in PUBLIC or (node.kind is Kind.REGION and "district" not in path):
            values[path].append(value)
        elif node.kind is Kind.IP:
            bits = 24 if ip_address(value).version == 4 else 48
            values[path].append(str(ip_network(f"{value}/{bits}", strict=False).network_address))
        elif node.kind is Kind.GEO_POINT:
            values[path].append(h3.latlng_to_cell(*read_point(value), 8))
        elif node.kind is Kind.TIMESTAMP:
            values[path].append(value[:16])
    return values
