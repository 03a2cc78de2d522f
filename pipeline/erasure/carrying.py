"""Carrying an erasure out, step by step: each may be cut off anywhere and is then simply taken again."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from pipeline.audit.record import ERASURE
from pipeline.erasure.names import names_of
from pipeline.erasure.notice import PURPOSE, notice_name, notice_topic, notices
from pipeline.erasure.reach import Reach, reach
from pipeline.erasure.record import PHONE, Request
from pipeline.erasure.state import NOTHING, History, back, histories, remaining, stopped
from pipeline.erasure.tokens import LiveKeys, Names, Tokenizer
from pipeline.links.identifiers import Identifier
from pipeline.links.record import TOPIC as LINKS
from pipeline.links.record import Boxes
from pipeline.subjects.hashing import hasher
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import RENEWABLE, Subject, write_value
from pipeline.subjects.record import TOPIC as SUBJECTS
from schemas.view import View
from transforms.timestamp import HOUR, MINUTE

if TYPE_CHECKING:
    from pipeline.kafka_client import Record

SETTLE_SECONDS: Final = 5.0
"""In which workers have read the new state and finished what they had in hand."""
FRESH: Final = MINUTE
"""A request that is no older is obeyed before anything is read."""

_THINGS: Final = tuple(prefix.encode() for prefix in RENEWABLE)


class Keys(LiveKeys, Protocol):
    """
    Keys of the deployment.
    """

    def internal(self, name: str) -> bytes:
        """
        A 32-byte key of the pipeline itself.
        """
        ...


class Topics(Protocol):
    """
    What is read and written.
    """

    def read(self, topic: str) -> Iterator["Record"]:
        """
        Every record that a topic holds now.
        """
        ...

    def write(self, topic: str, records: Iterable[tuple[bytes, bytes | None]], timestamp: int) -> None:
        """
        Write records of a time in milliseconds since 1970 UTC; on return all of them are confirmed.
        """
        ...


@dataclass(slots=True)
class Done:
    """
    What was carried out, in numbers.

    Args:
        persons: who were erased.
        devices: and cookies that were seen with them.
        links: that are forgotten.
        notices: records by recipient.
        tokens: by recipient.
        of: by subject the topics with records about them, and how many.
    """

    persons: int
    devices: int
    links: int
    notices: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    of: dict[str, dict[str, int]] = field(default_factory=dict)


class Eraser:
    """
    Erases persons.

    First their state: the record that remains says from when on nothing of them passes, and holds neither consents nor
    birth date nor salt, without which nobody has the key of what was encrypted for them. Workers read it within a
    second. Then, with what links say, each recipient is told of every token. Then links are forgotten, and devices and
    cookies begin anew, so that nothing they do later joins with what they did. A batch of persons costs as much reading
    as one.

    What stays true: whoever is cut off begins anew with the same requests, and comes to the same state; a recipient may
    then be told twice, in the same words but for devices whose links were forgotten already.
    Protects against a step that is lost: the next one is taken only when all before it are confirmed.
    Does not protect against copies that others made: raw topics, backups, and what recipients do not delete.

    Args:
        views: in force.
        keys: of the deployment.
        topics: where state, links and notices are.
        audit: keeps a record of a kind (`pipeline.audit.record.KINDS`).
        now: milliseconds since 1970 UTC.
        say: told of each step, in words without names.
    """

    def __init__(  # noqa: PLR0913 — what it works with, a clock and a voice
        self,
        views: Sequence[View],
        keys: Keys,
        topics: Topics,
        audit: Callable[[str, Mapping[str, Any]], None],
        *,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._views = views
        self._keys = keys
        self._topics = topics
        self._audit = audit
        self._now = now
        self._say = say
        self._digest = hasher(keys.internal("subjects"))
        self._boxes = Boxes(keys.internal("links"))
        self._number = hasher(keys.internal("erasures"))

    def stop(self, requests: Iterable[Request]) -> None:
        """
        Suppress persons at once, before anything is read; who asked long ago may be back, and is looked at first.
        """
        now = self._now()
        fresh = _latest(request for request in requests if now - request.requested_at < FRESH)
        self._write(SUBJECTS, ((subject, stopped(at)) for subject, at in fresh.items()))

    def carry_out(
        self, requests: Iterable[Request], settle: Callable[[], None] = lambda: time.sleep(SETTLE_SECONDS)
    ) -> Done:
        """
        Erase persons; on return everything is done and confirmed.

        Args:
            requests: any number, of one person the last.
            settle: waits until workers go by the new state.
        """
        erased = _latest(requests)
        self._say(f"{len(erased)} to be erased: dropping what is known of them")
        known = self._known(erased)
        self._drop(erased, known)
        settle()
        self._say("looking for their devices and cookies")
        reached, done = self._reach(erased)
        for recipient, records in self._notices(erased, known, reached, done):
            self._topics.write(notice_topic(recipient), records, self._now() // HOUR * HOUR)
            self._say(f"{recipient} is told of {done.tokens[recipient]} tokens in {done.notices[recipient]} notices")
        self._say(f"forgetting {done.links} links of {done.devices} devices and cookies")
        self._begin_anew(erased, known, reached)
        self._topics.write(LINKS, ((pair.key, None) for pair in reached.pairs), self._now())
        for subject, at in erased.items():
            request = self._number(f"{subject} {at}").hex()
            self._audit(ERASURE, {"request": request, "step": "done", "topics": done.of[subject]})
        return done

    def survey(self, requests: Iterable[Request]) -> Done:
        """
        What `carry_out` would do, without doing it.
        """
        erased = _latest(requests)
        reached, done = self._reach(erased)
        for _, records in self._notices(erased, self._known(erased), reached, done):
            for _ in records:
                pass
        return done

    def _known(self, erased: Mapping[str, int]) -> Mapping[str, History]:
        """
        What the topic still has of persons, and of all devices and cookies that were ever erased.
        """
        return histories(self._topics.read(SUBJECTS), erased, _THINGS)

    def _drop(self, erased: Mapping[str, int], known: Mapping[str, History]) -> None:
        states = {subject: remaining(at, known.get(subject, NOTHING)) for subject, at in erased.items()}
        self._write(SUBJECTS, ((subject, write_value(state)) for subject, state in states.items() if state))
        gone = [subject for subject, at in erased.items() if not back(known.get(subject, NOTHING), at)]
        self._write(PROFILES, ((subject, None) for subject in gone))

    def _reach(self, erased: Mapping[str, int]) -> tuple[Reach, Done]:
        persons = {subject: self._digest(subject) for subject in erased if not subject.startswith(PHONE)}
        reached = reach(partial(self._topics.read, LINKS), self._boxes, persons)
        devices = frozenset[Identifier]().union(*reached.belongings.values())
        return reached, Done(len(erased), len(devices), len(reached.pairs))

    def _notices(
        self, erased: Mapping[str, int], known: Mapping[str, History], reached: Reach, done: Done
    ) -> Iterator[tuple[str, Iterator[tuple[bytes, bytes]]]]:
        """
        By recipient the records that tell of these persons, which are counted as they are taken.
        """
        tokenizer = Tokenizer(self._views, self._keys, self._now())
        names = {
            subject: names_of(subject, reached.belongings.get(subject, ()), known, at) for subject, at in erased.items()
        }
        for recipient in tokenizer.recipients:
            yield recipient, self._told(recipient, erased, names, tokenizer, done)

    def _told(
        self, recipient: str, erased: Mapping[str, int], names: Mapping[str, Names], tokenizer: Tokenizer, done: Done
    ) -> Iterator[tuple[bytes, bytes]]:
        keys = self._keys.keyring(recipient, PURPOSE)
        by_name = {notice_name(keys, subject, at): subject for subject, at in erased.items()}
        for name, subject in sorted(by_name.items()):  # an order that no other recipient has
            tokens = tokenizer.tokens(recipient, names[subject])
            done.tokens[recipient] += sum(map(len, tokens.values()))
            values = list(notices(name, erased[subject], tokens))
            done.of.setdefault(subject, {})[notice_topic(recipient)] = len(values)
            done.notices[recipient] += len(values)
            yield from ((name.encode(), value) for value in values)

    def _begin_anew(self, erased: Mapping[str, int], known: Mapping[str, History], reached: Reach) -> None:
        """
        Write of each device and cookie that it was erased and is another one from then on.
        """
        latest: dict[str, int] = {}
        for subject, identifiers in reached.belongings.items():
            for identifier in identifiers:
                latest[identifier.subject] = max(erased[subject], latest.get(identifier.subject, 0))
        fresh = {
            thing: at
            for thing, at in latest.items()
            if ((known.get(thing, NOTHING).latest or Subject()).erased_at or 0) < at
        }
        self._write(
            SUBJECTS,
            ((thing, write_value(Subject(erased_at=at, registered_at=at + 1))) for thing, at in fresh.items()),
        )

    def _write(self, topic: str, records: Iterable[tuple[str, bytes | None]]) -> None:
        self._topics.write(topic, ((subject.encode(), value) for subject, value in records), self._now())


def _latest(requests: Iterable[Request]) -> dict[str, int]:
    """
    Subject → from when on they are erased, by the last of their requests.
    """
    erased: dict[str, int] = {}
    for request in requests:
        erased[request.subject] = max(request.requested_at, erased.get(request.subject, 0))
    return erased
