"""Documents: what is approved, in one canonical form, and the signatures of those who approve it."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pipeline.approvals.approver import ApprovalError, Approver, Roster, read_text
from pipeline.broken import Broken
from pipeline.codec import canonical, parse, pretty

NEEDED: Final = 2
"""Approvers, all different."""

_MEMBERS: Final = frozenset({"document", "body", "signatures"})
_SIGNATURE: Final = frozenset({"approver", "signature"})


@dataclass(frozen=True, slots=True)
class Document:
    """
    A text that approvers sign.

    What is signed is the sort of the document and its body as JSON with sorted keys and no blanks. A file may be
    formatted anew; a character of the body may not change, nor what it is meant as.

    Protects against one person who decides alone, and against any change after signing.
    Does not protect against two approvers who agree to what they should not, or against the machine that checks.

    Args:
        sort: one word for what it is, such as `grant`.
        body: JSON object.
        signatures: approver's name and signature, in the order of signing.

    Source: Ed25519, RFC 8032.
    """

    sort: str
    body: Mapping[str, Any]
    signatures: tuple[tuple[str, bytes], ...] = ()

    @property
    def message(self) -> bytes:
        """
        The bytes that are signed.
        """
        return f"qingliu/{self.sort}/1\n".encode() + canonical(dict(self.body))

    @property
    def signers(self) -> tuple[str, ...]:
        """
        Whose signatures it bears, be they valid or not.
        """
        return tuple(name for name, _ in self.signatures)

    def signed_by(self, approver: Approver) -> "Document":
        """
        The same with one more signature.

        Raises:
            ApprovalError: the approver has signed it already.
        """
        if approver.name in self.signers:
            msg = f"{approver.name} has signed already; the next signature must be another approver's"
            raise ApprovalError(msg)
        return replace(self, signatures=(*self.signatures, (approver.name, approver.sign(self.message))))

    def approvers(self, roster: Roster, needed: int = NEEDED) -> tuple[str, ...]:
        """
        Who has approved it: enough different persons of the roster, and nobody else.

        Raises:
            ApprovalError: too few, one of them twice, somebody who is not on the roster, or a signature that does not
                fit the text.
        """
        message = self.message
        for number, (name, signature) in enumerate(self.signatures):
            if name in self.signers[:number]:
                msg = f"{name} has signed twice; {needed} different approvers are needed"
                raise ApprovalError(msg)
            key = roster.keys.get(name)
            if key is None:
                msg = f"{_shown(name)} is not on the roster of approvers; add the public key, or have another one sign"
                raise ApprovalError(msg)
            if not key.signed(message, signature):
                msg = f"the signature of {name} does not fit the text, which was altered or signed with another key"
                raise ApprovalError(msg + "; draft and sign it again")
        if len(self.signatures) < needed:
            msg = f"{len(self.signatures)} of {needed} approvers have signed; have another one sign it"
            raise ApprovalError(msg)
        return self.signers

    def to_text(self) -> str:
        """
        As a file has it.
        """
        signatures = [
            {"approver": name, "signature": base64.b64encode(signature).decode()} for name, signature in self.signatures
        ]
        return pretty({"document": self.sort, "body": dict(self.body), "signatures": signatures})

    @classmethod
    def from_text(cls, text: str) -> "Document":
        """
        The document that a file has.

        Raises:
            ApprovalError: the text is no such document.
        """
        try:
            told = parse(text.encode())
        except Broken as broken:
            msg = f"not a document to sign ({broken.reason.value}); draft it again"
            raise ApprovalError(msg) from None
        sort, body, signatures = (told.get(name) for name in ("document", "body", "signatures"))
        if told.keys() != _MEMBERS or type(sort) is not str or type(body) is not dict or type(signatures) is not list:
            msg = f"not a document to sign: it needs {', '.join(sorted(_MEMBERS))} and nothing else; draft it again"
            raise ApprovalError(msg)
        return cls(sort, body, tuple(_signature(entry) for entry in signatures))


def load_document(path: Path) -> Document:
    """
    The document of a file.

    Raises:
        ApprovalError: the file is missing or holds no document.
    """
    text = read_text(path, "document", "draft it")
    try:
        return Document.from_text(text)
    except ApprovalError as error:
        msg = f"{path}: {error}"
        raise ApprovalError(msg) from None


def replace_document(path: Path, document: Document) -> None:
    """
    Write a document in place of the one that a file holds, whole or not at all.

    Raises:
        ApprovalError: the file cannot be written.
    """
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(document.to_text(), "utf-8")
        os.replace(beside, path)  # noqa: PTH105 — the same, and known to be atomic
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}; check its folder's permissions"
        raise ApprovalError(msg) from None


def _signature(entry: Any) -> tuple[str, bytes]:
    if type(entry) is dict and entry.keys() == _SIGNATURE:
        name, signature = entry["approver"], entry["signature"]
        if type(name) is str and type(signature) is str:
            try:
                return name, base64.b64decode(signature, validate=True)
            except ValueError:
                pass
    msg = "signatures have to be objects with approver and signature, the latter in base64; draft and sign it again"
    raise ApprovalError(msg)


def _shown(name: str) -> str:
    """
    A name out of a file, which may be anything.
    """
    return name if name.isascii() and name.isprintable() and len(name) <= 32 else "somebody"  # noqa: PLR2004
