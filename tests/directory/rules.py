# SPDX-License-Identifier: LGPL-2.1-or-later
"""What may go wrong between a client and an LDAP server: rules for the relay.

Each is written as words with colons between them:

  FAULT:up:N, FAULT:down:N    at the N-th request, the N-th message of answers (1 ...), once:
    cut        the connection ends before it
    half       the connection ends in the middle of it
    reset      likewise before it, with RST where there is TCP
    gone       the connection ends before it, and nobody is let in again
    stall      from it on nothing comes, in neither direction
    drop       it is lost, and all others come
    garbage    bytes that are no LDAP come in its place; of a request: as its answer
  lose:OPERATION:N[:gone]     the server gets the N-th such request; the connection ends before
                              its answer; gone: and nobody is let in again, and what was asked
                              after it has no answer either
  OPERATION is bind, search, modify, add, delete, rename, write (any of four), or any
  answer:OPERATION:N:CODE     the N-th such request gets that result, and the server does not
                              hear of it; N is a number, a range N-M, or "all"
  result:OPERATION:N:CODE     the server does it, and its result is replaced by that one
  split                       every answer comes byte by byte
  references:N                every search gives N references to other servers
  notice:N                    the N-th search is answered by a notice of disconnection
  unranged:TEXT               values in parts are named with that range, whatever it was
  uncontrolled                a critical control on a search is answered with an ExtendedResponse,
                              as Samba does
  hide:TEXT                   the rootDSE does not have that value
  windows[:NAME=N,...]        the limits of a domain controller: page (entries), values (of an
                              attribute), receive (bytes of a request)
"""
import threading
import time

import wire


def numbers(text):
    """Which operations are meant, as a function."""
    if text == "all":
        return lambda n: True
    first, _, last = text.partition("-")
    return lambda n: int(first) <= n <= int(last or first)


class Counter:
    """Counts the requests of one kind."""

    def __init__(self, operation):
        self.tags = wire.NAMES[operation]
        self.seen = 0
        self.lock = threading.Lock()

    def next(self, message):
        """Its number, or 0: it is of another kind."""
        if message.tag not in self.tags:
            return 0
        with self.lock:
            self.seen += 1
            return self.seen


class Fault:
    def __init__(self, kind, direction, number):
        self.kind, self.direction, self.number = kind, direction, int(number)
        self.seen = 0
        self.struck = False
        self.lock = threading.Lock()

    def up(self, connection, message):
        return self.meet(connection, message, "up", connection.to_server)

    def down(self, connection, message):
        return self.meet(connection, message, "down", connection.to_client)

    def meet(self, connection, message, direction, send):
        if direction != self.direction:
            return None
        with self.lock:
            self.seen += 1
            if self.seen != self.number:
                return None
        self.struck = True
        return getattr(self, self.kind)(connection, message, send)

    def cut(self, connection, message, send):
        connection.cut()

    def half(self, connection, message, send):
        send(message.raw[:len(message.raw) // 2])
        connection.cut()

    def reset(self, connection, message, send):
        connection.reset()

    def gone(self, connection, message, send):
        # The good-bye of a client that has ended may be seen only when the next one is there.
        connection.relay.refuses = connection.rules is connection.relay.rules
        connection.cut()

    def stall(self, connection, message, send):
        connection.stall()

    def drop(self, connection, message, send):
        return []

    def garbage(self, connection, message, send):
        connection.to_client(b"\x16\x03\x01 no LDAP at all")
        return []


class Lose:
    def __init__(self, operation, number, gone=None):
        self.counter = Counter(operation)
        self.number = int(number)
        self.gone = gone is not None
        self.struck = False
        self.lost = None

    def up(self, connection, message):
        if self.counter.next(message) == self.number:
            self.lost = connection, message.id
            self.struck = True

    def down(self, connection, message):
        if self.lost == (connection, message.id):
            connection.relay.refuses = self.gone
            connection.cut()
        elif self.gone and self.lost and self.lost[0] is connection and message.id > self.lost[1]:
            return []
        return None


class Answer:
    def __init__(self, operation, which, code, text=""):
        self.counter = Counter(operation)
        self.which = numbers(which)
        self.code, self.text = int(code), text
        self.struck = False
        self.referrals = (["ldap://dc9.contoso.com/DC=other,DC=com"]
                          if self.code == 10 else [])

    def up(self, connection, message):
        n = self.counter.next(message)
        if not n or not self.which(n):
            return None
        self.struck = True
        connection.to_client(wire.answer(message, self.code, self.text, self.referrals))
        return []


class Result:
    def __init__(self, operation, which, code, text=""):
        self.counter = Counter(operation)
        self.which = numbers(which)
        self.code, self.text = int(code), text
        self.waited = {}

    def up(self, connection, message):
        n = self.counter.next(message)
        if n and self.which(n):
            self.waited[connection, message.id] = wire.ANSWERS[message.tag]

    def down(self, connection, message):
        if self.waited.get((connection, message.id)) != message.tag:
            return None
        return [wire.with_code(message, self.code, self.text)]


def with_attributes(message, change):
    """An entry with what change() makes of the name and the values of each attribute."""
    dn, attributes = wire.elements(message.value)
    parts = []
    for _, attribute in wire.elements(attributes[1]):
        (_, name), (_, values) = wire.elements(attribute)
        name, values = change(name, wire.elements(values))
        parts.append(wire.sequence(wire.octets(name), wire.element(
            wire.SET, *(wire.element(*value) for value in values))))
    return message.packed(wire.element(*dn) + wire.sequence(*parts))


class Split:
    struck = True

    def down(self, connection, message):
        for i in range(len(message.raw)):
            connection.to_client(message.raw[i:i + 1])
            if i < 12 or i % 64 == 0:
                time.sleep(0.0002)
        return []


class References:
    def __init__(self, n):
        self.n = int(n)

    def down(self, connection, message):
        if message.tag != wire.DONE:
            return None
        return [wire.sequence(wire.number(message.id), wire.element(
            wire.REFERENCE, wire.octets(b"ldap://dc%d.contoso.com/DC=child,DC=com" % i)))
            for i in range(1, self.n + 1)] + [message.raw]


class Notice:
    TEXT = wire.sequence(wire.number(0), wire.element(
        wire.EXTENDED_DONE, wire.number(52, wire.ENUMERATED), wire.octets(b""),
        wire.octets(b"going down for maintenance"),
        wire.octets(b"1.3.6.1.4.1.1466.20036", 0x8A)))

    def __init__(self, number):
        self.number = int(number)
        self.counter = Counter("search")

    def up(self, connection, message):
        if self.counter.next(message) == self.number:
            connection.to_client(self.TEXT)
            connection.cut()


class Uncontrolled:
    def up(self, connection, message):
        if message.tag != wire.SEARCH or not any(
                wire.elements(value)[1:2] == [(wire.BOOLEAN, b"\xff")]
                for _, value in message.controls):
            return None
        connection.to_client(wire.sequence(wire.number(message.id), wire.element(
            wire.EXTENDED_DONE, wire.number(12, wire.ENUMERATED), wire.octets(b""),
            wire.octets(b""))))
        return []


class Hide:
    def __init__(self, text):
        self.text = text.encode()

    def down(self, connection, message):
        if message.tag != wire.ENTRY or message.value[:2] != wire.octets(b""):
            return None
        return [with_attributes(message, lambda name, values: (
            name, [value for value in values if value[1] != self.text]))]


class Unranged:
    def __init__(self, text):
        self.text = text.encode()

    def down(self, connection, message):
        if message.tag != wire.ENTRY:
            return None
        return [with_attributes(message, lambda name, values: (
            name.partition(b";range=")[0] + b";range=" + self.text
            if b";range=" in name else name, values))]


def rule(text):
    from windows import Windows
    name, *words = text.split(":")
    if name in ("cut", "half", "reset", "gone", "stall", "drop", "garbage"):
        return Fault(name, *words)
    kinds = {"lose": Lose, "answer": Answer, "result": Result, "split": Split,
             "references": References, "notice": Notice, "uncontrolled": Uncontrolled,
             "hide": Hide, "unranged": Unranged, "windows": Windows}
    return kinds[name](*words)
