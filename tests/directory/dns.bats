#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# DNS records on a server: what dns does there is what it does to the export.

load common
bats_require_minimum_version 1.5.0

setup() {
	common_setup
	{
		printf '\r\n'
		cat "$ROOT/tests/data/dns-zones.ldif"
	} >>"$LDIF"
	cp "$LDIF" export.ldif
	SERVER=$(slapd_folder)
	slapd_start "$SERVER" export.ldif
	unset CASARRAY_DIRECTORY
}

teardown() {
	proxy_stop
	server_teardown
}

# same STATUS ARGUMENT...: to the server and to the export, with the same words.
same() {
	local status=$1
	shift

	try "$status" "$@" --directory "$LDIF" --journal file-journal
	words >expected
	on_server "$status" "$@"
	words | diff expected -
}

# words: of out and err, without what differs between directories and runs.
words() {
	cat out err | sed -E '/^run [0-9]/d; /^verified: /d; /^note: DNS servers answer so/d
		s/undoes run .*/undoes/; s/\<(cn|dc)=/\U&/g'
}

# nodes: every node and what it holds, as the server has it.
nodes() {
	ldap_tool ldapsearch -LLL -o ldif-wrap=no -b "$LDAP_BASE" "(objectClass=dnsNode)" \
		dnsRecord dNSTombstoned | sort
}

@test "what is there" {
	same 1 dns check
	same 1 dns check --fqdn dynamic.contoso.com --format csv
	same 8 dns check --fqdn x.branch.contoso.com
	same 8 dns check --fqdn x.partner.example
	same 0 dns plan --fqdn a.legacy.contoso.com
	same 3 dns create --fqdn pair.contoso.com --address 10.1.2.3
	equal "$(asked MOD)$(asked ADD)" 00
}

@test "create, remove, and the undo of each" {
	local before

	same 0 dns create outlook-berlin --address 10.20.0.10
	same 0 dns create --fqdn text.contoso.com --address 10.20.0.11 --address 10.20.0.12
	same 0 dns create --fqdn lisbon.contoso.com --address 10.20.0.13
	before=$(nodes)
	same 0 dns remove --fqdn pair.contoso.com --address 10.10.0.20 --yes
	same 0 undo --yes
	same 0 dns remove outlook --yes
	same 1 dns check outlook
	same 0 undo --yes
	equal "$(nodes)" "$before"
	same 0 dns check outlook-berlin outlook
}

@test "an array and its record, and the undo of both" {
	same 0 new-array --fqdn lisbon.contoso.com --site Lisbon --dns-address 10.30.0.10
	same 0 dns check lisbon --address 10.30.0.10 --ttl 300
	same 0 undo --yes
	same 1 dns check --fqdn lisbon.contoso.com
	on_server 3 get-array lisbon
}

@test "of eight who give a name an address at once, one does" {
	local i pids=() status done=0

	for i in 1 2 3 4 5 6 7 8; do
		casarray dns create --fqdn race.contoso.com --address "10.9.9.$i" \
			--directory "$LDAPI" --journal "journal$i" >"out$i" 2>"err$i" </dev/null 3>&- 4>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		status=0
		wait "$i" || status=$?
		case $status in
		0) done=$((done + 1)) ;;
		# It came when another one was there, or while it was made.
		3 | 5) ;;
		*) cat err* && return 1 ;;
		esac
	done
	equal "$done" 1
	equal "$(nodes | grep -A3 -c 'race')" 1
	on_server 0 dns check --fqdn race.contoso.com --format json
	equal "$(query '.rows[0].records | length')" 1
}

@test "an answer that was lost is found out" {
	proxy_start lose:add:1
	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.10 --directory "$PROXY"
	on_server 0 dns check --fqdn lisbon.contoso.com --address 10.30.0.10
	for arguments in "create --fqdn text.contoso.com --address 10.30.0.10" \
		"remove outlook" "remove --fqdn pair.contoso.com --address 10.10.0.20"; do
		proxy_start lose:modify:1
		# shellcheck disable=SC2086 # words
		try 0 dns $arguments --yes --directory "$PROXY"
		contains "$out" "1 change done"
	done
}

@test "a run that lost its server is resumed" {
	proxy_start lose:add:1:gone
	try 6 dns create --fqdn lisbon.contoso.com --address 10.30.0.10 --directory "$PROXY"
	proxy_start
	try 0 resume --yes --directory "$PROXY"
	contains "$out" "found done when the run was resumed"
	on_server 0 dns check --fqdn lisbon.contoso.com --address 10.30.0.10
}
