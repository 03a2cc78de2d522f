"""Claims about whose devices and cookies are whose."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.erasure.reach import reach
from pipeline.kafka_client import Record
from pipeline.links.identifiers import COOKIE, DEVICE, USER, Identifiers
from pipeline.links.record import TOPIC, Boxes, Sighting, start_of
from pipeline.subjects.hashing import hasher

KEY = bytes(range(32))
DIGEST = hasher(KEY)
NAMED = Identifiers(KEY, DIGEST)
BOXES = Boxes(KEY)

USERS = [f"u-{number}" for number in range(3)]
DEVICES = [f"{number}{'d' * 15}" for number in range(4)]
COOKIES = [f"cookie-{number}" for number in range(3)]


def identifier(value):
    make = NAMED.user if value in USERS else NAMED.device if value in DEVICES else NAMED.cookie
    return make(value)


def link(first, second, day=20_000):
    return Record(TOPIC, 0, 0, start_of(day), *BOXES.write(Sighting(identifier(first), identifier(second), day)), ())


def found(pairs, *users, records=(), deleted=True):
    return reach(
        lambda: [*(link(*pair) for pair in pairs), *records],
        BOXES,
        {user: DIGEST(user) for user in users or USERS[:1]},
        deleted=deleted,
    )


def values(reached, user=USERS[0]):
    return {each.value for each in reached.belongings[user]}


links = st.tuples(st.sampled_from(USERS), st.sampled_from(DEVICES + COOKIES)) | st.tuples(
    st.sampled_from(DEVICES), st.sampled_from(COOKIES)
)
pairs = st.sets(links, max_size=12)


def oracle(links, user, usable=None):
    """
    What is a person's own, by the words of the claim; by some of the links when they are given.
    """
    usable = links if usable is None else usable
    users = {thing: {a for a, b in links if b == thing and a in USERS} for thing in DEVICES + COOKIES}
    own = {b for a, b in usable if a == user}
    while True:
        near = {b if a in own else a for a, b in usable if a not in USERS and (a in own or b in own)}
        more = {thing for thing in near - own if not users[thing] or user in users[thing]}
        if not more:
            return own
        own |= more


class TestReach:
    @given(pairs, st.randoms(use_true_random=False), st.lists(st.sampled_from(USERS), min_size=1, unique=True))
    def test_is_what_was_seen_with_a_person_and_what_hangs_on_it_alone(self, links, random, users):
        """
        For any links, in any order, of any number of persons.
        """
        ordered = sorted(links)
        random.shuffle(ordered)

        reached = found(ordered, *users)

        for user in users:
            assert values(reached, user) == oracle(links, user)
        gone = {
            link(a, b).key
            for a, b in links
            for user in users
            if b in oracle(links, user) and (a == user or a in oracle(links, user))
        }
        assert {pair.key for pair in reached.pairs} == gone

    @given(st.dictionaries(links, st.integers(20_000, 20_003), max_size=12))
    def test_tells_the_day_up_to_which_a_chain_was_seen(self, days):
        """
        Of several chains the one that lasts longest.
        """
        reached = found([(*pair, day) for pair, day in days.items()])

        for thing, day in reached.belongings[USERS[0]].items():
            assert thing.value in oracle(days, USERS[0], [pair for pair in days if days[pair] >= day])
            assert thing.value not in oracle(days, USERS[0], [pair for pair in days if days[pair] > day])

    def test_goes_by_the_last_word_on_a_pair(self):
        """
        A later day holds, an earlier one does not; what was deleted leads on for whoever asks for that.
        """
        pair = (USERS[0], DEVICES[0])
        said = [link(*pair, day) for day in (20_001, 20_003, 20_002)]
        (day,) = found([], records=said).belongings[USERS[0]].values()

        assert day == 20_003
        said.append(said[0]._replace(value=None))
        assert values(found([], records=said)) == {DEVICES[0]}
        assert found([], records=said, deleted=False) == ({USERS[0]: {}}, frozenset())

    def test_tells_kinds(self):
        """
        A device is a device, a cookie a cookie.
        """
        (device, cookie) = sorted(found([(USERS[0], DEVICES[0]), (DEVICES[0], COOKIES[0])]).belongings[USERS[0]])

        assert (device.kind, cookie.kind) == (DEVICE, COOKIE)
        assert USER not in {device.kind, cookie.kind}

    def test_forgets_what_it_cannot_name(self):
        """
        A link that was sealed under another key leads on, and goes with the others.
        """
        other = Boxes(bytes(32)).write(Sighting(identifier(USERS[0]), identifier(DEVICES[1]), 20_000))
        sealed = Record(TOPIC, 0, 0, 0, *other, ())

        reached = found([(DEVICES[1], COOKIES[1])], records=[sealed])

        assert values(reached) == {DEVICES[1], COOKIES[1]}
        assert sealed.key in {pair.key for pair in reached.pairs}

    def test_passes_over_what_is_no_link(self):
        """
        Deletions, and records of somebody else.
        """
        pair = link(USERS[0], DEVICES[0])
        strange = [pair._replace(value=None), pair._replace(key=b"?"), pair._replace(key=None)]

        assert found([], records=strange) == ({USERS[0]: {}}, frozenset())

    def test_reads_nothing_for_nobody(self):
        """
        A consignee has no links.
        """

        def read():
            raise AssertionError

        assert reach(read, BOXES, {}) == ({}, frozenset())
