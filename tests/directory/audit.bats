#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Reading a server: the findings are those of the export, over every kind of connection.

load common
bats_require_minimum_version 1.5.0

setup() {
	server_setup
}

teardown() {
	server_teardown
}

# same_findings ARGUMENT...: an audit with them finds what the audit of the export finds. How old it is
# (CAS217) is asked of an export only, and this one does not say.
same_findings() {
	local expected
	try 1 audit --format json --directory "$LDIF"
	expected=$(findings | grep -v $'^CAS217	not-evaluated	')
	[ "$(wc -l <<<"$expected")" -gt 50 ]
	try 1 audit --format json "$@"
	equal "$(findings)" "$expected"
	equal "$err" ""
}

@test "ldapi: the findings are those of the export" {
	same_findings --directory "$LDAPI"
}

@test "StartTLS: the findings are those of the export" {
	same_findings --directory "$LDAP" --start-tls --ca-file "$LDAP_CA" \
		--user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE"
}

@test "ldaps: the findings are those of the export" {
	same_findings --directory "$LDAPS" --ca-file "$LDAP_CA" \
		--user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE"
}

@test "reports for CI systems: a server has no file and no lines" {
	try 1 audit --directory "$LDAPI" --format json --report sarif=a.sarif --report junit=a.xml
	jq -e '[.rows[].location] | length > 50 and all(. == null)' out
	jq -r '.rows[] | select(.result == "finding") | .object.dn' out >expected
	jq -r '.runs[0].results[].locations[] | select(has("physicalLocation") | not) |
		.logicalLocations[0].fullyQualifiedName' a.sarif | diff expected -
	xmllint --noout --relaxng "$ROOT/tests/cli/junit.rng" a.xml
	equal "$(grep -c ' file=' a.xml)" 0
}

@test "an organization larger than a page" {
	server_teardown
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases 2500 --seed 1 \
		--out org.ldif --truth truth.jsonl
	server_setup "$PWD/org.ldif"
	try 1 audit --directory "$LDAPI" --format ndjson --output findings.ndjson
	/usr/bin/python3 "$ROOT/tests/bench/compare.py" truth.jsonl findings.ndjson
	# 1000 entries a page, as many as the server allows: one search more would be a finding
	# that was lost or came twice.
	[ "$(asked SRCH)" -ge 4 ]
	contains "$(<"$LDAP_LOG")" "nentries=1000 "
}

@test "lists of objects are those of the export" {
	local command expected
	for command in get-array get-server get-site get-database; do
		try 0 "$command" --format json --directory "$LDIF"
		expected=$(jq -S '[.rows[] | {name, guid, fqdn, members, mailboxes}] | sort_by(.name)' out)
		on_server 0 "$command" --format json
		equal "$(jq -S '[.rows[] | {name, guid, fqdn, members, mailboxes}] | sort_by(.name)' \
			out)" "$expected"
	done
}

# one_database IDENTITY: it is found, whatever form of its identity is used.
one_database() {
	on_server 0 get-database --format json "$1"
	equal "$(names)" "Berlin DB 2"
}

@test "a database by name, GUID, DN and legacyExchangeDN" {
	local guid
	try 0 get-database "Berlin DB 2" --format json --directory "$LDIF"
	guid=$(jq -r '.rows[0].guid' out)
	one_database "Berlin DB 2"
	one_database "berlin db 2"
	one_database "$guid"
	one_database "$(dn_of "Berlin DB 2")"
	one_database "CN=Berlin DB 2, $(dn_of "Berlin DB 2" | cut -d, -f2-)"
	try 3 get-database "No(such*DB" --directory "$LDAPI"
	contains "$err" "No(such*DB"
}

@test "a result that the server cut is an error, never a short answer" {
	server_teardown
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases 2500 --seed 1 \
		--out org.ldif --truth truth.jsonl
	SLAPD_EXTRA="limits * size.soft=1000 size.hard=1000 size.pr=1000 size.prtotal=1500" \
		server_setup "$PWD/org.ldif"
	try 7 audit --directory "$LDAPI"
	equal "$out" ""
	contains "$err" "(4)"
}
