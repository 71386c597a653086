"""Petty cash under test."""
