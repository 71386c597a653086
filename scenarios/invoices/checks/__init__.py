"""Checks that speak of invoices, payments and books. Each holds the record against the oracle."""
