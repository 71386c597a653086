"""*documents*: what is attached to a mail is the PDF that it has to be, and says what the oracle computes.

Every mail brings one PDF: the invoice, and with a reminder the very same bytes again, or the credit note. It is read
with pypdf, piece by piece in the order of reading: seller, title and number, customer, VAT numbers, instants, every
line, net, tax, total and currency, and of a credit note the reason and that it takes back the whole; all labels in both
languages, and the number of every page. Nothing may stand beside it.

Not covered: letters that are neither Latin nor Arabic where the fonts do not have them (see the oracle's ``printing``),
the QR code, which is read in tests of its own, and how the page looks.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

from harness.judge.checks.effects import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.content.mails import KnownMail, mails_of
from scenarios.invoices.checks.content.many import Read, read_each
from scenarios.invoices.checks.content.pdf import Unreadable
from scenarios.invoices.oracle.documents import Document, Piece, credit_note_document, invoice_document
from scenarios.invoices.oracle.printing import has_marks, letters, numbers, printed

PDF = "application/pdf"

MOST_IN_A_FIGURE = 60
"""Digits and signs."""

MOST_MARKED = 2_000
"""Lines of a text whose marks are drawn by themselves."""


@dataclass(frozen=True)
class DocumentsCheck:
    """Compares each attachment with the document that the oracle computes; each PDF is read once."""

    name: str = field(default="documents", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for another document; UNKNOWN when there was none, or the bytes of one were not kept."""
        findings: list[Finding] = []
        mails = [mail for mail in record.once(mails_of) if mail.about is not None]
        unread = _documents(record, mails)
        wrong = dict(zip(unread, _wrong_documents(record, unread), strict=True))
        documents = len({digest for digest, _ in wrong})
        digests: dict[tuple[str, str], str] = {}
        lost: set[str] = set()
        for mail in mails:
            messages = list(_wrong_attachments(mail))
            for attachment in mail.effect.detail["attachments"][:1]:
                digest, kind = attachment["sha256"], _kind(mail)
                if digest not in record.attachments:
                    lost.add(digest)
                    continue
                messages += wrong.pop(_key(mail, digest), ())
                first = digests.setdefault((mail.effect.reference, kind), digest)
                if first != digest:
                    messages.append(f"brings another PDF ({digest[:12]}) than an earlier mail did ({first[:12]})")
            findings += [_finding(record, mail, message) for message in messages]
        counts: dict[str, int | float | str] = {"mails": len(mails), "documents": documents}
        if findings:
            found = counted(len(findings), "thing in a document is", "things in documents are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong", tuple(findings), counts)
        if lost or not mails:
            found = counted(len(lost), "attachment was", "attachments were")
            summary = (
                f"the bytes of {found} not kept as they came" if lost else "nothing was mailed, so nothing was read"
            )
            return CheckResult(self.name, Verdict.UNKNOWN, summary, (), counts)
        summary = f"all {counts['documents']} documents say what they must, and each mail brought its own"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _finding(record: Record, mail: KnownMail, message: str) -> Finding:
    reference = mail.effect.reference
    return Finding(reference, f"{mail.effect.detail['subject']}: {message}", story_of(record, reference))


def _kind(mail: KnownMail) -> str:
    """A reminder brings what the invoice's own mail brought."""
    return "credit" if mail.letter is not None and mail.letter.kind == "credit-note" else "invoice"


def _key(mail: KnownMail, digest: str) -> tuple[str, str]:
    """Bytes and what they have to be: of a credit note they say when it was issued, as its mail does."""
    kind = _kind(mail)
    return digest, f"{mail.effect.reference} {kind} {mail.effect.detail['date'] if kind == 'credit' else ''}"


def _documents(record: Record, mails: Sequence[KnownMail]) -> dict[tuple[str, str], KnownMail]:
    """Each document that can be read, once, with the first mail that brought it."""
    found: dict[tuple[str, str], KnownMail] = {}
    for mail in mails:
        for attachment in mail.effect.detail["attachments"][:1]:
            if attachment["sha256"] in record.attachments:
                found.setdefault(_key(mail, attachment["sha256"]), mail)
    return found


def _wrong_documents(record: Record, unread: Mapping[tuple[str, str], KnownMail]) -> Iterator[list[str]]:
    """What is wrong with each."""
    contents = (record.attachments[digest] for digest, _ in unread)
    for mail, read in zip(unread.values(), read_each(contents, len(unread)), strict=True):
        yield list(_wrong_document(record, mail, read))


def _wrong_attachments(mail: KnownMail) -> Iterator[str]:
    attachments = mail.effect.detail["attachments"]
    if len(attachments) != 1:
        yield f"brings {len(attachments)} attachments instead of one PDF"
    for attachment in attachments[:1]:
        if attachment["content_type"] != PDF:
            yield f"brings {attachment['content_type']} instead of {PDF}"
        if mail.letter is not None and attachment["filename"] != mail.letter.filename:
            yield f"its attachment is called {attachment['filename']!r}, not {mail.letter.filename!r}"


def _wrong_document(record: Record, mail: KnownMail, read: Read) -> Iterator[str]:
    assert mail.about is not None
    bill = mail.about.bill
    size = mail.effect.detail["attachments"][0]["size"]
    if size != read.size_bytes:
        yield f"its attachment has {read.size_bytes} bytes, and came with {size}"
    pages = read.pages
    if isinstance(pages, Unreadable):
        yield f"its attachment {pages}"
        return
    if _kind(mail) == "invoice":
        document = invoice_document(bill)
    else:
        try:
            issued_at = parsedate_to_datetime(mail.effect.detail["date"]).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return  # the letters check says that the mail has no Date
        document = credit_note_document(bill, record.input["cancel_reason"], issued_at)
    difference = differs(document, pages)
    if difference is not None:
        yield difference


def differs(document: Document, pages: Sequence[Sequence[str]]) -> str | None:
    """The first place where the lines of the pages say something else than the document must; ``None``: nowhere."""
    lines: list[str] = []
    for number, page in enumerate(pages, start=1):
        body = _without_foot(page, "".join(document.foot(number, len(pages))))
        if body is None:
            return f"page {number} of {len(pages)} of the PDF does not end with its number"
        # The table's header stands again over the rest of the table.
        repeated = _length("".join(document.header), body, 0) if number > 1 else None
        lines += body[repeated or 0 :]
    position = 0
    for piece, following in itertools.zip_longest(document.pieces, document.pieces[1:]):
        taken = _length(piece, lines, position)
        if taken is None and isinstance(piece, str) and following is not None and has_marks(piece):
            taken = _loose_length(piece, following, lines, position)
        if taken is None:
            after = " ".join(lines[max(0, position - 2) : position])
            found = lines[position] if position < len(lines) else "the end"
            return f"the PDF says {found!r} after {after!r}; the oracle says {str(piece)!r}"
        position += taken
    return f"the PDF goes on with {lines[position]!r} after its end" if position < len(lines) else None


def _without_foot(page: Sequence[str], foot: str) -> Sequence[str] | None:
    for first in range(len(page) - 1, -1, -1):
        taken = _length(foot, page, first)
        if taken is not None:
            return page[:first] if first + taken == len(page) else None
        if len("".join(page[first:])) > 2 * len(foot) + MOST_IN_A_FIGURE:
            return None
    return None


def _length(piece: Piece, lines: Sequence[str], position: int) -> int | None:
    """How many lines from here on say this piece, ``None``: they say something else. It may be broken anywhere."""
    wanted, said = printed(piece) if isinstance(piece, str) else "", ""
    longest = len(wanted) if isinstance(piece, str) else MOST_IN_A_FIGURE
    end = position
    while not (said == wanted if isinstance(piece, str) else piece.is_in(said)):
        if end >= len(lines) or len(said) > longest:
            return None
        said += printed(lines[end])
        end += 1
    # Boxes after it hold only what need not be shown.
    while end < len(lines) and not printed(lines[end]):
        end += 1
    return end - position


def _loose_length(piece: str, following: Piece, lines: Sequence[str], position: int) -> int | None:
    """How many lines stand before what follows, if they have the letters of this text and no others."""
    said = ""
    for number, line in enumerate(itertools.islice(lines, position, position + MOST_MARKED)):
        alike = letters(said) == letters(piece) and _same_numbers(said, piece)
        if alike and _length(following, lines, position + number) is not None:
            return number
        said += line
    return None


def _same_numbers(said: str, wanted: str) -> bool:
    """Whether the numbers are the same; where lines broke one in two, whether their digits are."""
    ours, theirs = numbers(wanted), numbers(said)
    return ours == theirs or (len(ours) != len(theirs) and sorted("".join(ours)) == sorted("".join(theirs)))
