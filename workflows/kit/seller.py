"""The company that bills and reports: what the law wants of it on each invoice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Seller:
    """A company, in English and in Arabic."""

    name: str
    arabic_name: str
    address: str
    arabic_address: str
    vat_number: str
    email: str


SELLER = Seller(
    name="Traf3li Legal Technology",
    arabic_name="ترافع لي للتقنية القانونية",
    address="7542 King Fahd Road, Riyadh 12271, Saudi Arabia",
    arabic_address="7542 طريق الملك فهد، الرياض 12271، المملكة العربية السعودية",
    vat_number="310122393500003",
    email="billing@traf3li.example",
)
