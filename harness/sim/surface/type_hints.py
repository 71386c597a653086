"""The type hints of dataclasses, worked out once for each class.

The SDK's converter asks Python for them at every value that it decodes, and Python compiles the text of each annotation
anew: a tenth of what an execution costs.
"""

from __future__ import annotations

import functools
import typing
from typing import Any

from temporalio.converter import _payload_converter

CLASSES_AT_MOST = 4096
"""A sandbox makes its classes anew for each workflow instance; so many are remembered."""


@functools.lru_cache(CLASSES_AT_MOST)
def _of(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _type_hints(kind: Any) -> dict[str, Any]:
    try:
        hash(kind)
    except TypeError:
        return typing.get_type_hints(kind)
    return _of(kind)


def remember_type_hints() -> None:
    """Have the SDK's converter ask here, in this process. Again changes nothing."""
    _payload_converter.get_type_hints = _type_hints  # type: ignore[assignment,attr-defined]
