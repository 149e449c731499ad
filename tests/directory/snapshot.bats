#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A snapshot of a server: the findings of the file are those of the server.

load common
bats_require_minimum_version 1.5.0

setup() {
	server_setup
}

teardown() {
	server_teardown
}

@test "the findings of the snapshot are those of the server, word for word" {
	local command

	on_server 0 snapshot today.ldif
	audit_rows "$LDAPI" >live
	audit_rows today.ldif >taken
	diff live taken
	[ "$(wc -l <live)" -gt 50 ]
	for command in get-array get-server get-site get-database; do
		on_server 0 "$command" --format json
		jq -S .rows out >live
		try 0 "$command" --format json --directory today.ldif
		diff live <(jq -S .rows out)
	done
}

@test "names are replaced on the way" {
	on_server 0 snapshot other.ldif --redact-map map
	audit_rows "$LDAPI" >live
	unredacted >live
	audit_rows other.ldif >/dev/null
	diff live <(unredacted map)
	run ! grep -iE 'contoso|berlin|lisbon|headoffice' other.ldif
	run ! grep -F "$LDAPI" other.ldif
}

@test "the snapshot says where it is from" {
	on_server 0 snapshot today.ldif
	equal "$(sed -n 3p today.ldif)" "# From: $LDAPI"
}

@test "an organization larger than a page" {
	server_teardown
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases 2500 --seed 1 \
		--out org.ldif --truth truth.jsonl
	server_setup "$PWD/org.ldif"
	on_server 0 snapshot today.ldif --quiet
	try 1 audit --directory today.ldif --format ndjson --output findings.ndjson
	/usr/bin/python3 "$ROOT/tests/bench/compare.py" truth.jsonl findings.ndjson
	audit_rows "$LDAPI" >live
	diff live <(audit_rows today.ldif)
}

@test "values that come in ranges are all there" {
	proxy_start windows:values=2
	try 0 snapshot today.ldif --directory "$PROXY"
	run ! grep -q ';range=' today.ldif
	on_server 0 get-database --format json
	jq -c '[.rows[] | [.name, .mailboxes]]' out >live
	jq -e 'any(.[][1]; . > 2)' live
	try 0 get-database --format json --directory today.ldif
	diff live <(jq -c '[.rows[] | [.name, .mailboxes]]' out)
}

@test "a connection that breaks on the way: read anew, and nothing comes twice" {
	local what

	audit_rows "$LDAPI" >live
	for what in "" --redact; do
		proxy_start cut:down:60
		try 0 snapshot "today$what.ldif" $what --verbose --directory "$PROXY"
		contains "$err" "once more"
		proxy_stop
	done
	diff live <(audit_rows today.ldif)
	equal "$(grep -c ^dn: today--redact.ldif)" "$(grep -c ^dn: today.ldif)"
}

@test "a server that is gone leaves nothing" {
	proxy_start
	proxy_stop
	try 7 snapshot today.ldif --directory "$PROXY"
	run ! ls today.ldif today.ldif.lock .today.ldif*
}
