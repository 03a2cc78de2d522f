"""
The join attack: ads and analytics put together what they have, and try to find the same person in both.

Small sets of columns and all of them are joined, a record's key, header and place included, and the usual hashes are
tried on the list of all identifiers. How far joins by values alone lead says what rare values tell; a control, the same
releases with tokens drawn anew, says whether any token or place tells more than chance. No token, key or header stands
in what both have, which settles every other set that holds one: no two records are equal in it.
"""

from typing import Any, Final

from benchmarks.join_attack.attack import Finding, attack, guessed, in_both
from benchmarks.join_attack.release import ARRIVAL, Release, releases
from benchmarks.table import Say, Table
from pipeline.engine import by_contract
from schemas import VIEWS

EVENTS: Final = 1_000_000
_COLUMNS: Final = 2  # joined at a time, beside all of them
_SEED: Final = 20_260_101
_EVENTS_OF_ONE: Final = 50  # person, in each topic
_FEWEST: Final = 100
_TOPICS: Final = sum({"ads", "analytics"} <= {view.recipient for view in views} for _, views in by_contract(VIEWS))


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Attack each topic that both have.

    Args:
        events: in all topics together.
        say: where progress goes.
    """
    each = max(1, (events or EVENTS) // _TOPICS)
    results = {}
    for release in releases(each, max(_FEWEST, each // _EVENTS_OF_ONE), _SEED, say):
        name = f"{release.topic}, {'with' if release.consent else 'without'} consent"
        say(f"join attack: {name}: {len(release.ads.subject):,} records of ads and {len(release.analytics.subject):,}")
        results[name] = _result(release)
    return results


def table(results: dict[str, Any]) -> Table:
    """
    One row a topic, with consent and without.
    """
    return Table(
        "Join attack: records of ads for which analytics' records of the same person are picked, of a hundred",
        ("release", "records", "joins", "by values", "and arrival", "more by tokens or place", "in both", "guessed"),
        [
            (
                name,
                str(result["records"]),
                str(result["joins"]),
                f"{result['by_values']:.1f}",
                f"{result['by_values_and_arrival']:.1f}",
                f"{result['more_by_names']:.1f}",
                str(result["in_both"]),
                str(result["guessed"]),
            )
            for name, result in results.items()
        ],
    )


def _result(release: Release) -> dict[str, Any]:
    findings = attack(release, _COLUMNS, _SEED)
    naming = release.ads.naming
    records = max(1, len(release.ads.subject))

    def share(matches: float) -> float:
        return round(100 * matches / records, 3)

    def names(finding: Finding) -> set[str]:
        return {name for pair in finding.pairs for name in pair}

    plain = [finding for finding in findings if not names(finding) & naming]
    return {
        "records": records,
        "joins": len(findings),
        "by_values": share(max(finding.matches for finding in plain if ARRIVAL not in names(finding))),
        "by_values_and_arrival": share(max(finding.matches for finding in plain)),
        "more_by_names": share(max(0.0, *(finding.surplus for finding in findings))),
        "in_both": in_both(release),
        "guessed": guessed(release.identifiers, release.tokens),
    }
