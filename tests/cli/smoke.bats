#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The program runs, and the harness does what the other files rely on.

load common

setup() {
	common_setup
}

@test "version prints name and version" {
	try 0 version
	[[ $out =~ ^casarray\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	equal "$err" ""
}

@test "an unknown command is a usage error" {
	try 2 no-such-command
	equal "$out" ""
	contains "$err" "no-such-command"
}

@test "audit of the example finds the planted defects" {
	try 1 audit --format ndjson
	equal "$err" ""
	run jq -r 'select(.type == "row") | .row | select(.result == "finding"
		and (.rule | test("^CAS0(01|4[0-7])$")))
		| .rule + " " + .object.name' "$BATS_TEST_TMPDIR/out"
	equal "$(sort <<<"$output")" "CAS001 Lisbon
CAS040 Berlin DB 2
CAS040 Sales DB 2
CAS041 Lisbon DB 1
CAS042 Berlin Archive
CAS043 Berlin DB 3
CAS045 Finance
CAS046 Berlin DB 4"
}

@test "reading commands leave the file as it is" {
	try 1 audit
	try 0 get-array
	try 0 get-database
	cmp "$LDIF" "$ROOT/examples/contoso.ldif"
}

@test "value shows a database's legacyExchangeDN" {
	equal "$(value "Sales DB 2")" "/o=Contoso/ou=Exchange Administrative Group\
 (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=EX2/cn=Microsoft Private MDB"
	equal "$(value "No such database")" ""
}

@test "try reports another exit status than the expected one" {
	run try 0 no-such-command
	[ "$status" -eq 1 ]
	contains "$output" "exit status 2, not 0"
}
