# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desired state of every database of a server, made so."""
import os

from contest import Run
from desired import Desired


class Provision:
    """Two desired states: every database points at one array, or at another. What ldapmodify
    takes for some of the changes is compared change by change: each takes it a round trip."""

    LIMIT = 20

    def __init__(self, servers):
        self.servers = servers
        self.bench = servers.bench
        self.states = [servers.path("state-%d.json" % i) for i in (0, 1)]

    def apply(self, address, state):
        return Run("apply", [self.servers.program, address, self.servers.path("journal"),
                             "--state", self.states[state]], output=self.servers.path("parts"))

    def command(self, address, state):
        return Run("apply, the whole command",
                   [self.bench.casarray, "apply", self.states[state], "--yes", "--quiet",
                    "--directory", address], output=os.devnull)

    def modify(self, address):
        """Some of them, there and, without delay, back."""
        run = self.servers.modify(address, "back")
        run.name = "ldapmodify, %d of them" % self.servers.written
        run.once()
        self.servers.modify(self.servers.reach["LDAPI"], "forth").once()
        return run

    def main(self):
        names = self.servers.all_names
        for i, path in enumerate(self.states):
            Desired.write(path, names, "mail-%04d.corp.test" % i)
        self.apply(self.servers.reach["LDAPI"], 0).once()
        child, address = self.servers.delayed()
        try:
            self.measure(len(names), address)
        finally:
            child.terminate()
            child.wait()

    def measure(self, n, address):
        apply, command = self.apply(address, 1), self.command(address, 0)
        apply.once()
        apply.seconds = [self.servers.parts(n)["apply"]]
        modify = self.modify(address)
        command.once()
        print(" a desired state of %d databases, all changed, without fsync, 2 ms round trip: 1 run" %
              n)
        for run in (modify, apply, command):
            print("  " + run.text())
        share = n / self.servers.written * modify.median()
        self.bench.faster("change of all / ldapmodify", share / apply.median(), self.LIMIT)
        self.bench.faster("apply / ldapmodify", share / command.median(), None)
