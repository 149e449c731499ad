#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# diff: what differs from a desired state.

load common

setup() {
	common_setup
	casarray export >wanted.json
}

# change FILTER: the desired state, by jq.
change() {
	jq "$1" wanted.json >changed
	mv changed wanted.json
}

@test "text, in full" {
	change '.arrays[1].fqdn = "mail-berlin.contoso.com" | .databases |= map(
		if .name == "Executives" then .rpc_client_access_server = "EX1"
		elif .rpc_client_access_server == "outlook-berlin.contoso.com" then
			.rpc_client_access_server = "mail-berlin.contoso.com"
		else . end)'
	try 1 diff wanted.json
	equal "$out" "~ array outlook-berlin  (site Berlin)
    Fqdn: outlook-berlin.contoso.com -> mail-berlin.contoso.com
    set array
~ database Executives  (site HeadOffice)
    RpcClientAccessServer: outlook.contoso.com -> EX1.contoso.com
    as asked for
note: DNS: 'mail-berlin.contoso.com' must resolve inside to the address of the load balancer of the site 'Berlin' (mail-berlin.contoso.com. 300 IN A <address>), and must not resolve outside
note: the legacyExchangeDN '/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=outlook-berlin.contoso.com' stays as it is: databases refer to the array by it
note: databases that use the array show 'mail-berlin.contoso.com' at once
note: clients of 1 database (2 mailboxes) will reconnect
note: Outlook profiles keep the old name: 'outlook.contoso.com' must stay resolvable and reachable until profiles have been updated
2 differences"
	equal "$err" ""
	unchanged
	[ ! -e "$XDG_STATE_HOME/casarray" ]
}

@test "nothing differs, in every format" {
	try 0 diff wanted.json
	equal "$out" "no differences"
	try 0 diff wanted.json --format json
	equal "$(query '[.rows, .what_if, .summary] | tostring')" '[[],true,"no differences"]'
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.plan <out
	try 0 diff wanted.json --format csv
	equal "$(wc -l <out)" 1
}

@test "what is made, changed and removed, with the exit status" {
	change '.arrays[1] = {"name": "branch", "fqdn": "branch.contoso.com", "site": "Branch"}'
	try 1 diff wanted.json --format json
	equal "$(query '[.rows[] | .action + " " + .name] | join(",")')" "create branch"
	contains "$(query '.notices[]')" "1 array is not listed, and stays: 'outlook-berlin'; --prune removes it"
	change '.databases |= map(if (.rpc_client_access_server // "") | test("berlin") then
		.rpc_client_access_server = "outlook" else . end)'
	try 1 diff wanted.json --prune --format json
	equal "$(query '[.rows[] | .action + " " + .name] | join(",")')" \
		"create branch,modify Berlin DB 1,modify Finance,delete outlook-berlin"
	try 1 diff wanted.json --prune
	contains "$out" "- array outlook-berlin  (site Berlin)"
	contains "$out" "+ array branch  (site Branch)"
	contains "$out" "4 differences"
	unchanged
}

@test "what is impossible is no difference: 3, with every reason" {
	change '.databases[1].rpc_client_access_server = "nosuch" | .arrays[0].site = "Nowhere"'
	refused 3 "casarray: wanted.json: arrays[0]: 'outlook': no site 'Nowhere'
casarray: wanted.json: databases[1]: 'Berlin DB 1': no server or array 'nosuch'
casarray: 'wanted.json' is refused for 2 reasons
casarray: nothing was written; correct it, and try again" diff wanted.json
}

@test "a saved plan is not compared" {
	try 0 set-database Finance --rpc-client-access-server auto --out p
	refused 2 "casarray: 'p' is a plan; 'casarray apply p --what-if' shows it
casarray: try 'casarray diff --help'" diff p
}

@test "the output does not replace the desired state" {
	local before

	before=$(<wanted.json)
	refused 2 "casarray: 'wanted.json' is to be read: --output would replace it
casarray: try 'casarray diff --help'" diff wanted.json --output ./wanted.json
	equal "$(<wanted.json)" "$before"
}
