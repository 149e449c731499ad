#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cuts a journal off at each of its bytes, or changes each of them, and asks for the history.

    journals.py cut|damage JOURNAL LDIF     prints what is wrong, then how often it looked

CASARRAY is the program; the journal is that of one run on the LDIF file that came to its end.
"""

import concurrent.futures
import json
import os
import subprocess
import sys


def run(folder, ldif, *arguments):
    done = subprocess.run(
        [os.environ["CASARRAY"], *arguments, "--journal", folder, "--directory", ldif],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "backslashreplace")


def ends(text):
    """Where the line that begins with each kind of record ends, its line feed included."""
    at = 0
    found = {}
    for line in text.splitlines(keepends=True):
        at += len(line)
        found[line.split()[2].decode()] = at
    return found, text.splitlines(keepends=True)


def expected_cut(text, n):
    """State and steps done of the first n bytes."""
    found, _ = ends(text)
    if n < found["planned"]:
        return "failed", 0
    if n < found["result"]:
        return "interrupted", 0
    if n < found["end"]:
        return "interrupted", 1
    return "done", 1


def expected_damage(text, n):
    """What follows a bad record tells damage from a torn end."""
    _, lines = ends(text)
    last = len(text) - len(lines[-1])
    # Without its line feed the last record but one takes the last one along.
    return "interrupted" if n >= last - 1 else "damaged"


def judge_cut(text, n, rows):
    state, steps = expected_cut(text, n)
    head = ends(text)[1][0]
    if n < len(head):
        # Of which directory it is is not known; nothing was changed.
        assert rows == [], f"{n} bytes: {rows}"
        return
    assert len(rows) == 1, f"{n} bytes: {len(rows)} runs"
    assert (rows[0]["state"], rows[0]["done"]) == (state, steps), f"{n} bytes: {rows[0]}"


def judge_damage(text, n, rows):
    assert len(rows) == 1, f"byte {n}: {len(rows)} runs"
    assert rows[0]["state"] == expected_damage(text, n), f"byte {n}: {rows[0]}"


def look(kind, text, n, run_id, ldif):
    folder = f"{kind}-{n}"
    os.mkdir(folder)
    path = f"{folder}/{run_id}.journal"
    changed = text[:n] if kind == "cut" else text[:n] + bytes([text[n] ^ 1]) + text[n + 1 :]
    with open(path, "wb") as file:
        file.write(changed)
    try:
        status, out, error = run(folder, ldif, "history", "--format", "json")
        assert status == 0, f"{n}: history: {status}: {error}"
        rows = json.loads(out)["rows"]
        (judge_cut if kind == "cut" else judge_damage)(text, n, rows)
        status, out, error = run(folder, ldif, "history", run_id, "--format", "json")
        assert status == 0, f"{n}: history RUN: {status}: {error}"
        json.loads(out)
        state = rows[0]["state"] if rows else None
        if state == "interrupted":
            status, _, error = run(folder, ldif, "resume", "--yes")
            assert status == 0, f"{n}: resume: {status}: {error}"
            _, out, _ = run(folder, ldif, "history", "--format", "json")
            row = json.loads(out)["rows"][0]
            assert (row["state"], row["done"]) == ("done", 1), f"{n}: resumed: {row}"
        else:
            status, _, error = run(folder, ldif, "undo", "--yes", "--what-if")
            allowed = 0 if state == "done" else 3
            assert status == allowed, f"{n}: undo of {state}: {status}: {error}"
    except AssertionError as problem:
        return problem
    finally:
        os.remove(path)
        os.rmdir(folder)
    return None


def main():
    kind, path, ldif = sys.argv[1:]
    with open(path, "rb") as file:
        text = file.read()
    with open(ldif, "rb") as file:
        before = file.read()
    run_id = os.path.basename(path).removesuffix(".journal")
    places = range(len(text) + (kind == "cut"))
    if "CASARRAY_SANITIZED" in os.environ:
        places = places[:: 7]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [
            problem
            for problem in pool.map(lambda n: look(kind, text, n, run_id, ldif), places)
            if problem
        ]
    for problem in problems:
        print(problem)
    with open(ldif, "rb") as file:
        if file.read() != before:
            problems.append("the directory was changed")
            print(problems[-1])
    print(f"{kind}: {len(places)} places, {len(problems)} problems")
    return 1 if problems or len(places) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
