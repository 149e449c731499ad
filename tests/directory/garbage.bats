#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Garbage from a server: no crash, no waiting without end, and a message that says so.

load common
bats_require_minimum_version 1.5.0
. "$BATS_TEST_DIRNAME/farm.bash"

FIRST=1
COUNT=300

setup_file() {
	farm_load
}

teardown_file() {
	farm_forget
}

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
	FARM=()
}

teardown() {
	farm_stop
	if [ -n "${PEER_PID:-}" ]; then
		kill "$PEER_PID" 2>/dev/null || true
	fi
}

@test "answers that are spoilt at random, $COUNT seeds" {
	farm_start 6
	let_libldap_forget
	/usr/bin/python3 "$BATS_TEST_DIRNAME/garbage" "$CASARRAY" "$FIRST" "$COUNT" "${FARM[@]}"
}

# noise WHAT ARGUMENT...: a peer of which only noise comes is told from a server.
noise() {
	local what=$1 seed
	shift

	for seed in 1 2 3 4 5; do
		rm -f peer.port
		peer_start noise "$seed"
		try 7 audit --anonymous --timeout 2 "${@//PORT/$PEER_PORT}"
		contains "$err" "casarray: cannot $what"
		[ "$(wc -l <<<"$err")" -le 2 ]
		equal "$out" ""
		kill "$PEER_PID"
	done
}

@test "noise in place of LDAP" {
	noise "read from 'ldap://127.0.0.1:" --directory ldap://127.0.0.1:PORT
	contains "$err" "decoding error (-4)"
	contains "$err" "is this an LDAP server?"
}

@test "noise in place of StartTLS" {
	noise "begin TLS with 'ldap://127.0.0.1:" --directory ldap://127.0.0.1:PORT --start-tls
}

@test "noise in place of TLS" {
	noise "begin TLS with 'ldaps://127.0.0.1:" --directory ldaps://127.0.0.1:PORT
}
