#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The findings of an audit, sorted: what, and about which object.

Usage: unredact.py [MAP] <NDJSON

With the map of a redacted snapshot GUIDs and names are those of the directory again. Case is not
in the map, so all names are in lower case.
"""
import json
import re
import sys

WORDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z]+|[0-9]+|[^\x00-\x7f]+")


def read_map(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as stream:
        pairs = [line.rstrip("\n").split("\t") for line in stream]
    for column in (0, 1):
        names = [pair[column].lower() for pair in pairs]
        if len(set(names)) != len(names):
            sys.exit("unredact.py: a name stands twice in column %d of %s" % (column, path))
    return {new: old.lower() for new, old in pairs}


def main():
    table = read_map(sys.argv[1]) if len(sys.argv) > 1 else {}

    def name(text):
        text = (text or "").replace("\n", " ")
        return WORDS.sub(lambda m: table.get(m[0].lower(), m[0]), text).lower()

    rows = []
    for line in sys.stdin:
        item = json.loads(line)
        if item["type"] != "row":
            continue
        row = item["row"]
        about = row.get("object") or {}
        guid = about.get("guid", "")
        rows.append("\t".join(map(str, (
            row["rule"], row["result"], row.get("severity"), row.get("fix_class"),
            about.get("class"), table.get(guid, guid), name(about.get("name")),
            name(row.get("site")), row.get("reason")))))
    print("\n".join(sorted(rows)))


main()
