# SPDX-License-Identifier: LGPL-2.1-or-later
"""The limits that a domain controller of Windows imposes, and the servers of the tests do not
([MS-ADTS] 3.1.1.3.4.6 LDAP policies): MaxPageSize, MaxValRange, MaxReceiveBuffer."""
import re

import wire

PAGED = b"1.2.840.113556.1.4.319"
RANGE = re.compile(rb"^(.*);range=(\d+)-(\d+|\*)$", re.IGNORECASE)
SIZE_LIMIT, UNAVAILABLE_CRITICAL = 4, 12


class Search:
    """One that is under way."""

    def __init__(self):
        self.is_paged = False
        self.entries = 0
        self.ranges = {}  # attribute to the first and the last value that are asked for


class Windows:
    def __init__(self, settings=""):
        limits = {"page": 1000, "values": 1500, "receive": 10 << 20}
        limits.update((name, int(value)) for name, _, value in (
            setting.partition("=") for setting in settings.split(",") if setting))
        self.limits = limits
        self.searches = {}  # by connection and message id
        self.cookies = {}   # that a connection was given, to the server's

    def up(self, connection, message):
        if len(message.raw) > self.limits["receive"]:
            connection.cut()
        if message.tag != wire.SEARCH:
            return None
        search = self.searches[connection, message.id] = Search()
        parts = wire.elements(message.value)
        attributes = [self.asked(search, name) for _, name in wire.elements(parts[7][1])]
        controls = []
        for tag, value in message.controls:
            if wire.elements(value)[0][1] == PAGED:
                value = self.page_asked(connection, search, value)
            if value is None:
                connection.to_client(wire.answer(
                    message, UNAVAILABLE_CRITICAL, "00000057: the cookie is another connection's"))
                return []
            controls.append((tag, value))
        body = b"".join(wire.element(*part) for part in parts[:7])
        body += wire.sequence(*(wire.octets(name) for name in attributes))
        return [message.packed(body, controls)]

    @staticmethod
    def asked(search, name):
        """The attribute that the server is asked for."""
        found = RANGE.match(name)
        if not found:
            return name
        last = None if found.group(3) == b"*" else int(found.group(3))
        search.ranges[found.group(1).lower()] = int(found.group(2)), last
        return found.group(1)

    def page_asked(self, connection, search, control):
        """The control with a smaller page; None: a cookie that it does not know."""
        parts = wire.elements(control)
        size, cookie = (value for _, value in wire.elements(wire.elements(parts[-1][1])[0][1]))
        search.is_paged = True
        if cookie:
            cookie = self.cookies.get((connection, cookie))
            if cookie is None:
                return None
        size = min(int.from_bytes(size, "big"), self.limits["page"])
        parts[-1] = wire.OCTETS, wire.sequence(wire.number(size), wire.octets(cookie))
        return b"".join(wire.element(*part) for part in parts)

    def page_given(self, connection, control):
        parts = wire.elements(control)
        if parts[0][1] != PAGED:
            return control
        size, cookie = wire.elements(wire.elements(parts[-1][1])[0][1])
        if cookie[1]:
            token = b"%d/%d" % (connection.number, len(self.cookies) + 1)
            self.cookies[connection, token] = cookie[1]
            cookie = wire.OCTETS, token
        parts[-1] = wire.OCTETS, wire.sequence(wire.element(*size), wire.element(*cookie))
        return b"".join(wire.element(*part) for part in parts)

    def down(self, connection, message):
        search = self.searches.get((connection, message.id))
        if not search:
            return None
        if message.tag == wire.ENTRY:
            search.entries += 1
            if not search.is_paged and search.entries > self.limits["page"]:
                return []
            return [self.entry(search, message)]
        if message.tag != wire.DONE:
            return None
        if not search.is_paged and search.entries > self.limits["page"]:
            return [wire.with_code(message, SIZE_LIMIT)]
        return [message.packed(controls=[(tag, self.page_given(connection, value))
                                         for tag, value in message.controls])]

    def entry(self, search, message):
        dn, attributes = wire.elements(message.value)
        parts = []
        for _, attribute in wire.elements(attributes[1]):
            (_, name), (_, values) = wire.elements(attribute)
            for name, values in self.ranged(search, name, wire.elements(values)):
                parts.append(wire.sequence(wire.octets(name), wire.element(
                    wire.SET, *(wire.element(*value) for value in values))))
        return message.packed(wire.element(*dn) + wire.sequence(*parts))

    def ranged(self, search, name, values):
        """The attributes, with their values, that one becomes."""
        most = self.limits["values"]
        asked = search.ranges.get(name.lower())
        if not asked and len(values) <= most:
            return [(name, values)]
        first, last = asked or (0, None)
        if first >= len(values):
            return []
        end = min(first + most, len(values), len(values) if last is None else last + 1)
        text = b"*" if end == len(values) else b"%d" % (end - 1)
        part = (b"%s;range=%d-%s" % (name, first, text), values[first:end])
        # Asked for as a whole, it comes without values, too.
        return [part] if asked else [(name, []), part]
