"""Lists of words as they are written."""

from transforms.text.names.wordlist import words


def test_words_stand_between_spaces():
    """
    Each counts once, wherever a line ends.
    """
    assert words("王老吉 李宁  王老吉\n") == {"王老吉", "李宁"}
