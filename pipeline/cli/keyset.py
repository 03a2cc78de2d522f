"""The options that name a deployment's key file and what opens it, and who is told when it changes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.cli.common import Problem, problems
from schemas.view import View

if TYPE_CHECKING:
    from pipeline.keys import Protection, RootKeys

_FLUSH_SECONDS: Final = 40.0  # above the client's own limit for one delivery


def keyset_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """
    `--keyset FILE`, passed on as `path`, and `protection_options`.
    """
    option = click.option(
        "--keyset",
        "path",
        type=click.Path(path_type=Path),
        envvar="QINGLIU_KEYSET",
        help="Encrypted root keyset. [QINGLIU_KEYSET]",
    )
    return option(protection_options(function))


def protection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """
    `--passphrase FILE` and `--kms URI`, of which one is given.
    """
    passphrase = click.option(
        "--passphrase",
        type=click.Path(path_type=Path),
        envvar="QINGLIU_PASSPHRASE",
        help="File whose first line encrypts it. [QINGLIU_PASSPHRASE]",
    )
    kms = click.option(
        "--kms",
        metavar="URI",
        envvar="QINGLIU_KMS",
        help="Key of a key management service that encrypts it, in place of a passphrase. [QINGLIU_KMS]",
    )
    return passphrase(kms(function))


def open_keys(path: Path | None, passphrase: Path | None, kms: str | None) -> "tuple[RootKeys, Protection]":
    """
    The roots of a key file, and what protects it.

    Raises:
        Problem: no file is named, or it does not open.
    """
    from pipeline.keys import KeysError, RootKeys, protection  # noqa: PLC0415 — Tink loads only where it is used

    keyset = given(path)
    with problems(KeysError):
        opener = protection(passphrase, kms)
        return RootKeys.load(keyset, opener), opener


def given(path: Path | None) -> Path:
    """
    The key file.

    Raises:
        Problem: none is named.
    """
    if path is None:
        msg = "the keyset file is missing; pass --keyset or set QINGLIU_KEYSET"
        raise Problem(msg)
    return path


@contextmanager
def audited(
    program: str, bootstrap: str | None, path: Path, before: "RootKeys", after: "RootKeys | None"
) -> Iterator[None]:
    """
    Tell the audit what a block is about to do to the keys, and after it that it was done.

    It is told in its topic, or without a broker in a file beside the keyset, which is then said.

    Args:
        program: the command, such as `qingliu keys rotate`.
        bootstrap: brokers.
        path: of the key file.
        before: the keys as they are.
        after: as they are to be; None when none are left.

    Raises:
        Problem: a record was not kept.
    """
    from pipeline.audit.commands import CommandLog, InFile, InTopic, NotKept  # noqa: PLC0415 — loads where it is used
    from pipeline.audit.custody import ASKED, DONE, beside, change  # noqa: PLC0415
    from pipeline.audit.record import KEYS  # noqa: PLC0415
    from pipeline.audit.signing import SigningKey  # noqa: PLC0415
    from pipeline.kafka_client import KafkaClientError  # noqa: PLC0415

    shelf = InTopic(bootstrap) if bootstrap else InFile(beside(path))
    said = change(program.rpartition(" ")[2], before, after)
    changed = False
    try:
        with CommandLog(shelf, SigningKey(before.internal("audit")), program) as log:
            log.write(KEYS, {**said, "step": ASKED})
            yield
            changed = True
            log.write(KEYS, {**said, "step": DONE})
    except (KafkaClientError, NotKept) as error:
        msg = f"it is done, and the audit knows only that it was to be, so do not repeat it: {error}"
        raise Problem(msg if changed else str(error)) from None
    if not bootstrap:
        click.echo(
            f"no broker is given: the audit record is in {beside(path)} and nowhere else; keep that file, and give it "
            "to `qingliu audit verify --also`",
            err=True,
        )


def check_announceable(bootstrap: str | None, views: Sequence[View]) -> None:
    """
    See that recipients and the audit can be told, before anything is changed that they must be told of.

    Raises:
        Problem: no broker answers, or a topic is missing.
    """
    from pipeline.audit.record import TOPIC  # noqa: PLC0415 — loads where it is used
    from pipeline.kafka_client import Feeder, KafkaClientError, check_topics  # noqa: PLC0415

    if bootstrap:
        with problems(KafkaClientError), Feeder(bootstrap) as feeder:
            check_topics(feeder.partitions(), [*_topics(views), TOPIC])


def announce(bootstrap: str | None, views: Sequence[View], keys: "RootKeys") -> None:
    """
    Tell every recipient which versions and epochs there are; without a broker, say that nobody was told.

    Raises:
        Problem: the broker did not take it.
    """
    from pipeline.codec import dumps  # noqa: PLC0415
    from pipeline.kafka_client import Feeder, KafkaClientError, now_ms  # noqa: PLC0415
    from pipeline.key_changes import announcement  # noqa: PLC0415

    if not bootstrap:
        click.echo("recipients were not told; do it with `qingliu keys announce --bootstrap …`", err=True)
        return
    record = dumps(announcement(keys))
    with problems(KafkaClientError), Feeder(bootstrap) as feeder:
        for topic in _topics(views):
            feeder.send(topic, None, record, now_ms())
        if feeder.flush(_FLUSH_SECONDS) or feeder.failures:
            msg = "the keys are changed and not every recipient was told; repeat it with `qingliu keys announce`"
            raise Problem(msg)
    click.echo(f"announced on {', '.join(_topics(views))}", err=True)


def _topics(views: Sequence[View]) -> list[str]:
    from pipeline.key_changes import changes_topic  # noqa: PLC0415

    return list(dict.fromkeys(changes_topic(view.recipient) for view in views))
