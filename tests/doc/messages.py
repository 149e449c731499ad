#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages of libcasarray/directory about servers that casarray-directory(7) does not explain.

Looked at are all results of LDAP with advice, all reasons why TLS fails, and all errors of the
program's own. A message is explained when an item of the table is a part of it; '...' in an item
is what is named.

With --items the table's items are printed instead.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "libcasarray/directory"
TEXT = r'(?:"(?:[^"\\]|\\.)*"\s*)+'

# What is put together of other messages, and what nobody can do anything about.
NOT_IN_TABLE = ("%s", "interrupted", "cannot start a thread",
                "libldap does not take", "the first search of")


def literal(text):
    """The parts of a C string, joined, with '...' for what is named."""
    joined = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))
    return re.sub(r"%[-.*0-9]*(?:z|l)?[a-zA-Z]", "...", joined)


def numbers():
    header = pathlib.Path("/usr/include/ldap.h").read_text(encoding="utf-8", errors="replace")
    rows = re.findall(r"^#define\s+(LDAP_\w+)\s+\(?(-?(?:0x)?[0-9a-fA-F]+)\)?\s*(?:/\*.*)?$",
                      header, re.M)
    return {name: int(value, 0) for name, value in rows}


def results():
    """ "busy (51)": those that have advice."""
    text = (FOLDER / "ldap_error.c").read_text(encoding="utf-8")
    known = numbers()
    for macro, name, advice in re.findall(
            r'\{(LDAP_\w+),\s*"([^"]+)",\s*CAS_E_\w+,\s*(NULL|")', text):
        if advice != "NULL":
            yield f"{name} ({known[macro]})"


def errors():
    for path in [*sorted(FOLDER.glob("ldap*.c")), FOLDER / "module.c"]:
        text = path.read_text(encoding="utf-8")
        formats = re.findall(rf"casp_error\(\s*err,\s*\w+,\s*({TEXT})", text)
        if path.name == "ldap_tls_reason.c":
            formats += re.findall(rf'add(?:_date)?\(\s*probe,\s*{TEXT},\s*({TEXT})', text)
        for each in formats:
            if not re.sub(r'"\s*"', "", each).lstrip('"').startswith(NOT_IN_TABLE):
                yield literal(each)


def items():
    page = (ROOT / "man/casarray-directory.7").read_text(encoding="utf-8")
    table = page.split(".Sh TROUBLESHOOTING", 1)[1].split(".Sh EXAMPLES", 1)[0]
    yield from re.findall(r"^\.It Ql (.*)$", table, re.M)
    for several in re.findall(r"^\.It Xo\n(.*?)^\.Xc$", table, re.M | re.S):
        yield from re.findall(r"^\.Ql (.*?)(?: ,)?$", several, re.M)


def is_in(item, message):
    at = 0
    for part in (part.strip(" '") for part in item.split("...")):
        at = message.find(part, at)
        if at < 0:
            return False
    return True


def main():
    if "--items" in sys.argv:
        print("\n".join(items()))
        return
    explained = list(items())
    said = [*results(), *errors()]
    if len(said) < 60:
        print(f"only {len(said)} messages were found in the source")
    for message in said:
        if not any(is_in(item, message) for item in explained):
            print(message)


main()
