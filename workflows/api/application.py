"""Puts the endpoints of all families together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from workflows.families import families
from workflows.kit.problems import HANDLERS


async def healthz(_request: Request) -> JSONResponse:
    """``GET /healthz``: the process serves. It says nothing of Temporal, which may be away for a while."""
    return JSONResponse({"status": "ok"})


def create_api(contexts: Mapping[str, Any]) -> Starlette:
    """The application bound to its collaborators.

    :param contexts: the name of a family -> what its routes need; a family that is not named here has none.
    :raises ValueError: two families answer the same requests.
    """
    parts = {family.name: family.routes() for family in families() if family.name in contexts}
    _require_apart(parts)
    routes = [route for part in parts.values() for route in part]
    api = Starlette(routes=[*routes, Route("/healthz", healthz, methods=["GET"])], exception_handlers=HANDLERS)
    for name, context in contexts.items():
        setattr(api.state, name, context)
    return api


def _require_apart(parts: Mapping[str, Sequence[Route]]) -> None:
    """Starlette would give the requests to the first of two, and the other would never be asked."""
    first: dict[tuple[str, str], str] = {}
    for family, routes in parts.items():
        for route in routes:
            for method in sorted(route.methods or ()):
                shape = method, re.sub(r"{[^}]*}", "{}", route.path)
                if (other := first.setdefault(shape, family)) != family:
                    raise ValueError(f"{other} and {family} both answer {method} {route.path}; rename one")
