"""The tables of reports. Rows are kept as text: amounts in them are whole minor units, instants ISO 8601 in UTC."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

# The name that Postgres gives a primary key anyway; said here, so that an error can be told by it.
metadata = MetaData(naming_convention={"pk": "%(table_name)s_pkey"})

reports = Table(
    "reports",
    metadata,
    Column("report_id", String(64), primary_key=True),
    Column("asked", Text, nullable=False),  # what was first asked for under this id
    Column("archived", Text, nullable=True),  # the digests of the files
    Column("summary", Text, nullable=True),
)

# The lines of a report are in the order of Unicode whatever language the database sorts in.
_REFERENCE = Text().with_variant(Text(collation="C"), "postgresql")

report_rows = Table(
    "report_rows",
    metadata,
    Column("report_id", String(64), ForeignKey("reports.report_id"), primary_key=True),
    Column("source", String(16), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("reference", _REFERENCE, nullable=False),
    Column("page", Integer, nullable=False),
    Column("content", Text, nullable=False),
    # Serves as the index by which lines are put together without sorting.
    UniqueConstraint("report_id", "reference", "source", "key"),
)
