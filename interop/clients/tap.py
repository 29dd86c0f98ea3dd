"""A wire tap: passes bytes on between a client and the broker, and lists the packets it saw."""

import os
import socket
import threading
import time
from dataclasses import dataclass

from .case import CaseFailed

CLIENT = "client"
BROKER = "broker"

KINDS = (
    "reserved CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP "
    "SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT AUTH"
).split()

PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Seen:
    sender: str
    kind: str
    flags: int
    body: bytes


@dataclass(frozen=True)
class Connect:
    """What a CONNECT says, as far as the cases ask for it."""

    protocol: str
    level: int
    keeps_session: bool
    keep_alive_seconds: int
    client_id: str
    username: str
    password: str

    @staticmethod
    def read(body, has_properties):
        field = Fields(body)
        protocol = field.text()
        level = field.number(1)
        flags = field.number(1)
        keep_alive_seconds = field.number(2)
        if has_properties:
            field.skip_properties()
        client_id = field.text()
        if flags & 0x04:
            if has_properties:
                field.skip_properties()
            field.text()
            field.text()
        username = field.text() if flags & 0x80 else ""
        password = field.text() if flags & 0x40 else ""
        keeps_session = not flags & 0x02
        return Connect(
            protocol, level, keeps_session, keep_alive_seconds, client_id, username, password
        )


class Fields:
    def __init__(self, body):
        self.body = body
        self.at = 0

    def number(self, size):
        self.at += size
        return int.from_bytes(self.body[self.at - size : self.at], "big")

    def text(self):
        size = self.number(2)
        self.at += size
        return self.body[self.at - size : self.at].decode(errors="replace")

    def skip_properties(self):
        size, used = variable_length(self.body[self.at :])
        self.at += used + size


class Tap:
    """Listens on a port of its own, or on a Unix socket, and forwards to the broker."""

    def __init__(self, broker_port, path=None):
        self.broker_port = broker_port
        self.seen = []
        self.peers = []
        self.changed = threading.Condition()
        if path is None:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.port = self.listener.getsockname()[1]
        else:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            self.listener.listen()
        self.path = path
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, peer = self.listener.accept()
            except OSError:
                return
            self.peers.append(peer[0] if peer else "")
            broker = socket.create_connection(("127.0.0.1", self.broker_port))
            for sender, source, target in ((CLIENT, client, broker), (BROKER, broker, client)):
                threading.Thread(
                    target=self.forward, args=(sender, source, target), daemon=True
                ).start()

    def forward(self, sender, source, target):
        """Lists a packet before passing it on, so that an answer never stands before its question.

        The last that is listed of a side is its END, which also follows when the other has ended.
        """
        waiting = b""
        try:
            while received := source.recv(65536):
                waiting = self.take_packets(sender, waiting + received)
                target.sendall(received)
        except OSError:
            pass
        self.note(Seen(sender, "END", 0, b""))
        # One side has gone without a word, so the other must see the same.
        for side in (source, target):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def take_packets(self, sender, data):
        while len(data) >= 2:
            size, used = variable_length(data[1:])
            if used == 0 or len(data) < 1 + used + size:
                break
            end = 1 + used + size
            packet = Seen(sender, KINDS[data[0] >> 4], data[0] & 0x0F, data[1 + used : end])
            self.note(packet)
            data = data[end:]
        return data

    def note(self, packet):
        with self.changed:
            self.seen.append(packet)
            self.changed.notify_all()

    def packets(self, sender, kind):
        with self.changed:
            return [seen for seen in self.seen if (seen.sender, seen.kind) == (sender, kind)]

    def wait_for(self, sender, kind, count=1):
        """The first packets of that kind, as many as asked for."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.changed:
            while len(found := self.packets(sender, kind)) < count:
                if not self.changed.wait(max(0, deadline - time.monotonic())):
                    kinds = [f"{packet.sender} {packet.kind}" for packet in self.seen]
                    raise CaseFailed(f"no {kind} number {count} from the {sender}; seen: {kinds}")
        return found[:count]

    def connect(self):
        """The CONNECT, once the broker has accepted it."""
        accepted = self.wait_for(BROKER, "CONNACK")[0]
        if accepted.body[1] != 0:
            raise CaseFailed(f"the broker refused the connection with {accepted.body[1]:#x}")
        body = self.packets(CLIENT, "CONNECT")[0].body
        return Connect.read(body, has_properties=body[6:7] == b"\x05")

    def close(self):
        self.listener.close()
        if self.path is not None:
            os.unlink(self.path)


def variable_length(data):
    """A length of one to four bytes, and how many they were; none if it is not all there yet."""
    value = 0
    for used, byte in enumerate(data[:4], start=1):
        value |= (byte & 0x7F) << 7 * (used - 1)
        if byte < 0x80:
            return value, used
    return 0, 0
