#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a power cut may leave of a change: every state that POSIX allows, and that each recovers.

    states.py SCENE LDIF            prints what is wrong, then how many states it looked at
    states.py --unsynced SCENE LDIF the same as if no fsync had been called: how many are bad

The system calls of one change are recorded. At each of them the power may fail: what was synced
is there; of what was not, each write and each change of a folder is there or not, whatever became
of those before it, and a write may be torn. CASARRAY is the program.
"""

import concurrent.futures
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
# pylint: disable=wrong-import-position
from faults import make_scene

WORKERS = os.cpu_count() or 1
# Whatever changes files or folders, or says when that is on disk.
READ = "openat,close,lseek,dup,dup2,dup3"
CHANGED = (
    "write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,copy_file_range,sendfile,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir"
)
SYNCED = "fsync,fdatasync,sync,syncfs,msync"
# More than that at one crash point are too many to look at all their subsets.
MOST_PENDING = 14
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


class Change:
    """One change that may be lost: of a file's bytes, or of names in a folder."""

    def __init__(self, place, apply, torn=None):
        self.place = place  # what has to be synced for it: ("file", inode) or ("folder", path)
        self.apply = apply
        self.choices = [None, apply] + ([torn] if torn else [])
        self.synced_at = None


class Disk:
    """Names and the bytes of files."""

    def __init__(self, root):
        self.root = root
        self.names = {}  # path: inode, or "folder"
        self.bytes = {}  # inode: bytes

    def copy(self):
        other = Disk(self.root)
        other.names = dict(self.names)
        other.bytes = dict(self.bytes)
        return other

    def write(self, inode, offset, data):
        old = self.bytes.get(inode, b"")
        old += bytes(max(0, offset - len(old)))
        self.bytes[inode] = old[:offset] + data + old[offset + len(data) :]

    def truncate(self, inode, size):
        old = self.bytes.get(inode, b"")
        self.bytes[inode] = old[:size] + bytes(max(0, size - len(old)))

    def name(self, path, inode):
        if inode is None:
            self.names.pop(path, None)
        else:
            self.names[path] = inode

    def reachable(self):
        """What can be opened: its folders are all there."""
        tree = {}
        for path, inode in self.names.items():
            parent = os.path.dirname(path)
            while parent in self.names:
                parent = os.path.dirname(parent)
            if parent == self.root:
                tree[path] = None if inode == "folder" else self.bytes.get(inode, b"")
        return tree


def read_disk(folder):
    disk = Disk(folder)
    for parent, folders, files in os.walk(folder):
        for name in folders:
            disk.names[os.path.join(parent, name)] = "folder"
        for name in files:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                disk.bytes[path] = file.read()
            disk.names[path] = path
    return disk


class Recording:
    """The changes of one run, and after which of them there may be a power cut."""

    def __init__(self, before):
        self.before = before
        self.now = before.copy()
        self.open = {}  # descriptor: (kind, inode or path), of files: appends
        self.offsets = {}
        self.changes = []
        self.n_inodes = 0

    def ours(self, path):
        return path.startswith(self.before.root + "/")

    def do(self, place, apply, torn=None):
        apply(self.now)
        self.changes.append(Change(place, apply, torn))

    def rename_in(self, pairs):
        """Names in one folder change at once."""
        folders = {os.path.dirname(path) for path, _ in pairs}
        assert len(folders) == 1, f"a rename between folders: {pairs}"

        def apply(disk):
            for path, inode in pairs:
                disk.name(path, inode)

        self.do(("folder", folders.pop()), apply)

    def opened(self, number, path, flags):
        if not self.ours(path) and path != self.before.root:
            return
        if self.now.names.get(path) == "folder" or path == self.before.root:
            self.open[number] = ("folder", path)
            return
        if path not in self.now.names:
            assert "O_CREAT" in flags, f"{path} is opened, and was not made"
            self.n_inodes += 1
            self.rename_in([(path, f"made-{self.n_inodes}")])
        assert "O_TRUNC" not in flags, f"{path} is truncated as it is opened"
        self.open[number] = ("file", self.now.names[path], "O_APPEND" in flags)
        self.offsets[number] = 0

    def written(self, number, offset, data):
        if number not in self.open:
            return
        _, inode, appends = self.open[number]
        if offset is None:
            offset = self.offsets[number]
            if appends:
                offset = len(self.now.bytes.get(inode, b""))
            self.offsets[number] = offset + len(data)
        half = data[: len(data) // 2]
        self.do(
            ("file", inode),
            lambda disk: disk.write(inode, offset, data),
            lambda disk: disk.write(inode, offset, half),
        )

    def truncated(self, number, size):
        if number in self.open:
            inode = self.open[number][1]
            if len(self.now.bytes.get(inode, b"")) != size:
                self.do(("file", inode), lambda disk: disk.truncate(inode, size))

    def synced(self, number):
        if number not in self.open:
            return
        place = self.open[number][:2]
        for change in self.changes:
            if change.place == place and change.synced_at is None:
                change.synced_at = len(self.changes)

    # ---- reading a trace ----

    def path_at(self, descriptor, text):
        path = bytes.fromhex(text.replace("\\x", "")).decode()
        if path.startswith("/") or descriptor == "AT_FDCWD":
            return os.path.normpath(os.path.join(os.getcwd(), path))
        if int(descriptor) in self.open:
            return os.path.normpath(os.path.join(self.open[int(descriptor)][1], path))
        return path

    def call(self, name, words, result):
        """One call that succeeded. Words are the arguments, texts in hexadecimal."""
        first = words[0].strip()
        if name == "openat":
            self.opened(result, self.path_at(first, words[1]), words[2])
        elif name == "close":
            self.open.pop(int(first), None)
        elif name in ("write", "pwrite64"):
            offset = int(words[3]) if name == "pwrite64" else None
            data = bytes.fromhex(words[1].replace("\\x", ""))
            self.written(int(first), offset, data[:result])
        elif name == "copy_file_range" and int(first) in self.open:
            offset = int(re.match(r"\[(\d+)", words[1])[1])
            content = self.now.bytes[self.open[int(first)][1]]
            self.written(int(words[2]), None, content[offset : offset + result])
        elif name == "ftruncate":
            self.truncated(int(first), int(words[1]))
        elif name in ("fsync", "fdatasync"):
            self.synced(int(first))
        elif name in ("rename", "renameat"):
            if name == "rename":
                words = ["AT_FDCWD", words[0], "AT_FDCWD", words[1]]
            old = self.path_at(words[0], words[1])
            new = self.path_at(words[2], words[3])
            self.rename_in([(old, None), (new, self.now.names[old])])
        elif name == "lseek" and words[1:] == ["0", "SEEK_CUR"]:
            pass  # asks, and goes nowhere
        elif name in ("unlink", "unlinkat"):
            at, text = ("AT_FDCWD", first) if name == "unlink" else (first, words[1])
            path = self.path_at(at, text)
            if self.ours(path):
                self.rename_in([(path, None)])
        elif name == "mkdir":
            path = self.path_at("AT_FDCWD", first)
            if self.ours(path):
                self.rename_in([(path, "folder")])
        elif not first.isdigit() or int(first) in self.open:
            raise AssertionError(f"a call that is not known here: {name}({words})")

    def read(self, path):
        with open(path, encoding="ascii") as file:
            for line in file:
                match = re.match(r"\d+ +(\w+)\((.*)\) += (-?\d+)", line)
                if match and int(match[3]) >= 0:
                    assert "..." not in match[2], f"a text was cut off: {line[:200]}"
                    words = TEXT.sub(r"\1", match[2]).split(",")
                    self.call(match[1], [word.strip() for word in words], int(match[3]))
        return self


def choices_at(changes, crash, syncs):
    """What may have become of each of the first changes when the power fails after them."""
    if not syncs:
        # All subsets of all are too many: the earlier ones are there.
        free = max(0, crash - MOST_PENDING // 2)
        return [
            [change.apply] if i < free else change.choices
            for i, change in enumerate(changes[:crash])
        ]
    # A sync comes after the last change before it; after the last of all, all were called.
    last = crash + 1 if crash == len(changes) else crash
    choices = [
        [change.apply]
        if change.synced_at is not None and change.synced_at < last
        else change.choices
        for change in changes[:crash]
    ]
    pending = sum(len(choice) > 1 for choice in choices)
    assert pending <= MOST_PENDING, f"{pending} changes are not synced"
    return choices


def states(recording, syncs=True, share=(0, 1)):
    """(All is done, what can be opened) of every crash, each once; share: of them, the n-th."""
    seen = set()
    changes = recording.changes
    number, workers = share
    turn = itertools.cycle(range(workers))
    for crash in range(len(changes) + 1):
        done = crash == len(changes)
        for chosen in itertools.product(*choices_at(changes, crash, syncs)):
            if next(turn) != number:
                continue
            disk = recording.before.copy()
            for apply in chosen:
                if apply:
                    apply(disk)
            tree = disk.reachable()
            key = hashlib.sha256(repr((done, sorted(tree.items()))).encode()).digest()
            if key not in seen:
                seen.add(key)
                yield done, tree


def restore(folder, tree):
    shutil.rmtree(folder)
    os.makedirs(folder)
    for path in sorted(tree):
        content = tree[path]
        if content is None:
            os.makedirs(path, mode=0o700, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)


class Worker:
    """Records in a folder of its own, as journals name the directory by its path."""

    def __init__(self, name, ldif, number):
        os.makedirs(f"worker-{number}", exist_ok=True)
        os.chdir(f"worker-{number}")
        self.scene = make_scene(name, ldif)
        self.one = self.scene.start("crash")
        self.folder = os.path.abspath(self.one.folder)
        trace = self.folder + "/trace"
        if os.path.exists(trace):
            os.remove(trace)
        before = read_disk(self.folder)
        status, error = self.one.run(
            self.scene.change,
            ["-xx", "-s", "99999999", "-e", f"trace={READ},{CHANGED},{SYNCED}"],
        )
        assert status == 0, f"{self.scene.change}: {status}: {error}"
        self.recording = Recording(before).read(trace)
        os.remove(trace)
        after = read_disk(self.folder).reachable()
        seen = self.recording.now.reachable()
        other = [path for path in {*seen, *after} if seen.get(path) != after.get(path)]
        assert not other, f"the recorded calls are not all: {other}"

    def look(self, done, tree):
        restore(self.folder, tree)
        try:
            if done:
                content, state = self.scene.look(self.one)
                assert content == self.scene.new or self.scene.is_new(content), (
                    "success was reported, and the file is the old one"
                )
                assert state == "done", f"success was reported, the run is called {state}"
            self.scene.go_on(self.one)
        except (AssertionError, OSError, subprocess.TimeoutExpired) as problem:
            names = sorted(os.path.relpath(path, self.folder) for path in tree)
            return f"{problem}\n    {' '.join(names)}"
        return None


def work(name, ldif, number):
    worker = Worker(name, ldif, number)
    problems = []
    n = 0
    for done, tree in states(worker.recording, share=(number, WORKERS)):
        n += 1
        problem = worker.look(done, tree)
        if problem:
            problems.append(problem)
    return n, len(worker.recording.changes), problems


def unsynced(name, ldif):
    """How many files a program would spoil that did not sync: else this test sees nothing."""
    worker = Worker(name, ldif, 0)
    bad = total = 0
    for _, tree in states(worker.recording, syncs=False):
        content = tree.get(os.path.abspath(worker.one.file))
        total += 1
        bad += not (content and (worker.scene.is_old(content) or worker.scene.is_new(content)))
    print(f"{name} without syncs: {total} states, {bad} bad")
    return 0 if bad else 1


def main():
    if sys.argv[1] == "--unsynced":
        return unsynced(*sys.argv[2:])
    name, ldif = sys.argv[1:]
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        results = list(
            pool.map(work, [name] * WORKERS, [ldif] * WORKERS, range(WORKERS))
        )
    problems = [problem for _, _, found in results for problem in found]
    for problem in problems[:20]:
        print(problem)
    lengths = {length for _, length, _ in results}
    assert len(lengths) == 1, f"recordings differ: {lengths} changes"
    total = sum(n for n, _, _ in results)
    print(f"{name}: {lengths.pop()} changes, {total} states, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
