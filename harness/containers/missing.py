"""The error that lets a test be skipped: there is no way to start any container here."""

from __future__ import annotations

from harness.errors import EnvironmentMissing


class ContainersMissing(EnvironmentMissing):
    """No daemon answers, or there is no image. That something was started and does not work is another error."""
