"""Receivables reports under test: books from the seed, an oracle of every cell, claims, mutants, histories."""
