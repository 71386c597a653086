"""A worker with a task queue of its own for each test."""

from __future__ import annotations

import uuid

import pytest
from temporalio.client import Client

from workflows.reports.testing_workers import Running


@pytest.fixture
async def running(client: Client) -> Running:
    return Running(client, f"test-{uuid.uuid4()}")
