#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times casarray against peers on generated organizations; scripts/bench builds and calls it."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from contest import Board, Run, take_turns
from desired import Desired
from servers import Servers

START_LOOPS = 50
PEER_RUNS = 3
PARSE = """
import ldif, sys
class Parser(ldif.LDIFParser):
    def handle(self, dn, entry):
        pass
Parser(open(sys.argv[1], 'rb')).parse()
"""


class Bench(Board):
    def __init__(self, root, options):
        super().__init__()
        self.root = root
        self.options = options
        self.build = os.environ.get("CASARRAY_BUILD", os.path.join(root, "build-bench"))
        self.casarray = os.path.join(self.build, "cmd/casarray")
        self.generate = os.path.join(self.build, "tests/bench/generate")
        self.folder = tempfile.mkdtemp(prefix="casarray-bench-")
        os.environ.update(LC_ALL="C", XDG_STATE_HOME=self.folder)
        os.environ.pop("CASARRAY_DIRECTORY", None)

    def path(self, name):
        return os.path.join(self.folder, name)

    def truth(self, directory, planted):
        found = self.path("found.ndjson")
        with open(found, "wb") as stream:
            subprocess.run([self.casarray, "audit", "--directory", directory, "--format", "ndjson"],
                           stdout=stream, check=False)
        result = subprocess.run([sys.executable, os.path.join(self.root, "tests/bench/compare.py"),
                                 planted, found], stdout=subprocess.PIPE, text=True, check=False)
        print("  truth: %s   %s" % (result.stdout.strip(), self.verdict(result.returncode == 0)))
        os.unlink(found)

    def size(self, databases):
        size = Size(self, databases)
        print("\n%d databases, %.1f MB, %.0f bytes a database" % (
            databases, size.bytes / 1e6, size.bytes / databases))
        grep = Run("grep -c '^dn:'", ["grep", "-c", "^dn:", size.ldif])
        audit = Run("audit", [self.casarray, "audit", "--directory", size.ldif], (1,))
        get = Run("get-database", [self.casarray, "get-database", size.database,
                                   "--directory", size.ldif])
        change = Run("set-database", size.change)
        take_turns([grep, audit, get, change], self.options.runs)
        audit_limit = 3 if databases >= 100000 else None
        one_limit = databases == 100000
        self.against(grep, [
            (audit, "audit / grep", audit_limit),
            (get, "get-database / grep", 2 if one_limit else None),
            (change, "set-database / grep", 3 if one_limit else None),
        ])
        self.ratio("audit, peak memory / file", audit.peak() / size.bytes,
                   2 if databases >= 100000 else None)
        self.truth(size.ldif, size.truth)
        if one_limit:
            self.desired(size)
        if databases == 10000 or self.options.large and databases == 100000:
            self.peers(size, grep, audit)
        size.remove()

    def desired(self, size):
        if shutil.which("jq"):
            Desired(self, size).main()
        else:
            print("  desired states: skipped, the package jq is not installed")

    def peers(self, size, grep, audit):
        """For scale: what general tools need for the same data."""
        plain, rows = self.path("plain.ldif"), self.path("rows.json")
        size.convert(plain, rows)
        contenders = []
        if subprocess.run([sys.executable, "-c", "import ldif"], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0:
            contenders.append(Run("python3-ldap LDIFParser", [sys.executable, "-c", PARSE, plain]))
        else:
            print("  python3-ldap: skipped, the package is not installed")
        if shutil.which("jq"):
            contenders.append(Run("jq, the same as JSON", ["jq", "-c", ".dn", rows]))
        else:
            print("  jq: skipped, the package is not installed")
        take_turns(contenders, PEER_RUNS)
        for run in contenders:
            print("  " + run.text())
            self.ratio(run.name + " / grep", run.median() / grep.median(), None)
            self.ratio(run.name + " / audit", run.median() / audit.median(), None)

    def starts(self):
        print("\nstart-up, %d starts a run" % START_LOOPS)
        if not shutil.which("ldapsearch"):
            print("  skipped: ldapsearch (package ldap-utils) is not installed")
            return
        loop = "i=0; while [ $i -lt %d ]; do \"$@\" >/dev/null 2>&1; i=$((i+1)); done" % START_LOOPS
        example = os.path.join(self.root, "examples/contoso.ldif")

        def started(name, *argv):
            return Run(name, ["sh", "-c", loop, "sh"] + list(argv))

        search = started("ldapsearch -VV", "ldapsearch", "-VV")
        version = started("version", self.casarray, "version")
        option = started("complete, an option", self.casarray, "complete", "--", "new-array", "--")
        name = started("complete, an array's name", self.casarray, "complete", "--", "get-array",
                       "--directory", example, "")
        take_turns([search, version, option, name], self.options.runs)
        self.against(search, [
            (version, "version / ldapsearch -VV", 1),
            (option, "complete / ldapsearch -VV", 1),
            (name, "complete a name / ldapsearch -VV", 1),
        ])

    def main(self):
        print(subprocess.run([self.casarray, "version"], stdout=subprocess.PIPE, text=True,
                             check=True).stdout.strip(),
              "release build, %d processors, %d runs each: median (min .. max)" % (
                  os.cpu_count(), self.options.runs), sep=", ")
        try:
            if not self.options.servers:
                self.starts()
                for databases in [10000, 100000] + [1000000] * self.options.large:
                    self.size(databases)
            if not self.options.files:
                Servers(self, self.options.databases, self.options.changes).main()
        finally:
            if self.options.keep:
                print("\nthe files are in %s" % self.folder)
            else:
                shutil.rmtree(self.folder)
        print("\n%d limits missed" % self.missed)
        return 1 if self.missed and self.options.check else 0


class Size:
    """One generated organization."""

    def __init__(self, bench, databases):
        self.bench = bench
        self.ldif = bench.path("%d.ldif" % databases)
        self.truth = bench.path("%d.truth" % databases)
        subprocess.run([bench.generate, "--databases", str(databases), "--seed",
                        str(bench.options.seed), "--out", self.ldif, "--truth", self.truth],
                       check=True)
        self.bytes = os.path.getsize(self.ldif)
        self.database = self.untouched(databases)
        self.copy = bench.path("%d-changed.ldif" % databases)
        shutil.copyfile(self.ldif, self.copy)
        self.changes = 0

    def untouched(self, databases):
        """A database near the end of the file that is an ordinary one without a defect."""
        with open(self.truth, encoding="utf-8") as stream:
            next(stream)
            planted = {json.loads(line)["name"] for line in stream}
        for number in range(databases - 1, 0, -1):
            name = "DB%07d" % number
            if name not in planted and self.is_ordinary(name):
                return name
        raise AssertionError("every database has a defect")

    def is_ordinary(self, name):
        done = subprocess.run([self.bench.casarray, "set-database", name, "--directory", self.ldif,
                               "--rpc-client-access-server", "mail-0000.corp.test", "--what-if"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    def change(self):
        """Another value each time, so that every run writes."""
        self.changes += 1
        return [self.bench.casarray, "set-database", self.database, "--directory", self.copy, "--yes",
                "--quiet", "--rpc-client-access-server", "mail-%04d.corp.test" % (self.changes % 2)]

    def convert(self, plain, rows):
        """The file without changetype, which LDIFParser takes for a change, and as JSON lines."""
        with open(self.ldif, encoding="ascii", newline="") as stream:
            text = stream.read()
        with open(plain, "w", encoding="ascii", newline="") as stream:
            stream.write(text.replace("changetype: add\r\n", ""))
        with open(rows, "w", encoding="ascii") as stream:
            for record in text.replace("\r\n ", "").split("\r\n\r\n"):
                entry = {}
                for line in record.splitlines():
                    name, _, value = line.partition(": ")
                    entry.setdefault(name, []).append(value)
                if entry:
                    stream.write(json.dumps(entry) + "\n")

    def remove(self):
        for path in (self.ldif, self.truth, self.copy):
            os.unlink(path)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="1,000,000 databases, too")
    parser.add_argument("--files", action="store_true", help="only LDIF files")
    parser.add_argument("--servers", action="store_true", help="only a server of OpenLDAP")
    parser.add_argument("--databases", type=int, default=100000, metavar="N",
                        help="on the server (default 100000)")
    parser.add_argument("--changes", type=int, default=10000, metavar="N",
                        help="databases that are changed on the server (default 10000)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs each (default 5)")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a limit is missed")
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder")
    root = sys.argv.pop(1)
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs needs at least 1")
    return Bench(root, options).main()


sys.exit(main())
