"""What is started is the pinned Toxiproxy on its own port, or it is refused: with programs that only pretend."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.record.journal import FileJournal
from harness.stack.links.toxiproxy_server import ToxiproxyServer, start_toxiproxy
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes

# Answers as a server that was built without its version does.
UNVERSIONED = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"version": "git"}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[-1])), Handler).serve_forever()
"""
ENDS = "print('error: no such flag')"
# What the real one does when it cannot bind: it stays, and nobody answers.
SILENT = "import signal; print('Server finished with error'); signal.pause()"


@pytest.mark.parametrize(
    ("program", "complaint"),
    [(UNVERSIONED, "Toxiproxy git, and 2.12.0 is needed"), (ENDS, "no such flag"), (SILENT, "Toxiproxy to answer")],
)
async def test_a_program_that_is_not_the_pinned_toxiproxy_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, complaint: str
) -> None:
    binary = tmp_path / "toxiproxy-server"
    binary.write_text(f"#!{sys.executable}\n{program}")
    binary.chmod(0o755)
    monkeypatch.setenv("ASSAY_TOXIPROXY_SERVER_BIN", str(binary))
    processes = Processes(f"test-{tmp_path.name}", tmp_path / "logs", FileJournal(tmp_path / "journal.jsonl", "test"))
    # A program that only pretends is slow to start on a busy machine; the silent one is waited for in vain.
    timeout_seconds = 1.0 if program is SILENT else 60.0
    server = ToxiproxyServer(free_ports(1)[0])
    try:
        with pytest.raises(EnvironmentMissing, match=complaint):
            await start_toxiproxy(server, processes, folder=tmp_path, timeout_seconds=timeout_seconds)
    finally:
        await processes.stop_all(grace_seconds=1.0)
