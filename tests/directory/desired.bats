#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Desired states and saved plans on a server.

load common

setup() {
	server_setup
}

teardown() {
	server_teardown
}

# set_value DATABASE LEAF: somebody else points it there.
set_value() {
	ldap_tool ldapmodify >/dev/null <<-CHANGE
		dn: $(dn_of "$1")
		changetype: modify
		replace: legacyExchangeDN
		legacyExchangeDN: $(held "$1" | sed "s|/cn=[^/]*/cn=Microsoft|/cn=$2/cn=Microsoft|")
	CHANGE
}

outcomes() {
	query '[.rows[].outcome] | join(",")'
}

@test "the server's state is that of its export, byte for byte, and nothing differs" {
	try 0 export --directory "$LDIF"
	cp out expected
	on_server 0 export
	cmp out expected
	on_server 0 diff expected --prune
	equal "$out" "no differences"
}

@test "apply makes arrays, points databases and prunes, and the second time does nothing" {
	casarray export --directory "$LDIF" |
		jq '.arrays = [.arrays[0], {"name": "lisbon", "fqdn": "lisbon.contoso.com", "site": "Lisbon"}]
			| .databases |= map(if .name == "Lisbon DB 1" then .rpc_client_access_server = "lisbon"
			elif (.rpc_client_access_server // "") | test("berlin") then
				.rpc_client_access_server = "outlook" else . end)' >wanted.json
	on_server 1 diff wanted.json --prune
	contains "$out" "5 differences"
	on_server 0 apply wanted.json --prune --yes --format json
	equal "$(query '[.rows[] | .action] | join(",")')" create,modify,modify,modify,delete
	equal "$(outcomes)" done,done,done,done,done
	on_server 0 apply wanted.json --prune
	equal "$out" "nothing to do"
	on_server 0 undo --yes
	try 0 export --directory "$LDIF"
	cp out expected
	on_server 0 export
	cmp out expected
}

@test "a list of few databases asks for these alone" {
	printf 'database,rpc-client-access-server\nFinance,auto\n' >d.csv
	on_server 0 apply d.csv
	contains "$(held Finance)" /cn=outlook.contoso.com/
	on_server 0 diff d.csv
}

@test "a saved plan is read back like any other, and is for no file" {
	on_server 0 set-database --site Berlin --rpc-client-access-server auto --out p
	contains "$(held 'Berlin DB 2')" /cn=BER-CAS1/
	try 3 apply p --directory "$LDIF"
	contains "$err" "'p' is a plan for '$LDAPI', not for '$LDIF'"
	on_server 0 apply p
	contains "$(held 'Berlin DB 2')" /cn=outlook-berlin.contoso.com/
	contains "$out" "verified: 4 objects read back"
	on_server 0 apply p
	contains "$out" "4 changes already so"
}

@test "--on-conflict: with skip the others are done, in later steps as well" {
	printf 'name,fqdn,site\noutlook-lisbon,outlook-lisbon.contoso.com,Lisbon\n' >a.csv
	printf 'database,rpc-client-access-server\nLisbon DB 1,outlook-lisbon\nFinance,auto\nSales DB 2,auto\n' \
		>d.csv
	on_server 0 apply a.csv d.csv --out p
	on_server 0 new-array outlook-lisbon --fqdn other.contoso.com --site Lisbon
	set_value "Sales DB 2" EX1
	on_server 5 apply p
	contains "$(held Finance)" /cn=outlook-berlin.contoso.com/
	on_server 6 apply p --on-conflict skip --format json
	equal "$(outcomes)" conflict,not-tried,done,conflict
	contains "$(held Finance)" /cn=outlook.contoso.com/
	contains "$(held 'Sales DB 2')" /cn=EX1/
	contains "$(held 'Lisbon DB 1')" /cn=LIS1/
}

@test "--on-conflict stop begins no more once a change has failed" {
	local first

	server_teardown
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases 400 --seed 1 \
		--out org.ldif --truth truth.jsonl
	server_setup "$PWD/org.ldif"
	on_server 0 set-database --all --rpc-client-access-server mail-0000.corp.test --out p --format json
	first=$(query '[.rows[] | select(.action == "modify")][0].name')
	set_value "$first" EX1
	on_server 6 apply p --on-conflict stop --format json
	equal "$(query '.outcomes.conflict')" 1
	# those in flight with it were done, and no more
	[ "$(query '.outcomes.done')" -lt 100 ]
	[ "$(query '.outcomes["not-tried"]')" -gt 100 ]
	on_server 6 apply p --on-conflict skip --format json
	equal "$(query '.outcomes["not-tried"]')" 0
	equal "$(query '.outcomes.conflict')" 1
}
