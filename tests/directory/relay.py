# SPDX-License-Identifier: LGPL-2.1-or-later
"""Carries LDAP messages between clients and a server, and lets rules look at each of them.

A rule has some of these methods. They get the connection and a message, and return the list of
byte strings that go on in its stead, through the rules after it; or None: it goes on as it is.

  up(connection, message)      a request
  down(connection, message)    an answer
"""
import os
import queue
import socket
import struct
import threading
import time

from wire import Message, Stream


class Over(Exception):
    """This connection is at its end."""


class Connection:
    def __init__(self, relay, client, server, number):
        self.relay = relay
        # Those of now: what a client of before still has to say is none of the next one's.
        self.rules = relay.rules
        self.client, self.server = client, server
        self.number = number
        self.lock = threading.Lock()
        self.stalled = False

    def start(self):
        for source, send, name in ((self.client, self.to_server, "up"),
                                   (self.server, self.to_client, "down")):
            threading.Thread(target=self.pump, args=(source, send, name), daemon=True).start()

    def to_client(self, data):
        with self.lock:
            self.client.sendall(data)

    def to_server(self, data):
        self.server.sendall(data)

    def cut(self):
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        raise Over

    def reset(self):
        """Ends the client's connection with RST, where it has such a thing: TCP."""
        dead = socket.socket(fileno=self.client.detach())
        self.client = socket.socket()
        if dead.family == socket.AF_INET:
            dead.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Another thread may sit in recv(), and nothing is sent before that ends.
        try:
            dead.shutdown(socket.SHUT_RD)
        except OSError:
            pass
        time.sleep(0.01)
        dead.close()
        self.cut()

    def stall(self):
        """Nothing comes any more, in neither direction, and the connection stays."""
        self.stalled = True
        raise Over

    def handle(self, raw, name):
        messages = [Message(raw)]
        for rule in self.rules:
            method = getattr(rule, name, None)
            gone_on = []
            for message in messages if method else ():
                instead = method(self, message)
                gone_on += [message] if instead is None else map(Message, instead)
            messages = gone_on if method else messages
        return [message.raw for message in messages]

    def pump(self, source, send, name):
        stream = Stream(source)
        if self.relay.delay:
            send = self.delayed(send)
        try:
            while True:
                raw = stream.next()
                if not raw:
                    self.cut()
                for data in self.handle(raw, name):
                    if self.stalled:
                        raise Over
                    send(data)
        except (Over, OSError):
            pass
        if not self.stalled:
            try:
                self.cut()
            except Over:
                pass

    def delayed(self, send):
        """The same, so much later."""
        waiting = queue.Queue()

        def forward():
            while True:
                due, data = waiting.get()
                time.sleep(max(0, due - time.monotonic()))
                try:
                    send(data)
                except OSError:
                    return

        threading.Thread(target=forward, daemon=True).start()
        return lambda data: waiting.put((time.monotonic() + self.relay.delay, data))


def opened(address):
    """A socket for the address, a path or HOST:PORT, and what connect() and bind() want."""
    if address.startswith("/"):
        return socket.socket(socket.AF_UNIX), address
    host, _, port = address.rpartition(":")
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return end, (host, int(port))


class Relay:
    """Listens at an address (port 0: any that is free) until stop()."""

    def __init__(self, listen, target, rules=(), delay=0):
        self.target = target
        self.rules = list(rules)
        self.delay = delay
        self.refuses = False
        self.connections = 0
        self.open = []
        self.listener, place = opened(listen)
        if listen.startswith("/") and os.path.exists(listen):
            os.unlink(listen)
        self.listener.bind(place)
        self.listener.listen(64)
        if listen.startswith("/"):
            self.url = "ldapi://" + listen.replace("/", "%2F")
        else:
            self.url = "ldap://%s:%d" % self.listener.getsockname()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refuses:
                client.close()
                continue
            server, place = opened(self.target)
            server.connect(place)
            for end in (client, server):
                if end.family != socket.AF_UNIX:
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(self, client, server, self.connections)
            self.open.append(connection)
            connection.start()

    def stop(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for connection in self.open:
            try:
                connection.cut()
            except Over:
                pass
            connection.client.close()
            connection.server.close()
