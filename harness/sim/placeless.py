"""What goes into a digest of a simulation: all of it but where on this machine the code lies.

A failure carries the stack of whoever raised it, with the path of every file. The same code in another folder is still
the same execution, so a digest has of a path the file's name alone. What is judged and told keeps the whole of it.
"""

from __future__ import annotations

import re

from google.protobuf.message import Message
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

_FILE = re.compile(r'File "(?:[^"\n]*[/\\])?([^"/\\\n]+)"')
_SIGN = b'File "'


def placeless(text: str) -> str:
    """The text with each file of a stack trace without its folder."""
    return _FILE.sub(r'File "\1"', text)


def placeless_bytes(event: HistoryEvent) -> bytes:
    """The event as bytes, the same for two that differ in nothing but the folders of files in stack traces."""
    data = event.SerializeToString(deterministic=True)
    if _SIGN not in data:
        return data
    copy = HistoryEvent.FromString(data)
    _without_places(copy)
    return copy.SerializeToString(deterministic=True)


def _without_places(message: Message) -> None:
    if isinstance(message, Failure):
        message.stack_trace = placeless(message.stack_trace)
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for each in [value] if isinstance(value, Message) else value:
            _without_places(each)
