"""Settings for every test."""

import os

from hypothesis import settings

# Tests that load onnxruntime by themselves send nothing to its maker either.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# Time is measured in benchmarks, never in tests: a slow machine must not fail a property.
settings.register_profile("qingliu", deadline=None)
settings.load_profile("qingliu")
