"""Tells a row that is there already from whatever else the database refuses."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError


def key_is_taken(table: Table, error: IntegrityError) -> bool:
    """Whether a row was refused because the table has one with its primary key, and for no other reason.

    Postgres names the constraint that was violated; SQLite names its columns, and only in the message.
    """
    violated = getattr(error.orig, "diag", None)
    if violated is not None:
        return bool(violated.constraint_name == table.primary_key.name)
    columns = ", ".join(f"{table.name}.{column.name}" for column in table.primary_key)
    return str(error.orig) == f"UNIQUE constraint failed: {columns}"
