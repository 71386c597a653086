"""The text of PDFs: read quickly where that is safe, by pypdf where it is not, and refused where neither can."""

from __future__ import annotations

import pytest
from pypdf import PageObject

from scenarios.invoices.checks.content.pdf import Unreadable, read_pages
from scenarios.invoices.checks.content.testing_pdf import pdf_of


def test_lines_and_pages_are_kept_apart() -> None:
    content = pdf_of(["One (two) \\ three", "Café"], [], ["the end"])
    assert read_pages(content) == (("One (two) \\ three", "Café"), (), ("the end",))


def test_text_from_right_to_left_is_read_in_its_own_order() -> None:
    assert read_pages(pdf_of(["شركة", "A"])) == (("شركة", "A"),)
    assert "".join(read_pages(pdf_of(["A شركة, الرياض 12 B"]))[0]) == "A شركة, الرياض 12 B"


def test_a_font_of_another_kind_is_read_by_pypdf(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[PageObject] = []
    slowly = PageObject.extract_text

    def spy(page: PageObject) -> str:
        asked.append(page)
        return slowly(page)

    monkeypatch.setattr(PageObject, "extract_text", spy)
    assert read_pages(pdf_of(["plain"])) == (("plain",),)
    assert not asked
    assert read_pages(pdf_of(["other"], font="/Subtype /Type1 /BaseFont /Courier")) == (("other",),)
    assert asked


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (b"%PDF-1.4 empty", "cannot be read"),
        (b"\x00" * 100, "cannot be read"),
        (pdf_of(["whole"])[:200], "cannot be read"),
        (b"%PDF" * 2_000_000, "at most 4000000 are read"),
    ],
    ids=["nothing", "empty", "noughts", "cut off", "too much"],
)
def test_what_is_no_pdf_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_pages(content)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        read_pages(pdf_of(["x" * 5_000_000]))


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(Unreadable, match="at most 200 are read"):
        read_pages(pdf_of(*[["page"]] * 201))
