"""The one search attribute by which every family shows where its work stands."""

from __future__ import annotations

from temporalio.common import SearchAttributeKey

BUSINESS_STATUS = SearchAttributeKey.for_keyword("BusinessStatus")
"""``held`` when a person must look; the other values are the workflow type's own."""
