"""A load test on a page and on a terminal."""
