"""Any lives of two persons: whatever they do, whoever is erased, wherever that is cut off, and all of it once more."""

from collections import defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.codec import loads
from pipeline.subjects.record import Consent
from tests.pipeline.erasure.world import RECIPIENTS, CutOff, Worker, World
from transforms.timestamp import DAY, HOUR, read_timestamp

USERS = ("u-anna", "u-bert")
DEVICES = ("a1b2c3d4e5f60718", "0011223344556677")
COOKIES = ("c0ffee00c0ffee00", "badc0de0badc0de0")


def times(raw):
    return read_timestamp(loads(raw)["occurred_at"])


class Lives(RuleBasedStateMachine):
    """
    Beside the deployment a few dictionaries, which know what ought to be.
    """

    def __init__(self):
        super().__init__()
        self.world = World()
        self.erased = {}
        self.registered = {}
        self.raw = []
        self.released = defaultdict(set)  # by user, recipient: tokens with the time at which they were released
        self.told = defaultdict(set)  # by recipient: what had been told when somebody was last erased

    def passes(self, user, time):
        """
        Whether anything of a person's event may reach anybody.
        """
        erased, registered = self.erased.get(user), self.registered.get(user, 0)
        return erased is None or erased < registered <= time

    @rule(
        user=st.sampled_from((*USERS, None)),
        device=st.sampled_from((*DEVICES, None)),
        cookie=st.sampled_from((*COOKIES, None, None)),
        ago=st.sampled_from((0, 0, HOUR, 3 * DAY)),
    )
    def act(self, user, device, cookie, ago):
        """
        Something happens, or is told late.
        """
        event = self.world.event(user, device, cookie, ago)
        self.raw.append((user, event))
        time = times(event[1])

        for recipient, tokens in self.world.worker.process(*event).items():
            if user is not None:
                assert self.passes(user, time) or tokens is None
                assert not self.passes(user, time) or tokens is not None or recipient == "ads"
                self.released[user, recipient] |= {(token, time) for token in tokens or ()}
            if time >= max(self.erased.values(), default=0):
                assert not (tokens or set()) & self.told[recipient]
        self.world.now += 1_000

    @rule(user=st.sampled_from(USERS), ads=st.booleans())
    def agree(self, user, ads):
        """
        A person agrees, or withdraws.
        """
        consents = {"ads": Consent(granted=ads, at=self.world.now, policy_version="v1")}
        known = {"erased_at": self.erased.get(user), "registered_at": self.registered.get(user)}
        self.world.state(user, consents=consents, salt=b"0123456789abcdef", **known)
        self.world.now += 1_000

    @rule(users=st.lists(st.sampled_from(USERS), min_size=1, unique=True), cut_off_after=st.none() | st.integers(0, 16))
    def erase(self, users, cut_off_after):
        """
        Persons are erased, perhaps at the second attempt, minutes later.
        """
        asked = self.world.now
        try:
            self.world.erase(*users, cut_off_after=cut_off_after)
        except CutOff:
            self.world.now += 5 * 60_000
            self.world.erase(*users, at=asked)
        for user in users:
            self.erased[user] = asked
            for recipient in RECIPIENTS:
                tokens = {token for token, _ in self.released[user, recipient]}
                assert tokens <= self.world.topics.told(recipient)
        self.told = {recipient: self.world.topics.told(recipient) for recipient in RECIPIENTS}
        self.world.now += 60_000

    @precondition(lambda self: any(not self.passes(user, self.world.now) for user in USERS))
    @rule(data=st.data())
    def register(self, data):
        """
        Whoever was erased comes back.
        """
        user = data.draw(st.sampled_from([user for user in USERS if not self.passes(user, self.world.now)]))
        self.registered[user] = self.world.now
        self.world.state(user, erased_at=self.erased[user], registered_at=self.world.now)
        self.world.now += 60_000

    @invariant()
    def state_says_no_more_than_it_may(self):
        """
        The links of whoever is erased are gone.
        """
        for user in USERS:
            gone = not self.passes(user, self.world.now)
            digest = self.world.eraser()._digest(user)
            left = {each.key: each.value for each in self.world.topics.logs["privacy.links"] if digest in each.key[:12]}
            assert not gone or set(left.values()) <= {None}

    def teardown(self):
        """
        A worker that knows nothing reads every event again.
        """
        again = Worker(self.world)
        for user, (topic, raw) in self.raw:
            time = times(raw)
            for recipient, tokens in again.process(topic, raw).items():
                if user is not None:
                    assert self.passes(user, time) or tokens is None
                    new = self.passes(user, time) and user in self.erased
                    old = {token for token, at in self.released[user, recipient] if at < self.erased.get(user, 0)}
                    assert not new or not {each for each in tokens or () if each[0] == "user_id"} & old
        self.state_says_no_more_than_it_may()


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
