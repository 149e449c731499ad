# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desired state of every database, compared and applied."""
import json
import os
import shutil
import subprocess

from contest import Run, take_turns


class Desired:
    """Two desired states of a copy of an organization: every database points at one array, or
    at another."""

    def __init__(self, bench, size):
        self.bench = bench
        self.copy = bench.path("desired.ldif")
        shutil.copyfile(size.ldif, self.copy)
        self.states = [bench.path("state-%d.json" % i) for i in (0, 1)]
        names = self.names()
        for i, path in enumerate(self.states):
            self.write(path, names, "mail-%04d.corp.test" % i)
        self.applied = 0

    def names(self):
        """The databases that can be changed."""
        done = subprocess.run([self.bench.casarray, "set-database", "--all", "--what-if",
                               "--rpc-client-access-server", "mail-0000.corp.test",
                               "--directory", self.copy, "--format", "ndjson"],
                              stdout=subprocess.PIPE, check=True)
        rows = [json.loads(line).get("row") for line in done.stdout.splitlines()]
        return [row["name"] for row in rows
                if row and (row["action"] == "modify" or row["reason"] == "already so")]

    @staticmethod
    def write(path, names, target):
        with open(path, "w", encoding="utf-8") as stream:
            stream.write('{"schema":"casarray.state","version":1,"databases":[\n')
            stream.write(",\n".join(json.dumps({"name": name, "rpc_client_access_server": target})
                                    for name in names))
            stream.write("\n]}\n")

    def command(self, name, state):
        return [self.bench.casarray, name, state, "--directory", self.copy]

    def change_all(self):
        """The other state each time, so that every run writes all."""
        self.applied += 1
        return self.command("apply", self.states[self.applied % 2])

    def nothing(self):
        return self.command("apply", self.states[self.applied % 2])

    def difference(self):
        return self.command("diff", self.states[self.applied % 2])

    def main(self):
        grep = Run("grep -c '^dn:'", ["grep", "-c", "^dn:", self.copy])
        length = Run("jq length", ["jq", "length", self.states[0]])
        change = Run("apply, all changed", self.change_all)
        nothing = Run("apply, nothing changed", self.nothing)
        diff = Run("diff", self.difference)
        take_turns([grep, length, change, nothing, diff], self.bench.options.runs)
        scale = 4 * grep.median() + length.median()
        for run in (grep, length, diff, nothing, change):
            print("  " + run.text())
        self.bench.ratio("diff / (4 grep + jq)", diff.median() / scale, 1)
        self.bench.ratio("apply nothing / (4 grep + jq)", nothing.median() / scale, 1)
        self.bench.ratio("apply all / (4 grep + jq)", change.median() / scale, 3)
        for path in self.states + [self.copy]:
            os.unlink(path)
