"""A TCP relay on loopback that can be cut: the network between a client and its server, in a test's hands."""

import contextlib
import socket
import struct
import threading
import time
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Relays `port` to the server of `url`. `url` is the same URL through the relay.

    cut()               resets every connection, now
    cut_after(n)        resets a connection when `n` more bytes have come from the server (in the middle of a result)
    cut_at(word, reply) resets a connection when the client sends `word`: before the server sees it, or (`reply=True`) after the
                        server has done it and before the client hears of it
    freeze()            keeps connections open and moves nothing any more (a firewall that forgot them)
    garble()            replaces what comes from the server by other bytes, of the same number
    slow_down()         hands on what comes from the server late, and in small pieces
    heal()              back to normal for new connections
    """

    def __init__(self, url):
        self.target = urlsplit(url)
        self.kind = self.target.scheme.split("+")[0]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs = []
        self.lock = threading.Lock()
        self.thaw = threading.Event()
        self.heal()
        self.closed = False
        self.cuts = 0
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        """Unencrypted: the relay must see what passes."""
        user = self.target.netloc.rpartition("@")[0]
        plain = "sslmode=disable" if self.kind == "postgresql" else ""
        return urlunsplit(self.target._replace(netloc=f"{user}@127.0.0.1:{self.port}".lstrip("@"), query=plain))

    def heal(self):
        self.remaining = None
        self.word, self.reply = None, False
        self.frozen = self.garbled = self.slow = False
        self.thaw.set()  # what was frozen is let go
        self.thaw = threading.Event()

    def cut(self):
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            self.reset(pair)

    def cut_after(self, count):
        self.remaining = count

    def cut_at(self, word, reply=False):
        self.word, self.reply = word, reply

    def freeze(self):
        self.frozen = True

    def garble(self):
        self.garbled = True

    def slow_down(self):
        self.slow = True

    def reset(self, pair):
        self.cuts += 1
        for end in pair:
            with contextlib.suppress(OSError):
                # Linger zero: closing sends RST, as a crashed peer would.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # A blocked recv() of the other thread wakes up by shutdown, not by close.
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RD)
            end.close()

    def accept(self):
        while not self.closed:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(
                    (self.target.hostname, self.target.port or {"mysql": 3306}.get(self.kind, 5432))
                )
            except OSError:
                client.close()
                continue
            pair = (client, server)
            with self.lock:
                self.pairs.append(pair)
            threading.Thread(target=self.relay, args=(pair, client, server, self.from_client), daemon=True).start()
            threading.Thread(target=self.relay, args=(pair, server, client, self.from_server), daemon=True).start()

    def relay(self, pair, source, sink, rule):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.frozen:
                    self.thaw.wait()
                    break
                data, stop = rule(data)
                for piece in self.pieces(data):
                    sink.sendall(piece)
                if stop:
                    return self.reset(pair)
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def pieces(self, data):
        """`data` as it is sent on."""
        if not self.slow:
            return [data] if data else []
        return self.late_pieces(data)

    def late_pieces(self, data):
        size = max(7, len(data) // 10)
        for start in range(0, len(data), size):
            time.sleep(0.002)
            yield data[start : start + size]

    def from_client(self, data):
        if self.word and self.word in data.upper():
            if not self.reply:
                return b"", True
            self.remaining = 0  # the server may have it; its answer does not come through
        return data, False

    def from_server(self, data):
        if self.garbled:
            # A multiplier that is coprime to 251: every value comes, in an order that no protocol has.
            return bytes((i * 97 + 113) % 251 for i in range(len(data))), False
        if self.remaining is None:
            return data, False
        head = data[: self.remaining]
        self.remaining -= len(head)
        return head, len(head) < len(data)

    def close(self):
        self.closed = True
        self.thaw.set()
        self.listener.close()
        self.cut()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
