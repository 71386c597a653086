"""Takes single values out of the tree of a UBL document and collects what is wrong with them.

Used by ``ubl_input`` and ``ubl_sums``. A path names elements as ``ubl_document`` does: ``cac:Item/cbc:Name``. A
currency that could not be read is ``None``: numbers are read all the same, so that what is wrong with them is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from workflows.invoices.uploads.ubl_document import Element
from workflows.invoices.uploads.upload import Problem
from workflows.kit import fields
from workflows.kit.money import Money

Value = TypeVar("Value")


@dataclass(frozen=True)
class Findings:
    """What is wrong with one document. Each thing is told once, however often it is come across.

    :param file: the name to put into the problems.
    :param invoice_id: the id as the document states it, whether it is acceptable or not.
    """

    file: str
    invoice_id: str
    _found: dict[Problem, None] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of the document."""
        return tuple(sorted(self._found, key=lambda problem: problem.row))

    def refuse(self, element: Element, message: str, *, below: str = "") -> None:
        """Note a problem with this element, or with one that should stand ``below`` it and does not."""
        path = "/".join(step for step in (element.path, below) if step)
        self._found[Problem(self.file, element.row, path, message, self.invoice_id)] = None

    def find(self, parent: Element, path: str, *, required: bool = True) -> Element | None:
        """The one element at this path; ``None`` when there is none, or the way to it is not a single one."""
        element, rest = parent, path.split("/")
        while rest:
            found = element.named(rest[0])
            if len(found) > 1:
                self.refuse(found[1], f"stands here more than once; the first is on line {found[0].row}")
                return None
            if not found:
                if required:
                    self.refuse(element, "is missing", below="/".join(rest))
                return None
            element, rest = found[0], rest[1:]
        return element

    def read(
        self, parent: Element, path: str, reader: Callable[[str], Value], *, required: bool = True
    ) -> Value | None:
        """Read the text at this path; ``None`` after noting what is wrong, or when there is none and none is needed."""
        element = self.find(parent, path, required=required)
        return None if element is None else self.value(element, reader)

    def value(self, element: Element, reader: Callable[[str], Value]) -> Value | None:
        """Read this element's text; ``None`` after noting the reader's ``ValueError``."""
        if element.children:
            self.refuse(element, "holds other elements where a value is expected")
            return None
        try:
            return reader(element.text)
        except ValueError as error:
            self.refuse(element, str(error))
            return None

    def figure(self, parent: Element, path: str, currency: str | None, *, required: bool = True) -> Decimal | None:
        """A number of this currency that may be finer than its minor unit, such as a price."""
        element = self.find(parent, path, required=required)
        if element is None or (currency is not None and not self.is_in(element, currency)):
            return None
        return self.value(element, fields.number_up_to(fields.LARGEST_FACTOR))

    def amount(self, parent: Element, path: str, currency: str, *, required: bool = True) -> Money | None:
        """An amount of money in this currency."""
        element = self.find(parent, path, required=required)
        if element is None or not self.is_in(element, currency):
            return None
        return self.value(element, fields.money_in(currency))

    def is_in(self, element: Element, currency: str) -> bool:
        """Whether the element states this currency; notes it when not."""
        stated = element.attributes.get("currencyID")
        if stated == currency:
            return True
        said = "has no currencyID" if stated is None else f"has the currencyID {stated[:20]!r}"
        self.refuse(element, f"{said}; the document is in {currency}")
        return False

    def expect(self, parent: Element, path: str, expected: Money, why: str, *, required: bool = True) -> None:
        """Note it when the amount at this path is not the expected one."""
        stated = self.amount(parent, path, expected.currency, required=required)
        element = self.find(parent, path, required=required)
        if stated is not None and element is not None and stated != expected:
            self.refuse(element, f"is {stated.amount}; {why} {expected.amount}")
