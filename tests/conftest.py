"""Settings for every test."""

from hypothesis import settings

# Time is measured in benchmarks, never in tests: a slow machine must not fail a property.
settings.register_profile("qingliu", deadline=None)
settings.load_profile("qingliu")
