"""A snapshot of the database, and a database made from one.

    SQLite       one file, by SQLite's own backup of a read transaction
    PostgreSQL   one file a table, as COPY writes it, from a REPEATABLE READ transaction; no program of PostgreSQL's is needed

The snapshot is fixed when the transaction begins; it is written out later, while others go on writing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from headworks.core.errors import UsageError

SQLITE_NAME: Final = "database.sqlite3"
TABLES: Final = "database"


class Snapshot(Protocol):
    """The database as it was."""

    def write(self, folder: Path) -> None:
        """Its files, into a folder."""

    def audit_head(self) -> tuple[int, str]:
        """Its last row of the audit log."""


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """The database as it is now, for as long as it takes to write it out."""
    if connection.vendor == "sqlite":
        address = Path(connection.settings_dict["NAME"]).resolve().as_uri()
        with closing(sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, timeout=20)) as source:
            source.execute("BEGIN")
            # A transaction of SQLite begins with its first reading.
            source.execute("SELECT count(*) FROM django_migrations").fetchone()
            yield _OfSqlite(source)
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT count(*) FROM django_migrations")
            yield _OfPostgres(cursor)


_HEAD: Final = "SELECT seq, hash FROM audit_auditrow ORDER BY seq DESC LIMIT 1"


class _OfSqlite:
    def __init__(self, source: sqlite3.Connection) -> None:
        self._source = source

    def write(self, folder: Path) -> None:
        with closing(sqlite3.connect(folder / SQLITE_NAME)) as target:
            self._source.backup(target)

    def audit_head(self) -> tuple[int, str]:
        return self._source.execute(_HEAD).fetchone() or (0, "")


class _OfPostgres:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def write(self, folder: Path) -> None:
        (folder / TABLES).mkdir()
        for table in tables():
            with (folder / TABLES / f"{table}.copy").open("wb") as file:
                self._copy_out(table, file)

    def _copy_out(self, table: str, file: Any) -> None:
        columns = _columns(self._cursor, table)
        file.write(("\t".join(columns) + "\n").encode())
        named = ", ".join(f'"{column}"' for column in columns)
        with self._cursor.copy(f'COPY "{table}" ({named}) TO STDOUT') as rows:
            for block in rows:
                file.write(block)

    def audit_head(self) -> tuple[int, str]:
        self._cursor.execute(_HEAD)
        return self._cursor.fetchone() or (0, "")


def tables() -> list[str]:
    """Every table of the server; Django's own list of migrations is told by the manifest instead."""
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " ORDER BY ordinal_position", [table],
    )  # fmt: skip
    return [name for (name,) in cursor.fetchall()]


def last_migrations() -> dict[str, str]:
    """The newest migration of each app that has been made."""
    from django.db.migrations.recorder import MigrationRecorder

    return dict(sorted(MigrationRecorder(connection).applied_migrations()))


def require_empty_database() -> None:
    """Refuse a PostgreSQL database that holds anything.

    Raises
    ------
    UsageError
        ``HW-U117``.
    """
    held = connection.introspection.table_names()
    if held:
        raise UsageError(
            "The database is not empty.", where=str(connection.settings_dict["NAME"]), found=f"{len(held)} tables",
            remedy="Name an empty database", code="HW-U117",
        )  # fmt: skip


def fill_database(folder: Path, migrations: dict[str, str]) -> None:
    """PostgreSQL: the tables as they were in that version, their rows, and then this version."""
    for app, name in migrations.items():
        call_command("migrate", app, name, verbosity=0, interactive=False)
    files = sorted((folder / TABLES).glob("*.copy"))
    with transaction.atomic(), connection.cursor() as cursor:
        # Migrations put rows of their own into some tables (content types, permissions).
        cursor.execute("TRUNCATE " + ", ".join(f'"{file.stem}"' for file in files) + " CASCADE")
        for file in files:
            _copy_in(cursor, file)
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)
    call_command("migrate", verbosity=0, interactive=False)


def _copy_in(cursor: Any, file: Path) -> None:
    with file.open("rb") as rows:
        columns = rows.readline().decode().rstrip("\n").split("\t")
        named = ", ".join(f'"{column}"' for column in columns)
        with cursor.copy(f'COPY "{file.stem}" ({named}) FROM STDIN') as target:
            while block := rows.read(1 << 20):
                target.write(block)
