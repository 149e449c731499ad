# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A program between casarray and a server, which sees, counts or spoils what is said.

PROXY_TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# proxy_start [ARGUMENT]...: the program proxy with these rules, at $PROXY; see the file rules.py.
# PROXY_FOLDER: of its files, with a path that is short enough for a socket, where that is not the
# server's. PROXY_LISTEN, PROXY_TARGET: other addresses than a socket there and its ldapi socket.
# PROXY_PROGRAM: another program than the proxy, with arguments of its own.
proxy_start() {
	local folder=${PROXY_FOLDER:-${SERVER:-}} i

	proxy_stop
	: >"$folder/proxy.address"
	/usr/bin/python3 "$PROXY_TESTS/${PROXY_PROGRAM:-proxy}" \
		"${PROXY_LISTEN:-$folder/proxy}" "${PROXY_TARGET:-$folder/ldapi}" "$@" \
		</dev/null >"$folder/proxy.address" 2>"$folder/proxy.log" 3>&- 4>&- &
	PROXY_PID=$!
	for ((i = 0; i < 100; i++)); do
		PROXY=$(<"$folder/proxy.address")
		if [ -n "$PROXY" ]; then
			return 0
		fi
		sleep 0.05
	done
	cat "$folder/proxy.log"
	return 1
}

proxy_stop() {
	if [ -n "${PROXY_PID:-}" ]; then
		kill "$PROXY_PID" 2>/dev/null || true
		wait "$PROXY_PID" 2>/dev/null || true
		PROXY_PID=
	fi
}
