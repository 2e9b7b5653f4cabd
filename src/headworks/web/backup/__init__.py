"""Workspace and database at one consistent point, in one file, while people go on working; and back from it.

    backup    hold the workspace's writing lock; read the signed heads of the audit log, fix a snapshot of the database, link
              every file of the workspace beside; let go of the lock; then write the archive
    restore   unpack beside, compare every digest, put database and folder into place, look at every row of the audit log

The lock is held for as long as linking takes, not for as long as copying does. Files of tables are never changed once
written, others are replaced by renaming, so a link keeps what was there, and ``check --compact`` removes names, not what is
linked. What can be made anew (figures prepared for pages) is left out.
"""

from headworks.web.backup.restoring import Restored, restore
from headworks.web.backup.taking import BackedUp, back_up

__all__ = ["BackedUp", "Restored", "back_up", "restore"]
