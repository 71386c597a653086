"""The kinds of change, by what is changed."""
