"""How a payment stands, from what its deliveries were answered."""

from __future__ import annotations

import pytest

from scenarios.world.providers.provider import TRIES_AT_MOST, DeliveryEnd, Payment, Provider, end_of, pause_seconds
from scenarios.world.recorder import WebhookTry


def payment(deliveries: int = 1) -> Payment:
    return Payment("PAY-1", "INV-0001", "12.50", "SAR", deliveries)


def provider(paid: Payment, *tries: tuple[int, int | None]) -> Provider:
    """A provider whose deliveries were answered so: (delivery, status) in order."""
    book = Provider()
    book.paid(paid)
    for delivery, status in tries:
        number = book.next_try(paid.payment_id, delivery)
        book.tried(WebhookTry(paid.payment_id, paid.invoice_id, delivery, number, status))
    return book


@pytest.mark.parametrize("status", [None, 301, 408, 429, 500, 503])
def test_what_may_pass_is_tried_again(status: int | None) -> None:
    assert end_of(status, 1) is None
    assert end_of(status, TRIES_AT_MOST) is DeliveryEnd.EXHAUSTED


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
def test_a_final_refusal_ends_a_delivery(status: int) -> None:
    assert end_of(status, 1) is DeliveryEnd.REJECTED


def test_pauses_double_up_to_the_longest() -> None:
    assert [pause_seconds(number) for number in (1, 2, 3, 4, 5, 60)] == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_delivered_payment_is_settled() -> None:
    book = provider(payment(), (1, 503), (1, 200))
    assert (book.state(payment()), book.money(payment())) == ("settled", "settled")


def test_a_refused_payment_is_returned() -> None:
    assert provider(payment(), (1, 422)).state(payment()) == "returned"


def test_the_money_is_settled_with_the_first_of_two_deliveries_and_pending_until_both_have_ended() -> None:
    book = provider(payment(2), (2, 200))
    assert (book.money(payment(2)), book.state(payment(2)), book.unfinished(payment(2))) == ("settled", "pending", [1])


def test_one_refused_delivery_does_not_return_the_money_while_the_other_goes_on() -> None:
    assert provider(payment(2), (1, 409)).money(payment(2)) is None
    assert provider(payment(2), (1, 409), (2, 200)).state(payment(2)) == "settled"
    assert provider(payment(2), (1, 409), (2, 409)).state(payment(2)) == "returned"


def test_a_payment_nobody_answers_for_is_given_up() -> None:
    book = provider(payment(), *[(1, None)] * TRIES_AT_MOST)
    assert (book.state(payment()), book.money(payment())) == ("given-up", None)
