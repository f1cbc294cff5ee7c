"""A model server on loopback whose every word tries to act on the terminal that shows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.hostile import ATTACK


class _Handler(BaseHTTPRequestHandler):
    refuses = False
    raw: tuple[int, bytes, bytes] | None = None

    def do_GET(self) -> None:
        self._send(200, {"object": "list", "data": [{"id": ATTACK, "object": ATTACK}]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.raw is not None:
            status, kind, body = self.raw
            self._send_bytes(status, body, kind.decode("latin-1"))
            return
        if self.refuses:
            self._send(400, {"error": {"message": ATTACK, "type": ATTACK, "code": ATTACK}})
            return
        message = {"role": "assistant", "content": ATTACK, "reasoning_content": ATTACK}
        choice = {"index": 0, "message": message, "finish_reason": ATTACK}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        self._send(200, {"id": ATTACK, "model": ATTACK, "choices": [choice], "usage": usage})

    def _send(self, status: int, document: Any) -> None:
        self._send_bytes(status, json.dumps(document).encode(), "application/json")

    def _send_bytes(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextmanager
def hostile_server(
    *, refuses: bool = False, raw: tuple[int, bytes, bytes] | None = None
) -> Iterator[str]:
    """The base URL of a server that answers with the attack, or refuses with it; or with ``raw``,
    the status, content type and body of every answer."""
    handler = type("Handler", (_Handler,), {"refuses": refuses, "raw": raw})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
