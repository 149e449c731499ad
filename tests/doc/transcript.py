#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the commands that a document shows, and compares what they print with what it shows.

transcript.py check FILE...    a difference is printed, and the exit status is 1
transcript.py update FILE...   writes what was printed into the document

A transcript is a literal display of an mdoc page or a ```console block of a Markdown file whose
first line begins with "$ ". Such lines are commands, for bash, and a backslash at the end
continues one; what follows up to the next is what it prints, on stdout and stderr. A line "..."
stands for one or more lines that are left out.

Commands run in a folder of their own that holds contoso.ldif, a copy of examples/contoso.ldif,
with CASARRAY_DIRECTORY=contoso.ldif, in a terminal without colours. A display of a man page begins
with a fresh folder; the blocks of a Markdown file share one.

The ids of runs, the present time, user@host and the folder differ from run to run: they are
compared by their first appearance, or written as constants. A run's id in a command stands for
the id that the command before it really printed.
"""
import difflib
import fcntl
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CASARRAY = pathlib.Path(os.environ.get("CASARRAY", ROOT / "build/cmd/casarray")).resolve()
MAN_WIDTH = 74  # what fits the text of a man page on 80 columns
MARKDOWN_WIDTH = 92
SECONDS = 60

RUN_ID = re.compile(r"\b\d{8}-\d{6}-[0-9a-f]{4,}\b")
RUN_IDS = ["20261121-184501-3f9a", "20261121-185214-b07c", "20261121-190233-51de",
           "20261121-190802-e46b"]
TIME = re.compile(r"\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")
WHO = re.compile(r"(?<![\w.@-])[A-Za-z_][\w.-]*@[\w.-]+")
PATH = re.compile(r"(?<![\w./])/(?:[\w.+-]+/)*contoso\.ldif\b")

# What may not stand for itself in a display of roff, and what prints as something else than ASCII.
ESCAPES = [("\\", "\\e"), ("'", "\\(aq"), ("`", "\\(ga"), ("-", "\\-"), ("~", "\\(ti"),
           ("^", "\\(ha"), ("…", "\\[u2026]")]


def from_roff(line):
    """The text that a line of a display prints."""
    table = {roff: text for text, roff in ESCAPES}
    table["\\&"] = ""
    pattern = "|".join(re.escape(roff) for roff in table)
    return re.sub(pattern, lambda match: table[match[0]], line)


def to_roff(text):
    table = dict(ESCAPES)
    line = "".join(table.get(char, char) for char in text)
    return "\\&" + line if line.startswith(".") else line


class Display:
    """Lines first to last (exclusive) of a file."""

    def __init__(self, first, last, lines):
        self.first = first
        self.last = last
        self.lines = lines

    def commands(self):
        """Pairs of the lines of a command and those that it prints."""
        pairs = []
        continued = False
        for line in self.lines:
            if continued:
                pairs[-1][0].append(line)
            elif line.startswith("$ "):
                pairs.append(([line], []))
            else:
                pairs[-1][1].append(line)
            continued = (continued or line.startswith("$ ")) and line.endswith("\\")
        return pairs


def displays(lines, opening, closing, decode):
    """The transcripts of a file."""
    first = None
    for i, line in enumerate(lines):
        if first is None:
            if re.match(opening, line):
                first = i + 1
        elif re.match(closing, line):
            content = [decode(text) for text in lines[first:i]]
            if content and content[0].startswith("$ "):
                yield Display(first, i, content)
            first = None


class Place:
    """A folder, and what the document calls what happens in it."""

    def __init__(self, width):
        self.width = width
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cas"))
        shutil.copy(ROOT / "examples/contoso.ldif", self.folder)
        self.shown = []  # ids of runs, as they come in the document
        self.real = []  # and in what was printed
        self.status = 0

    def remove(self):
        shutil.rmtree(self.folder)
        shutil.rmtree(self.home(), ignore_errors=True)

    def home(self):
        return self.folder.with_name(self.folder.name + ".home")

    def environment(self):
        return {
            "PATH": f"{CASARRAY.parent}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.home()), "LC_ALL": "C.UTF-8", "TERM": "dumb", "TZ": "UTC",
            "CASARRAY_DIRECTORY": "contoso.ldif", "CASARRAY_SYSTEM_CONFIG": "/dev/null",
            **{key: value for key, value in os.environ.items()
               if key.endswith("SAN_OPTIONS")},
        }

    def real_id(self, match):
        """The id of the run that the document gives another one."""
        known = self.shown + RUN_IDS[len(self.shown):]
        at = known.index(match[0]) if match[0] in known else len(self.real)
        return self.real[at] if at < len(self.real) else match[0]

    def run(self, command):
        """The lines that a command prints."""
        command = RUN_ID.sub(self.real_id, command)
        ours, theirs = os.openpty()
        settings = termios.tcgetattr(theirs)
        settings[1] &= ~termios.OPOST  # line ends as they are
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, self.width, 0, 0))
        process = subprocess.Popen(
            ["timeout", str(SECONDS), "bash", "-c", f"(exit {self.status}); {command}"],
            cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=theirs, stderr=theirs)
        os.close(theirs)
        printed = b""
        try:
            while part := os.read(ours, 65536):
                printed += part
        except OSError:  # nobody has it open any more
            pass
        os.close(ours)
        self.status = process.wait()
        text = printed.decode("utf-8", "replace").replace("\r\n", "\n")
        return text.splitlines()

    def plain(self, lines, ids):
        """Lines with constants in place of what differs from run to run."""

        def name(match):
            if match[0] not in ids:
                ids.append(match[0])
            at = ids.index(match[0])
            return RUN_IDS[at] if at < len(RUN_IDS) else f"run {at}"

        text = "\n".join(lines).replace(str(self.folder), "/home/admin")
        text = RUN_ID.sub(name, text)
        text = TIME.sub("2026-11-21T18:45:01Z", text)
        text = PATH.sub("/home/admin/contoso.ldif", text)
        # The width of a column depends on who runs it and where.
        if WHO.search(text):
            text = re.sub("  +", "  ", WHO.sub("admin@host", text))
        return text.split("\n") if lines else []


def elided(shown, printed):
    """What was printed, with "..." where the document leaves lines out; as it is if it may not."""
    if "..." not in shown:
        return printed
    before = shown.index("...")
    after = len(shown) - before - 1
    if len(printed) <= before + after:
        return printed
    return printed[:before] + ["..."] + printed[len(printed) - after:]


def run_display(place, display, path, complaints):
    """The lines of the display as they should be."""
    lines = []
    for command, shown in display.commands():
        text = "\n".join(command)[2:]
        printed = place.plain(place.run(text), place.real)
        shown = place.plain(shown, place.shown)
        printed = elided(shown, printed)
        lines += command + printed
        if place.status in (2, 7) or place.status >= 126:
            complaints.append(f"{path}:{display.first}: exit status {place.status}: {text}")
        if shown != printed:
            complaints.append("\n".join(difflib.unified_diff(
                shown, printed, f"{path}:{display.first}: $ {text}", "printed",
                lineterm="")))
    return lines


def work(path, update):
    """Complaints about one document, and how many commands it has."""
    lines = path.read_text(encoding="utf-8").split("\n")
    manual = path.suffix != ".md"
    if manual:
        found = list(displays(lines, r"\.Bd -literal", r"\.Ed", from_roff))
    else:
        found = list(displays(lines, r"```console$", r"```$", str))
    complaints = []
    n = sum(len(display.commands()) for display in found)
    place = None if manual else Place(MARKDOWN_WIDTH)
    results = []
    for display in found:
        here = Place(MAN_WIDTH) if manual else place
        results.append(run_display(here, display, path.name, complaints))
        if manual:
            here.remove()
    if place:
        place.remove()
    if update:
        for display, result in reversed(list(zip(found, results))):
            lines[display.first:display.last] = [
                to_roff(line) if manual else line for line in result]
        path.write_text("\n".join(lines), encoding="utf-8")
    return complaints, n


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("check", "update"):
        sys.exit(__doc__)
    update = sys.argv[1] == "update"
    failed = False
    for path in map(pathlib.Path, sys.argv[2:]):
        complaints, n = work(path, update)
        print(f"{path.name}: {n} commands")
        if n == 0 and not update:
            failed = True
        if complaints and not update:
            print("\n".join(complaints))
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
