"""A small mail server of its own: `standin_mail_server.py FOLDER [CERTIFICATE KEY]` prints its port and keeps
each message that it takes as a file in the folder, envelope first.

With a certificate it offers STARTTLS and takes nothing before. By the first letters of the recipient it has
its bad days: `busy` is 451, `nobody` 550, `hung` never answered, `drip` answered byte by byte, `gone` cut
off.
"""

from __future__ import annotations

import json
import socketserver
import ssl
import sys
import time
from itertools import count
from pathlib import Path

FOLDER = Path(sys.argv[1])
CERTIFICATE = sys.argv[2:4]
NUMBERS = count(1)


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        self.secure, self.sender, self.recipients = False, "", list[str]()
        self.say("220 mail.example.org")
        while line := self.rfile.readline(2000):
            words = line.decode("ascii").strip()
            verb = words[:4].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250-mail.example.org\r\n250 " + ("STARTTLS" if self.may_encrypt() else "8BITMIME"))
            elif words.upper() == "STARTTLS" and self.may_encrypt():
                self.encrypt()
            elif verb == "NOOP":
                self.say("250 yes")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif CERTIFICATE and not self.secure:
                self.say("530 STARTTLS first")
            elif verb == "MAIL":
                self.sender, self.recipients = words, []
                self.say("250 go on")
            elif verb == "RCPT" and not self.recipient(words):
                return
            elif verb == "DATA":
                self.message()
            elif verb == "RSET":
                self.say("250 forgotten")

    def may_encrypt(self) -> bool:
        return bool(CERTIFICATE) and not self.secure

    def encrypt(self) -> None:
        self.say("220 go on")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*CERTIFICATE)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.secure = True

    def recipient(self, words: str) -> bool:
        name = words.partition("<")[2]
        if name.startswith("gone"):
            return False
        if name.startswith("hung"):
            time.sleep(60)
        if name.startswith("drip"):
            for _ in range(120):
                self.wfile.write(b"2")
                time.sleep(0.5)
        if name.startswith("busy"):
            self.say("451 come again later")
        elif name.startswith("nobody"):
            self.say("550 no such mailbox")
        else:
            self.recipients.append(words)
            self.say("250 go on")
        return True

    def message(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        envelope = {"secure": self.secure, "from": self.sender, "to": self.recipients}
        unfinished = FOLDER / f"{next(NUMBERS)}.part"
        unfinished.write_bytes(json.dumps(envelope).encode() + b"\r\n" + b"".join(lines))
        unfinished.rename(unfinished.with_suffix(".eml"))
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    """A thread for each."""

    daemon_threads = True


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Session)
    print(server.server_address[1], flush=True)
    server.serve_forever()
