"""What option ``metrics`` says: ``worker-1=http://host:9201/metrics,history=http://host:9102/metrics``."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def parse_metrics_option(text: str) -> Mapping[str, str]:
    """Name → URL; none of an empty text.

    :raises ValueError: a part is not of this form, or a name stands twice.
    """
    named: dict[str, str] = {}
    for part in (part.strip() for part in text.split(",")):
        if not part:
            continue
        name, _, url = (word.strip() for word in part.partition("="))
        if not name or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError(f"must be NAME=URL,... such as worker-1=http://host:9201/metrics, which {part!r} is not")
        if named.setdefault(name, url) != url:
            raise ValueError(f"names {name!r} twice")
    return named
