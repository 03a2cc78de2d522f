"""Claims about fields."""

import pytest

from transforms.text.fields import FIELDS, field_named


class TestFields:
    def test_in_which_people_name_themselves_are_searched_wholly(self):
        """
        Names without a word before them stand in what customers and couriers write, and in what people say they are.
        """
        assert {name for name, field in FIELDS.items() if not field.gated} == {"contact", "note", "signature"}

    def test_that_are_unknown_are_refused_with_the_known_ones(self):
        """
        One sentence.
        """
        with pytest.raises(ValueError, match="field 'chat' is unknown; choose one of danmaku, contact"):
            field_named("chat")
