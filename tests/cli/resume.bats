#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# resume: finishes the journal, and the change, of a run that was interrupted.

load common

setup() {
	common_setup
}

# interrupted: a run whose journal ends after its plan, as a kill leaves it.
interrupted() {
	try 0 set-database "Berlin DB 2" "Berlin DB 3" --rpc-client-access-server auto
	id=$(run_id 1)
	journal=$XDG_STATE_HOME/casarray/journal/$id.journal
	sed -i '/ planned 2$/q' "$journal"
	equal "$(tail -1 "$journal" | cut -d' ' -f3-)" "planned 2"
}

state() {
	casarray history --format json | jq -r '.rows[0] | .state + " " + (.done | tostring)'
}

@test "killed before the file was replaced: the change is made" {
	interrupted
	cp "$ROOT/examples/contoso.ldif" "$LDIF"
	equal "$(state)" "interrupted 0"
	try 0 resume --yes
	equal "$out" "~ database Berlin DB 2  (site Berlin)
    RpcClientAccessServer: BER-CAS1.contoso.com -> outlook-berlin.contoso.com
    the array of its home site
~ database Berlin DB 3  (site Berlin)
    RpcClientAccessServer: BER-MBX1.contoso.com -> outlook-berlin.contoso.com
    the array of its home site
note: clients of 2 databases (4 mailboxes) will reconnect
note: Outlook profiles keep the old name: 'BER-CAS1.contoso.com', 'BER-MBX1.contoso.com' must stay resolvable and reachable until profiles have been updated
run $id; undo with: casarray undo $id
2 changes done"
	points "Berlin DB 2" outlook-berlin.contoso.com
	equal "$(state)" "done 2"
}

@test "killed after the file was replaced: the journal is completed, nothing is written" {
	interrupted
	cp "$LDIF" before
	try 0 resume "$id" --yes
	equal "$out" "~ database Berlin DB 2  (site Berlin)  done: found done when the run was resumed
    RpcClientAccessServer: BER-CAS1.contoso.com -> outlook-berlin.contoso.com
    the array of its home site
~ database Berlin DB 3  (site Berlin)  done: found done when the run was resumed
    RpcClientAccessServer: BER-MBX1.contoso.com -> outlook-berlin.contoso.com
    the array of its home site
run $id; undo with: casarray undo $id
2 changes done"
	cmp "$LDIF" before
	equal "$(state)" "done 2"
	try 0 undo --yes
	unchanged
}

@test "undo refuses until it was resumed" {
	interrupted
	try 3 undo --yes
	equal "$err" "casarray: the newest run '$id' was interrupted: it is not known what it changed
casarray: finish it first: 'casarray resume $id'"
	try 3 undo --yes -d "$LDIF"
	equal "$err" "casarray: the newest run '$id' was interrupted: it is not known what it changed
casarray: finish it first: 'casarray resume $id --directory $LDIF'"
}

@test "--what-if writes nothing, neither the file nor the journal" {
	interrupted
	cp "$ROOT/examples/contoso.ldif" "$LDIF"
	cp "$journal" before
	try 0 resume --what-if
	equal "$(tail -1 <<<"$out")" "what if: 2 changes planned; nothing was written"
	unchanged
	cmp "$journal" before
}

@test "what was changed to something else meanwhile is a conflict, the rest is done" {
	interrupted
	cp "$ROOT/examples/contoso.ldif" "$LDIF"
	try 0 set-database "Berlin DB 2" --rpc-client-access-server EX1 --journal other
	try 6 resume --yes
	contains "$out" "~ database Berlin DB 2  (site Berlin)  conflict: it holds neither the old nor the new value"
	equal "$(tail -1 <<<"$out")" "1 change done, 1 in conflict"
	equal "$err" "casarray: 1 of 2 changes were not made: the directory holds other values than the plan expects
casarray: 'casarray audit' shows how things are now"
	points "Berlin DB 2" EX1
	points "Berlin DB 3" outlook-berlin.contoso.com
	equal "$(state)" "partial 1"
}

@test "nothing to resume; no such run; a run that ended" {
	try 0 resume
	equal "$out" "no run on this directory was interrupted"
	refused 3 "casarray: there is no run 'nosuch'
casarray: 'casarray history' lists the runs" resume nosuch
	try 0 set-database Finance --rpc-client-access-server auto
	try 3 resume "$(run_id 1)"
	equal "$err" "casarray: the run '$(run_id 1)' was not interrupted: its state is 'done'"
}
