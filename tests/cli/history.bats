#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# history: the list of runs, and one of them.

load common

setup() {
	common_setup
}

# mask: ids, times and people, which differ from run to run.
mask() {
	sed -E 's/[0-9]{8}-[0-9]{6}-[0-9a-f]{4,}/RUN/g;s/[0-9-]{10}T[0-9:]{8}Z/TIME/g;s/[^ ,]+@[^ ,]+/WHO@HOST/g'
}

@test "the list, the newest first: who did what when, and what undid it" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 undo --yes
	try 0 history --format csv --fields run,time,state,done,steps,who,command,undone_by,directory
	equal "$(mask <out | tr -d '\r')" "run,time,state,done,steps,who,command,undone_by,directory
RUN,TIME,done,1,1,WHO@HOST,casarray undo --yes,,$LDIF
RUN,TIME,done,1,1,WHO@HOST,casarray set-database Finance --rpc-client-access-server auto,RUN,$LDIF"
	try 0 history --format json
	equal "$(query '.rows[1].undone_by')" "$(query '.rows[0].run')"
	equal "$(query '.rows[0].undoes')" "$(query '.rows[1].run')"
	equal "$(query '.rows[0].who')" "$(id -un)@$(hostname)"
}

@test "the list as text has these columns" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 history
	equal "$(head -1 <<<"$out" | tr -s ' ')" "RUN TIME STATE DONE STEPS WHO COMMAND UNDONE BY DIRECTORY"
	equal "$(wc -l <<<"$out")" 2
}

@test "one run: what it was, and its steps with their outcome" {
	try 0 set-array outlook --name HO --fqdn ho.contoso.com
	try 0 history "$(run_id 1)"
	equal "$(mask <<<"$out")" "run        RUN
time       TIME
who        WHO@HOST
command    casarray set-array outlook --name HO --fqdn ho.contoso.com
directory  $LDIF
state      done

~ array outlook  (site HeadOffice)  done
    Name: outlook -> HO
    Fqdn: outlook.contoso.com -> ho.contoso.com
    set array"
}

@test "by the unique beginning of its id; an ambiguous one is refused" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 set-database Finance --rpc-client-access-server EX1
	try 0 history "$(run_id 1)" --format json
	equal "$(query .command)" "casarray set-database Finance --rpc-client-access-server EX1"
	try 3 history 2
	contains "$err" "'2'"
	equal "$out" ""
}

@test "values that are text are shown as text" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 history "$(run_id 1)" --format json
	equal "$(query '.rows[0].attributes[0] | .new')" "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=outlook.contoso.com/cn=Microsoft Private MDB"
}

@test "nothing yet; not found; an empty id" {
	try 0 history
	equal "$out" "no runs"
	refused 3 "casarray: there is no run '19990101'
casarray: 'casarray history' lists the runs" history 19990101
	refused 2 "casarray: the id of a run is empty" history ''
}

@test "of the directory that is named, however it is named" {
	try 0 set-database Finance --rpc-client-access-server auto
	ln -s "$LDIF" link.ldif
	try 0 history -d ./contoso.ldif --format json
	equal "$(query '.rows | length')" 1
	try 0 history -d link.ldif --format json
	equal "$(query '.rows | length')" 1
	cp "$LDIF" other.ldif
	try 0 history -d other.ldif
	equal "$out" "no runs"
	try 0 history --all -d other.ldif --format json
	equal "$(query '.rows | length')" 1
}

@test "--journal and CASARRAY_JOURNAL: the option wins" {
	export CASARRAY_JOURNAL=$PWD/one
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 set-database Finance --rpc-client-access-server EX1 --journal two
	equal "$(find one -name '*.journal' | wc -l) $(find two -name '*.journal' | wc -l)" "1 1"
	try 0 history --format json
	equal "$(query '.rows[].command')" "casarray set-database Finance --rpc-client-access-server auto"
	try 0 history --journal two --format json
	equal "$(query '.rows[].command')" "casarray set-database Finance --rpc-client-access-server EX1 --journal two"
	[ ! -e "$XDG_STATE_HOME" ]
}

@test "nobody else can read the journal" {
	try 0 set-database Finance --rpc-client-access-server auto
	equal "$(stat -c %a "$XDG_STATE_HOME"/casarray/journal/*.journal)" 600
}
