"""What need not be shown does not count, and everything else counts letter by letter."""

from __future__ import annotations

from scenarios.invoices.oracle.printing import has_marks, letters, printed


def test_blanks_and_breaks_do_not_count() -> None:
    assert printed("Café  Zürich €5\n(two)") == "CaféZürich€5(two)"
    assert printed("billing@a\N{ZERO WIDTH SPACE}customer.example") == "billing@acustomer.example"


def test_arabic_counts_letter_by_letter() -> None:
    assert printed("شركة A") == "شركةA"
    assert printed("مؤسسة گل ١٢٣") == "مؤسسةگل١٢٣"


def test_letters_that_the_fonts_may_lack_do_not_count() -> None:
    assert printed("東京 Trading 😀") == printed("■ Trading ■■") == "Trading"


def test_an_accent_belongs_to_its_letter_and_a_vowel_sign_to_none() -> None:
    assert printed("e\N{COMBINING ACUTE ACCENT}") == "é"
    assert not has_marks("Café e\N{COMBINING ACUTE ACCENT}")
    assert has_marks("مُؤَسَّسَة")
    assert letters("مُؤَسَّسَة") == letters("مؤسسة") != letters("مدرسة")
