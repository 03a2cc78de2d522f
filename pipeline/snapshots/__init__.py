"""Snapshots: what was read from a topic in one sealed file, so that a restart reads only what came since."""
