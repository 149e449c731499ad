# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contenders that run in turns, and what their ratios are held to."""
import os
import statistics
import subprocess
import sys
import tempfile
import time


# A process is never shown a smaller peak than the one that started it has: a small one does.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdin=sys.stdin, stdout=sys.stdout, check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=sys.stderr)
"""


class Run:
    """The time and the memory of one contender."""

    def __init__(self, name, argv, statuses=(0,), stdin=None, output=None):
        """argv: a list, or a function that returns one. stdin, output: paths; without
        output a file that nobody reads: grep stops at the first match when it writes to
        /dev/null."""
        self.name = name
        self.argv = argv
        self.statuses = statuses
        self.stdin = stdin or os.devnull
        self.output = output
        self.seconds = []

    def run(self, argv, statuses):
        """Its seconds, and what it said."""
        with tempfile.TemporaryFile() as scratch, tempfile.TemporaryFile() as errors, \
                open(self.stdin, "rb") as stdin, \
                open(self.output or os.devnull, "wb") as output:
            start = time.perf_counter()
            done = subprocess.run(argv, stdin=stdin, stderr=errors, check=False,
                                  stdout=output if self.output else scratch)
            seconds = time.perf_counter() - start
            errors.seek(0)
            text = errors.read().decode()
        if done.returncode not in statuses:
            sys.exit("%s: exit status %d\n%s" % (" ".join(argv), done.returncode, text))
        return seconds, text

    def arguments(self):
        return self.argv() if callable(self.argv) else self.argv

    def once(self, keep=True):
        seconds, _ = self.run(self.arguments(), self.statuses)
        if keep:
            self.seconds.append(seconds)

    def peak(self):
        """Bytes of memory, in a run of its own."""
        _, text = self.run([sys.executable, "-c", PEAK, *self.arguments()], (0,))
        return int(text.splitlines()[-1])

    def median(self):
        return statistics.median(self.seconds)

    def text(self):
        return "%-26s %9.4f s  (%.4f .. %.4f)" % (self.name, self.median(), min(self.seconds),
                                                max(self.seconds))


def take_turns(contenders, runs):
    """A B A B ... after one run that warms the page cache, so that all see the same machine."""
    for contender in contenders:
        contender.once(keep=False)
    for _ in range(runs):
        for contender in contenders:
            contender.once()


class Board:
    """Prints results, and counts the limits that are missed. Ratios are of medians."""

    def __init__(self):
        self.missed = 0

    def verdict(self, good):
        self.missed += not good
        return "ok" if good else "MISSED"

    def ratio(self, what, value, limit):
        """limit None: for scale only."""
        text = "  %-34s %6.2f x" % (what, value)
        if limit is not None:
            text += "   limit %g x   %s" % (limit, self.verdict(value <= limit))
        print(text, flush=True)

    def faster(self, what, value, limit):
        """limit None: for scale only."""
        text = "  %-34s %6.2f x faster" % (what, value)
        if limit is not None:
            text += "   at least %g x   %s" % (limit, self.verdict(value >= limit))
        print(text, flush=True)

    def memory(self, what, bytes_, limit):
        print("  %-34s %6.1f MB   limit %g MB   %s" % (
            what, bytes_ / 1e6, limit / 1e6, self.verdict(bytes_ <= limit)), flush=True)

    def against(self, peer, contenders):
        """contenders: (run, what, limit)"""
        print("  " + peer.text())
        for run, _, _ in contenders:
            print("  " + run.text())
        for run, what, limit in contenders:
            self.ratio(what, run.median() / peer.median(), limit)
