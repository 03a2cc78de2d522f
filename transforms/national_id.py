"""What a resident identity number tells of its owner."""

from datetime import date

from transforms.base import Refused
from transforms.normalize import national_id
from transforms.text.identity import is_id_card


def birth_date_of(number: str) -> date:
    """
    The day of birth in an identity number of 18 characters: its digits 7 to 14.

    Numbers of 15 digits, which were given out until 1999 and have no check digit, and those of permits tell none.

    Raises:
        Refused: it is no such number, its check digit is wrong, or there is no such day.

    Source: GB 11643-1999; the check digit is ISO 7064 MOD 11-2.
    """
    bare = national_id(number)
    try:
        if is_id_card(bare.lower()):
            return date(int(bare[6:10]), int(bare[10:12]), int(bare[12:14]))
    except ValueError:  # 29 February of a year that had none
        pass
    reason = "not an identity number of 18 characters that tells a day of birth"
    raise Refused(reason)
