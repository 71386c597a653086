"""The evidence that a claim demands of its run: a value of its own, because the claim and its check both need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Evidence:
    """What a run must show before it may be VALID; less than this proves nothing and is UNKNOWN.

    ``effects`` counts by "SERVICE/OPERATION". ``answers`` counts by "SERVICE/OPERATION/OUTCOME" (those of
    `WorldAttempt`) what the world answered: a run in which nothing was refused says nothing of how a refusal is taken.
    ``begun_during_faults`` counts operations by name: so many must have been begun after a fault was injected and
    before it was healed. ``went_on`` counts executions that went on in a new run.
    """

    operations_ok: int
    faults_landed: int = 0
    faults_felt: int = 0
    effects: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, int] = field(default_factory=dict)
    begun_during_faults: Mapping[str, int] = field(default_factory=dict)
    went_on: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be counted, where the claim is written.

        :raises TypeError: something is no number of things, or no mapping to such numbers.
        """
        for name, value in vars(self).items():
            counts = name in ("effects", "answers", "begun_during_faults")
            if counts and not isinstance(value, Mapping):
                raise TypeError(f"Evidence: {name} must be a dict from a name to a number, not {value!r}")
            for number in value.values() if counts else (value,):
                if not isinstance(number, int) or number < 0:
                    raise TypeError(f"Evidence: {name} must be a whole number, and not below 0, not {number!r}")
