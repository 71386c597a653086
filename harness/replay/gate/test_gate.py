"""The gate: what it says of each kind of history, and that nothing of it is green for nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from harness.replay.drift.allowed import Allowed
from harness.replay.gate.gate import Answers, allowing, ask
from harness.replay.gate.telling import lines_of
from harness.replay.testing_replay import APPLICATION, CHANGED, SAME, sleeper_history
from harness.verdict import Verdict

RAISES = """if True:
            items = {}
            return items["gone"]"""

OTHER = """
@workflow.defn
class Other:
    @workflow.run
    async def run(self) -> None: ...

queue.workflows = (Sleeper, Other)
"""


def code(folder: Path, body: str = SAME, failures: str = "()", more: str = "") -> Path:
    version = folder / "version"
    version.mkdir()
    (version / "sleeping.py").write_text(APPLICATION.format(body=body, failures=failures) + more)
    return version


def corpus(folder: Path, **texts: str) -> list[Path]:
    made = folder / "corpus"
    made.mkdir()
    for name, text in texts.items():
        (made / f"{name}.json").write_text(text)
    return sorted(made.iterdir())


def without(text: str, *numbers: int) -> str:
    events = json.loads(text)["events"]
    return json.dumps({"events": [event for number, event in enumerate(events, 1) if number not in numbers]})


def told(answers: Answers, version: Path, root: Path) -> str:
    return "\n".join(lines_of(answers, version, root, "corpus"))


KINDS = {
    "ok": sleeper_history("ok"),
    "begun": without(sleeper_history("begun"), *range(4, 20)),
    "headless": without(sleeper_history("headless"), 1),
    "gone": sleeper_history("gone", "Gone"),
    "decoded": sleeper_history("decoded").replace('"data": "InNsZXB0Ig=="', '"data": "slept"'),
    "shown": sleeper_history("shown").replace("anNvbi9wbGFpbg==", "json/plain"),
    "torn": sleeper_history("torn")[:-10],
    "gap": without(sleeper_history("gap"), 7, 8, 9),
    "twice": json.dumps({"events": json.loads(sleeper_history("twice"))["events"] * 2}),
    "null": sleeper_history("null").replace('{\n          "name": "q"\n        }', "null"),
    "odd": sleeper_history("odd", workflow_id="half").replace('"half"', '"half of \\ud800"'),
}


def test_each_kind_of_history_is_told_by_its_own_name_and_the_rest_goes_on(tmp_path: Path) -> None:
    files = corpus(tmp_path, **KINDS)
    packed = tmp_path / "corpus" / "packed.json.gz"
    packed.write_bytes(gzip.compress(KINDS["ok"].encode()))
    (tmp_path / "corpus" / "no-gzip.json.gz").write_bytes(b"no gzip")
    version = code(tmp_path)

    answers = ask("sleeping", version, [*files, packed, packed.with_name("no-gzip.json.gz")])

    assert {file.name.split(".")[0]: result.reason for file, result in answers.results.items()} == {
        "ok": "replayed",
        "packed": "replayed",
        "begun": "no progress",
        "headless": "first event missing",
        "gone": "type unknown",
        "decoded": "unreadable",
        "shown": "decoded export",
        "torn": "unreadable",
        "gap": "unreadable",
        "twice": "unreadable",
        "null": "unreadable",
        "odd": "unreadable",
        "no-gzip": "unreadable",
    }
    assert answers.verdict is Verdict.INVALID
    text = told(answers, version, tmp_path)
    assert "the code has no workflow of the type 'Gone'" in text
    assert "--output json" in text
    assert text.endswith("INVALID")


@pytest.mark.parametrize("failures", ["()", "(Exception,)"], ids=["plain", "masked"])
def test_a_divergence_is_told_with_event_command_and_line_also_where_the_workflow_may_fail_on_it(
    tmp_path: Path, failures: str
) -> None:
    version = code(tmp_path, CHANGED, failures)

    answers = ask("sleeping", version, corpus(tmp_path, one=KINDS["ok"], two=KINDS["ok"]), history_seconds=20)

    assert [result.reason for result in answers.results.values()] == ["diverged"] * 2
    result = next(iter(answers.results.values()))
    assert (result.recorded, result.commanded) == ("event 5 TimerStarted (id 1)", "ScheduleActivity other (id 1)")
    text = told(answers, version, tmp_path)
    assert text.count("diverged: 2 histories of Sleeper") == 1
    assert f"sleeping.py:{line_of(version, 'execute_activity')}" in text
    assert "corpus/one.json" in text


def line_of(version: Path, word: str) -> int:
    lines = (version / "sleeping.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if word in line)


def test_code_that_commands_nothing_more_is_told_by_the_line_at_which_it_waits(tmp_path: Path) -> None:
    version = code(tmp_path, "await workflow.wait_condition(lambda: False)")

    answers = ask("sleeping", version, corpus(tmp_path, one=KINDS["ok"]))

    (result,) = answers.results.values()
    assert (result.reason, result.recorded, result.commanded) == ("diverged", "event 5 TimerStarted (id 1)", "nothing")
    assert result.places[0].endswith(f"sleeping.py:{line_of(version, 'wait_condition')}")


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ("await asyncio.gather(asyncio.sleep(60), asyncio.sleep(30))", "StartTimer (id 2)"),
        ("asyncio.create_task(asyncio.sleep(60)); await asyncio.sleep(0)", "CompleteWorkflow"),
    ],
    ids=["one more timer", "done already"],
)
def test_what_is_commanded_beyond_the_end_of_an_execution_in_flight_is_drift(
    tmp_path: Path, body: str, now: str
) -> None:
    version = code(tmp_path, body)

    answers = ask("sleeping", version, corpus(tmp_path, flying=without(KINDS["ok"], *range(6, 20))))

    (result,) = answers.results.values()
    [drift] = result.drifts
    assert (drift.event, drift.then, drift.now) == ("event 4 WorkflowTaskCompleted", "nothing", now)
    assert drift.places[0].startswith(f"{version / 'sleeping.py'}:")


def test_code_that_raises_is_told_by_its_line(tmp_path: Path) -> None:
    version = code(tmp_path, RAISES)

    answers = ask("sleeping", version, corpus(tmp_path, one=KINDS["ok"]))

    (result,) = answers.results.values()
    assert (result.reason, result.message, result.recorded) == ("raised", "'gone'", "event 3 WorkflowTaskStarted")
    assert result.places[0].endswith(f"sleeping.py:{line_of(version, 'gone')}")
    assert answers.verdict is Verdict.INVALID


def test_a_type_without_a_history_is_unknown(tmp_path: Path) -> None:
    version = code(tmp_path, more=OTHER)

    answers = ask("sleeping", version, corpus(tmp_path, one=KINDS["ok"]))

    assert answers.types_without_history == ["Other"]
    assert answers.verdict is Verdict.UNKNOWN
    assert "no history of the workflow Other" in told(answers, version, tmp_path)


def test_an_empty_corpus_is_unknown(tmp_path: Path) -> None:
    assert ask("sleeping", code(tmp_path), []).verdict is Verdict.UNKNOWN


def test_a_timer_of_another_length_and_another_result_are_drift(tmp_path: Path) -> None:
    version = code(tmp_path, "await asyncio.sleep(90)")
    (version / "sleeping.py").write_text((version / "sleeping.py").read_text().replace('"slept"', '"dreamt"'))

    answers = ask("sleeping", version, corpus(tmp_path, one=KINDS["ok"]))

    (result,) = answers.results.values()
    assert [(each.event, each.field, each.then, each.now) for each in result.drifts] == [
        ("event 5 TimerStarted (id 1)", "start_to_fire_timeout", "60 s", "90 s"),
        ("event 10 WorkflowExecutionCompleted", "result", '"slept"', '"dreamt"'),
    ]
    assert result.drifts[0].places[0].endswith(f"sleeping.py:{line_of(version, 'sleep(90)')}")
    assert answers.verdict is Verdict.INVALID
    text = told(answers, version, tmp_path)
    assert "the history   event 5 TimerStarted (id 1): start_to_fire_timeout 60 s" in text
    assert "the code now  start_to_fire_timeout 90 s" in text
    wanted = [Allowed("TimerStarted", "start_to_fire_timeout", "longer nights"), Allowed("X", "y", "z")]
    left = allowing(answers, [*wanted, Allowed("WorkflowExecutionCompleted", "result", "better nights")])
    assert left.verdict is Verdict.VALID
    assert left.unused == [wanted[1]]
    assert "allowed  TimerStarted: start_to_fire_timeout, because longer nights" in told(left, version, tmp_path)


def test_an_argument_that_the_code_cannot_take_is_told_at_its_workflow_and_one_that_is_encoded_is_unknown(
    tmp_path: Path,
) -> None:
    version = code(tmp_path)
    app = (version / "sleeping.py").read_text()
    (version / "sleeping.py").write_text(app.replace("run(self)", "run(self, order: int)"))
    begun = json.loads(KINDS["ok"])
    started = begun["events"][0]["workflowExecutionStartedEventAttributes"]
    started["input"] = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "InR3byI="}]}
    text = json.dumps(begun)
    secret = text.replace("anNvbi9wbGFpbg==", "YmluYXJ5L2VuY3J5cHRlZA==")

    answers = ask("sleeping", version, corpus(tmp_path, two=text, secret=secret))

    found = {file.stem: result for file, result in answers.results.items()}
    assert (found["two"].reason, found["secret"].reason) == ("raised", "undecodable")
    assert found["two"].places[0].endswith(f"sleeping.py:{line_of(version, 'workflow.run')}")
    assert "binary/encrypted" in found["secret"].message
