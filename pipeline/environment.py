"""What all settings from the environment have in common."""

from typing import Final

PREFIX: Final = "QINGLIU_"


class SettingsError(ValueError):
    """
    A setting that is missing or cannot be understood: one sentence with what to do.
    """
