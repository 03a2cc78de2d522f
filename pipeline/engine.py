"""The engine: bytes of one raw record in, every view's clean record out, or the reason why not. No Kafka in it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.ahead import Ahead
from pipeline.bound import BoundView
from pipeline.broken import MAX_CLEAN_BYTES, Broken, Reason
from pipeline.check import check
from pipeline.codec import parse
from pipeline.compile import Asked, compile_views
from pipeline.decision import Decide, Decision
from pipeline.grants.rules import of_view
from pipeline.interpret import NOBODY, Output, circumstances, output
from pipeline.others import Erased, Others, SaltOf, other_groups
from pipeline.tally import Tally
from schemas.contract import Contract
from schemas.view import View
from transforms import Keyring

if TYPE_CHECKING:
    from pipeline.grants.folder import Grants


class Keys(Protocol):
    """
    Where the keys of a recipient and purpose come from.
    """

    def keyring(self, recipient: str, purpose: str) -> Keyring:
        """
        The keyring that derives this recipient's keys for this purpose.
        """
        ...


class TopicEngine:
    """
    All views of one raw topic.

    Args:
        contract: of the raw topic.
        views: of this contract; results come in this order.
        keys: of the deployment.
        decide: what is known of a subject; None while nothing is: nobody has consented.
        erased: what is known of others whom an event names; None while nothing is.
        grants: what may pass without consent; they count only where the subjects' state is known.
        salt_of: the salts of others whom an event names; None while none are known.
    """

    def __init__(  # noqa: PLR0913, PLR0917 — two of six for whom an event is about, two for what may pass
        self,
        contract: Contract,
        views: Sequence[View],
        keys: Keys,
        decide: Decide | None = None,
        erased: Erased | None = None,
        grants: "Grants | None" = None,
        salt_of: SaltOf | None = None,
    ) -> None:
        self.contract = contract
        self.views = tuple(views)
        self.unknown: Counter[str] = Counter()
        """Fields that the contract does not have, by path."""
        self.granted: Counter[str] = Counter()
        """Records released under a grant, by its id, for whoever clears it to count."""
        self.tally = Tally()
        """The circumstances of events that were processed, for whoever clears it to count."""
        self._others = Others(contract, erased, salt_of) if erased and other_groups(contract) else None
        self._grants = grants
        if grants and decide:
            decide = grants.decider(decide, self.views)
        self._decide = decide or (_nobody_known if self._others else None)
        self._bind(keys)

    def _bind(self, keys: Keys) -> None:
        self.bound = tuple(BoundView(view, keys.keyring(view.recipient, view.purpose)) for view in self.views)
        asked = Asked(self._decide, self._others, self._interpret)
        self.process, self.source = compile_views(
            self.contract, self.bound, asked, self.unknown, self.explain, self.tally
        )
        """
        `process(raw)` gives the clean record of each view, None for a view that the event may not reach.

        It raises `Broken` when the event goes to quarantine, as a whole: what one view cannot understand, no recipient
        gets.
        """
        self.ahead = Ahead(self.bound)
        """`ahead(raws, first)` searches the texts of some records together before `process` is given each of them."""

    def with_keys(self, keys: Keys) -> "TopicEngine":
        """
        The same views under other keys; what is counted is counted on.
        """
        other = copy(self)
        other._bind(keys)  # noqa: SLF001 — of its own class
        return other

    def explain(self, raw: bytes | None) -> Broken:
        """
        What is wrong with an event that `process` refused.
        """
        try:
            event = parse(raw)
            check(self.contract, event)
            about = circumstances(self.contract, event)
            decision = Decision()
            if self._decide:
                decision = self._decide(about.user, about.device, about.cookie, about.time)
            self._interpret(event, decision, about.time)
        except Broken as broken:
            return Broken(broken.reason, broken.path, broken.detail)
        except Exception as error:  # noqa: BLE001 — a defect must not let an event pass either
            return Broken(Reason.INTERNAL, detail=f"the engine failed with {type(error).__name__}")
        return Broken(Reason.INTERNAL, detail="the compiled views failed where the reference does not")

    def _interpret(self, event: Mapping[str, Any], decision: Decision, time: int) -> tuple[Output | None, ...]:
        """
        The clean records of a checked event, by the reference.

        The compiled function leaves to it what is rare: whoever was erased and came back, events that name somebody who
        was erased, and those in the scope of a grant.

        Raises:
            Broken: a transform refused a value, or a record would be too large.
        """
        absent = self._others.absent(event, time) if self._others else frozenset()
        people = self._others.people(event) if self._others else NOBODY
        outputs = tuple(output(bound, event, decision, absent, people) for bound in self.bound)
        if any(each is not None and len(each[0]) > MAX_CLEAN_BYTES for each in outputs):
            raise Broken(Reason.CLEAN_TOO_LARGE)
        if self._grants and decision.grants:
            for bound, released in zip(self.bound, outputs, strict=True):
                if released is not None:
                    grants = of_view(decision, bound.view)
                    self.granted.update(grant.id for grant in grants)
                    self._grants.count(grants, bound.view)
        return outputs


def _nobody_known(_user: str | None, _device: str | None, _cookie: str | None, _time: int) -> Decision:
    return Decision()


class Engine:
    """
    Every raw topic of a deployment.

    Args:
        views: any number of topics and recipients.
        keys: of the deployment.
        decide: what is known of a subject; None while nothing is.
        erased: what is known of others whom an event names; None while nothing is.
        grants: what may pass without consent; None when nothing does.
        salt_of: the salts of others whom an event names.

    Raises:
        ValueError: two views of one recipient for one topic, or two contracts for one topic.
    """

    def __init__(  # noqa: PLR0913, PLR0917 — as above
        self,
        views: Sequence[View],
        keys: Keys,
        decide: Decide | None = None,
        erased: Erased | None = None,
        grants: "Grants | None" = None,
        salt_of: SaltOf | None = None,
    ) -> None:
        grouped = by_contract(views)
        self.topics: Mapping[str, TopicEngine] = {
            contract.topic: TopicEngine(contract, group, keys, decide, erased, grants, salt_of)
            for contract, group in grouped
        }

    def with_keys(self, keys: Keys) -> Mapping[str, TopicEngine]:
        """
        The engine of each topic under other keys.
        """
        return {topic: engine.with_keys(keys) for topic, engine in self.topics.items()}


def needs_salt(views: Iterable[View]) -> bool:
    """
    Whether a rule of these views needs a person's salt.
    """
    every = (rule for view in views for variant in view.variants() for rule in view.resolve(variant).values())
    return any("salt" in rule.needs for rule in every)


def by_contract(views: Sequence[View]) -> tuple[tuple[Contract, tuple[View, ...]], ...]:
    """
    The views of each raw topic.

    Raises:
        ValueError: two views of one recipient for one topic, or two contracts for one topic.
    """
    groups: dict[str, list[View]] = {}
    for view in views:
        group = groups.setdefault(view.contract.topic, [])
        if group and group[0].contract != view.contract:
            msg = f"{view.contract.topic} has two contracts; all its views must share one"
            raise ValueError(msg)
        if any(other.recipient == view.recipient for other in group):
            msg = f"{view} is declared twice; a recipient has one view of a topic"
            raise ValueError(msg)
        group.append(view)
    return tuple((group[0].contract, tuple(group)) for group in groups.values())
