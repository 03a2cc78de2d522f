"""The office: what erasing needs of a deployment, opened and closed together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from pipeline.audit.commands import CommandLog, InTopic
from pipeline.audit.record import TOPIC as AUDIT
from pipeline.audit.signing import SigningKey
from pipeline.erasure.broker import Broker
from pipeline.erasure.carrying import Eraser, Keys
from pipeline.erasure.notice import notice_topic
from pipeline.links.record import TOPIC as LINKS
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import TOPIC as SUBJECTS
from schemas.view import View

PROGRAM: Final = "qingliu erase"


@contextmanager
def erasers(  # noqa: PLR0913 — what an office is made of
    bootstrap: str,
    views: Sequence[View],
    load: Callable[[], Keys],
    say: Callable[[str], None],
    moved: Callable[[], None],
    *,
    audited: bool,
) -> Iterator[Callable[[], Eraser]]:
    """
    What makes an `Eraser`, with the keys that stand at that moment: they may have been rotated since the last one.

    Args:
        bootstrap: `host:port`, several joined by commas.
        views: in force.
        load: opens the keyset.
        say: told of each step.
        moved: called for each record that was read or written.
        audited: whether anything is going to be done, and the audit told of it.

    Raises:
        KafkaClientError: no broker answers, or a topic is missing.
    """
    signing = SigningKey(load().internal("audit"))
    with ExitStack() as stack:
        broker = stack.enter_context(Broker(bootstrap, moved))
        told = {notice_topic(view.recipient) for view in views}
        broker.check((SUBJECTS, PROFILES, LINKS, AUDIT, *sorted(told)))
        audit = stack.enter_context(CommandLog(InTopic(bootstrap), signing, PROGRAM)).write if audited else _unsaid
        yield lambda: Eraser(views, load(), broker, audit, say=say)


def _unsaid(kind: str, body: object) -> None:
    """
    Nothing is done, and nothing said.
    """
