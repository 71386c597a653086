"""Search attributes: types by their names in the documentation; what is there is not added again, nor changed."""

from __future__ import annotations

import pytest
from temporalio.api.enums.v1 import IndexedValueType

from harness.errors import UsageError
from harness.stack.namespace import missing_attributes, value_type

KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
INT = IndexedValueType.INDEXED_VALUE_TYPE_INT


def test_types_are_known_by_name() -> None:
    assert value_type("Keyword") == KEYWORD
    assert value_type("KeywordList") == IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST
    assert value_type("Datetime") == IndexedValueType.INDEXED_VALUE_TYPE_DATETIME


@pytest.mark.parametrize("kind", ["Money", "Unspecified", ""])
def test_a_type_that_is_none_is_refused_with_those_there_are(kind: str) -> None:
    with pytest.raises(UsageError, match="there are bool, datetime, double, int, keyword, keywordlist, text"):
        value_type(kind)


def test_only_what_is_missing_is_added() -> None:
    assert missing_attributes({"a": KEYWORD, "b": INT}, {"b": INT, "c": KEYWORD}) == {"a": KEYWORD}
    assert missing_attributes({}, {"c": KEYWORD}) == {}


def test_another_type_than_the_one_that_is_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"b is INDEXED_VALUE_TYPE_INT .* wants INDEXED_VALUE_TYPE_KEYWORD"):
        missing_attributes({"b": KEYWORD}, {"b": INT})
