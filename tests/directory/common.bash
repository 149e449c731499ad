# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What every test on a server has: the server with the example organization, the program, and the export
# beside it (LDIF), which casarray reads when --directory is not given.
#
#	load common
#	setup() { server_setup; }
#	teardown() { server_teardown; }

load ../cli/common
. "$BATS_TEST_DIRNAME/slapd.bash"

# server_setup [EXPORT]
server_setup() {
	common_setup
	SERVER=$(slapd_folder)
	slapd_start "$SERVER" "${1:-$LDIF}"
	unset CASARRAY_DIRECTORY
}

server_teardown() {
	slapd_stop "$SERVER"
}

# on_server STATUS ARGUMENT...: try, on the server over ldapi.
on_server() {
	local status=$1
	shift
	try "$status" "$@" --directory "$LDAPI"
}

# findings: what an audit in out found, sorted; without what only a file has, its lines.
findings() {
	jq -r '.rows[] | [.rule, .result, .severity, .object.kind, .object.guid, .object.name] | @tsv' \
		"$BATS_TEST_TMPDIR/out" | sort
}

# held DATABASE: its legacyExchangeDN on the server.
held() {
	ldap_tool ldapsearch -LLL -o ldif-wrap=no -b "$LDAP_BASE" \
		"(&(objectClass=msExchMDB)(cn=$1))" legacyExchangeDN |
		sed -n 's/^legacyExchangeDN: //p'
}

# dn_of NAME: of the entry with that cn, as the server writes it.
dn_of() {
	ldap_tool ldapsearch -LLL -o ldif-wrap=no -b "$LDAP_BASE" "(cn=$1)" 1.1 |
		sed -n 's/^dn: //p'
}

# asked WHAT: how many operations (SRCH, MOD, ADD, MODRDN, DEL) the server was asked for.
asked() {
	grep -cE " op=[0-9]+ $1 (base|dn)=" "$LDAP_LOG" || true
}

# databases: every database's value, sorted: the state that a change has to reach.
databases() {
	ldap_tool ldapsearch -LLL -o ldif-wrap=no -b "$LDAP_BASE" "(objectClass=msExchMDB)" \
		legacyExchangeDN | grep -v '^$' | paste - - | sort
}

# proxy_start [FAULT K]: between casarray and the server, at $PROXY.
proxy_start() {
	local i

	proxy_stop
	PROXY=ldapi://$(sed 's,/,%2F,g' <<<"$SERVER/proxy")
	rm -f "$SERVER/proxy"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/proxy" "$SERVER/proxy" "$SERVER/ldapi" "$@" \
		</dev/null >"$SERVER/proxy.log" 2>&1 3>&- 4>&- &
	PROXY_PID=$!
	for ((i = 0; i < 100; i++)); do
		if [ -S "$SERVER/proxy" ]; then
			return 0
		fi
		sleep 0.05
	done
	return 1
}

proxy_stop() {
	if [ -n "${PROXY_PID:-}" ]; then
		kill "$PROXY_PID" 2>/dev/null || true
		wait "$PROXY_PID" 2>/dev/null || true
		PROXY_PID=
	fi
}
