"""Approvers: key pairs that open for one person, and a roster of who may sign."""

import stat

import pytest

from pipeline.approvals.approver import (
    ApprovalError,
    Approver,
    PublicKey,
    Roster,
    load_approver,
    load_roster,
    save_approver,
)
from pipeline.keys import KeysError

PASSPHRASE = b"correct horse battery"


class TestKeyFiles:
    def test_open_again(self, tmp_path):
        """
        For the passphrase they were written with, and for their owner's eyes alone.
        """
        wang = Approver.generate("wang")
        private, public = save_approver(wang, tmp_path, PASSPHRASE)

        assert load_approver(private, PASSPHRASE) == wang
        assert PublicKey.from_text(public.read_text()) == wang.public()
        assert {stat.S_IMODE(path.stat().st_mode) for path in (private, public)} == {0o600}

    def test_are_never_overwritten(self, tmp_path):
        """
        Neither half, and then none is written.
        """
        (tmp_path / "wang.pub").write_text("mine")

        with pytest.raises(KeysError, match=r"wang\.pub exists"):
            save_approver(Approver.generate("wang"), tmp_path, PASSPHRASE)

        assert [path.name for path in tmp_path.iterdir()] == ["wang.pub"]

    def test_belong_to_one_name(self, tmp_path):
        """
        A renamed key does not open: nobody signs under another's name by renaming a file.
        """
        private, _ = save_approver(Approver.generate("wang"), tmp_path, PASSPHRASE)
        private.rename(tmp_path / "li.key")

        with pytest.raises(ApprovalError, match="does not open"):
            load_approver(tmp_path / "li.key", PASSPHRASE)

    @pytest.mark.parametrize(
        ("text", "passphrase"),
        [
            pytest.param(None, b"incorrect horse battery", id="other passphrase"),
            pytest.param("qingliu-approver-private-1:AAAA", PASSPHRASE, id="too short"),
            pytest.param("something else", PASSPHRASE, id="no key"),
        ],
    )
    def test_do_not_say_why_they_stay_closed(self, tmp_path, text, passphrase):
        """
        One sentence for all.
        """
        private, _ = save_approver(Approver.generate("wang"), tmp_path, PASSPHRASE)
        if text is not None:
            private.write_text(text)

        with pytest.raises(ApprovalError, match="was renamed, or the passphrase is another one"):
            load_approver(private, passphrase)

    @pytest.mark.parametrize("name", ["", "Wang", "../wang", "wang.li", "王", "w" * 33, "1wang"])
    def test_have_plain_names(self, name):
        """
        A name is part of a path and of every record.
        """
        with pytest.raises(ApprovalError, match="lower-case letters"):
            Approver.generate(name)

    def test_show_no_secret(self):
        """
        Not in a traceback's `repr`.
        """
        assert repr(Approver("wang", b"s" * 32)) == "Approver('wang')"


class TestSignatures:
    def test_hold_for_the_message_alone(self):
        """
        Another message or another person's key does not fit.
        """
        wang, li = Approver.generate("wang"), Approver.generate("li")
        signature = wang.sign(b"message")

        assert wang.public().signed(b"message", signature)
        assert not wang.public().signed(b"massage", signature)
        assert not li.public().signed(b"message", signature)
        assert not wang.public().signed(b"message", b"short")


class TestRoster:
    def test_is_a_folder_of_public_keys(self, tmp_path):
        """
        A file's name is the approver's; other files are left alone.
        """
        people = [Approver.generate(name) for name in ("li", "wang")]
        for approver in people:
            save_approver(approver, tmp_path, PASSPHRASE)

        assert load_roster(tmp_path) == Roster({approver.name: approver.public() for approver in people})

    def test_has_no_person_twice(self, tmp_path):
        """
        One key under two names would be two approvers in one.
        """
        _, public = save_approver(Approver.generate("wang"), tmp_path, PASSPHRASE)
        (tmp_path / "li.pub").write_text(public.read_text())

        with pytest.raises(ApprovalError, match="li and wang have the same key"):
            load_roster(tmp_path)

    @pytest.mark.parametrize(
        ("name", "text", "sentence"),
        [
            pytest.param("wang.pub", "qingliu-approver-public-1:AAAA", "is no approver's public key", id="no key"),
            pytest.param("Wang.pub", None, "lower-case letters", id="no name"),
        ],
    )
    def test_is_refused_as_a_whole(self, tmp_path, name, text, sentence):
        """
        One bad file is no reason to go on with the others.
        """
        (tmp_path / name).write_text(text or Approver.generate("wang").public().to_text())

        with pytest.raises(ApprovalError, match=sentence):
            load_roster(tmp_path)

    def test_has_to_be_there(self, tmp_path):
        """
        A misspelt folder is no empty roster.
        """
        with pytest.raises(ApprovalError, match="does not exist"):
            load_roster(tmp_path / "approvers")
