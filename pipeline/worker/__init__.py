"""A worker: settings and keys in, a running app until told to stop."""

from pipeline.worker.preflight import CannotStart, needed_topics
from pipeline.worker.run import run

__all__ = ["CannotStart", "needed_topics", "run"]
