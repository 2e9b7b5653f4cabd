"""Files as a request brings them, and a file between its dry run and its keeping.

The latter is stored by its content and asked for by a signed word that is its sender's alone.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.store import write_atomically
from headworks.web.access.reader import Reader
from headworks.web.operations.custody.photos import attachment
from headworks.web.operations.models import Batch

_SALT = "headworks.operations.upload"
_SECONDS = 3600 * 4


def sent_files(request: HttpRequest, field: str, *, is_needed: bool = True) -> list[tuple[bytes, str]]:
    """Content and name of each file of a field.

    Raises
    ------
    UsageError
        ``HW-U285`` when none was sent though it is needed, or one is too large.
    """
    files = [file for file in request.FILES.getlist(field) if file.name]
    most = settings.SERVER.max_upload_mb * 1024 * 1024
    large = [file.name for file in files if file.size is None or file.size > most]
    if large or (is_needed and not files):
        raise UsageError(
            _("No file was sent, or it is too large."), where=", ".join(large)[-80:], remedy=_("Choose an export"),
            code="HW-U285",
        )  # fmt: skip
    return [(file.read(), str(file.name)) for file in files]


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
