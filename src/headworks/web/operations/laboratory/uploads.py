"""A file between its dry run and its keeping: stored by its content, asked for by a signed word that is its sender's alone."""

from __future__ import annotations

import hashlib

from django.core import signing

from headworks.store import write_atomically
from headworks.web.access.reader import Reader
from headworks.web.operations.custody.photos import attachment
from headworks.web.operations.models import Batch

_SALT = "headworks.operations.upload"
_SECONDS = 3600 * 4


def keep_upload(reader: Reader, batch: Batch, content: bytes, name: str) -> str:
    """Store a file; the word by which its sender asks for it again."""
    sha256 = hashlib.sha256(content).hexdigest()
    write_atomically(attachment(sha256), content)
    return signing.dumps([reader.account_id, batch.pk, sha256, name[-80:]], salt=_SALT)


def take_upload(reader: Reader, batch: Batch, word: str) -> tuple[bytes, str]:
    """The file and its name.

    Raises
    ------
    BadSignature
        When the word is not this sender's for this batch, or older than four hours, or the file is gone.
    """
    account, number, sha256, name = signing.loads(word, salt=_SALT, max_age=_SECONDS)
    if (account, number) != (reader.account_id, batch.pk) or not attachment(sha256).is_file():
        raise signing.BadSignature
    return attachment(sha256).read_bytes(), name
