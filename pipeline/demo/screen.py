"""The screen: how a demo looks in a terminal, live and at its end."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.json import JSON
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pipeline.codec import loads
from pipeline.demo.ledger import Ledger
from pipeline.demo.run import Status
from pipeline.demo.sample import Sample
from pipeline.demo.summary import Summary

_LINE_SECONDS: Final = 5.0


class Screen:
    """
    Shows a running demo: live in a terminal, otherwise a line every five seconds.

    Nothing of any event is shown but the sample, which is labelled as simulated and only appears in a terminal.

    Args:
        console: on standard error, so that standard output holds the result alone.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._rates = Rates()
        self._said = time.monotonic()

    @contextmanager
    def running(self) -> Iterator[None]:
        """
        Take over the terminal for as long as the demo runs.
        """
        if not self._console.is_terminal:
            yield
            return
        # Refreshed by hand: a thread of its own would take turns away from the run.
        with Live(console=self._console, auto_refresh=False, transient=True) as self._live:
            yield
        self._live = None

    def say(self, sentence: str) -> None:
        """
        A line of its own.
        """
        self._console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    def show(self, status: Status) -> None:
        """
        The latest numbers.
        """
        now = time.monotonic()
        if self._live:
            self._rates.note(status.ledger, now)
            self._live.update(_picture(status, self._rates), refresh=True)
        elif now - self._said >= _LINE_SECONDS:
            self._said = now
            self.say(_line(status))


class Rates:
    """
    Records a second, from the difference between two looks at the ledger.
    """

    def __init__(self) -> None:
        self.arriving: dict[str, float] = {}
        """Events by raw topic."""
        self.leaving: dict[tuple[str, str], float] = {}
        """Clean records by raw topic and recipient."""
        self._at: float | None = None
        self._delivered: dict[str, int] = {}
        self._released: dict[tuple[str, str], int] = {}

    def note(self, ledger: Ledger, now: float) -> None:
        """
        Look at the ledger.

        Args:
            ledger: of all events.
            now: seconds of any steady clock.
        """
        if self._at is not None and now > self._at:
            took = now - self._at
            self.arriving = {
                topic: (number - self._delivered[topic]) / took for topic, number in ledger.delivered.items()
            }
            self.leaving = {place: (number - self._released[place]) / took for place, number in ledger.released.items()}
        self._at, self._delivered, self._released = now, dict(ledger.delivered), dict(ledger.released)


def summary_table(summary: Summary) -> RenderableType:
    """
    The result for people.
    """
    verdict = summary.verdict
    flow = Table(title="qingliu demo", title_justify="left", show_edge=False)
    recipients = _recipients(summary.released)
    for name in ("raw topic", "in", *recipients):
        flow.add_column(name, justify="left" if name == "raw topic" else "right")
    for topic, number in summary.delivered.items():
        flow.add_row(topic, f"{number:,}", *(_number(summary.released.get((topic, name))) for name in recipients))
    facts = Table(show_header=False, show_edge=False)
    facts.add_column(justify="right")
    facts.add_column()
    p50, p99 = (_number(value, " ms") for value in (summary.p50_ms, summary.p99_ms))
    for value, meaning in (
        (f"{verdict.quarantined:,}", f"events in quarantine, of {verdict.planted_broken:,} planted broken ones"),
        (_OPENED[summary.audit_whole], f"the audit is whole: {summary.audit_records:,} records, signed and chained"),
        (_OPENED[summary.sealed_opened], "sealed events open with the officer's key"),
        (f"{verdict.lost:,}", "lost"),
        (f"{summary.duplicates:,}", "duplicates"),
        (f"{verdict.suppressed:,}", "suppressed for want of consent"),
        (f"{sum(summary.consented.values()):,}", "records that say more because of a consent"),
        (f"{summary.withdrawn:,}", "people who took theirs back in mid-stream"),
        (f"{verdict.escaped:,}", "released although they had to be held back, or without the consent for it"),
        (f"{verdict.unexplained:,}", "records about no event that was sent"),
        (f"{summary.not_delivered:,}", "events that the broker did not take"),
        (f"{summary.leaks:,}", f"identifiers leaked, in {summary.searched:,} records searched"),
        (f"{summary.events_per_second:,.0f}", f"events a second; {summary.rate:,.0f} were asked for"),
        (f"{p50} / {p99}", "from an event to its clean record, half of them / 99 %"),
        (_number(summary.worker_rss_mib, " MiB"), "peak memory of the worker"),
    ):
        facts.add_row(value, meaning)
    parts: list[RenderableType] = [flow, "", facts]
    if summary.sample:
        parts += ["", sample_panel(summary.sample)]
    return Group(*parts)


def sample_panel(sample: Sample) -> RenderableType:
    """
    An event beside its views.
    """
    documents = {sample.topic: sample.raw, **sample.clean}
    table = Table(show_edge=False, expand=True)
    for topic in documents:
        table.add_column(topic, ratio=1, overflow="fold")
    table.add_row(*(_document(value) for value in documents.values()))
    return Panel(table, title="simulated: one event and what each recipient gets")


def _document(value: bytes) -> RenderableType:
    document = JSON.from_data(loads(value), indent=1, ensure_ascii=False)
    document.text.no_wrap, document.text.overflow = False, "fold"
    return document


def _picture(status: Status, rates: Rates) -> RenderableType:
    ledger = status.ledger
    flow = Table(show_edge=False)
    recipients = _recipients(ledger.released)
    for name in ("raw topic", "in", "in/s", *recipients, "out/s"):
        flow.add_column(name, justify="left" if name == "raw topic" else "right")
    for topic, number in ledger.delivered.items():
        cells = [f"{number:,}", f"{rates.arriving.get(topic, 0):,.0f}"]
        cells += [_number(ledger.released.get((topic, name))) for name in recipients]
        leaving = sum(rates.leaving.get((topic, name), 0) for name in recipients)
        flow.add_row(topic, *cells, f"{leaving:,.0f}")
    reasons = ", ".join(f"{reason} {number:,}" for reason, number in ledger.reasons.most_common()) or "none yet"
    p50, p99 = (_number(ledger.latencies.percentile(percent), " ms") for percent in (50, 99))
    parts: list[RenderableType] = [
        Text(f"{status.phase} · {status.elapsed:.0f} of {status.seconds:g} s", style="bold"),
        Padding(ProgressBar(total=status.seconds, completed=status.elapsed), 0),  # which ends its line
        flow,
        Text(f"lag        {ledger.waiting:,} events · latency {p50}, 99 % {p99}"),
        Text(f"quarantine {reasons}"),
        Text(f"leaks      {status.leaks:,} in {status.searched:,} records searched"),
    ]
    if status.sample:
        parts.append(sample_panel(status.sample))
    return Group(*parts)


def _line(status: Status) -> str:
    ledger = status.ledger
    return (
        f"{status.phase}: {status.elapsed:.0f} of {status.seconds:g} s, {ledger.delivered.total():,} events in, "
        f"{sum(ledger.released.values()):,} clean records out, {ledger.reasons.total():,} in quarantine, "
        f"lag {ledger.waiting:,}, {status.leaks:,} leaks in {status.searched:,} records searched"
    )


def _recipients(released: Mapping[tuple[str, str], int]) -> list[str]:
    return list(dict.fromkeys(recipient for _, recipient in released))


def _number(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:,}{unit}"


_OPENED: Final = {True: "yes", False: "NO", None: "–"}
