#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The main commands on the example under valgrind: no error, and nothing that is not freed.

load ../cli/common

setup() {
	common_setup
}

# 99 is no exit status of the program, so try() takes it for no answer.
casarray() {
	valgrind --quiet --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all \
		--error-exitcode=99 "$CASARRAY" "$@"
}

@test "audit, in each format" {
	local format
	for format in text json ndjson csv; do
		try 1 audit --format "$format"
		contains "$out" CAS040
	done
	try 0 audit --site Branch --fail-on error
}

@test "the commands that look" {
	try 0 get-site
	try 0 get-server --members
	try 0 get-array --databases --format json
	try 0 get-database 'Berlin*' --status wrong --format csv
	try 0 default-server LIS1
	try 0 explain CAS040
	try 0 explain 'Berlin DB 2'
	try 0 version
	try 0 help identities
	try 0 audit --help
	try 0 complete -- get-database Ber
	contains "$out" 'Berlin DB 2'
}

@test "an array: created, changed, removed" {
	try 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --adopt-databases --yes
	equal "$(casarray get-database 'Lisbon DB 1' --format csv --fields rpc_client_access_server | tail -n 1)" \
		$'outlook-lisbon.contoso.com\r'
	try 0 set-array outlook-lisbon --name lisbon --fqdn lisbon.contoso.com --yes
	try 0 remove-array lisbon --repoint-to outlook --yes
	try 0 undo --yes
	try 0 undo --yes
	try 0 undo --yes
	cmp "$LDIF" "$ROOT/examples/contoso.ldif"
}

@test "databases: set, repaired, looked up in the history, undone" {
	try 0 set-database 'Berlin DB 2' --rpc-client-access-server auto --yes
	try 0 undo --yes
	try 0 repair --what-if
	try 0 repair --yes
	try 0 history --format json
	try 0 resume
	try 0 undo --yes
	cmp "$LDIF" "$ROOT/examples/contoso.ldif"
}

@test "refusals and bad input" {
	try 2 audit --nonsense
	try 3 get-database nowhere
	try 3 new-array --fqdn outlook.contoso.com --site Berlin --yes
	try 7 audit --directory nosuch.ldif
	printf 'this is no LDIF\n' >bad.ldif
	try 7 audit --directory bad.ldif
	head -c 20000 "$LDIF" >cut.ldif
	try 7 audit --directory cut.ldif
}
