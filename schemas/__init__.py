"""The shipped contracts and views. A deployment's own module offers the same name, `VIEWS`."""

from typing import Final

from schemas import account, contact, device, interaction, location, log, order

VIEWS: Final = (
    device.ANALYTICS,
    device.ADS,
    log.ANALYTICS,
    log.ADS,
    location.ANALYTICS,
    location.ADS,
    order.ANALYTICS,
    order.ADS,
    account.ANALYTICS,
    account.ADS,
    interaction.ANALYTICS,
    interaction.ADS,
    contact.ANALYTICS,
    contact.ADS,
)
"""One view a recipient and topic; the contracts are the views' own."""

__all__ = ["VIEWS"]
