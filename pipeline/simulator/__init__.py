"""Realistic raw events with known identifiers, for tests, benchmarks and the demo."""

from pipeline.simulator.goods import MERCHANTS
from pipeline.simulator.leaks import LeakScanner
from pipeline.simulator.stream import START, TOPICS, Simulated, Simulator

__all__ = ["MERCHANTS", "START", "TOPICS", "LeakScanner", "Simulated", "Simulator"]
