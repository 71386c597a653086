"""Reads uploaded invoices, CSV and UBL: what is refused names row and field."""
