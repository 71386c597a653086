"""The words in which the application writes to its customers: the one place to change when it finds better ones.

What stands in braces is the oracle's to fill in; what a document says and in which order is in ``letters`` and
``documents``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

INVOICE_SUBJECT = "Invoice {invoice_id}"
REMINDER_SUBJECT = "Reminder {number} of invoice {invoice_id}"
CREDIT_NOTE_SUBJECT = "Credit note for invoice {invoice_id}"

LETTER = "Dear {name},\n\n{text}\n"
INVOICE_TEXT = "Please find attached invoice {invoice_id} for {total}, due on {due}."
REMINDER_TEXT = "{owed} of invoice {invoice_id} is outstanding; it {verb} on {due}."
BEFORE_DUE, AFTER_DUE = "is due", "was due"
CREDIT_NOTE_TEXT = (
    "Invoice {invoice_id} for {total} has been cancelled; please find attached the credit note. "
    "Any amount you have paid will be refunded."
)

INVOICE_FILE = "{invoice_id}.pdf"
CREDIT_NOTE_FILE = "{invoice_id}-credit-note.pdf"

# What an auditor finds with each entry, by the kind of booking.
MEMOS = {
    "invoice": "Invoice {invoice_id} to {name}",
    "payment": "Payment {payment_id} of invoice {invoice_id}",
    "refund": "Refund of {payment_id} of invoice {invoice_id}",
    "credit-note": "Credit note for invoice {invoice_id} to {name}",
}

# Who writes, as it must stand on each document.
SELLER, SELLER_ARABIC = "Traf3li Legal Technology", "ترافع لي للتقنية القانونية"
SELLER_ADDRESS = "7542 King Fahd Road, Riyadh 12271, Saudi Arabia"
SELLER_ADDRESS_ARABIC = "7542 طريق الملك فهد، الرياض 12271، المملكة العربية السعودية"
SELLER_EMAIL, SELLER_VAT_NUMBER = "billing@traf3li.example", "310122393500003"

# What stands on a document, in both languages; a fact stands between its two labels.
INVOICE_NAME, CREDIT_NOTE_NAME = ("Tax Invoice", "فاتورة ضريبية"), ("Credit Note", "إشعار دائن")
INVOICE_FACTS = (
    ("Invoice number", "{invoice_id}", "رقم الفاتورة"),
    ("Issued", "{issued}", "تاريخ الإصدار"),
    ("Due", "{due}", "تاريخ الاستحقاق"),
    ("Currency", "{currency}", "العملة"),
)
CREDIT_NOTE_FACTS = (
    ("For invoice", "{invoice_id}", "عن الفاتورة رقم"),
    ("Issued", "{issued}", "تاريخ الإصدار"),
    ("Reason", "{reason}", "السبب"),
    ("Credited", "All lines of the invoice", "جميع بنود الفاتورة"),
    ("Currency", "{currency}", "العملة"),
)
SELLER_PARTY, CUSTOMER_PARTY = ("Seller", "البائع"), ("Customer", "العميل")
PARTY_FACTS = (
    ("Name", "{name}", "الاسم"),
    ("E-mail", "{email}", "البريد"),
    ("VAT number", "{vat_number}", "الرقم الضريبي"),
)
TABLE_HEADER = (
    ("Description", "الوصف"),
    ("Quantity", "الكمية"),
    ("Unit price", "سعر الوحدة"),
    ("Net", "الصافي"),
    ("VAT rate", "نسبة الضريبة"),
    ("VAT", "الضريبة"),
    ("Total", "الإجمالي"),
)
SUMS = (
    ("Net", "{net}", "الإجمالي غير شامل الضريبة"),
    ("VAT", "{tax}", "ضريبة القيمة المضافة"),
    ("Total {currency}", "{total}", "الإجمالي شامل الضريبة"),
)
FOOT = ("Page {page} of {pages}", "صفحة {page} من {pages}")


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    return f"{amount:f} {currency}"


def instant(at: datetime) -> str:
    """An instant to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def figure(amount: Decimal) -> str:
    """An amount in a document, its thousands apart."""
    return f"{amount:,f}"
