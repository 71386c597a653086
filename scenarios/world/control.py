"""The control port: holds and knobs. The harness speaks to it; the application never does."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scenarios.world.board import Board
from scenarios.world.bodies import Malformed, parse_object
from scenarios.world.holds import HoldRefused
from scenarios.world.kinds import KINDS
from scenarios.world.knobs import KnobRefused, Knobs
from scenarios.world.web import error, healthz

OPERATIONS = (*KINDS, ("payments", "pay"), ("accounting", "statement"), ("payments", "settlements"))
"""What can be held: what the application asks for, and what a customer does."""
LONGEST_WAIT_SECONDS = 60.0


class Control:
    """The endpoints, bound to one world's holds and knobs."""

    def __init__(self, board: Board, knobs: Knobs) -> None:
        self._board = board
        self._knobs = knobs

    def app(self) -> Starlette:
        """The HTTP application."""
        return Starlette(
            routes=[
                Route("/healthz", healthz),
                Route("/knobs", self.get_knobs, methods=["GET"]),
                Route("/knobs", self.reset_knobs, methods=["DELETE"]),
                Route("/knobs/{service}", self.put_knob, methods=["PUT"]),
                Route("/holds", self.arm, methods=["POST"]),
                Route("/holds/{hold_id}", self.get_hold, methods=["GET"]),
                Route("/holds/{hold_id}", self.release, methods=["DELETE"]),
                Route("/holds/{hold_id}/abandon", self.abandon, methods=["POST"]),
            ]
        )

    async def get_knobs(self, request: Request) -> Response:
        """All knobs as they stand."""
        return JSONResponse(self._knobs.answer())

    async def reset_knobs(self, request: Request) -> Response:
        """All services behave again."""
        self._knobs.reset()
        return JSONResponse(self._knobs.answer())

    async def put_knob(self, request: Request) -> Response:
        """Replace one service's knob."""
        service = request.path_params["service"]
        try:
            self._knobs.set(service, parse_object(await request.body()))
        except KeyError:
            return error(404, f"no service {service!r}; there are {', '.join(self._knobs.answer())}")
        except (KnobRefused, Malformed) as refused:
            return error(400, str(refused))
        return JSONResponse(self._knobs.answer()[service])

    async def arm(self, request: Request) -> Response:
        """Arm a hold."""
        try:
            fields = parse_object(await request.body())
            kind = (str(fields.get("service")), str(fields.get("operation")))
            if "effect" not in fields and kind not in OPERATIONS:
                return error(400, f"nothing to hold: {'/'.join(kind)}; there are {OPERATIONS}")
            hold = self._board.arm(fields)
        except (HoldRefused, Malformed) as refused:
            return error(400, str(refused))
        return JSONResponse({"hold_id": hold.hold_id, "state": hold.state.value}, status_code=201)

    async def get_hold(self, request: Request) -> Response:
        """One hold; with ``wait_seconds`` once it has left "armed"."""
        text = request.query_params.get("wait_seconds", "0")
        try:
            seconds = float(text)
        except ValueError:
            return error(400, f"wait_seconds must be a number, not {text!r}")
        if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
            return error(400, f"wait_seconds must be in 0..{LONGEST_WAIT_SECONDS:g}, not {text}")
        try:
            hold = await self._board.wait_left_armed(request.path_params["hold_id"], seconds)
        except KeyError:
            return error(404, f"no hold {request.path_params['hold_id']!r}")
        return JSONResponse(hold.answer())

    async def release(self, request: Request) -> Response:
        """Let a held request go on; again is the same."""
        try:
            return JSONResponse(self._board.release(request.path_params["hold_id"]).answer())
        except KeyError:
            return error(404, f"no hold {request.path_params['hold_id']!r}")

    async def abandon(self, request: Request) -> Response:
        """End a held request without its effect; again is the same."""
        try:
            return JSONResponse(self._board.abandon(request.path_params["hold_id"]).answer())
        except KeyError:
            return error(404, f"no hold {request.path_params['hold_id']!r}")
        except HoldRefused as refused:
            return error(409, str(refused))
