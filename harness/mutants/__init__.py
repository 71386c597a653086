"""Trials of the broken versions: each must be caught by the check it declares; and whose turn it is."""
