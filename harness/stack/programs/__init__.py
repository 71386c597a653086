"""The programs of a stack: found, pinned, built where they are missing, and diagnosed."""
