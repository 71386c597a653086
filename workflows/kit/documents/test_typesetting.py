"""Data never becomes markup, the bytes are always the same, and callers may come at once."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from workflows.kit.documents import typesetting
from workflows.kit.documents.typesetting import typeset

PLAIN = """
#import "/kit/documents/look.typ": *
#show: paper.with(data.title, "us", "reference")
#given(data.words)
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "documents").symlink_to(typesetting.ROOT / "kit" / "documents")
    monkeypatch.setattr(typesetting, "ROOT", tmp_path)
    file = tmp_path / "plain.typ"
    file.write_text(PLAIN)
    return file


def read(content: bytes) -> str:
    return PdfReader(io.BytesIO(content)).pages[0].extract_text()


@pytest.mark.parametrize(
    "words",
    [
        '#eval("1+1")',
        "*bold* _soft_ `raw`",
        "$x^2$",
        "<label> @label",
        "= Heading",
        "\\u{41} \\",
        "// gone",
        "~ --- ...",
        "#",
    ],
)
def test_no_text_is_markup(template: Path, words: str) -> None:
    content = typeset(template, {"title": words, "words": [words, False]})
    assert "".join(words.split()) in "".join(read(content).split())


def test_title_language_and_nothing_of_a_clock(template: Path) -> None:
    reader = PdfReader(io.BytesIO(typeset(template, {"title": "Invoice = 1", "words": ["x", False]})))
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice = 1"
    assert reader.metadata.creation_date is None
    assert reader.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]


def test_callers_at_once_get_what_each_of_them_asked_for(template: Path) -> None:
    def made(number: int) -> bytes:
        return typeset(template, {"title": str(number), "words": [f"number {number}", False]})

    alone = [made(number) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(made, range(8))) == alone


def test_a_broken_template_says_so(template: Path) -> None:
    template.write_text("#nothing-of-this-name")
    with pytest.raises(typst.TypstError, match="unknown variable"):
        typeset(template, {})
