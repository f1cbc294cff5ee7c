"""HTTP on the bare transport: what a web framework would not let a test do to a client."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final

from tests.support.mock_server import Answer

HUGE: Final = 10_000_000
"""Bytes of the replies that are far too long."""
ENDLESS: Final = 500_000_000
"""Bytes after which even a reply without end is broken off."""


class Wire:
    """The raw connection, and the ways to break it.

    Each says whether the connection can carry another request.

    Args:
        hold: Most seconds that a request is left waiting.

    Attributes:
        hung_up: The client closed the connection while it waited.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hold: float,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._hold = hold
        self.hung_up = False

    async def send(self, data: bytes) -> bool:
        self._writer.write(data)
        await self._writer.drain()
        return True

    async def send_slowly(self, data: bytes) -> bool:
        """All of it, in pieces of irregular length."""
        for start, end in ((0, 40), (40, 41), (41, 200), (200, -1), (-1, None)):
            await self.send(data[start:end])
            await asyncio.sleep(0.01)
        return True

    async def wait(self, seconds: float) -> None:
        """Until the client hangs up, at most ``seconds``."""
        try:
            async with asyncio.timeout(min(seconds, self._hold)):
                self.hung_up = not await self._reader.read(1)
        except TimeoutError:
            pass

    async def hang(self) -> bool:
        await self.wait(self._hold)
        return False

    async def stall(self) -> bool:
        await self.send(head_of(length=1000))
        return await self.hang()

    async def trickle(self) -> bool:
        """White space, which JSON may begin with: never wrong, never finished."""
        await self.send(head_of(length=HUGE))
        ends = asyncio.get_running_loop().time() + self._hold
        while not self.hung_up and asyncio.get_running_loop().time() < ends:
            await self.send(b" ")
            await self.wait(0.02)
        return False

    async def reset(self) -> bool:
        await self.send(head_of(length=1000) + b'{"choices": [')
        self._abort()
        return False

    async def short(self) -> bool:
        """An orderly end, long before the announced one."""
        await self.send(head_of(length=1000) + b'{"choices": [')
        return False

    async def drop(self) -> bool:
        return False

    async def flood(self) -> bool:
        """The beginning of a completion whose text does not end, in chunks: of no known length."""
        await self.send(head_of(length=None))
        await self.send(chunk(b'{"choices": [{"message": {"content": "'))
        endless = chunk(b"a" * 65_536)
        for _ in range(ENDLESS // 65_536):
            await self.send(endless)
        return False

    def _abort(self) -> None:
        # With no time to linger, the system sends a reset instead of an orderly end.
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


def response(answer: Answer) -> bytes:
    """An answer, ready to be sent."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    head = head_of(answer.status, len(answer.body), answer.content_type, headers)
    return head + answer.body


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def head_of(
    status: int = 200,
    length: int | None = 0,
    content_type: str = "application/json",
    more: str = "",
) -> bytes:
    extent = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return (
        f"HTTP/1.1 {status} Whatever\r\nContent-Type: {content_type}\r\n{extent}\r\n{more}\r\n"
    ).encode()
