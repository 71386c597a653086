"""The seed of a workflow's randomness: the published test vectors, and what a real run drew."""

from __future__ import annotations

import random
import uuid

from harness.sim.siphash import randomness_seed, siphash13


def test_every_length_of_the_last_block_counts() -> None:
    seen = {siphash13(bytes(range(length)), 1, 2) for length in range(40)}
    assert len(seen) == 40


def test_a_run_on_a_real_server_drew_this() -> None:
    drawn = random.Random(randomness_seed("01a22507-fede-7af3-b070-c17b41098231"))
    first = uuid.UUID(bytes=drawn.getrandbits(128).to_bytes(16, "big"), version=4)
    assert str(first) == "41d8ed59-a8fc-40ae-918a-bfa0a92d39a0"
    assert drawn.randint(0, 10**9) == 221838768
