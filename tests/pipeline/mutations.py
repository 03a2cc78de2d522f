"""
Any number of damaged events through the engine: `python -m tests.pipeline.mutations --count 1000000`.

Simulated events with bytes changed, removed or doubled. Each must come out as one clean record of every view that has
one without consent, or with one reason and a path of the contract, and no error may hold a value of its event. Prints
what became of them as JSON; exit code 1 when an event had no outcome or an error told a value.
"""

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.broken import Broken, Reason
from pipeline.codec import pretty
from pipeline.engine import Engine
from pipeline.keys import RootKeys
from pipeline.simulator import Simulator
from schemas import VIEWS
from schemas.view import SUPPRESS


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """
    Some bytes changed, removed or doubled.
    """
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[at] = chance.choice(b'\x00"\\{}[],:0919ae\xff\xe4')
            case 1:
                del changed[at : at + chance.randint(1, 20)]
            case _:
                changed[at:at] = changed[at : at + chance.randint(1, 20)]
        if not changed:
            break
    return bytes(changed)


def outcomes(count: int, seed: int, progress=lambda _: None) -> Counter[str]:
    """
    What became of so many damaged events: `clean`, a reason, or `fault` where a promise was broken.
    """
    engine = Engine(VIEWS, RootKeys.generate())
    paths = {topic: {path for path, _ in each.contract.nodes()} | {""} for topic, each in engine.topics.items()}
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    for number, event in enumerate(Simulator(seed, broken=0).events(count)):
        raw = damaged(event.value, chance)
        topic = engine.topics[event.topic]
        try:
            clean = topic.process(raw)
            due = [view.otherwise is not SUPPRESS and not view.sealed for view in topic.views]
            found["clean" if [record is not None for record in clean] == due else "fault"] += 1
        except Broken as broken:
            told = f"{broken}{broken.args}{broken.__cause__}{broken.__context__}"
            silent = not any(identifier in told for identifier in event.identifiers)
            kept = broken.path in paths[event.topic] and silent
            found[broken.reason.value if kept and broken.reason is not Reason.INTERNAL else "fault"] += 1
        except Exception:  # noqa: BLE001 — exactly what must not happen
            found["fault"] += 1
        if number % 10_000 == 0:
            progress(number)
    return found


def main() -> int:
    """
    The command.
    """
    parser = argparse.ArgumentParser(description="Damaged events through the engine.")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.monotonic()
    found = outcomes(arguments.count, arguments.seed, lambda number: sys.stderr.write(f"\r{number:,}"))
    seconds = round(time.monotonic() - start)
    sys.stderr.write("\n")
    sys.stdout.write(pretty({"events": found.total(), "seconds": seconds, "outcomes": dict(found)}))
    return 1 if found["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
