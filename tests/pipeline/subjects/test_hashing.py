"""Claims about the hash that stands for a person."""

import pytest

from pipeline.subjects.hashing import hasher

KEY = bytes(range(32))


class TestHasher:
    def test_outlives_the_process(self):
        """
        What a snapshot holds today is found tomorrow: the value is that of RFC 7693.
        """
        assert hasher(KEY)("u-10000000001").hex() == "9d02413a43c4d1af597d00"

    def test_depends_on_its_key(self):
        """
        Nobody can try ids without it.
        """
        assert hasher(KEY)("u-1") != hasher(bytes(32))("u-1")

    @pytest.mark.parametrize("user", ["", "用户", "\ud800", "u" * 64])
    def test_is_of_one_length_for_all_ids(self, user):
        """
        Whatever an id is made of, half a surrogate pair included.
        """
        assert len(hasher(KEY)(user)) == 11

    @pytest.mark.parametrize("key", [b"", bytes(31), bytes(64)])
    def test_takes_a_key_of_32_bytes_alone(self, key):
        """
        A shorter one could be guessed.
        """
        with pytest.raises(ValueError, match="32 bytes"):
            hasher(key)
