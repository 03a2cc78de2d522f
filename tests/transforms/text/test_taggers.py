"""Claims about the choice of a tagger."""

import pytest

from transforms.text import taggers
from transforms.text.names.dictionary import DictionaryTagger
from transforms.text.names.lac import LacTagger
from transforms.text.taggers import tagger


class TestTagger:
    @pytest.mark.parametrize(
        ("names", "kind"),
        [
            pytest.param("model", LacTagger, id="model"),
            pytest.param("dictionary", DictionaryTagger, id="dictionary"),
            pytest.param("auto", LacTagger, id="auto"),
            pytest.param("none", type(None), id="none"),
        ],
    )
    def test_follows_the_mode(self, names, kind):
        """
        With the extra installed, as here.
        """
        assert type(tagger(names)) is kind

    def test_is_the_dictionary_in_a_small_install(self, monkeypatch):
        """
        Where nothing runs the model.
        """
        monkeypatch.setattr(taggers, "model_installed", lambda: False)

        assert type(tagger("auto")) is DictionaryTagger

    def test_is_one_a_process(self):
        """
        Detectors share it.
        """
        assert tagger("model") is tagger("auto")

    def test_of_an_unknown_mode_is_refused(self):
        """
        With the modes there are.
        """
        with pytest.raises(ValueError, match="names 'best' is unknown; choose one of auto, model, dictionary, none"):
            tagger("best")
