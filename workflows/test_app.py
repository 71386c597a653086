from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workflows.app import app
from workflows.in_memory import Outside, sample_invoice


def test_the_queues_name_the_activities_that_are_bound() -> None:
    bound = {activity.__name__ for activity in app.activities(Outside().ports())}
    assert {name for queue in app.queues.values() for name in queue.activities} == bound


def test_the_workflow_does_not_load_heavy_libraries() -> None:
    heavy = ("reportlab", "sqlalchemy", "httpx", "starlette", "aiosmtplib")
    script = f"import sys, workflows.invoices.workflow; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_shape_that_runners_expect() -> None:
    assert app.status_attribute in app.search_attributes
    [api] = app.services
    assert api.command == ("{python}", "-m", "workflows.api")
    assert api.ready_url == "http://{TRAF3LI_API_ADDRESS}/healthz"


async def test_the_real_ports_reach_what_the_settings_name(tmp_path: Path) -> None:
    names = {
        "TRAF3LI_BOOKS_URL": f"sqlite:///{tmp_path}/books.db",
        "TRAF3LI_SMTP_ADDRESS": "mail.example:26",
        "TRAF3LI_MAIL_SENDER": "billing@us.example",
    }
    ports, invoice = app.ports(app.settings(names)), sample_invoice()
    reference = await ports.documents.save(invoice.invoice_id, ports.render(invoice))
    assert (await ports.documents.fetch(reference.digest)).startswith(b"%PDF")
    assert (tmp_path / "books.db").exists()
    assert repr(ports.mail) == "SmtpMail(host='mail.example', port=26, sender='billing@us.example')"
    await ports.close()
