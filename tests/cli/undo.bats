#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# undo: one run, one object, the last run; and what it refuses.

load common

setup() {
	common_setup
}

@test "text, in full" {
	local run

	try 0 repair --rule CAS042 --yes
	run=$(run_id 1)
	try 0 undo --yes
	equal "$out" "~ database Berlin Archive  (site Berlin)
    RpcClientAccessServer: outlook-berlin.contoso.com -> OLDCAS
    undoes run $run
note: clients of 1 database (1 mailbox) will reconnect
note: Outlook profiles keep the old name: 'outlook-berlin.contoso.com' must stay resolvable and reachable until profiles have been updated
run $(run_id 1); undo with: casarray undo $(run_id 1)
1 change done"
	unchanged
}

@test "values that are text are shown as text, a GUID as a GUID" {
	local guid

	try 0 set-database Finance --rpc-client-access-server auto
	try 0 undo --yes --format json
	equal "$(query '.rows[0].attributes[] | .name + ": " + .old')" "legacyExchangeDN: /o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=outlook.contoso.com/cn=Microsoft Private MDB"
	guid=$(casarray get-array outlook-berlin --format json | jq -r '.rows[0].guid')
	try 0 remove-array outlook-berlin --force --yes
	try 0 undo --yes --format json
	equal "$(query '.rows[0].attributes[] | select(.name == "objectGUID").new')" "$guid"
	equal "$(query '.rows[0].attributes[] | select(.name == "cn").new')" outlook-berlin
}

@test "of every kind of change: the file is as before, byte for byte" {
	local words

	while read -r words; do
		eval "try 0 $words"
		run cmp "$LDIF" "$ROOT/examples/contoso.ldif"
		equal "$status" 1
		try 0 undo --yes
		unchanged
	done <<-'END'
		repair --yes
		new-array --fqdn lisbon.contoso.com --site Lisbon --adopt-databases
		set-array outlook --name HO --fqdn ho.contoso.com --site Branch
		set-database --all --rpc-client-access-server auto
		set-database 'Public Folders' --rpc-client-access-server outlook --force
	END
}

@test "without an argument: the last run that was not undone, one after the other" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 set-database Finance --rpc-client-access-server EX1
	try 0 set-database Finance --rpc-client-access-server EX2
	try 0 undo --yes
	points Finance EX1
	try 0 undo --yes
	points Finance outlook.contoso.com
	try 0 undo --yes
	unchanged
	refused 3 "casarray: there is no run to undo in '$XDG_STATE_HOME/casarray/journal'
casarray: 'casarray history' lists the runs" undo --yes
}

@test "a run cannot be undone twice; its undoing can be" {
	local first second

	try 0 set-database Finance --rpc-client-access-server auto
	first=$(run_id 1)
	try 0 undo "$first" --yes
	second=$(run_id 1)
	refused 3 "casarray: the run '$first' was undone already
casarray: the run '$second' did it; 'casarray undo $second' takes that back" undo "$first" --yes
	try 0 undo "$second" --yes
	points Finance outlook.contoso.com
}

@test "--object: one of many, by name, DN and GUID, then the rest" {
	local run guid

	try 0 repair --yes --site Berlin
	run=$(run_id 1)
	guid=$(casarray get-database "Berlin DB 3" --format json | jq -r '.rows[0].guid')
	try 0 undo "$run" --object "berlin db 2" --yes --format json
	equal "$(query '[.rows[].name] | join(",")')" "Berlin DB 2"
	try 0 undo "$run" --object "$guid" --yes --format json
	equal "$(query '[.rows[].name] | join(",")')" "Berlin DB 3"
	points "Berlin DB 2" BER-CAS1
	points "Berlin DB 3" BER-MBX1
	points "Berlin Archive" outlook-berlin.contoso.com
	try 0 undo "$run" --yes --format json
	equal "$(query '[.rows[] | select(.outcome == "done").name] | sort | join(",")')" "Berlin Archive,Berlin DB 4"
	unchanged
}

@test "a value that was changed since: conflict, exit 5, nothing written" {
	local run

	try 0 repair --yes --site Berlin
	run=$(run_id 1)
	try 0 set-database "Berlin DB 2" --rpc-client-access-server EX1
	cp "$LDIF" before
	try 5 undo "$run" --yes
	contains "$out" "~ database Berlin DB 2  (site Berlin)  conflict: legacyExchangeDN holds '"
	contains "$err" "casarray: somebody changed it meanwhile; nothing was written"
	cmp "$LDIF" before
	try 5 undo "$run" --yes --format json
	equal "$(query '.outcomes | [.done, .conflict] | join(" ")')" "0 1"
	# what did not change since can be undone
	try 0 undo "$run" --object "Berlin DB 3" --yes
	points "Berlin DB 3" BER-MBX1
	points "Berlin DB 2" EX1
}

@test "a conflict with a change that casarray did not make" {
	try 0 set-database Finance --rpc-client-access-server auto
	sed -i '/^dn: CN=Finance,/,/^\r$/{/^legacyExchangeDN/,/^[a-z]/{s/^legacyExchangeDN.*/legacyExchangeDN: \/o=other\/cn=x\r/;/^ /d}}' "$LDIF"
	cp "$LDIF" before
	try 5 undo --yes
	contains "$err" "legacyExchangeDN holds '/o=other/cn=x'"
	cmp "$LDIF" before
}

@test "it asks: y takes back, n does not" {
	try 0 set-database Finance --rpc-client-access-server auto
	cp "$LDIF" before
	try 3 undo
	equal "$err" "casarray: nothing was written: undo asks before it writes
casarray: try --yes, or --what-if to see the plan"
	terminal n undo
	equal "$status" 3
	cmp "$LDIF" before
	terminal y undo
	equal "$status" 0
	unchanged
}

@test "--what-if writes nothing, also with --yes" {
	try 0 set-database Finance --rpc-client-access-server auto
	cp "$LDIF" before
	try 0 undo --what-if --yes
	equal "$(tail -1 <<<"$out")" "what if: 1 change planned; nothing was written"
	cmp "$LDIF" before
	equal "$(casarray history --format json | jq '.rows | length')" 1
}

@test "of this directory only" {
	try 0 set-database Finance --rpc-client-access-server auto
	cp "$LDIF" other.ldif
	try 3 undo --yes -d other.ldif
	contains "$err" "there is no run to undo"
	try 3 undo "$(run_id 1)" --yes -d other.ldif
	points Finance outlook.contoso.com
	cmp "$LDIF" other.ldif
}

@test "refusals: no such run, no such object in it" {
	try 0 set-database Finance --rpc-client-access-server auto
	cp "$LDIF" before
	try 3 undo nosuch --yes
	equal "$err" "casarray: there is no run 'nosuch'
casarray: 'casarray history' lists the runs"
	try 3 undo --object nosuch --yes
	contains "$err" "'nosuch'"
	try 3 undo --object Executives --yes
	cmp "$LDIF" before
}
