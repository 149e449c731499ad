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

# ---- filters and pruning ----

# aged N DAYS: the N-th newest run is so much older.
aged() {
	local id now then journal

	id=$(run_id "$1")
	journal=$XDG_STATE_HOME/casarray/journal/$id.journal
	/usr/bin/python3 - "$journal" "$2" <<-'END'
		import sys, zlib
		path, days = sys.argv[1], int(sys.argv[2])
		lines = open(path, "rb").read().split(b"\n")
		head = lines[0][9:].split(b" ", 2)
		fields = head[2].split(b"\t")
		fields[2] = b"%d" % (int(fields[2]) - days * 86400 * 10**9)
		body = b" ".join(head[:2] + [b"\t".join(fields)])
		lines[0] = b"%08x " % zlib.crc32(body) + body
		open(path, "wb").write(b"\n".join(lines))
	END
}

# cut N: the N-th newest run did not come to its end.
cut() {
	local journal

	journal=$XDG_STATE_HOME/casarray/journal/$(run_id "$1").journal
	sed -i '$d' "$journal"
}

commands() {
	query '[.rows[].title] | join(",")'
}

@test "--since, --older-than, --state and --command choose, together" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 set-array outlook --name HO
	aged 1 10
	aged 2 5
	try 0 history --format json
	equal "$(commands)" set-database,set-array
	try 0 history --since 7d --format json
	equal "$(commands)" set-database
	try 0 history --older-than 168h --format json
	equal "$(commands)" set-array
	try 0 history --since "$(date -u -d '-20 days' +%F)" --older-than 1w --format json
	equal "$(commands)" set-array
	try 0 history --since "$(date -u -d '-6 days' +%FT%TZ)" --format json
	equal "$(commands)" set-database
	try 0 history --command SET-ARRAY --state done --format json
	equal "$(commands)" set-array
	try 0 history --state partial
	equal "$out" "no runs"
}

@test "times and ages that are none" {
	local text

	for text in yesterday 7 d 7y 7dd 2026-13-01 2026-11-21x 99999999999999999999d -1d ''; do
		try 2 history --since="$text"
	done
	for text in 2026-11-21 90 x; do
		try 2 history --older-than "$text"
	done
	refused 2 "casarray: --prune needs --older-than
casarray: try 'casarray history --help'" history --prune
	refused 2 "casarray: only --prune changes something
casarray: try 'casarray history --help'" history --yes
	refused 2 "casarray: --prune and RUN exclude each other
casarray: try 'casarray history --help'" history 2026 --prune --older-than 1d
}

@test "--prune removes old runs, asks before, and keeps what did not come to its end" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 set-array outlook --name HO
	try 0 set-array HO --name outlook
	cut 1
	aged 1 100
	# it is the second now
	aged 1 100
	try 3 history --prune --older-than 90d
	equal "$err" "casarray: nothing was removed: history --prune asks before
casarray: try --yes, or --what-if"
	try 0 history --prune --older-than 90d --what-if
	contains "$out" "what if: 1 run would be removed, 1 kept"
	try 0 history --format json
	equal "$(query .count)" 3
	try 0 history --prune --older-than 90d --yes --format json
	equal "$(query '[.count, .kept, .rows[0].title] | @csv')" '1,1,"set-array"'
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.history <out
	try 0 history --format json
	equal "$(query '[.rows[].state] | join(",")')" done,interrupted
	try 0 history --prune --older-than 90d --yes
	contains "$out" "0 runs removed, 1 kept"
}

@test "--prune keeps the run that undid one that is kept" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 undo --yes
	aged 1 100
	try 0 history --prune --older-than 90d --yes --format json
	equal "$(query '[.count, .kept] | @csv')" 0,1
	aged 1 100
	try 0 history --prune --older-than 90d --yes --format json
	equal "$(query '[.count, .kept] | @csv')" 2,0
	try 0 history
	equal "$out" "no runs"
}
