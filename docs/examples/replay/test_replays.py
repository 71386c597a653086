from harness.replay.gate.fixtures import ReplayGate
from harness.verdict import Verdict


def test_replays(replay_gate: ReplayGate) -> None:
    assert replay_gate("histories").verdict is Verdict.VALID
