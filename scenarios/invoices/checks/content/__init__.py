"""Checks of what stands in a mail, a PDF, a booking, an answer: all of it, from the input alone."""
