"""The replay corpus of reports: one history per status and path."""
