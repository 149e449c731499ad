#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The benchmark with a server, small: that it compares the same things. Nothing is timed here.

bats_require_minimum_version 1.5.0
root=$BATS_TEST_DIRNAME/../..

setup() {
	export CASARRAY_BUILD=${CASARRAY_BUILD:-$root/build}
	cd "$BATS_TEST_TMPDIR"
}

@test "a server of 400 databases: the same entries, the planted findings, every change made" {
	/usr/bin/python3 "$root/tests/bench/measure.py" "$root" --servers --databases 400 \
		--changes 100 --runs 1 >out
	cat out
	grep -qE '^  ldapsearch -E pr=1000/noprompt: [1-9][0-9]* search(es)?, [1-9][0-9]* entries, .* ok$' out
	grep -qE '^  truth: [1-9][0-9]* findings .* ok$' out
	grep -qE '^100 databases of 400 changed' out
	[ "$(grep -cE '^  (audit / ldapsearch|audit, peak memory), (ldapi|TLS) ' out)" -eq 4 ]
	[ "$(grep -cE '^  change / ldapmodify .* at least (20|5|1|1) x ' out)" -eq 4 ]
	grep -qE '^ a desired state of [1-9][0-9]{2} databases, all changed' out
	[ "$(grep -cE '^  change of all / ldapmodify .* at least 20 x ' out)" -eq 1 ]
	grep -qE '^[0-9]+ limits missed$' out
}

# answered: what comes back through a proxy with that delay (microseconds), from a server that
# sends the number of bytes it got up to the end.
answered() {
	/usr/bin/python3 - "$CASARRAY_BUILD/tests/bench/delay" "$1" "$2" <<'END'
import os, socket, subprocess, sys, threading, time
delay, us, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
server = socket.socket(socket.AF_UNIX)
server.bind("server")
server.listen()

def serve():
    while True:
        peer, _ = server.accept()
        data = b""
        while piece := peer.recv(1 << 16):
            data += piece
        peer.sendall(data[::-1])
        peer.close()

threading.Thread(target=serve, daemon=True).start()
proxy = subprocess.Popen([delay, "proxy", "server", us])
try:
    while not os.path.exists("proxy"):
        time.sleep(0.01)
    for _ in range(2):
        client = socket.socket(socket.AF_UNIX)
        client.connect("proxy")
        sent = os.urandom(n)
        start = time.monotonic()
        threading.Thread(target=lambda: (client.sendall(sent), client.shutdown(socket.SHUT_WR)),
                         daemon=True).start()
        got = b""
        while piece := client.recv(1 << 16):
            got += piece
        assert got[::-1] == sent, (len(got), n)
        assert time.monotonic() - start >= 2 * int(us) / 1e6
        client.close()
finally:
    proxy.terminate()
    proxy.wait()
END
}

@test "the proxy hands everything on, in order, and not too early" {
	answered 50000 1000
}

@test "the proxy hands on more than it can hold" {
	answered 1000 30000000
}
