#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# remove-array: it asks, it refuses while databases use the array, and what its options do.

load common

setup() {
	common_setup
}

@test "while databases use it, it is refused, and they are named" {
	refused 3 "casarray: the array 'outlook' is used by 3 databases: 'Executives', 'Sales DB 1', 'Mailboxes 2013'
casarray: re-point them with --repoint-to ARRAY; --force removes the array all the same" \
		remove-array outlook --yes
}

@test "an array that no database uses goes away, and the file is as before it was made" {
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon
	try 0 remove-array lisbon --yes
	equal "$(sed '$d' <<<"$out")" "- array lisbon  (site Lisbon)
    remove array
run $(run_id 1); undo with: casarray undo $(run_id 1)"
	equal "$(tail -1 <<<"$out")" "1 change done"
	unchanged
}

@test "it asks: without a terminal it is refused" {
	try 3 remove-array outlook --force
	equal "$err" "casarray: nothing was written: remove-array asks before it writes
casarray: try --yes, or --what-if to see the plan"
	unchanged
	[ ! -e "$XDG_STATE_HOME/casarray/journal" ]
}

@test "it asks: yes removes, anything else does not" {
	local answer

	for answer in n '' no x yess '^D'; do
		terminal "$answer" remove-array outlook --force
		equal "$status" 3
		equal "$(tail -1 <<<"$screen")" "casarray: nothing was written"
		unchanged
	done
	contains "$screen" "apply 1 change? [y/N] "
	terminal '^C' remove-array outlook --force
	equal "$status" 130
	equal "$(tail -1 <<<"$screen")" "casarray: interrupted; nothing was written"
	unchanged
	for answer in y YES; do
		terminal "$answer" remove-array outlook --force --color never
		equal "$status" 0
		equal "$(tail -1 <<<"$screen")" "1 change done"
		try 3 get-array outlook
		try 0 undo --yes
	done
}

@test "it does not ask with --yes and -Confirm:\$false, nor with --what-if" {
	terminal - remove-array outlook --force --what-if
	equal "$status" 0
	unchanged
	terminal - Remove-ClientAccessArray outlook -Force '-Confirm:$false'
	equal "$status" 0
	try 3 get-array outlook
}

@test "--force says which databases will point nowhere" {
	try 0 remove-array outlook --force --what-if
	equal "$out" "- array outlook  (site HeadOffice)
    remove array
warning: 3 databases will point nowhere, and new Outlook profiles for them will fail: 'Executives', 'Sales DB 1', 'Mailboxes 2013'
what if: 1 change planned; nothing was written"
	try 0 remove-array outlook --force --yes
	points Executives outlook.contoso.com
	try 0 get-database Executives --format json
	equal "$(query '.rows[0].status')" dangling
}

@test "--repoint-to: the databases first, then the array" {
	try 0 remove-array outlook-berlin --repoint-to outlook --what-if
	equal "$out" "~ database Finance  (site HeadOffice)
    RpcClientAccessServer: outlook-berlin.contoso.com -> outlook.contoso.com
    the array 'outlook-berlin' is removed
~ database Berlin DB 1  (site Berlin)
    RpcClientAccessServer: outlook-berlin.contoso.com -> outlook.contoso.com
    the array 'outlook-berlin' is removed
- array outlook-berlin  (site Berlin)
    remove array
note: clients of 2 databases (4 mailboxes) will reconnect
note: Outlook profiles keep the old name: 'outlook-berlin.contoso.com' must stay resolvable and reachable until profiles have been updated
what if: 3 changes planned; nothing was written"
}

@test "undo brings the array back with every value and its GUID, and its databases" {
	local guid

	guid=$(record outlook-berlin | grep '^objectGUID')
	try 0 remove-array outlook-berlin --repoint-to outlook --yes
	try 0 undo --yes
	equal "$(record outlook-berlin | grep -v '^objectGUID' | sort)" \
		"$(record outlook-berlin "$ROOT/examples/contoso.ldif" | grep -v '^objectGUID' | sort)"
	equal "$(record outlook-berlin | grep '^objectGUID')" "$guid"
	points "Berlin DB 1" outlook-berlin.contoso.com
	points Finance outlook-berlin.contoso.com
}

@test "refused: itself, a server, nothing as the successor, both options" {
	refused 2 "casarray: the databases of 'outlook' cannot go to the array that is removed" \
		remove-array outlook --yes --repoint-to outlook
	refused 3 "casarray: no array 'EX1'
casarray: 'EX1' is a server" remove-array outlook --yes --repoint-to EX1
	refused 3 "casarray: no array '<ARRAY>'" remove-array outlook --yes --repoint-to '<ARRAY>'
	refused 2 "casarray: --repoint-to and --force exclude each other
casarray: try 'casarray remove-array --help'" \
		remove-array outlook --yes --repoint-to outlook-berlin --force
}

@test "refused: no such array, a wildcard, a server, none" {
	refused 3 "casarray: no array 'nosuch'" remove-array nosuch --yes
	refused 3 "casarray: no array 'outlook*'
casarray: did you mean 'outlook'?" remove-array 'outlook*' --yes
	refused 3 "casarray: no array 'EX1'
casarray: 'EX1' is a server" remove-array EX1 --yes
	refused 2 "casarray: missing: ARRAY
casarray: try 'casarray remove-array --help'" remove-array --yes
}
