#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ends or fails a command at each of its system calls in turn, and looks at what is left.

    faults.py kill|fail SCENE LDIF      prints what is wrong, then how often it looked

CASARRAY is the program. Each try has a folder of its own below the present one. A scene is a
change of the directory, or a file that a command writes beside it.
"""

import concurrent.futures
import itertools
import json
import os
import re
import shutil
import subprocess
import sys

PROGRAM = os.environ["CASARRAY"]
SANITIZED = "CASARRAY_SANITIZED" in os.environ
# A leak check cannot trace a program that strace traces.
ENVIRONMENT = dict(
    os.environ,
    ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0",
    LC_ALL="C.UTF-8",
)
SET = ["set-database", "Sales DB 2", "--rpc-client-access-server", "auto", "--yes"]
# An array is made, databases are pointed elsewhere, and an array is removed.
WANTED = """{"schema":"casarray.state","version":1,
"arrays":[
{"name":"outlook","fqdn":"outlook.contoso.com","site":"HeadOffice"},
{"name":"outlook-lisbon","fqdn":"outlook-lisbon.contoso.com","site":"Lisbon"}
],
"databases":[
{"name":"Lisbon DB 1","rpc_client_access_server":"outlook-lisbon"},
{"name":"Berlin DB 1","rpc_client_access_server":"outlook"},
{"name":"Finance","rpc_client_access_server":"auto"},
{"name":"Sales DB 2","rpc_client_access_server":"auto"}
]}
"""
# What is done before, without faults, and the change. A word of the form "SIGNAL@CALL" before
# the words of a command has it killed at that call; "{folder}" is that of the try.
CHANGES = {
    "set-database": ([], SET),
    "repair": ([], ["repair", "--yes"]),
    "new-array": (
        [],
        ["new-array", "--fqdn", "outlook-lisbon.contoso.com", "--site", "Lisbon"]
        + ["--adopt-databases", "--yes"],
    ),
    "remove-array": (
        [],
        ["remove-array", "outlook-berlin", "--repoint-to", "outlook", "--yes"],
    ),
    "undo": ([SET], ["undo", "--yes"]),
    "resume-old": ([["KILL@renameat"] + SET], ["resume", "--yes"]),
    "resume-new": ([["KILL@unlink"] + SET], ["resume", "--yes"]),
    "apply": ([], ["apply", "{folder}/wanted.json", "--prune", "--yes"]),
    "apply-plan": (
        [["repair", "--out", "{folder}/saved.plan"]],
        ["apply", "{folder}/saved.plan", "--yes"],
    ),
}
OUT = ["repair", "--out", "{folder}/out/x"]
EXPORT = ["export", "--output", "{folder}/out/x"]
BASELINE = ["audit", "--quiet", "--create-baseline", "{folder}/out/x"]
EXEMPT = ["exempt", "CAS040/60000003-ca5a-4e2a-9c01-2010c0a70501", "--reason", "moved"]
EXEMPT += ["--owner", "Jane", "--config", "{folder}/out/x"]
SNAPSHOT = ["snapshot", "{folder}/out/x", "--force"]
REPORT = ["audit", "--quiet", "--fail-on", "never", "--report", "sarif={folder}/out/x"]
# A command that writes the file out/x, and what is there before; None: nothing.
FILES = {
    "out": (OUT, None),
    "out-again": (OUT, b"an older plan\n"),
    "output": (EXPORT, None),
    "output-again": (EXPORT, b"an older state\n"),
    "baseline": (BASELINE, None),
    "baseline-again": (BASELINE, b"an older baseline\n"),
    "snapshot": (SNAPSHOT, None),
    "snapshot-again": (SNAPSHOT, b"an older snapshot\n"),
    "report": (REPORT, None),
    "report-again": (REPORT, b"an older report\n"),
    "exempt": (EXEMPT, None),
    "exempt-again": (EXEMPT, b"; ours\r\n[policy]\r\nhome = owner\r\n"),
}
# The first system call of main() that is no other's.
FIRST = "rt_sigaction(SIGINT"
# These do not fail, or not as an error is injected, or end the process.
NOT_FAILED = {"exit_group", "exit", "munmap", "madvise", "brk", "futex", "clone3"}
if SANITIZED:
    NOT_FAILED.add("mmap")  # the sanitizers' allocator ends the program
ERRORS = {
    "mmap": ["ENOMEM"],
    "write": ["EIO", "ENOSPC", "EDQUOT"],
    "openat": ["EIO", "ENOSPC", "EDQUOT", "EMFILE", "EACCES", "EINTR"],
    "pwrite64": ["EIO", "ENOSPC", "EDQUOT"],
    "copy_file_range": ["EIO", "ENOSPC", "EDQUOT"],
    "ftruncate": ["EIO", "ENOSPC", "EDQUOT"],
    "link": ["EIO", "ENOSPC", "EDQUOT", "EMLINK"],
    "linkat": ["EIO", "ENOSPC", "EDQUOT", "EMLINK"],
    "rename": ["EIO", "ENOSPC", "EDQUOT", "EXDEV"],
    "renameat": ["EIO", "ENOSPC", "EDQUOT", "EXDEV"],
    "renameat2": ["EIO", "ENOSPC", "EDQUOT", "EXDEV"],
    "mkdir": ["EIO", "ENOSPC", "EDQUOT", "EROFS"],
    "fsync": ["EIO", "ENOSPC", "EDQUOT", "EINTR"],
    "unlink": ["EIO", "ENOSPC", "EDQUOT"],
    "unlinkat": ["EIO", "ENOSPC", "EDQUOT"],
}


class Try:
    """A folder with the directory, and the journals beside it."""

    def __init__(self, folder, ldif):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder + "/in")
        os.makedirs(folder + "/out")
        self.folder = folder
        self.file = folder + "/in/x.ldif"
        self.runs = []
        self.litter = []
        self.stdout = ""
        self.hit = False
        self.environment = dict(
            ENVIRONMENT,
            XDG_STATE_HOME=os.path.abspath(folder) + "/state",
            CASARRAY_DIRECTORY=self.file,
        )
        shutil.copy(ldif, self.file)
        with open(folder + "/wanted.json", "w", encoding="utf-8") as file:
            file.write(WANTED)

    def run(self, arguments, strace=()):
        """Returns the exit status and what was on stderr."""
        words = [word.replace("{folder}", self.folder) for word in arguments]
        words.insert(0, PROGRAM)
        if strace:
            trace = ["-o", self.folder + "/trace"]
            words = ["strace", "-f", "-qq"] + trace + list(strace) + words
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            timeout=120,
            check=False,
        )
        self.stdout = done.stdout.decode("utf-8", "backslashreplace")
        return done.returncode, done.stderr.decode("utf-8", "backslashreplace")

    def prepare(self, commands):
        for command in commands:
            if "@" in command[0]:
                signal, call = command[0].split("@")
                status, _ = self.run(
                    command[1:], ["-e", f"inject={call}:signal={signal}:when=1"]
                )
                assert status == -9 or status == 137, f"{command}: {status}"
            else:
                status, error = self.run(command)
                assert status == 0, f"{command}: {status}: {error}"

    def content(self):
        with open(self.file, "rb") as file:
            return file.read()

    def met(self, mark):
        """The trace says that there was a fault."""
        with open(self.folder + "/trace", encoding="utf-8", errors="replace") as file:
            self.hit = mark in file.read()

    def history(self):
        status, error = self.run(["history", "--format", "json"])
        assert status == 0, f"history: {status}: {error}"
        return json.loads(self.stdout)["rows"]

    def left(self):
        """Beside the directory, and beside the file that is written."""
        beside = set(os.listdir(self.folder + "/in")) - {"x.ldif"}
        return sorted(beside | set(os.listdir(self.folder + "/out")) - {"x"})


def plain(content):
    """Without what differs from run to run."""
    return re.sub(rb"\r\n(objectGUID:|when\w+): [^\r]*", b"", content)


def records(content):
    """In no order: an entry that comes back is the last one of the file."""
    return sorted(content.strip().split(b"\r\n\r\n"))


def read_trace(path):
    """The calls from main() on: name, which one of that name, the whole line."""
    numbers = {}
    begun = False
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = re.match(r"\d+ +(\w+)\(", line)
            if not match:
                continue
            name = match[1]
            numbers[name] = numbers.get(name, 0) + 1
            begun = begun or FIRST in line
            if begun:
                yield name, numbers[name], line.split(" ", 1)[1].strip()


def check_words(message):
    """All of it is the program's own."""
    for text in message.splitlines():
        assert text.startswith("casarray: "), f"message: {text}"


def check_status(status, message, written):
    """One of those that say that a system call failed."""
    if status == 2:
        assert "cannot be read:" in message, f"exit status 2: {message}"
    else:
        assert status in (0, 3, 4, 5, 6, 7), f"exit status {status}: {message}"
    assert not (written and status in (2, 5)), f"{status}, but it is written: {message}"


def unexplained(left, message):
    """Who cannot take the lock does not know whose the lock file is."""
    return left - {"x.ldif.lock", "x.lock"} if "lock" in message else left


class Scene:
    """A command that is disturbed: self.change, from self.old to self.new."""

    def kill(self, one, name, number):
        one.run(self.change, ["-e", f"inject={name}:signal=KILL:when={number}"])
        one.met("+++ killed by SIGKILL +++")
        self.go_on(one)
        shutil.rmtree(one.folder)

    def fail(self, one, name, number, error, line):
        status, message = one.run(
            self.change, ["-e", f"inject={name}:error={error}:when={number}"]
        )
        one.met("(INJECTED)")
        content, state = self.look(one)
        written = self.is_new(content) and self.old != self.new
        check_status(status, message, written)
        if status == 0:
            assert self.is_new(content) or content == self.new, "0, but not the new file"
            assert state == "done", f"0, but the run is called {state}"
        elif not line.startswith("write(2,"):
            assert message, f"{status} without a message"
            check_words(message)
        if status not in (0, 6) and written:
            assert self.may_be_written(name, state, message), (
                f"{status}, but the new file: {message}"
            )
        if not name.startswith("unlink"):
            left = self.unexplained(one, message)
            assert not left, f"left: {left}"
        self.go_on(one)
        shutil.rmtree(one.folder)


class Change(Scene):
    """The directory is changed, and the journal has it."""

    def __init__(self, name, ldif):
        self.before, self.change = CHANGES[name]
        self.name = name
        self.ldif = ldif
        clean = self.start("clean")
        self.old = clean.content()
        status, error = clean.run(self.change, ["-s", "300"])
        assert status == 0, f"{self.change}: {status}: {error}"
        self.new = clean.content()
        self.calls = list(read_trace(clean.folder + "/trace"))
        # What undo is expected to bring back, where it is not the old file.
        self.origin = self.old
        if name == "resume-new":
            with open(ldif, "rb") as file:
                self.origin = file.read()
        shutil.rmtree(clean.folder)

    def start(self, name):
        one = Try(f"{self.name}-{name}", self.ldif)
        one.prepare(self.before)
        one.runs = [row["run"] for row in one.history()]
        one.litter = one.left()
        return one

    def is_old(self, content):
        return content == self.old

    def is_new(self, content):
        return content == self.new or (
            content != self.old and plain(content) == plain(self.new)
        )

    def state(self, one):
        """Of the change's run; None: there is none."""
        rows = one.history()
        if self.name.startswith("resume"):
            assert len(rows) == 1, f"history has {len(rows)} runs"
            return rows[0]["state"], rows[0]
        rows = [row for row in rows if row["run"] not in one.runs]
        assert len(rows) <= 1, f"history has {len(rows)} new runs"
        return (rows[0]["state"], rows[0]) if rows else (None, None)

    def look(self, one):
        """The file is the old or the new one, and the journal tells the truth."""
        content = one.content()
        state, row = self.state(one)
        if self.old == self.new:
            assert content == self.old, "the file is not as it was"
            assert state in ("interrupted", "done"), f"the run is called {state}"
        elif self.is_old(content):
            assert state in (None, "failed", "interrupted"), (
                f"the file is the old one, the run is called {state}"
            )
            assert not row or row["done"] == 0, "the file is the old one, steps are done"
        else:
            assert self.is_new(content), "the file is neither the old nor the new one"
            assert state in ("interrupted", "done"), (
                f"the file is the new one, the run is called {state}"
            )
        if state == "done":
            assert row["done"] > 0, "done, but no step is"
        return content, state

    def go_on(self, one):
        """The next run succeeds and leaves nothing beside the file; undo brings the old back."""
        content, state = self.look(one)
        if state == "interrupted":
            status, error = one.run(["resume", "--yes"])
            assert status == 0, f"resume: {status}: {error}"
            assert one.left() == [], f"left by resume: {one.left()}"
        elif self.is_old(content) and self.old != self.new:
            # A run that has failed is not resumed: the command is repeated.
            again = SET if self.name.startswith("resume") else self.change
            status, error = one.run(again)
            assert status == 0, f"once more: {status}: {error}"
            assert one.left() == [], f"left by the next run: {one.left()}"
        assert self.is_new(one.content()) or one.content() == self.new, "not the new file"
        rows = one.history()
        assert rows[0]["state"] == "done", f"at last, the run is called {rows[0]['state']}"
        if self.name == "undo":
            status, error = one.run(SET)
            assert status == 0, f"the next change: {status}: {error}"
        else:
            status, error = one.run(["undo", "--yes"])
            assert status == 0, f"undo: {status}: {error}"
            same = records if self.name in ("remove-array", "apply") else bytes
            assert same(one.content()) == same(self.origin), "undo did not bring back the old"
        assert one.left() == [], f"left: {one.left()}"

    def may_be_written(self, name, state, message):
        return state == "done" and "cannot write the output" in message

    def unexplained(self, one, message):
        return unexplained(set(one.left()) - set(one.litter), message)


class File(Scene):
    """A file is written beside the directory, which stays as it is."""

    def __init__(self, name, ldif):
        self.change, self.old = FILES[name]
        self.name = name
        self.ldif = ldif
        clean = self.start("clean")
        self.directory = clean.content()
        status, error = clean.run(self.change, ["-s", "300"])
        assert status == 0, f"{self.change}: {status}: {error}"
        self.new = self.content(clean)
        assert self.new is not None and self.new != self.old, "the file is not written"
        self.calls = list(read_trace(clean.folder + "/trace"))
        shutil.rmtree(clean.folder)

    def start(self, name):
        one = Try(f"{self.name}-{name}", self.ldif)
        if self.old is not None:
            with open(one.folder + "/out/x", "wb") as file:
                file.write(self.old)
        return one

    @staticmethod
    def content(one):
        """Without what differs from run to run; None: there is no file."""
        try:
            with open(one.folder + "/out/x", "rb") as file:
                content = file.read()
        except FileNotFoundError:
            return None
        content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"", content)
        content = content.replace(os.path.abspath(one.folder).encode(), b"")
        return content.replace(one.folder.encode(), b"")

    def look(self, one):
        """The file is the old or the new one, and all else is as it was."""
        content = self.content(one)
        assert content in (self.old, self.new), "the file is neither the old nor the new one"
        assert one.content() == self.directory, "the directory is changed"
        assert not os.path.exists(one.folder + "/state"), "there is a journal"
        return content, "done" if content == self.new else None

    def is_new(self, content):
        return content == self.new

    def go_on(self, one):
        """The next run succeeds and leaves nothing beside the file."""
        content, _ = self.look(one)
        # What is exempt is refused the second time.
        if self.change[0] != "exempt" or content == self.old:
            status, error = one.run(self.change)
            assert status == 0, f"once more: {status}: {error}"
        content, _ = self.look(one)
        assert content == self.new, "not the new file"
        assert one.left() == [], f"left: {one.left()}"

    def may_be_written(self, name, state, message):
        """The output is missing, a power failure may take the file away, or it cannot be
        read for the audit that it is for."""
        return name == "fsync" or re.search(
            "cannot (write the output|(open|read) 'baseline)", message
        )

    def unexplained(self, one, message):
        return unexplained(set(one.left()), message)


def make_scene(name, ldif):
    return File(name, ldif) if name in FILES else Change(name, ldif)


def attempts(scene, kind):
    """What is shown of each, where it happens, how, and with what."""
    for name, number, line in scene.calls:
        place = f"{name}-{number}"
        if kind == "kill":
            yield line, place, scene.kill, (name, number)
        elif name not in NOT_FAILED:
            for error in ERRORS.get(name, ["EIO"]):
                text = f"{error} {line}"
                yield text, f"{place}-{error}", scene.fail, (name, number, error, line)


def attempt(scene, place, function, arguments):
    """Was the call met, and what is wrong?"""
    one = scene.start(place)
    try:
        function(one, *arguments)
    except (AssertionError, subprocess.TimeoutExpired) as problem:
        return one.hit, problem
    return one.hit, None


def main():
    kind, scene, ldif = sys.argv[1:]
    scene = make_scene(scene, ldif)
    # Under the sanitizers, which make each start slow, a part of them.
    step = 5 if SANITIZED else 1
    hits = problems = total = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [
            (text, pool.submit(attempt, scene, *rest))
            for text, *rest in itertools.islice(attempts(scene, kind), 0, None, step)
        ]
        for text, future in waiting:
            hit, problem = future.result()
            total += 1
            hits += hit
            if problem:
                problems += 1
                print(f"{text}\n    {problem}")
    # The sanitizers' runtime makes calls of its own, not always the same.
    if total < 10 or hits < (0.8 if SANITIZED else 0.97) * total:
        problems += 1
        print(f"only {hits} of {total} calls were met")
    print(f"{scene.name}: {total} times, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
