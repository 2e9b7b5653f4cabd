"""Photographs of sampling points: kept by the hash of their content, with nothing in them but the picture."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from headworks.jobs.desk.plain_picture import MOST_BYTES, plain_picture
from headworks.store import write_atomically
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.configuration import server_folder
from headworks.web.opened import the_workspace
from headworks.web.operations.custody.transitions import Done, Said, perform
from headworks.web.operations.models import Photo, SampleRecord


def attachment(sha256: str) -> Path:
    """Where an attachment is kept."""
    return server_folder(the_workspace()) / "attachments" / sha256[:2] / sha256


def read_upload(file: Any) -> bytes:
    """What was uploaded as a photograph; no more than shows that it is too large."""
    return file.read(MOST_BYTES + 1)  # type: ignore[no-any-return]


def keep_photo(reader: Reader, sample_id: str, content: bytes, event_id: str, *, request_id: str = "") -> Done:
    """Keep a photograph and its event; sent twice it is there once.

    Raises
    ------
    NotVisible
        When the reader does not capture at the sample's site.
    UsageError
        ``HW-U147`` for what is no picture.
    """
    sample = SampleRecord.objects.require(reader, "capture", pk=sample_id)
    picture, media_type = plain_picture(content)
    sha256 = hashlib.sha256(picture).hexdigest()
    # The file first: a row without its file would be a photograph that is lost.
    if not attachment(sha256).is_file():
        write_atomically(attachment(sha256), picture)
    with transaction.atomic():
        said = Said(event_id=event_id, kind="photo", at=timezone.now(), is_at_said=False, attachment_hash=sha256)
        done = perform(reader, sample_id, said, request_id=request_id)
        Photo.objects.unscoped("the row of the event just written").get_or_create(
            sample_id=sample_id, sha256=sha256,
            defaults={
                "site_id": sample.site_id, "owner_path": sample.owner_path, "at": done.event.at, "actor": reader.username,
                "event_id": event_id, "media_type": media_type, "size": len(picture),
            },
        )  # fmt: skip
    return done


def read_photo(reader: Reader, sha256: str) -> tuple[Photo, bytes]:
    """A photograph, for whoever sees or captures at its site.

    Raises
    ------
    NotVisible
        When there is none, or not for this reader.
    """
    for scope in ("view_samples", "capture"):
        photo = Photo.objects.visible_to(reader, scope).filter(sha256=sha256).order_by("pk").first()
        if photo is not None and attachment(sha256).is_file():
            return photo, attachment(sha256).read_bytes()
    raise NotVisible(f"photo {sha256}")
