from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workflows.app import app
from workflows.books.schema import IN_MEMORY
from workflows.families import families
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.workers import activity_name


async def test_the_queues_of_every_family_name_the_activities_that_are_bound() -> None:
    opened = app.ports(app.settings({"TRAF3LI_BOOKS_URL": IN_MEMORY}))
    for family in families():
        bound = {activity_name(activity) for activity in family.activities(opened.of[family.name])}
        assert {name for queue in family.queues.values() for name in queue.activities} == bound
    await opened.close()


def test_the_workflow_does_not_load_heavy_libraries() -> None:
    heavy = ("typst", "segno", "sqlalchemy", "httpx", "starlette", "aiosmtplib")
    script = f"import sys, workflows.invoices.workflow; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_workflow_is_about_what_its_family_says() -> None:
    assert app.subject_of("invoice-INV-1") == "INV-1"
    assert app.subject_of("of-nobody") == "of-nobody"


def test_every_workflow_of_a_family_has_final_states() -> None:
    for family in families():
        types = {workflow.__name__ for queue in family.queues.values() for workflow in queue.workflows}
        assert types == family.final_states.keys()
        assert all(family.final_states.values())


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
    opened, invoice = app.ports(app.settings(names)), sample_invoice()
    ports = opened.of["invoices"]
    reference = await ports.documents.save(invoice.invoice_id, ports.render(invoice))
    assert (await ports.documents.fetch(reference.digest)).startswith(b"%PDF")
    assert (tmp_path / "books.db").exists()
    assert repr(ports.mail) == "SmtpMail(host='mail.example', port=26, sender='billing@us.example')"
    await opened.close()
