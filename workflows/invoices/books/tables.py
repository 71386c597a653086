"""The tables of invoices.

Amounts are whole minor units; instants are UTC; quantities and rates are decimals as text, because SQLite has no exact
decimal type.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

# The name that Postgres gives a primary key anyway; said here, so that an error can be told by it.
metadata = MetaData(naming_convention={"pk": "%(table_name)s_pkey"})

invoices = Table(
    "invoices",
    metadata,
    Column("invoice_id", String(64), primary_key=True),
    Column("content", String(64), nullable=False),  # SHA-256 of what was uploaded, to tell a repeat from a change
    Column("customer_name", Text, nullable=False),
    Column("customer_email", Text, nullable=False),
    Column("customer_tax_number", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total_minor_units", BigInteger, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("status", String(16), nullable=True),  # the latest of its trail
)

status_trail = Table(
    "status_trail",
    metadata,
    Column("invoice_id", String(64), ForeignKey("invoices.invoice_id"), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("run_id", String(64), nullable=False),  # of the workflow that wrote it
    UniqueConstraint("invoice_id", "position"),
)

payments = Table(
    "payments",
    metadata,
    Column("invoice_id", String(64), ForeignKey("invoices.invoice_id"), primary_key=True),
    Column("payment_id", String(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("amount_minor_units", BigInteger, nullable=False),  # in the invoice's currency
    Column("outstanding_minor_units", BigInteger, nullable=False),  # right after it: the receipt
    UniqueConstraint("invoice_id", "position"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("invoice_id", String(64), primary_key=True),
    Column("payment_id", String(100), primary_key=True),
    Column("amount_minor_units", BigInteger, nullable=False),
    ForeignKeyConstraint(("invoice_id", "payment_id"), ("payments.invoice_id", "payments.payment_id")),
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("invoice_id", String(64), ForeignKey("invoices.invoice_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("description", Text, nullable=False),
    Column("quantity", String(40), nullable=False),
    Column("unit_price", String(40), nullable=False),
    Column("tax_rate", String(40), nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the content
    Column("invoice_id", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
