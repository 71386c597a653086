from __future__ import annotations

from typing import Any

import pytest

from workflows.invoices.model import GRACE_SECONDS
from workflows.kit.settings import Address, SettingsError, read_settings


def test_defaults() -> None:
    settings = read_settings({"TEMPORAL_CONFIG_FILE": "/dev/null"})
    assert (settings.task_queue, settings.max_concurrent_activities) == ("", 10)
    assert settings.queue_for("traf3li-invoices") == "traf3li-invoices"
    assert read_settings({"TEMPORAL_TASK_QUEUE": "all"}).queue_for("traf3li-invoices") == "all"
    assert settings.grace_seconds == GRACE_SECONDS
    assert settings.smtp == Address("127.0.0.1", 2525)
    assert not settings.webhook_secret


def test_the_environment_is_read() -> None:
    settings = read_settings(
        {
            "TEMPORAL_ADDRESS": "temporal.example:7233",
            "TEMPORAL_NAMESPACE": "billing",
            "TEMPORAL_LOG_LEVEL": "warning",
            "TRAF3LI_API_ADDRESS": "[::1]:80",
        }
    )
    connection = settings.temporal.to_client_connect_config()
    assert (connection["target_host"], connection["namespace"]) == ("temporal.example:7233", "billing")
    assert (settings.log_level, settings.api) == ("WARNING", Address("::1", 80))


def test_all_problems_are_told_together() -> None:
    wrong: dict[str, Any] = {
        "TEMPORAL_MAX_CONCURRENT_ACTIVITIES": "many",
        "TEMPORAL_MAX_CONCURRENT_WORKFLOWS": "0",
        "TEMPORAL_LOG_LEVEL": "loud",
        "TEMPORAL_TASK_QUEUE": "invoices ",
        "TEMPORAL_PROFILE": "no such profile",
        "TRAF3LI_ACCOUNTING_URL": "ftp://x",
        "TRAF3LI_API_ADDRESS": "localhost",
        "TRAF3LI_PAYMENTS_URL": "127.0.0.1:8092",
        "TRAF3LI_REMINDERS": "3 days",
        "TRAF3LI_GRACE_SECONDS": "7d",
        "TRAF3LI_BOOKS_URL": "books.db",
        "TRAF3LI_MAIL_SENDER": "nobody",
        "TRAF3LI_SMTP_ADRESS": "127.0.0.1:25",
    }
    with pytest.raises(SettingsError) as caught:
        read_settings(wrong)
    lines = str(caught.value).splitlines()[1:]
    assert len(lines) == len(wrong)
    named = [name for name in wrong if name != "TEMPORAL_PROFILE"]
    assert all(any(name in line for line in lines) for name in named)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("-3d,-1d", (-259200, -86400)),
        ("-90m, +2h,+30s", (-5400, 7200, 30)),
        ("none", ()),
    ],
)
def test_reminders_are_offsets_from_the_due_instant(text: str, seconds: tuple[int, ...]) -> None:
    assert read_settings({"TRAF3LI_REMINDERS": text}).reminder_seconds == seconds


def test_the_grace_is_a_week_unless_it_is_set() -> None:
    assert read_settings({}).grace_seconds == 7 * 86400
    assert read_settings({"TRAF3LI_GRACE_SECONDS": "4"}).grace_seconds == 4
    for wrong in ("0", "-1", "31536001", "4.0"):
        with pytest.raises(SettingsError, match="TRAF3LI_GRACE_SECONDS"):
            read_settings({"TRAF3LI_GRACE_SECONDS": wrong})


def test_secrets_do_not_show() -> None:
    settings = read_settings(
        {
            "TRAF3LI_WEBHOOK_SECRET": "s3cret",
            "TRAF3LI_BOOKS_URL": "postgresql://u:s3cret@db/x",
            "TEMPORAL_API_KEY": "s3cret",
        }
    )
    assert settings.webhook_secret.value == "s3cret"
    assert "s3cret" not in repr(settings)
