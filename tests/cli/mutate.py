#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Audits damaged copies of an LDIF file: none may crash or hang the program.

    mutate.py COUNT LDIF        prints what is wrong, then how often it looked

CASARRAY is the program. Number i is always the same mutation; what is wrong leaves its file
behind as mutation-i.ldif.
"""

import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys

TOKENS = [
    b"\r\n", b"\n", b"\r\n\r\n", b"\n ", b" ", b":", b"::", b":<", b"\0", b"\xff", b"\x1b[31m",
    b"dn: ", b"dn:: ", b"dn: \r\n", b"changetype: add\r\n", b"changetype: modify\r\n", b"-\r\n",
    b"include: file:///x\r\n", b"version: 1\r\n", b"# ", b";range=0-1499", b"objectClass: ",
    b"\\", b"\\2C", b"\\zz", b",", b"=", b"+", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\x28",
    b"CNF:00000000-0000-0000-0000-000000000000", b"result: 0 Success\r\n", b"99999999999999999999",
    b"-1", b"A" * 70000, b"CN=" * 2000, b"\r\n x" * 3000, b"AAAA" * 500, b"/cn=" * 500, b"{", b"'",
]
ATTRIBUTES = [
    b"legacyExchangeDN", b"msExchServerSite", b"msExchHomeRPCClientAccessServer", b"objectGUID",
    b"objectClass", b"msExchOwningServer", b"networkAddress", b"versionNumber", b"whenCreated",
    b"msExchVersion", b"serialNumber", b"msExchCurrentServerRoles", b"homeMDB", b"cn", b"name",
    b"msExchHostServerLink", b"msExchMasterServerOrAvailabilityGroup", b"siteObject",
]


def spoil_value(text, chance):
    """The value of one attribute becomes another's, or rubbish."""
    name = chance.choice(ATTRIBUTES)
    places = [m.span(1) for m in re.finditer(rb"\n" + name + rb"::? ([^\r\n]*)", text)]
    if not places:
        return text
    start, end = chance.choice(places)
    other = chance.choice(places)
    value = chance.choice([b"", text[other[0] : other[1]], chance.choice(TOKENS), b"\x80\x81"])
    return text[:start] + value + text[end:]


def mutate(text, chance):
    at = chance.randrange(len(text))
    n = chance.choice([1, 2, 5, 50, 500, 5000])
    kind = chance.randrange(8)
    if kind == 0:
        return text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + n :]
    if kind == 2:
        return text[:at] + text[at : at + n] + text[at:]
    if kind == 3:
        return text[:at] + chance.choice(TOKENS) + text[at:]
    if kind == 4:
        return text[:at] + bytes(byte ^ 0x20 for byte in text[at : at + n]) + text[at + n :]
    if kind == 5:
        return text[: max(at, 1)]
    if kind == 6:
        lines = text.split(b"\n")
        a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
        return b"\n".join(lines)
    return spoil_value(text, chance)


def mutation(number, text):
    chance = random.Random(number)
    if chance.randrange(4):
        text = text.replace(b"\r\n ", b"")
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        text = mutate(text, chance) or b"\n"
    if chance.randrange(20) == 0:
        text = b"\xff\xfe" + text.decode("latin-1").encode("utf-16-le")
    return text


def check(done):
    error = done.stderr.decode("utf-8", "backslashreplace")
    assert done.returncode in (0, 1, 3, 7), f"exit status {done.returncode}: {error}"
    if done.returncode == 3:
        assert "no Exchange organization in" in error, error
    for line in error.splitlines():
        assert line.startswith("casarray: "), f"message: {line}"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", error), f"message: {error!r}"
    if done.returncode in (3, 7):
        assert error, "no message"
        return 0
    for line in done.stdout.splitlines():
        json.loads(line)
    return 1


def attempt(number, text):
    """None, or what is wrong; and whether it was audited."""
    path = f"mutation-{number}.ldif"
    with open(path, "wb") as file:
        file.write(mutation(number, text))
    try:
        done = subprocess.run(
            [os.environ["CASARRAY"], "audit", "--format", "ndjson", "--directory", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        audited = check(done)
    except (AssertionError, ValueError, subprocess.TimeoutExpired) as problem:
        return f"{path}: {problem}", 0
    os.remove(path)
    return None, audited


def main():
    count = int(sys.argv[1])
    with open(sys.argv[2], "rb") as file:
        text = file.read()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda number: attempt(number, text), range(count)))
    problems = [problem for problem, _ in results if problem]
    audited = sum(good for _, good in results)
    for problem in problems:
        print(problem)
    print(f"{count} mutations, {audited} audited, {len(problems)} problems")
    # Most mutations must get past the reader, and some must not.
    return 1 if problems or not count / 4 < audited < count else 0


if __name__ == "__main__":
    sys.exit(main())
