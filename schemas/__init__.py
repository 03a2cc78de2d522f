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
    order.AFFILIATE,
    order.MERCHANT,
    order.LOGISTICS,
    account.ANALYTICS,
    account.ADS,
    account.AFFILIATE,
    interaction.ANALYTICS,
    interaction.ADS,
    interaction.AFFILIATE,
    contact.ANALYTICS,
    contact.ADS,
)
"""One view a recipient and topic; the contracts are the views' own."""

__all__ = ["VIEWS"]
