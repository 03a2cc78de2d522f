"""Claims about the store of links: the latest of each is told apart, and a crowd stands for the rest."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.links.identifiers import COOKIE, DEVICE, USER
from pipeline.links.record import PAIRS, Pair
from pipeline.links.store import CROWD, NEIGHBOURS, LinkStore, Reached
from pipeline.subjects.hashing import HASH_BYTES

USERS, DEVICES, COOKIES = ([bytes((kind, number)) * 5 + b"\1" for number in range(90)] for kind in (1, 2, 3))


def number(digest):
    return int.from_bytes(digest, "little")


def used(user, device, of=DEVICE):
    return Pair(PAIRS.index((USER, of)), user, device)


def browsed(device, cookie):
    return Pair(PAIRS.index((DEVICE, COOKIE)), device, cookie)


def filled(*pairs):
    store = LinkStore(buckets=4)
    for pair, day in pairs:
        store.put(pair, day)
    return store


class Widest:
    """
    The oracle: plain dictionaries, and the longest-lasting chain by trying all.
    """

    def __init__(self):
        self.days = {}

    def put(self, pair, day):
        self.days[pair] = max(day, self.days.get(pair, 0))

    def reached(self, start):
        best = {start: float("inf")}
        persons = {}
        for _ in range(len(self.days) + 1):
            for pair, day in self.days.items():
                for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
                    person = PAIRS[pair.kinds][0] == USER and other == pair.first
                    if one in best and not (PAIRS[pair.kinds][0] == USER and one == pair.first):
                        known = persons if person else best
                        known[other] = max(known.get(other, 0), min(best[one], day))
        return sorted((Reached(day, number(person)) for person, day in persons.items()), reverse=True)


pairs = st.one_of(
    st.builds(used, st.sampled_from(USERS[:3]), st.sampled_from(DEVICES[:4])),
    st.builds(
        lambda user, cookie: used(user, cookie, of=COOKIE), st.sampled_from(USERS[:3]), st.sampled_from(COOKIES[:4])
    ),
    st.builds(browsed, st.sampled_from(DEVICES[:4]), st.sampled_from(COOKIES[:4])),
)


class TestLinkStore:
    @given(st.lists(st.tuples(pairs, st.integers(1, 60), st.sampled_from(["put", "ask", "drop"])), max_size=40))
    def test_finds_whom_chains_lead_to(self, steps):
        """
        As plain dictionaries say, in whatever order links come, go and are asked for.
        """
        store, oracle = LinkStore(buckets=2), Widest()
        for pair, day, step in steps:
            if step == "put":
                store.put(pair, day)
                oracle.put(pair, day)
            elif step == "drop":
                store.drop(pair)
                oracle.days.pop(pair, None)
            for digest in (*DEVICES[:4], *COOKIES[:4]):
                assert list(store.reached[digest]) == oracle.reached(digest)
            assert store.day(pair) == oracle.days.get(pair, 0)

    def test_a_chain_ends_at_its_first_person(self):
        """
        Who shares a tablet shares not the telephone of whom it is shared with.
        """
        tablet, telephone = DEVICES[:2]
        store = filled((used(USERS[0], tablet), 5), (used(USERS[1], tablet), 5), (used(USERS[1], telephone), 5))

        assert store.reached[telephone] == (Reached(5, number(USERS[1])),)

    def test_a_crowd_stands_for_those_who_are_too_many(self):
        """
        Of 90 users of a café's computer the latest are told apart; for the others their latest day is known.
        """
        days = list(range(100, 100 + len(USERS)))
        for seed in range(3):
            order = random.Random(seed).sample(range(len(USERS)), len(USERS))
            store = filled(*((used(USERS[each], DEVICES[0]), days[each]) for each in order))
            persons = store.reached[DEVICES[0]]

            assert len(store) == NEIGHBOURS + 1
            assert [each.person for each in persons[:NEIGHBOURS]] == [number(user) for user in USERS[::-1][:NEIGHBOURS]]
            assert persons[NEIGHBOURS] == Reached(days[-NEIGHBOURS - 1], CROWD)

    def test_a_search_stops(self):
        """
        A crawler's cookie leads to a crowd, and a long chain to one where it is cut.
        """
        chain = []
        for step, (near, far, cookie) in enumerate(zip(DEVICES[:80], DEVICES[1:81], COOKIES[:80], strict=True)):
            chain += [(browsed(near, cookie), 10 + step), (browsed(far, cookie), 10 + step)]
        store = filled((used(USERS[0], DEVICES[80]), 100), *chain)

        assert store.reached[DEVICES[0]] == (Reached(10, CROWD),)
        found, crowd = store.reached[DEVICES[70]]
        assert found == Reached(80, number(USERS[0]))
        assert crowd.person == CROWD
        assert 10 < crowd.day < 80

    def test_forgets_what_is_over(self):
        """
        A few buckets at a time, all of them in the end.
        """
        store = filled(*((used(user, device), day) for user in USERS[:4] for day, device in enumerate(DEVICES[:6], 1)))
        store.sweep(4, 1)
        assert len(store) > 12
        store.sweep(4, 3)

        assert len(store) == 12
        assert store.day(used(USERS[0], DEVICES[2])) == 0
        assert store.day(used(USERS[0], DEVICES[3])) == 4

    def test_bytes_that_meet_by_chance_are_no_link(self):
        """
        Digests are found where they begin, not wherever their bytes are.
        """
        zeros, ones = bytes(HASH_BYTES), b"\1" * HASH_BYTES
        store = LinkStore(buckets=1)
        for first, second in ((zeros, ones), (ones, ones), (b"\1" * 10 + b"\0", ones)):
            store.put(used(first, second), 257)

        assert store.day(used(zeros, zeros)) == 0
        assert store.reached[zeros] == ()
        assert len(list(store.links(ones))) == 3
