#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares readers of LDIF: ours, libldap's and python3-ldap's read the same entries.

    differential.py ENTRIES LEAST FILE...   prints what differs, then how often it looked

ENTRIES is the program that prints what the first two read. Each file is compared as it is, and
once our writer added an entry to it. What one of the others is known to read wrongly, or not to
read, is left out by rule; at least LEAST comparisons with each must be left.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile

import ldif

# Of every file: it is refused by ours before others may follow what it names.
REFERENCE = re.compile(rb"^include|:<|:\r?\n <", re.I | re.M)
# The values that "entries change" writes, in order.
ADDED = sorted(
    [b"plain", b" space", b": colon", b"end ", b"\0\xff", b"\xc3\xb6", b"<not a url", b"two\nlines"]
)
NAME = re.compile(rb"[-A-Za-z0-9._]*")
# Why libldap's entries may be others than ours.
LIBLDAP = [
    (rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)", "knows no byte order marks"),
    (rb"(\A|\n\r?\n|\n\r?\n#[^\n]*\n) +\r?(\n|\Z)", "joins records that a line of spaces parts"),
    (rb"(\A|\n)[0-9 ]+\r?\n", "skips a line number before a record"),
    (rb"\r[^\n]|\r\Z", "takes a carriage return in a line for its end, or drops it"),
    (rb"(?m)^[^:\n]+::?( |\r?\n )*[\t\v\f]", "drops tabs and the like before a value"),
    (
        rb"(?mi)^changetype:(?:[^\n]|\n )*[ \t](?:\r?\n )*\r?(?:\n(?! )|\Z)",
        "drops the values of an entry with blanks behind 'changetype: add'",
    ),
]
PYTHON = [
    (rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)", "knows no byte order marks"),
    (rb"\r[^\n]|\r\Z", "takes a carriage return in a line for its end"),
    (
        rb"(?m)^[^:\n]+:( |\r?\n )+([\t\v\f\x1c-\x1f]|\xc2[\x85\xa0]|\xe1\x9a\x80"
        rb"|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)",
        "drops what Unicode takes for a space before a value",
    ),
]


def parse(output):
    """Of each file: its entries; None: it was refused."""
    files = {}
    entries = path = None
    for line in output.splitlines():
        word, _, rest = line.partition(b" ")
        if word == b"file":
            path = os.fsdecode(rest)
            entries = files[path] = []
        elif word == b"error":
            files[path] = None
        elif word == b"dn":
            entries.append((bytes.fromhex(rest.decode()), {}))
        else:
            add(entries[-1][1], bytes.fromhex(word.decode()), bytes.fromhex(rest.decode()))
    return files


def add(values, name, value):
    """Options are stripped, as ours does; names have no case."""
    values.setdefault(NAME.match(name)[0].lower(), []).append(value)


def read_python(path):
    with open(path, "rb") as file:
        text = file.read()
    try:
        # It reads text: as if it were written by such a program.
        reader = ldif.LDIFRecordList(io.StringIO(text.decode("utf-8"), newline="\n"))
        reader.parse()
    except (ValueError, EOFError, TypeError):
        return None
    entries = []
    for dn, attributes in reader.all_records:
        values = {}
        for name, found in attributes.items():
            for value in found:
                add(values, name.encode(), value)
        entries.append((dn.encode(), values))
    return entries


def normal(entries):
    """Without what is no entry's: trailers of ldapsearch, and what "changetype: add" says.

    Values have no order: some keep those together whose names are spelt alike.
    """
    kept = []
    for dn, values in entries:
        rest = {name: sorted(found) for name, found in values.items() if name != b"changetype"}
        if dn:
            kept.append((dn, rest))
    return kept


def excluded(text, rules):
    return next((why for pattern, why in rules if re.search(pattern, text)), None)


def differ(path, ours, theirs, who):
    for mine, other in zip(ours, theirs):
        if mine != other:
            print(f"{path}: {who}:\n    ours   {mine}\n    theirs {other}")
            return
    print(f"{path}: {who}: {len(ours)} entries are ours, {len(theirs)} theirs")


def was_changed(path):
    with open(path, "rb") as file:
        text = file.read()
    return b"objectClass: container" in text.replace(b"\r", b"").replace(b"\n ", b"")


class Comparison:
    def __init__(self, program):
        self.program = program
        self.compared = {"libldap": 0, "python": 0}
        self.problems = 0

    def run(self, what, paths):
        done = subprocess.run(
            [self.program, what, *paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=True, timeout=300,
        )
        return parse(done.stdout)

    def look(self, paths):
        ours = self.run("ours", paths)
        good = [path for path in paths if ours[path] is not None]
        theirs = {"libldap": self.run("libldap", good)}
        theirs["python"] = {path: read_python(path) for path in good}
        for path in good:
            with open(path, "rb") as file:
                text = file.read()
            for who, rules in (("libldap", LIBLDAP), ("python", PYTHON)):
                other = theirs[who][path]
                if other is None or excluded(text, rules):
                    continue
                self.compared[who] += 1
                if normal(ours[path]) != normal(other):
                    self.problems += 1
                    differ(path, normal(ours[path]), normal(other), who)
        return ours

    def look_at_added(self, path, before, after):
        """What was there is there, and behind it what was to be written."""
        if after is None:
            self.problems += 1
            print(f"{path}: what was written is refused")
            return
        *kept, (_, values) = normal(after)
        if kept != normal(before):
            self.problems += 1
            differ(path, kept, normal(before), "before the change")
        elif values[b"description"] != ADDED:
            self.problems += 1
            print(f"{path}: written {values[b'description']}")


def main():
    program, least, *paths = sys.argv[1:]
    comparison = Comparison(program)
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for number, path in enumerate(paths):
            with open(path, "rb") as file:
                if REFERENCE.search(file.read()):
                    continue
            copies.append(f"{folder}/{number}-{os.path.basename(path)}")
            shutil.copy(path, copies[-1])
        before = comparison.look(copies)
        comparison.run("change", copies)
        copies = [path for path in copies if was_changed(path)]
        after = comparison.look(copies)
        for path in copies:
            comparison.look_at_added(path, before[path], after[path])
    counts = ", ".join(f"{n} with {who}" for who, n in comparison.compared.items())
    print(
        f"{len(paths)} files, {len(copies)} changed, compared {counts}, "
        f"{comparison.problems} differ"
    )
    enough = min(*comparison.compared.values(), 4 * len(copies)) >= int(least)
    return 1 if comparison.problems or not enough else 0


if __name__ == "__main__":
    sys.exit(main())
