"""
Keys: the deployment's roots in one encrypted file, and every key derived from them.

`root` holds the roots and derives (Tink), `ratchet` the keys of epochs, `file` reads and replaces the file,
`watch` notices a new one, `passphrase` or `kms` protects it, `officer` is the key pair of the privacy officer, `party`
that of who gets sealed values.
"""

from pipeline.keys.file import KeysDestroyed, KeysError, Protection, refuse_existing
from pipeline.keys.officer import load_officer, load_officer_public, save_officer
from pipeline.keys.party import load_party, read_party_public, save_party
from pipeline.keys.passphrase import PassphraseAead, load_passphrase
from pipeline.keys.protection import protection
from pipeline.keys.root import RecipientKeys, RootKeys, Version
from pipeline.keys.watch import KeyWatch

__all__ = [
    "KEYSET_FILE",
    "OFFICER_PRIVATE_FILE",
    "OFFICER_PUBLIC_FILE",
    "KeyWatch",
    "KeysDestroyed",
    "KeysError",
    "PassphraseAead",
    "Protection",
    "RecipientKeys",
    "RootKeys",
    "Version",
    "load_officer",
    "load_officer_public",
    "load_party",
    "load_passphrase",
    "protection",
    "read_party_public",
    "refuse_existing",
    "save_officer",
    "save_party",
]

KEYSET_FILE = "keyset.json"
OFFICER_PRIVATE_FILE = "officer.key"
OFFICER_PUBLIC_FILE = "officer.pub"
