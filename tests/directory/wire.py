# SPDX-License-Identifier: LGPL-2.1-or-later
"""BER as far as LDAP needs it (RFC 4511 5.1), and the messages that the proxy knows."""

BIND, BOUND = 0x60, 0x61
SEARCH, ENTRY, DONE, REFERENCE = 0x63, 0x64, 0x65, 0x73
MODIFY, ADD, DELETE, RENAME = 0x66, 0x68, 0x4A, 0x6C
ABANDON, EXTENDED, EXTENDED_DONE = 0x50, 0x77, 0x78
CONTROLS = 0xA0
SEQUENCE, SET, OCTETS, INTEGER, ENUMERATED, BOOLEAN = 0x30, 0x31, 0x04, 0x02, 0x0A, 0x01

# Requests to the tags of their answers.
ANSWERS = {BIND: BOUND, SEARCH: DONE, MODIFY: 0x67, ADD: 0x69, DELETE: 0x6B, RENAME: 0x6D,
           EXTENDED: EXTENDED_DONE}
WRITES = (MODIFY, ADD, DELETE, RENAME)
NAMES = {"bind": (BIND,), "search": (SEARCH,), "modify": (MODIFY,), "add": (ADD,),
         "delete": (DELETE,), "rename": (RENAME,), "write": WRITES, "any": tuple(ANSWERS)}


def head(data, at=0):
    """Where the value of the element at that place begins and ends; None: it is not whole."""
    if len(data) < at + 2:
        return None
    first = data[at + 1]
    if first < 0x80:
        begin, n = at + 2, first
    else:
        begin = at + 2 + (first & 0x7F)
        if len(data) < begin:
            return None
        n = int.from_bytes(data[at + 2:begin], "big")
    return (begin, begin + n) if len(data) >= begin + n else None


def elements(data):
    """(tag, value) of each element."""
    at, found = 0, []
    while at < len(data):
        begin, end = head(data, at)
        found.append((data[at], data[begin:end]))
        at = end
    return found


def element(tag, *parts):
    value = b"".join(parts)
    n = len(value)
    if n < 0x80:
        return bytes([tag, n]) + value
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + value


def number(value, tag=INTEGER):
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value, tag=OCTETS):
    return element(tag, value)


def sequence(*parts):
    return element(SEQUENCE, *parts)


class Message:
    """One LDAP message: its id, the tag and value of its operation, its controls."""

    def __init__(self, raw):
        self.raw = raw
        begin, end = head(raw)
        parts = elements(raw[begin:end])
        self.id = int.from_bytes(parts[0][1], "big")
        self.tag, self.value = parts[1]
        self.controls = elements(parts[2][1]) if len(parts) > 2 else []

    def packed(self, value=None, controls=None):
        """The message again, with another value or other controls."""
        controls = self.controls if controls is None else controls
        parts = [number(self.id), element(self.tag, self.value if value is None else value)]
        if controls:
            parts.append(element(CONTROLS, *(element(*control) for control in controls)))
        return sequence(*parts)


def answer(request, code, text="", referrals=()):
    """The bytes that answer a request with a result."""
    parts = [number(code, ENUMERATED), octets(b""), octets(text.encode())]
    if referrals:
        parts.append(element(0xA3, *(octets(uri.encode()) for uri in referrals)))
    return sequence(number(request.id), element(ANSWERS[request.tag], *parts))


def with_code(message, code, text=""):
    """A result with another code; what follows the text stays."""
    rest = elements(message.value)[3:]
    return message.packed(b"".join(
        [number(code, ENUMERATED), octets(b""), octets(text.encode())] +
        [element(*part) for part in rest]))


class Stream:
    """Messages out of a socket."""

    def __init__(self, source):
        self.source = source
        self.data = b""

    def next(self):
        """The bytes of the next message; b"": the end."""
        while True:
            place = head(self.data)
            if place:
                raw, self.data = self.data[:place[1]], self.data[place[1]:]
                return raw
            part = self.source.recv(1 << 16)
            if not part:
                return b""
            self.data += part
