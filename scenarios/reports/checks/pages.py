"""Whether the pages of a PDF say what they must, to the last figure, and nothing beside it.

Where lines and pages break is not promised. Feet are taken off, and where a page begins a table may say its header
again. The rest is compared word by word in the order of reading; of a word with marks only which letters it has counts,
as ``scenarios/invoices/oracle/printing`` says.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.invoices.oracle.printing import has_marks, letters, printed
from scenarios.invoices.oracle.wording import FOOT
from scenarios.reports.oracle.pages import HEADERS, pieces_of, title_of
from scenarios.reports.oracle.report import Report

SHOWN = 40
"""Letters on either side of a difference."""


def wrong_pages(pages: Sequence[Sequence[str]], report_id: str, report: Report) -> str | None:
    """The first place where they say something else; ``None``: nowhere."""
    said, begins = "", set()
    for number, lines in enumerate(pages, start=1):
        page = printed("".join(lines))
        foot = printed("".join((title_of(report_id), *(each.format(page=number, pages=len(pages)) for each in FOOT))))
        if not page.endswith(foot):
            return f"page {number} of {len(pages)} of the PDF ends with {page[-SHOWN:]!r} and not with its foot"
        begins.add(len(said))
        said += page.removesuffix(foot)
    at = 0
    for piece in pieces_of(report_id, report):
        for word in piece.split():
            length = _length(word, said, at)
            if length is None and at in begins:
                at += next((len(again) for again in map(printed, HEADERS) if said.startswith(again, at)), 0)
                length = _length(word, said, at)
            if length is None:
                after = said[max(0, at - SHOWN) : at]
                return f"the PDF says {said[at : at + SHOWN]!r} after {after!r}; it must say {piece!r}"
            at += length
    return f"the PDF goes on with {said[at : at + SHOWN]!r} after its end" if at < len(said) else None


def _length(word: str, said: str, at: int) -> int | None:
    """How many letters from here on say this word; ``None``: they say something else."""
    if not has_marks(word):
        wanted = printed(word)
        return len(wanted) if said.startswith(wanted, at) else None
    end = at
    while end < len(said) and said[end] in letters(word):
        end += 1
    return end - at if letters(said[at:end]) == letters(word) else None
