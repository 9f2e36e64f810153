"""Is an address free to listen on? Asked before the server starts, which would otherwise share the port
silently.

python tools/free_port.py 127.0.0.1:8000
"""

from __future__ import annotations

import socket
import sys
import time

PATIENCE_SECONDS = 3.0
"""A server that was just killed needs a moment until its workers notice."""


def why_not(host: str, port: int) -> str | None:
    """One sentence in both languages when nobody can listen there; None when the address is free."""
    if not 1 <= port <= 65535:
        return f"端口要在 1 和 65535 之间，不能是 {port}。The port must lie between 1 and 65535, not {port}."
    until = time.monotonic() + PATIENCE_SECONDS
    while (error := _try(host, port)) is not None and time.monotonic() < until:
        time.sleep(0.1)
    if error is None:
        return None
    return (
        f"{host}:{port} 不能使用（{error.strerror}）：请停掉占用它的程序，或换一个端口，例如 PORT={port + 1} make run。"
        f"Cannot listen on {host}:{port} ({error.strerror}): stop what uses it, or choose another port,"
        f" for example PORT={port + 1} make run."
    )


def _try(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except OSError as error:
        return error
    return None


def main(arguments: list[str]) -> int:
    """Command line; 1 and a sentence when the address cannot be used."""
    host, _, port = arguments[0].rpartition(":")
    if not port.isdigit():
        print(f"PORT={port!r}: 端口要是一个数。The port must be a number.", file=sys.stderr)
        return 1
    sentence = why_not(host.strip("[]"), int(port))
    if sentence:
        print(sentence, file=sys.stderr)
    return 1 if sentence else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
