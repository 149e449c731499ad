# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times casarray on a server against OpenLDAP's own tools on the same server."""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from contest import Run, take_turns
from provision import Provision

DELAY_US = 1000  # each way: a round trip of 2 ms
MEMORY = 150e6
SERVERS = "/o=Corp/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"
CHANGE = """dn: %s
changetype: modify
delete: legacyExchangeDN
legacyExchangeDN: %s
-
add: legacyExchangeDN
legacyExchangeDN: %s
-

"""


def array(number):
    return "mail-%04d.corp.test" % number


def legacy(number):
    return "%s/cn=%s/cn=Microsoft Private MDB" % (SERVERS, array(number))


def url(path):
    return "ldapi://" + path.replace("/", "%2F")


def memory_folder(databases):
    """Where files do not go to a disk; None: there is no room."""
    try:
        room = os.statvfs("/dev/shm")
    except OSError:
        return None
    needed = 200e6 + 10000 * databases
    return "/dev/shm" if room.f_bavail * room.f_frsize >= needed and os.access(
        "/dev/shm", os.W_OK) else None


class Search:
    """One search that an audit made, from the server's log."""

    def __init__(self, base, filter_):
        self.base = base
        self.filter = filter_
        self.attributes = []
        self.entries = 0


def logged(log, start):
    """The lines since, when all connections in them have been closed: the server answers first
    and writes then."""
    deadline = time.monotonic() + 10
    while True:
        with open(log, encoding="utf-8", errors="replace") as stream:
            stream.seek(start)
            text = stream.read()
        opened = set(re.findall(r" conn=(\d+) fd=\d+ ACCEPT ", text))
        closed = set(re.findall(r" conn=(\d+) fd=\d+ closed", text))
        if opened and opened <= closed:
            return text.splitlines()
        if time.monotonic() > deadline:
            sys.exit("the server's log does not end")
        time.sleep(0.02)


def searches(log, start):
    """Those of subtrees that were logged since, the pages of each taken together."""
    found, running = {}, {}
    for line in logged(log, start):
        key = re.search(r" conn=\d+ op=\d+ ", line)
        asked = re.search(r'SRCH base="(.*)" scope=2 deref=\d filter="(.*)"$', line)
        if asked:
            running[key.group()] = found.setdefault(asked.groups(), Search(*asked.groups()))
        elif key and key.group() in running:
            search = running[key.group()]
            attributes = re.search(r"SRCH attr=(.*)$", line)
            entries = re.search(r"SEARCH RESULT .* nentries=(\d+)", line)
            if attributes:
                search.attributes = attributes.group(1).split()
            if entries:
                search.entries += int(entries.group(1))
    return list(found.values())


class Servers:
    """The part of a benchmark that has a server."""

    def __init__(self, bench, databases, changes):
        self.bench = bench
        self.databases = databases
        self.changes = changes
        self.reach = {}
        self.program = os.path.join(bench.build, "tests/bench/apply")
        # The address of a socket has to be short.
        self.folder = tempfile.mkdtemp(prefix="slapd.", dir=memory_folder(databases))
        self.tool = os.path.join(bench.root, "tests/bench/server.bash")

    def path(self, name):
        return self.bench.path("server-" + name)

    def server(self, *arguments):
        done = subprocess.run([self.tool, arguments[0], self.folder] + list(arguments[1:]),
                              stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit("the server could not be brought to %s" % arguments[0])
        self.reach = dict(line.split("=", 1) for line in done.stdout.splitlines())

    # ---- who asks, and how ----

    def ways(self):
        """(name, arguments of OpenLDAP's tools, of casarray) for each kind of connection."""
        secret = self.path("password")
        with open(secret, "w", encoding="ascii", opener=lambda path, flags: os.open(
                path, flags, 0o600)) as stream:
            stream.write(self.reach["LDAP_PASSWORD"])  # ldapsearch takes a newline for a part
        os.environ["LDAPTLS_CACERT"] = self.reach["LDAP_CA"]
        return [
            ("ldapi", self.local(self.reach["LDAPI"]), ["--directory", self.reach["LDAPI"]]),
            ("TLS", ["-x", "-D", self.reach["LDAP_USER"], "-y", secret,
                     "-H", self.reach["LDAPS"]],
             ["--directory", self.reach["LDAPS"], "--user", self.reach["LDAP_USER"],
              "--password-file", secret, "--ca-file", self.reach["LDAP_CA"]]),
        ]

    @staticmethod
    def local(address):
        return ["-Q", "-Y", "EXTERNAL", "-H", address]

    def audit(self, name, arguments):
        return Run(name, [self.bench.casarray, "audit"] + arguments, (1,), output=os.devnull)

    def script(self, name, found, arguments):
        """The searches one after another, as a program of its own."""
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as stream:
            for search in found:
                argv = ["ldapsearch"] + arguments + [
                    "-b", search.base, "-E", "pr=1000/noprompt", search.filter]
                stream.write(" ".join("'%s'" % word.replace("'", "'\\''")
                                      for word in argv + search.attributes) + "\n")
        return path

    # ---- reading ----

    def look(self):
        """What an audit asks for, and that ldapsearch gets the same."""
        log = self.reach["LDAP_LOG"]
        _, tools, casarray = self.ways()[0]
        start = os.path.getsize(log)
        self.audit("audit", casarray).once()
        found = searches(log, start)
        start = os.path.getsize(log)
        Run("ldapsearch", ["sh", self.script("look", found, tools)], output=os.devnull).once()
        same = [(s.filter, s.attributes, s.entries) for s in searches(log, start)] == [
            (s.filter, s.attributes, s.entries) for s in found]
        print("  ldapsearch -E pr=1000/noprompt: %d search%s, %d entries, %d attributes: %s" % (
            len(found), "es" * (len(found) > 1), sum(s.entries for s in found),
            len({a for s in found for a in s.attributes}),
            "as audit asks   ok" if same and found else
            "not as audit asks   " + self.bench.verdict(False)))
        return found

    def reads(self, found):
        for name, tools, casarray in self.ways():
            peer = Run("ldapsearch, " + name, ["sh", self.script(name, found, tools)],
                       output=os.devnull)
            audit = self.audit("audit, " + name, casarray)
            take_turns([peer, audit], self.bench.options.runs)
            self.bench.against(peer, [(audit, "audit / ldapsearch, " + name, 1.1)])
            self.bench.memory("audit, peak memory, " + name, audit.peak(), MEMORY)

    # ---- writing ----

    def choose(self, ldif):
        """The first databases that a change of many may change: names and LDIF there and back."""
        done = subprocess.run(
            [self.bench.casarray, "set-database", "--all", "--rpc-client-access-server", array(0),
             "--what-if", "--directory", ldif, "--format", "ndjson"],
            stdout=subprocess.PIPE, check=True)
        rows = [json.loads(line).get("row") for line in done.stdout.splitlines()]
        rows = [row for row in rows if row and row["action"] == "modify" and
                row["attributes"][0]["new"] == legacy(0)]
        self.all_names = [row["name"] for row in rows]
        rows = rows[:self.changes]
        with open(self.path("names"), "w", encoding="utf-8") as stream:
            stream.writelines(row["name"] + "\n" for row in rows)
        for name, before, after in (("forth", 0, 1), ("back", 1, 0)):
            with open(self.path(name), "w", encoding="utf-8") as stream:
                stream.writelines(CHANGE % (row["dn"], legacy(before), legacy(after))
                                  for row in rows)
        with open(self.path("first"), "w", encoding="utf-8") as stream:
            stream.writelines(CHANGE % (row["dn"], row["attributes"][0]["old"], legacy(0))
                              for row in rows)
        return len(rows)

    def modify(self, address, name):
        return Run("ldapmodify", ["ldapmodify"] + self.local(address) + ["-f", self.path(name)],
                   output=os.devnull)

    def apply(self, address):
        return Run("apply", [self.program, address, self.path("journal"), array(1)],
                   stdin=self.path("names"), output=self.path("parts"))

    def parts(self, expected):
        """What the last run of apply says: seconds of its parts."""
        with open(self.path("parts"), encoding="ascii") as stream:
            parts = {name: float(value) for name, value in map(str.split, stream)}
        for what in ("changes", "verified"):
            if parts[what] != expected:
                sys.exit("apply: %d %s instead of %d" % (parts[what], what, expected))
        return parts

    def command(self, address):
        return Run("set-database", [self.bench.casarray, "set-database", "-", "--yes", "--quiet",
                                    "--rpc-client-access-server", array(1), "--directory",
                                    address], stdin=self.path("names"), output=os.devnull)

    def writes(self, title, address, limit, runs):
        """ldapmodify knows what to write: it is compared with the change itself, which is
        journal, writes and answers; the whole command also reads and decides."""
        modify = self.modify(address, "back")
        apply, command = self.apply(address), self.command(address)
        undo = self.modify(self.reach["LDAPI"], "back")
        seconds = []
        for _ in range(runs):
            apply.once()
            seconds.append(self.parts(self.written)["apply"])
            modify.once()
            command.once()
            undo.once()
        apply.seconds = seconds
        print(" %s" % title)
        for run in (modify, apply, command):
            print("  " + run.text())
        self.bench.faster("change / ldapmodify", modify.median() / apply.median(), limit)
        self.bench.faster("set-database / ldapmodify", modify.median() / command.median(), None)

    def delayed(self):
        """A proxy in front of the server; ends with this program."""
        path = os.path.join(self.folder, "delay")
        if os.path.exists(path):
            os.unlink(path)
        child = subprocess.Popen([os.path.join(self.bench.build, "tests/bench/delay"), path,
                                  os.path.join(self.folder, "ldapi"), str(DELAY_US)])
        while not os.path.exists(path) and child.poll() is None:
            pass
        return child, url(path)

    def warm(self):
        """A server's first changes find no room in its file: that grows."""
        self.apply(self.reach["LDAPI"]).once()
        self.modify(self.reach["LDAPI"], "back").once()

    def all_writes(self, kind, limit, near_limit, runs):
        self.warm()
        child, address = self.delayed()
        try:
            self.writes("%s, 2 ms round trip" % kind, address, limit, runs)
        finally:
            child.terminate()
            child.wait()
        self.writes("%s, no delay" % kind, self.reach["LDAPI"], near_limit, runs)

    # ---- all ----

    def measure(self, ldif, truth):
        found = self.look()
        self.bench.truth(self.reach["LDAPI"], truth)
        self.server("restart")
        self.reads(found)
        self.written = self.choose(ldif)
        os.mkdir(self.path("journal"))
        self.modify(self.reach["LDAPI"], "first").once()
        print("\n%d databases of %d changed, %d run%s each: median (min .. max)" % (
            self.written, self.databases, self.few(), "s" * (self.few() > 1)))
        self.all_writes("without fsync", 20, 1, self.few())
        Provision(self).main()
        self.server("restart", self.path("db"))
        self.all_writes("with fsync", 5, 1, self.few())

    def few(self):
        """The runs of what takes long."""
        return max(1, self.bench.options.runs // 2)

    def main(self):
        for tool in ("slapd", "ldapsearch", "ldapmodify"):
            if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin"):
                print("\nserver: skipped: %s (packages slapd, ldap-utils) is not installed" % tool)
                return
        ldif, truth = self.path("org.ldif"), self.path("org.truth")
        subprocess.run([self.bench.generate, "--databases", str(self.databases), "--seed",
                        str(self.bench.options.seed), "--out", ldif, "--truth", truth],
                       check=True)
        print("\nslapd with %d databases, in %s" % (self.databases, os.path.dirname(self.folder)),
              flush=True)
        try:
            self.server("start", ldif)
            self.measure(ldif, truth)
        finally:
            subprocess.run([self.tool, "stop", self.folder], check=False)
            shutil.rmtree(self.folder, ignore_errors=True)
