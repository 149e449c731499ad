# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server of a farm (farm.bash), and casarray that talks to it through a relay."""
import json
import os
import subprocess

import ldap
import ldap.sasl

import wire
from relay import Relay

SECONDS = 60
WATCHED = "(|(objectClass=msExchMDB)(objectClass=msExchClientAccessArray))"


class Wrong(Exception):
    """What must be so is not."""


class Recorder:
    """Writes down which messages went by."""

    def __init__(self):
        self.seen = {"up": [], "down": []}
        self.set_up = None  # so many of each before the first question

    def up(self, connection, message):
        if not self.set_up and message.tag == wire.SEARCH and \
                wire.elements(message.value)[0][1]:
            self.set_up = {name: len(tags) for name, tags in self.seen.items()}
        self.seen["up"].append(message.tag)

    def down(self, connection, message):
        self.seen["down"].append(message.tag)


class Server:
    def __init__(self, casarray, folder):
        self.casarray = casarray
        self.folder = folder
        self.socket = folder + "/ldapi"
        self.link = ldap.initialize("ldapi://" + self.socket.replace("/", "%2F"))
        self.link.sasl_interactive_bind_s("", ldap.sasl.external())
        self.base = self.link.search_s("", 0, attrlist=["namingContexts"])[0][1][
            "namingContexts"][0].decode()
        self.home = folder + "/home"
        with open(folder + "/ldap", encoding="ascii") as file:
            tcp = file.read().strip()
        self.local = Relay(folder + "/proxy", self.socket)
        self.tcp = Relay("127.0.0.1:0", tcp)
        self.relay = self.local

    def state(self):
        """What changes are about: DN to what it holds."""
        return {dn.lower(): {name.lower(): sorted(values) for name, values in entry.items()
                             if name.lower() not in ("objectguid", "entryuuid")}
                for dn, entry in self.link.search_s(self.base, 2, WATCHED)}

    def grow(self, n):
        """More databases like "Berlin DB 2", with its copies."""
        found = self.link.search_s(self.base, 2, "(cn=Berlin DB 2)")[0]
        whole = self.link.search_s(found[0], 2)
        for i in range(n):
            name = "Berlin Bulk %02d" % i
            for dn, entry in whole:
                entry = {key: values for key, values in entry.items()
                         if key not in ("homeMDBBL",)}
                if dn == found[0]:
                    entry["cn"] = [name.encode()]
                if "objectGUID" in entry:
                    entry["objectGUID"] = [os.urandom(16)]
                self.link.add_s(dn.replace("Berlin DB 2", name), list(entry.items()))

    def run(self, words, timeout=20):
        """Exit status, the document that was printed, stderr."""
        env = dict(os.environ, HOME=self.home, XDG_STATE_HOME=self.home)
        env.pop("CASARRAY_DIRECTORY", None)
        how = ["--directory", self.relay.url, "--format", "json", "--timeout", str(timeout)]
        if self.relay is self.tcp:
            how.append("--anonymous")
        try:
            done = subprocess.run([self.casarray, *words, *how], env=env, check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired as late:
            raise Wrong("%s: it does not end" % " ".join(words)) from late
        out, err = done.stdout.decode(), done.stderr.decode()
        try:
            return done.returncode, json.loads(out) if out else {}, err
        except ValueError as bad:
            raise Wrong("exit status %d, and what is printed is no JSON: %s" % (
                done.returncode, bad)) from bad

    def must(self, words):
        status, document, err = self.run(words)
        if status != 0:
            raise Wrong("%s: exit status %d: %s" % (" ".join(words), status, err))
        return document

    def history(self):
        return self.run(["history"])[1]["rows"]

    def through(self, words, rules):
        """Likewise, while the relay has these rules."""
        self.relay.rules = rules
        try:
            return self.run(words, timeout=1)
        finally:
            self.relay.rules = []
            self.relay.refuses = False
