#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares the pages of the commands with what the program says of itself.

manual.py commands             the names of all commands
manual.py check COMMAND        name, synopsis and options of man/casarray-COMMAND.1
manual.py check-globals        the options of every command in man/casarray.1
manual.py check-keys           the keys of casarray.conf(5), with what a file may have
manual.py check-fields         the members that casarray-json(5) names, with the schemas
manual.py check-functions      the functions that libcasarray(3) names, with casarray.map
manual.py program N            the N-th program of libcasarray(3), from 1 on
manual.py examples             the examples of the commands' help, one command line a line
manual.py update               writes names and synopses into the pages
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CASARRAY = os.environ.get("CASARRAY", str(ROOT / "build/cmd/casarray"))
MAN = ROOT / "man"


def ask(*arguments):
    return subprocess.run([CASARRAY, *arguments], check=True, capture_output=True,
                          text=True).stdout


class Option:
    """A row of an option table, out of the help."""

    def __init__(self, letter, name, metavar, text):
        self.letter = letter
        self.name = name
        self.metavar = metavar or ""
        self.repeatable = bool(re.search(r"[(,] ?repeatable\)", text))
        cmdlet = re.search(r" \[-(\w+)(?:, -(\w+))?\]$", text)
        self.parameter, self.alias = cmdlet.groups() if cmdlet else (None, None)

    def item(self):
        """The heading of its paragraph in a page, without .It."""
        metavar = f" Ar {self.metavar}" if self.metavar else ""
        forms = [f"Fl {self.letter}"] if self.letter else []
        forms.append(f"Fl -{self.name}{metavar}")
        if self.parameter:
            forms.append(f"Fl {self.parameter}{metavar}")
        if self.alias:
            forms.append(f"Fl {self.alias}")
        return " , ".join(forms)


def parse_options(text):
    """Options of a section of the help."""
    rows = []
    for line in text.splitlines():
        if re.match(r"  (-\w, |    )--", line):
            rows.append(line)
        elif line.startswith("    ") and rows:
            rows[-1] += " " + line.strip()
    for row in rows:
        # A metavar is in capitals and one blank away.
        letter, name, metavar, rest = re.match(
            r"  (?:-(\w), |    )--([\w-]+)(?: ([A-Z][A-Z|,.=]*)(?= |$))?(.*)", row).groups()
        yield Option(letter, name, metavar, rest.strip())


class Command:
    """What the program says of a command."""

    def __init__(self, name):
        self.name = name
        text = ask("help", name)
        usage = text.splitlines()[0]
        cmdlet = re.search(r"^       casarray (\S+) -Parameter", text, re.M)
        self.cmdlet = cmdlet[1] if cmdlet else None
        own = re.search(r"^Options\n(.*?)\n\n", text, re.M | re.S)
        self.options = list(parse_options(own[1] if own else ""))
        # Those that may stand without their name; the required ones among them.
        self.positional, self.positional_required = [], []
        for word in usage.split("[OPTIONS]", 1)[1].split():
            metavar = re.fullmatch(r"\[?(.*?)(\.\.\.)?\]?", word)[1]
            option = next(o for o in self.options if o.metavar == metavar)
            self.positional.append(option)
            if not word.startswith("["):
                self.positional_required.append(option)
        self.required = re.findall(r" --([\w-]+)", usage.split("[OPTIONS]")[0])

    def summary(self):
        listed = re.search(rf"^  {re.escape(self.name)} +(.*)$", ask("help"), re.M)
        if listed:
            return listed[1]
        # A hidden command is in no list.
        source = (ROOT / f"cmd/{self.name}.c").read_text(encoding="utf-8")
        return re.search(r'\.summary = "(.*)"', source)[1]

    def synopsis(self):
        """Lines of mdoc."""
        lines = [".Nm casarray", f".Cm {self.name}"]
        for option in self.options:
            if option.name in self.required:
                lines.append(f".Fl -{option.name} Ar {option.metavar}")
        for option in self.options:
            if option not in self.positional and option.name not in self.required:
                lines += optional(option, f"-{option.name}")
        for option in self.positional:
            value = f"Ar {option.metavar}"
            if option not in self.positional_required:
                value = f"Op {value}"
            lines.append(f".{value}" + (" ..." if option.repeatable else ""))
        if not self.cmdlet:
            return lines
        lines += [".Nm casarray", f".Cm {self.cmdlet}"]
        for option in self.options:
            given = option.name in self.required or option in self.positional_required
            if given:
                lines.append(f".Fl {option.parameter} Ar {option.metavar}")
        for option in self.options:
            given = option.name in self.required or option in self.positional_required
            if not given:
                many = ",..." if option.repeatable else ""
                value = f" Ar {option.metavar}{many}" if option.metavar else ""
                lines.append(f".Op Fl {option.parameter}{value}")
        return lines


def optional(option, flag):
    value = f" Ar {option.metavar}" if option.metavar else ""
    if option.repeatable:
        return [f".Oo Fl {flag}{value} Oc Ns ..."]
    short = f"{option.letter} | " if option.letter else ""
    return [f".Op Fl {short}{flag}{value}" if not short else
            f".Op Fl {option.letter} | Fl {flag}{value}"]


def commands():
    listed = re.findall(r"^  ([a-z][a-z-]+)  +\S", ask("help"), re.M)
    return listed + ["complete"]


class Page:
    """A page of the manual."""

    def __init__(self, name):
        self.path = MAN / name
        self.text = self.path.read_text(encoding="utf-8")

    def section(self, title):
        match = re.search(rf'^\.Sh "?{title}"?\n(.*?)(?=^\.Sh |\Z)', self.text, re.M | re.S)
        return match[1] if match else ""

    def items(self, title):
        """The headings of a section that are options."""
        return re.findall(r"^\.It (Fl .*)$", self.section(title), re.M)


def differs(what, shown, wanted):
    if shown == wanted:
        return False
    print(f"{what}:")
    for line in shown:
        if line not in wanted:
            print(f"  too much: {line}")
    for line in wanted:
        if line not in shown:
            print(f"  missing: {line}")
    if sorted(shown) == sorted(wanted):
        print("  not in the order of the table")
    return True


def check(name):
    command = Command(name)
    page = Page(f"casarray-{name}.1")
    failed = differs("name", page.section("NAME").splitlines(),
                     [f".Nm casarray-{name}", f".Nd {command.summary()}"])
    failed |= differs("synopsis", page.section("SYNOPSIS").splitlines(), command.synopsis())
    failed |= differs("options", page.items("OPTIONS"),
                      [option.item() for option in command.options])
    title = f".Dt CASARRAY-{name.upper()} 1"
    if title not in page.text.splitlines():
        print(f"no line '{title}'")
        failed = True
    return failed


def global_options():
    text = ask("help").split("Options of every command\n", 1)[1].split("\n\n", 1)[0]
    return list(parse_options(text))


def check_globals():
    page = Page("casarray.1")
    failed = differs("options", page.items("OPTIONS OF EVERY COMMAND"),
                     [option.item() for option in global_options()])
    listed = re.findall(r"^\.It Xr casarray-(\S+) 1$", page.text, re.M)
    return failed | differs("commands", listed, commands()[:-1])


def is_key(section, key):
    """Does the program know the key? What it is set to is wrong, which does not matter."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(f"[{section}]\n{key} = ?\n")
        conf.flush()
        said = subprocess.run([CASARRAY, "config", "show", "--config", conf.name],
                              capture_output=True, text=True).stderr
    return "cannot be configured" not in said and "unknown key" not in said


def check_keys():
    text = Page("casarray.conf.5").text
    options = text.split("\nThe keys, which\n", 1)[1].split("\n.Pp\n", 1)[0]
    failed = differs("keys of [defaults]", re.findall(
        r"[a-z-]+", " ".join(re.findall(r"^\.Cm (.*)$", options, re.M))),
        [option.name for option in global_options() if is_key("defaults", option.name)])
    section = ""
    known = 0
    for line in text.splitlines():
        if head := re.match(r'\.It .*"?\[(policy|rule|exemption)\b', line):
            section = head[1] if head[1] == "policy" else f"{head[1]} CAS040"
        elif item := re.match(r"\.It Cm (\S+) No =", line):
            known += 1
            if not is_key(section, item[1]):
                print(f"[{section}] has no key '{item[1]}'")
                failed = True
    table = (ROOT / "cmd/cli/settings_policy.c").read_text(encoding="utf-8")
    if known != len(re.findall(r"^\t\{KEY\(", table, re.M)):
        print(f"{known} keys of the policy are not as many as the table has")
        failed = True
    return failed


def members(schema, path=""):
    """The paths of the members of a schema: "rows[].object.name"."""
    for part in schema.get("oneOf", []) + schema.get("anyOf", []):
        yield from members(part, path)
    if "items" in schema:
        yield from members(schema["items"], path + "[]")
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here
        yield from members(inner, here)


def schema_fields():
    """Every schema's name and the names of its members."""
    for path in sorted((ROOT / "schemas").glob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        name = schema["properties"]["schema"]["const"]
        yield name, set(members(schema)) - {"schema", "version", "rows"}


def check_fields():
    """Every document has a subsection, and there a .It for every member, and no other."""
    page = Page("casarray-json.5")
    common = set(documented(page.section("MEMBERS OF SEVERAL DOCUMENTS")))
    subsections = dict(re.findall(r"^\.Ss (casarray\.\w+)\n(.*?)(?=^\.S[sh] |\Z)", page.text,
                                  re.M | re.S))
    failed = differs("documents", sorted(subsections), sorted(n for n, _ in schema_fields()))
    for name, fields in schema_fields():
        own = set(documented(subsections.get(name, "")))
        # "rows[].x.*": the members of x are described elsewhere.
        whole = tuple(path[:-1] for path in own if path.endswith(".*"))
        for prefix in whole:
            if not any(field.startswith(prefix) for field in fields):
                print(f"{name}: nothing begins with {prefix}")
                failed = True
        wanted = {field for field in fields
                  if not any(("." + field).endswith("." + path) for path in common)
                  and not (whole and field.startswith(whole))}
        # What is among the common members may be said here as well.
        shown = {field for field in own if not field.endswith(".*")
                 and (field in wanted or field not in fields)}
        failed |= differs(name, sorted(shown), sorted(wanted))
    return failed


def documented(text):
    for line in re.findall(r"^\.It (Va .*)$", text, re.M):
        yield from re.findall(r"Va ([^ ]+)", line)


def check_functions():
    page = Page("libcasarray.3")
    exported = re.findall(r"^\t(cas_\w+);", (ROOT / "libcasarray/casarray.map").read_text(
        encoding="utf-8"), re.M)
    named = sorted(set(re.findall(r"\bFn (cas_\w+)", page.text)))
    return differs("functions", named, sorted(exported))


def program(which):
    displays = re.findall(r"^\.Bd -literal\n(#include .*?)^\.Ed", Page("libcasarray.3").text,
                          re.M | re.S)
    print(displays[int(which) - 1].replace("\\e", "\\"), end="")


def examples():
    for name in commands():
        text = ask("help", name)
        if "\nExamples\n" in text:
            for line in text.split("\nExamples\n", 1)[1].splitlines():
                print(line.strip())


def update():
    for name in commands():
        path = MAN / f"casarray-{name}.1"
        if not path.exists():
            print(f"no {path.name}")
            continue
        command = Command(name)
        text = path.read_text(encoding="utf-8")
        for title, lines in (
                ("NAME", [f".Nm casarray-{name}", f".Nd {command.summary()}"]),
                ("SYNOPSIS", command.synopsis())):
            new = "".join(line + "\n" for line in lines)
            text = re.sub(rf"(?ms)^(\.Sh {title}\n).*?(?=^\.Sh )",
                          lambda match, new=new: match[1] + new, text)
        path.write_text(text, encoding="utf-8")


def main():
    failed = False
    match sys.argv[1:]:
        case ["commands"]:
            print("\n".join(commands()))
        case ["check", name]:
            failed = check(name)
        case ["check-globals"]:
            failed = check_globals()
        case ["check-keys"]:
            failed = check_keys()
        case ["check-fields"]:
            failed = check_fields()
        case ["check-functions"]:
            failed = check_functions()
        case ["program", which]:
            program(which)
        case ["examples"]:
            examples()
        case ["update"]:
            update()
        case _:
            sys.exit(__doc__)
    sys.exit(failed)


if __name__ == "__main__":
    main()
