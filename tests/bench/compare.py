#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what an audit found with what the generator planted.

Usage: compare.py TRUTH FINDINGS     FINDINGS: casarray audit --format ndjson; - is standard input

The truth's first line names the rules that are compared; findings of other rules are left out.
Exit status 0: exactly equal. 1: the differences are printed.
"""
import collections
import json
import sys

MAX_SHOWN = 20


def read_truth(path):
    with open(path, encoding="utf-8") as stream:
        rules = set(json.loads(next(stream))["rules"])
        rows = collections.Counter()
        for line in stream:
            row = json.loads(line)
            rows[row["rule"], row["guid"]] += 1
    return rules, rows


def read_findings(stream, rules):
    rows = collections.Counter()
    unanswered = []
    for line in stream:
        item = json.loads(line)
        row = item["row"] if item["type"] == "row" else {}
        if row.get("rule") not in rules:
            continue
        if row.get("result") == "not-evaluated":
            unanswered.append(row)
            continue
        rows[row["rule"], row["object"]["guid"]] += 1
    return rows, unanswered


def show(title, rows):
    for rule, guid in sorted(rows.elements())[:MAX_SHOWN]:
        print("%s: %s %s" % (title, rule, guid))
    if sum(rows.values()) > MAX_SHOWN:
        print("%s: %d in all" % (title, sum(rows.values())))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rules, planted = read_truth(sys.argv[1])
    if not planted:
        sys.exit("%s: nothing was planted" % sys.argv[1])
    stream = sys.stdin if sys.argv[2] == "-" else open(sys.argv[2], encoding="utf-8")
    with stream:
        found, unanswered = read_findings(stream, rules)
    missing, extra = planted - found, found - planted
    show("not found", missing)
    show("found, but not planted", extra)
    for row in unanswered:
        print("not evaluated: %s: %s" % (row["rule"], row.get("reason")))
    if missing or extra or unanswered:
        sys.exit(1)
    print("%d findings of %d rules, all as planted" % (sum(found.values()), len(rules)))


main()
