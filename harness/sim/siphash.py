"""SipHash-1-3, which SDK Core makes the seed of a workflow's randomness of: ``workflow.uuid4()`` and ``random()``.

Written from the algorithm's description (Aumasson and Bernstein, 2012), with one round a block and three at the end.
"""

from __future__ import annotations

import struct

MASK = (1 << 64) - 1


def randomness_seed(run_id: str) -> int:
    """The seed of a run: Rust hashes a string's bytes and one byte 0xff, under a key of zeros."""
    return siphash13(run_id.encode() + b"\xff")


def siphash13(data: bytes, key0: int = 0, key1: int = 0) -> int:
    """The hash of ``data`` under the key, 64 bits."""
    state = (
        key0 ^ 0x736F6D6570736575,
        key1 ^ 0x646F72616E646F6D,
        key0 ^ 0x6C7967656E657261,
        key1 ^ 0x7465646279746573,
    )
    whole = len(data) - len(data) % 8
    for (block,) in struct.iter_unpack("<Q", data[:whole]):
        state = _absorb(state, block)
    rest = int.from_bytes(data[whole:], "little")
    state = _absorb(state, rest | (len(data) & 0xFF) << 56)
    v0, v1, v2, v3 = state
    state = (v0, v1, v2 ^ 0xFF, v3)
    for _ in range(3):
        state = _round(*state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _absorb(state: tuple[int, int, int, int], block: int) -> tuple[int, int, int, int]:
    v0, v1, v2, v3 = state
    v0, v1, v2, v3 = _round(v0, v1, v2, v3 ^ block)
    return v0 ^ block, v1, v2, v3


def _round(v0: int, v1: int, v2: int, v3: int) -> tuple[int, int, int, int]:
    v0 = (v0 + v1) & MASK
    v1 = _rotated(v1, 13) ^ v0
    v0 = _rotated(v0, 32)
    v2 = (v2 + v3) & MASK
    v3 = _rotated(v3, 16) ^ v2
    v0 = (v0 + v3) & MASK
    v3 = _rotated(v3, 21) ^ v0
    v2 = (v2 + v1) & MASK
    v1 = _rotated(v1, 17) ^ v2
    v2 = _rotated(v2, 32)
    return v0, v1, v2, v3


def _rotated(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & MASK
