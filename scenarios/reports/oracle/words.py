"""The words of a report in both languages, as whoever reads it has to find them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

NAME = ("Receivables report", "تقرير الذمم المدينة")
MEASURES = (
    ("net", "Net", "الصافي"),
    ("vat", "VAT", "الضريبة"),
    ("total", "Total", "الإجمالي"),
    ("credited", "Credited", "إشعارات دائنة"),
    ("paid", "Paid", "المدفوع"),
    ("refunded", "Refunded", "المسترد"),
    ("outstanding", "Outstanding", "المستحق"),
    ("with_provider", "With provider", "لدى مزود الدفع"),
    ("unbooked", "Not booked yet", "غير مقيد بعد"),
)
"""The amounts of a line, in the order of their columns."""

AGING = (
    ("Not overdue", "غير متأخر"),
    *((f"{least} to {most} days", f"من {least} إلى {most} يوما") for least, most in ((1, 30), (31, 60), (61, 90))),
    ("Over 90 days", "أكثر من 90 يوما"),
)
CURRENCY = ("Currency", "العملة")
INVOICES = (
    *(("Invoice", "الفاتورة"), ("Customer", "العميل"), ("Issued (UTC)", "الإصدار (UTC)")),
    *(("Due (UTC)", "الاستحقاق (UTC)"), ("Days overdue", "أيام التأخر"), CURRENCY),
    *((english, arabic) for _, english, arabic in MEASURES),
)
SUMS = (
    *(CURRENCY, ("Invoices", "الفواتير")),
    *((english, arabic) for _, english, arabic in MEASURES),
    *AGING,
)
ACCOUNTS = (("Account", "الحساب"), CURRENCY, ("Debit", "مدين"), ("Credit", "دائن"), ("Balance", "الرصيد"))
FACTS = (
    ("Report", "التقرير"),
    ("As of (UTC)", "حتى تاريخ (UTC)"),
    ("Invoices", "الفواتير"),
    ("Not known to our books", "غير معروفة في دفاترنا"),
)


def instant(at: datetime | None) -> str | None:
    """In UTC, to the microsecond where there is any; ``None`` stays."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def plain(amount: Decimal, currency: str) -> str:
    """An amount with the digits of its currency (ISO 4217)."""
    return f"{amount:.{_digits(currency)}f}"


def figure(amount: Decimal, currency: str) -> str:
    """An amount in a document, its thousands apart."""
    return f"{amount:,.{_digits(currency)}f}"


def _digits(currency: str) -> int:
    return {"KWD": 3, "BHD": 3, "JPY": 0}.get(currency, 2)
