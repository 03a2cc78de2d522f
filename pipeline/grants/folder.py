"""The folder of grants: which of them are approved, in force, and about an event."""

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pipeline.approvals.approver import ApprovalError, load_roster
from pipeline.approvals.document import load_document
from pipeline.audit.record import GRANT, REFUSED
from pipeline.decision import Decide, Decision
from pipeline.grants.grant import Grant, check_scope, now_ms, read_grant
from schemas.view import View

log: Final = logging.getLogger(__name__)

SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True)
class Scope:
    """
    The grants that can be about events of one topic.

    Args:
        everybody: those for all subjects.
        named: those for single ones, by user id.
    """

    everybody: tuple[Grant, ...]
    named: Mapping[str, tuple[Grant, ...]]


class Grants:
    """
    Every grant of a folder that two approvers signed.

    `refresh` reads folder and roster again, so that a grant is revoked by taking its file away, or an approver's key
    off the roster. A grant that does not hold is told in the log and left out: nothing passes that would not without.

    Protects against a grant that is forged, altered, half-signed or out of date, and one that reaches an erased person
    or a child. Does not protect against whoever may write to the roster's folder.

    Args:
        folder: of the grants, one document a file.
        roster: folder of the approvers' public keys.
        views: of the deployment; a grant must be about one.
        believed: whether the state of subjects is current; while it is not, no grant counts, for nobody knows who was
            erased meanwhile.
        now: milliseconds since 1970 UTC.
    """

    def __init__(
        self,
        folder: Path,
        roster: Path,
        views: Sequence[View],
        *,
        believed: Callable[[], bool],
        now: Callable[[], int] = now_ms,
    ) -> None:
        self._folder, self._roster, self._views = folder, roster, tuple(views)
        self._believed, self._now = believed, now
        self._told: set[str] = set()
        self._scopes: list[tuple[tuple[View, ...], list[Scope]]] = []
        self.approved: tuple[Grant, ...] = ()
        """Those that hold, in force or not, in the order of their files."""
        self.news: deque[tuple[str, Mapping[str, Any]]] = deque()
        """For the audit, until whoever tells it takes it away: what counts now, counts no longer, or was refused."""
        self.used: Counter[tuple[str, str]] = Counter()
        """Clean records that were released under a grant, by its id and the record's topic."""

    def refresh(self) -> None:
        """
        Read the folder and the roster again.

        Raises:
            ApprovalError: one of the two folders is missing, or the roster has a file that is no key; no grant counts.
            OSError: one of the two cannot be read; no grant counts.
        """
        before = {grant.id: grant for grant in self.approved}
        try:
            self.approved = self._read()
        except (ApprovalError, OSError):
            self.approved = ()
            raise
        finally:
            after = {grant.id: grant for grant in self.approved}
            self.news += [(GRANT, grant.as_taken()) for number, grant in after.items() if number not in before]
            self.news += [(GRANT, grant.as_ended()) for number, grant in before.items() if number not in after]
            for views, scope in self._scopes:
                scope[0] = self._scope(views)

    def decider(self, decide: Decide, views: Sequence[View]) -> Decide:
        """
        The same decisions about events of one topic, and which grants there are for each.

        Only an event with a user id can be in the scope of a grant: of others nobody knows whom they are about.

        Args:
            decide: by the subjects' state.
            views: of the topic.
        """
        scope = [self._scope(tuple(views))]
        self._scopes.append((tuple(views), scope))
        granted = self._granted

        def decide_with_grants(user: str | None, device: str | None, cookie: str | None, time: int) -> Decision:
            decision = decide(user, device, cookie, time)
            now = scope[0]
            if user is None or not (now.everybody or user in now.named):
                return decision
            return granted(decision, (*now.everybody, *now.named.get(user, ())))

        return decide_with_grants

    def count(self, grants: Iterable[Grant], view: View) -> None:
        """
        A record of a view was released under these.
        """
        self.used.update((grant.id, view.topic) for grant in grants)

    def _granted(self, decision: Decision, grants: Sequence[Grant]) -> Decision:
        if decision.suppressed or not self._believed():
            return decision
        now = self._now()
        in_force = tuple(grant for grant in grants if grant.in_force(now))
        return replace(decision, grants=in_force) if in_force else decision

    def _scope(self, views: tuple[View, ...]) -> Scope:
        grants = [grant for grant in self.approved if any(grant.covers(view) for view in views)]
        named: defaultdict[str, tuple[Grant, ...]] = defaultdict(tuple)
        for grant in grants:
            for subject in grant.subjects or ():
                named[subject] += (grant,)
        return Scope(tuple(grant for grant in grants if grant.subjects is None), dict(named))

    def _read(self) -> tuple[Grant, ...]:
        if not self._folder.is_dir():
            msg = f"{self._folder} (the folder of grants) does not exist; make it, or leave QINGLIU_GRANTS out"
            raise ApprovalError(msg)
        roster = load_roster(self._roster)
        grants: dict[str, Grant] = {}
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            try:
                grant = read_grant(load_document(path), roster)
                check_scope(grant, self._views)
            except ApprovalError as error:
                if self._tell(logging.ERROR, f"{path.name} does not count: {error}"):
                    self.news.append((REFUSED, {"document": _digest(path)}))
                continue
            if grant.expires <= self._now():
                self._tell(logging.WARNING, f"{grant} is over; take {path.name} away")
                continue
            grants.setdefault(grant.id, grant)
            self._tell(logging.INFO, f"{grant}, approved by {' and '.join(grant.approvers)}")
        return tuple(grants.values())

    def _tell(self, level: int, sentence: str) -> bool:
        """
        Log a sentence the first time; whether it was.
        """
        if sentence in self._told:
            return False
        self._told.add(sentence)
        log.log(level, "%s", sentence)
        return True


def _digest(path: Path) -> str:
    """
    What a file is told by that does not count: its name and what it holds may be anything.
    """
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return sha256(b"").hexdigest()  # it is gone, or nobody may read it
