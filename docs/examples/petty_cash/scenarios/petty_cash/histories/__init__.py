"""The replay corpus of petty cash."""
