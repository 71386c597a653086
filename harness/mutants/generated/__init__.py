"""Broken versions that nobody thought of: small changes drawn from the application's syntax tree."""
