"""The invoice family under test: one claim a file, and what it takes to try and to judge it."""
