#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program on a terminal of its own, answers its question, prints what the terminal got.

terminal.py [--columns N] [--meanwhile COMMAND] [--answer TEXT] PROGRAM [ARGUMENT...]

The exit status is the program's. The answer is typed once "? [y/N] " or "password: " was asked;
"-": nothing is typed; "^C" and "^D" are those keys. Before it is typed, the shell command runs.
"""
import argparse
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

KEYS = {"^C": b"\x03", "^D": b"\x04"}
SECONDS = 60


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("--answer", default="-")
    parser.add_argument("--meanwhile")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()

    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 25, options.columns, 0, 0))
        os.environ["TERM"] = os.environ.get("TEST_TERM", "xterm")
        os.execv(options.program[0], options.program)
    shown = b""
    answer = options.answer
    until = time.monotonic() + SECONDS
    while True:
        ready, _, _ = select.select([terminal], [], [], max(0, until - time.monotonic()))
        if not ready:
            sys.exit("the program did not end")
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
        if answer != "-" and shown.endswith((b"? [y/N] ", b"password: ")):
            if options.meanwhile:
                subprocess.run(options.meanwhile, shell=True, check=True,
                               stdout=subprocess.DEVNULL)
            os.write(terminal, KEYS.get(answer, answer.encode() + b"\n"))
            answer = "-"
    _, status = os.waitpid(child, 0)
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
