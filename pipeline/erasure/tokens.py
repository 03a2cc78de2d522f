"""Tokens: every name under which recipients may know a person, who is to be erased."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Protocol

from pipeline.columns import effective_rules
from schemas.kinds import Kind
from schemas.view import View
from transforms import Keyring, Pseudonymize, Refused, bare
from transforms.epoch import EPOCHS, Epoch, epoch_of
from transforms.memo import Memo
from transforms.timestamp import DAY, SECOND

NAMING: Final = (Kind.USER_ID, Kind.DEVICE_ID, Kind.COOKIE_ID, Kind.PHONE)
"""
Kinds whose values are known of a person when they are erased. What else a record holds of them, such as the token of an
order, stands beside one of these.
"""


_MAKERS: Final = 65_536  # of tokens: 27 years of daily epochs in six versions


class LiveKeys(Protocol):
    """
    Keys of all versions and epochs that still exist.
    """

    @property
    def versions(self) -> tuple[int, ...]:
        """
        Versions of the root, oldest first.
        """
        ...

    def epochs(self, unit: Epoch, now: datetime) -> tuple[str, ...]:
        """
        Labels of all epochs of a unit up to now whose keys can be derived.
        """
        ...

    def keyring(self, recipient: str, purpose: str, version: int | None = None) -> Keyring:
        """
        The keyring of a recipient and purpose, of one version.
        """
        ...


Names = Mapping[Kind, frozenset[tuple[str, int]]]
"""
What identifies a person in events: by kind, values with the generation of their tokens.

Generation 0 need not be said: an id deeper within an event is never of another one.
"""

Tokens = Mapping[str, tuple[str, ...]]
"""Kind → tokens, sorted."""


class Tokenizer:
    """
    Names the tokens of persons for each recipient.

    Made once for all persons of a batch, since the keys of years of epochs are derived only once.

    Covers every token that the views give under any circumstances, in every version and epoch whose key exists, and in
    the epoch of tomorrow, as some clocks are ahead.
    Does not cover tokens in an event that is dated more than a day ahead, in an epoch whose key was destroyed (which
    nobody can name any more), or of another view than these.

    Args:
        views: that are, or were, in force.
        keys: of the deployment.
        now: milliseconds since 1970 UTC.
    """

    def __init__(self, views: Sequence[View], keys: LiveKeys, now: int) -> None:
        self._keys = keys
        self._now = now
        self._rules: dict[str, dict[_Rule, None]] = {}
        for view in views:
            self._rules.setdefault(view.recipient, {}).update(dict.fromkeys(_naming_rules(view)))
        self._epochs = Memo(self._labels, len(EPOCHS))
        self._makers = Memo(lambda arguments: self._maker(*arguments), _MAKERS)

    @property
    def recipients(self) -> tuple[str, ...]:
        """
        Whoever has a view, even one without tokens.
        """
        return tuple(self._rules)

    def tokens(self, recipient: str, names: Names, *, deep: bool = True) -> Tokens:
        """
        What a recipient may know a person by.

        Args:
            recipient: one of `recipients`.
            names: what identifies the person.
            deep: whether ids deeper within an event count, which are never of another generation than 0.
        """
        found: dict[str, set[str]] = {}
        for rule in self._rules[recipient]:
            known = names.get(rule.kind, frozenset())
            within = {(value, 0) for value, _ in known} if deep else set()
            for value, generation in known | within:
                found.setdefault(rule.kind.value, set()).update(self._tokens(recipient, rule, value, generation))
        return {kind: tuple(sorted(tokens)) for kind, tokens in sorted(found.items()) if tokens}

    def _tokens(self, recipient: str, rule: "_Rule", value: str, generation: int) -> Iterator[str]:
        for version in self._keys.versions:
            for epoch in self._epochs[rule.transform.epoch]:
                make = self._makers[recipient, rule, version, epoch, generation]
                if make is None:
                    continue
                with suppress(Refused):  # of what no token could be made, none was released
                    yield make(value)

    def _labels(self, unit: Epoch) -> tuple[str, ...]:
        if not unit:
            return ("",)
        past = self._keys.epochs(unit, datetime.fromtimestamp(self._now / SECOND, UTC))
        soon = (epoch_of(unit, self._now), epoch_of(unit, self._now + DAY))
        return tuple(dict.fromkeys((*past, *soon)))

    def _maker(
        self, recipient: str, rule: "_Rule", version: int, epoch: str, generation: int
    ) -> Callable[[Any], str] | None:
        keys = self._keys.keyring(recipient, rule.purpose, version)
        try:
            return rule.transform.in_epoch(keys, rule.kind.value, epoch, generation)
        except Refused:  # the epoch's key was destroyed: what was made with it leads to nobody
            return None


class _Rule(NamedTuple):
    purpose: str
    kind: Kind
    transform: Pseudonymize


def _naming_rules(view: View) -> Iterator[_Rule]:
    for variant in view.variants():
        rules = effective_rules(view, variant)
        for path, node in view.contract.leaves():
            rule = bare(rules[path])
            if node.kind in NAMING and isinstance(rule, Pseudonymize):
                yield _Rule(view.purpose, node.kind, rule)
