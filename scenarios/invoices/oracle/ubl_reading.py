"""Flattens a UBL document into what it says, by path: document → **values** → ``ubl``, which judges them."""

from __future__ import annotations

import io
import re
import xml.sax
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, Locator

_UBL = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(?:(Invoice)|Common(Aggregate|Basic)Components)-2")


@dataclass(frozen=True)
class Value:
    """One element without children: the line of the document it begins on, and its text."""

    row: int
    text: str


Values = Mapping[str, Sequence[Value]]
"""What the document says, by path below the root; lines have their number, ``cac:InvoiceLine[2]/cbc:ID``."""


def read_ubl(document: bytes) -> tuple[Values, tuple[int, ...]]:
    """What it says, and the lines of the document where its lines begin.

    :raises ValueError: it is not an invoice document at all.
    """
    reading = _Reading()
    parser = xml.sax.make_parser()
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(reading)
    try:
        parser.parse(io.BytesIO(document))
    except xml.sax.SAXException as error:
        raise ValueError(f"not an invoice document: {error}") from error
    return reading.values, tuple(reading.line_rows)


class _Reading(ContentHandler):
    """Flattens a document."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[Value]] = {}
        self.line_rows: list[int] = []
        self._steps: list[str] = []
        self._texts: list[list[str]] = []
        self._rows: list[int] = []
        self._place = Locator()

    def setDocumentLocator(self, locator: Locator) -> None:
        """Called first, with what tells the line of each event."""
        self._place = locator

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl) -> None:
        """One element begins."""
        kind = _UBL.fullmatch(name[0] or "")
        if not self._texts and (kind is None or not kind[1] or name[1] != "Invoice"):
            raise xml.sax.SAXException(f"the root is {name[1]} of {name[0]}")
        prefix = {"Aggregate": "cac:", "Basic": "cbc:"}.get(kind[2] or "", "") if kind else "other:"
        row = self._place.getLineNumber() or 0
        step = prefix + name[1]
        if step == "cac:InvoiceLine":
            self.line_rows.append(row)
            step = f"{step}[{len(self.line_rows)}]"
        if self._texts:
            self._steps.append(step)
        self._texts.append([])
        self._rows.append(row)

    def characters(self, content: str) -> None:
        """Some text of the innermost element."""
        self._texts[-1].append(content)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        """The innermost element ends."""
        value = Value(self._rows.pop(), "".join(self._texts.pop()).strip())
        if self._steps:
            self.values.setdefault("/".join(self._steps), []).append(value)
            self._steps.pop()
