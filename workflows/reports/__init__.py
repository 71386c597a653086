"""Receivables reports: what a company is owed as of an instant, from its own books, its accounting and its provider."""
