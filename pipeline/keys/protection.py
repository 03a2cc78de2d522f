"""What protects a deployment's key file: a passphrase, or a key management service."""

from pathlib import Path

from pipeline.keys.file import KeysError, Protection
from pipeline.keys.kms import KmsAead
from pipeline.keys.passphrase import PassphraseAead, load_passphrase


def protection(passphrase: Path | None, kms: str | None) -> Protection:
    """
    The protection that a deployment's settings name.

    Args:
        passphrase: file whose first line is one.
        kms: URI of a key of a key management service.

    Raises:
        KeysError: none is named, or both; the file or the URI is not good.
    """
    if passphrase and kms:
        msg = "a key file is protected by a passphrase or by a key management service; give the one that is meant"
        raise KeysError(msg)
    if kms:
        return KmsAead(kms)
    if passphrase:
        return PassphraseAead(load_passphrase(passphrase))
    msg = "what opens the key file is missing; pass --passphrase or --kms, or set QINGLIU_PASSPHRASE or QINGLIU_KMS"
    raise KeysError(msg)
