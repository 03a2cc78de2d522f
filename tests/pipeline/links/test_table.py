"""Claims about links as a whole: whatever workers do, lose and read, and when, they agree with plain Python."""

from collections import defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from pipeline.links.record import day_at
from tests.pipeline.links.world import WINDOW, World
from transforms.timestamp import DAY, HOUR

USERS = ["u-1", "u-2"]
DEVICES = ["d1d1d1d1d1", "D2-D2-D2-D2", "d3d3d3d3d3"]
COOKIES = ["c0ffee01", "c0ffee02"]
LATE = 3  # days


class Oracle:
    """
    Sightings as plain sets, and chains by trying all of them.
    """

    def __init__(self):
        self.days = defaultdict(int)

    def see(self, named, day):
        for one in named:
            for other in named:
                if one < other:
                    self.days[one, other] = max(self.days[one, other], day)

    def linked(self, name, day):
        reached, ahead = {name}, [name]
        while ahead:
            near = ahead.pop()
            if near in USERS:
                return True
            for pair, last in self.days.items():
                if near in pair and day <= last + WINDOW:
                    far = pair[0] if pair[1] == near else pair[1]
                    if far not in reached:
                        reached.add(far)
                        ahead.append(far)
        return False


class Workers(RuleBasedStateMachine):
    """
    Two workers, one topic; each reads when it comes to it, and may lose what it knows at any time.
    """

    @initialize()
    def begin(self):
        self.topic = []
        self.workers = [World(self.topic), World(self.topic)]
        self.read = [0, 0]
        self.oracle = Oracle()

    def catch_up(self, number):
        worker = self.workers[number]
        while self.read[number] < len(self.topic):
            worker.read(self.topic[self.read[number] :])
            self.read[number] = len(self.topic)
            worker.write()

    @rule(
        number=st.sampled_from([0, 1]),
        named=st.tuples(*(st.none() | st.sampled_from(names) for names in (USERS, DEVICES, COOKIES))),
        late=st.integers(0, LATE * 24),
        cut=st.booleans(),
    )
    def event(self, number, named, late, *, cut):
        """
        An event is decided, and its chunk acknowledged; cut off before that, it comes again to a worker that was
        started anew.
        """
        worker = self.workers[number]
        time = worker.now - late * HOUR
        worker.decide(*named, time)
        if cut:
            self.crashes(number)
            worker.decide(*named, time)
        self.oracle.see([each for each in named if each], day_at(time))
        worker.write()

    @rule(days=st.integers(1, WINDOW))
    def time_passes(self, days):
        for worker in self.workers:
            worker.pass_days(days)

    @rule(number=st.sampled_from([0, 1]))
    def reads(self, number):
        self.catch_up(number)

    @rule(number=st.sampled_from([0, 1]))
    def crashes(self, number):
        """
        All that was acknowledged is in the topic.
        """
        self.workers[number].begin()
        self.read[number] = 0

    @rule()
    def compaction(self):
        """
        Readers have read everything, and what was outdated was written again.
        """
        for _ in range(2):
            for number in (0, 1):
                self.catch_up(number)
        self.topic[:] = self.workers[0].compacted()
        self.read = [len(self.topic)] * 2

    @rule()
    def agree(self):
        """
        Whoever has read everything decides as plain Python does, now and for late events.
        """
        for number, worker in enumerate(self.workers):
            self.catch_up(number)
            worker.write()
            for device in DEVICES:
                for late in (0, LATE):
                    assert worker.see(device=device, days=-late).linked == self.oracle.linked(
                        device, day_at(worker.now - late * DAY)
                    )
            for cookie in COOKIES:
                assert worker.see(cookie=cookie).linked == self.oracle.linked(cookie, day_at(worker.now))

    def teardown(self):
        """
        In the end too.
        """
        self.agree()


Workers.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestWorkers = Workers.TestCase
