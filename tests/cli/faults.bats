#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Kills, failing system calls, races, damaged journals: the file is the old or the new one, the
# journal tells the truth, and nobody's change is lost.

load common

setup() {
	common_setup
	mkdir in
	cp "$LDIF" in/x.ldif
	LDIF=$BATS_TEST_TMPDIR/in/x.ldif
	CASARRAY_DIRECTORY=$LDIF
	# Folders that are made are synced: that is not what the tests below count.
	mkdir -p "$XDG_STATE_HOME/casarray/journal"
	to_array=(--rpc-client-access-server auto --yes)
}

# traced EXPRESSION ARGUMENT...: casarray with a fault.
traced() {
	local fault=$1
	shift

	strace -f -qq -o trace -e "inject=$fault" "$CASARRAY" "$@" </dev/null
}

# until_there PATTERN: waits for a file of that name.
until_there() {
	local i

	for ((i = 0; i < 500; i++)); do
		if compgen -G "$1" >/dev/null; then
			return 0
		fi
		sleep 0.02
	done
	echo "no $1"
	return 1
}

# until_traced PATTERN: waits for a system call.
until_traced() {
	local i

	for ((i = 0; i < 500; i++)); do
		if grep -q "$1" trace 2>/dev/null; then
			return 0
		fi
		sleep 0.02
	done
	echo "no call '$1'"
	return 1
}

# faults KIND SCENE
faults() {
	needs_strace
	# Nothing is seen of memory in a program that is killed, and it takes long.
	if [ "$1" = kill ] && [ -n "${CASARRAY_SANITIZED:-}" ]; then
		skip "killed in the suite without sanitizers"
	fi
	run python3 "$BATS_TEST_DIRNAME/faults.py" "$1" "$2" "$ROOT/examples/contoso.ldif"
	echo "$output"
	[ "$status" -eq 0 ]
}

# nothing_left: beside the file.
nothing_left() {
	equal "$(cd in && echo .[!.]* *)" ".[!.]* x.ldif"
}

# states: of the runs on this directory, the newest first.
states() {
	casarray history --format json | jq -r '[.rows[].state] | join(" ")'
}

# ---- killed, or a system call fails, at each in turn ----

@test "killed at each system call of set-database" {
	faults kill set-database
}

@test "killed at each system call of repair" {
	faults kill repair
}

@test "killed at each system call of new-array" {
	faults kill new-array
}

@test "killed at each system call of remove-array" {
	faults kill remove-array
}

@test "killed at each system call of undo" {
	faults kill undo
}

@test "killed at each system call of resume, before and after the file was replaced" {
	faults kill resume-old
	faults kill resume-new
}

@test "killed at each system call of apply of a desired state" {
	faults kill apply
}

@test "killed at each system call of apply of a saved plan" {
	faults kill apply-plan
}

@test "killed at each system call while a plan is saved: no half of it, nor of the older one" {
	faults kill out
	faults kill out-again
}

@test "killed at each system call of --output" {
	faults kill output
	faults kill output-again
}

@test "killed at each system call while a baseline is written" {
	faults kill baseline
	faults kill baseline-again
}

@test "killed at each system call of snapshot" {
	faults kill snapshot
	faults kill snapshot-again
}

@test "killed at each system call while a report is written" {
	faults kill report
	faults kill report-again
}

@test "killed at each system call of exempt: no half of the configuration" {
	faults kill exempt
	faults kill exempt-again
}

@test "each system call of set-database fails" {
	faults fail set-database
}

@test "each system call of repair fails" {
	faults fail repair
}

@test "each system call of new-array fails" {
	faults fail new-array
}

@test "each system call of remove-array fails" {
	faults fail remove-array
}

@test "each system call of undo fails" {
	faults fail undo
}

@test "each system call of resume fails, before and after the file was replaced" {
	faults fail resume-old
	faults fail resume-new
}

@test "each system call of apply of a desired state fails" {
	faults fail apply
}

@test "each system call of apply of a saved plan fails" {
	faults fail apply-plan
}

@test "each system call fails while a plan is saved" {
	faults fail out
	faults fail out-again
}

@test "each system call of --output fails" {
	faults fail output
	faults fail output-again
}

@test "each system call fails while a baseline is written" {
	faults fail baseline
	faults fail baseline-again
}

@test "each system call of snapshot fails" {
	faults fail snapshot
	faults fail snapshot-again
}

@test "each system call fails while a report is written" {
	faults fail report
	faults fail report-again
}

@test "each system call of exempt fails" {
	faults fail exempt
	faults fail exempt-again
}

@test "the folder cannot be synced: neither done nor failed" {
	needs_strace
	# The journal, its folder, the new file, the directory's folder.
	status=0
	traced fsync:error=EIO:when=4 set-database "Sales DB 2" "${to_array[@]}" >out 2>err ||
		status=$?
	equal "$status" 6
	contains "$(<err)" "'$LDIF' was replaced, but may be lost in a power failure: Input/output error"
	[[ $(<err) == *"casarray: 'casarray resume "*"' finds out what was written"* ]]
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	equal "$(states)" interrupted
	try 3 undo --yes
	# It is not done before the folder is on disk.
	status=0
	traced fsync:error=EIO:when=1 resume --yes >out 2>err || status=$?
	equal "$status" 6
	contains "$(<err)" "'$LDIF' was replaced, but may be lost in a power failure: cannot write folder"
	equal "$(states)" interrupted
	try 0 resume --yes
	equal "$(states)" "done"
	try 0 undo --yes
	cmp "$LDIF" "$ROOT/examples/contoso.ldif"
	nothing_left
}

# killed_at_unlock: set-database, when the file is the new one.
killed_at_unlock() {
	status=0
	traced unlink:signal=KILL:when=1 set-database "Sales DB 2" "${to_array[@]}" >out 2>err ||
		status=$?
	equal "$status" 137
	[ -f in/x.ldif.lock ]
}

@test "killed when all is written: what has nothing to do then leaves nothing either" {
	needs_strace
	killed_at_unlock
	: >in/.x.ldif.casarray-abcdef
	try 0 set-database "Sales DB 2" "${to_array[@]}" --what-if
	[ -f in/x.ldif.lock ]
	try 0 set-database "Sales DB 2" "${to_array[@]}"
	contains "$out" "nothing to do"
	nothing_left
	try 0 resume --yes
	try 0 undo --yes

	killed_at_unlock
	casarray export --output wanted.json
	try 0 apply wanted.json --yes --format json
	equal "$(query .summary)" "nothing to do"
	nothing_left
}

@test "the results cannot be written to the journal" {
	needs_strace
	status=0
	traced fsync:error=EIO:when=5 set-database "Sales DB 2" "${to_array[@]}" >out 2>err ||
		status=$?
	equal "$status" 6
	contains "$(<err)" "the changes are written, but their results are not: cannot sync the journal '"
	[[ $(<err) == *"casarray: 'casarray resume "*"' completes the journal"* ]]
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	try 0 resume --yes
	equal "$(states)" "done"
	nothing_left
}

# ---- somebody else ----

@test "a file that is replaced while it is changed: theirs stays" {
	needs_strace
	sed 's/^adminDisplayName: Finance/adminDisplayName: Theirs/' "$LDIF" >theirs
	! cmp -s theirs "$LDIF"
	# The third is of the new file, under the lock.
	traced fsync:delay_enter=1500000:when=3 set-database "Sales DB 2" "${to_array[@]}" \
		>out 2>err &
	until_there 'in/.x.ldif.casarray-*'
	cp theirs in/y
	mv in/y "$LDIF"
	status=0
	wait $! || status=$?
	equal "$status" 5
	equal "$(<err)" "casarray: cannot write '$LDIF': another process changed it meanwhile
casarray: nothing was written: look at it again, then repeat the command"
	cmp "$LDIF" theirs
	nothing_left
	equal "$(states)" conflict
	try 0 set-database "Sales DB 2" "${to_array[@]}"
	contains "$(<"$LDIF")" "adminDisplayName: Theirs"
}

@test "a file that is replaced between looking and changing: another value is a conflict" {
	needs_strace
	cp "$LDIF" theirs
	CASARRAY_DIRECTORY=theirs try 0 set-database "Sales DB 2" --rpc-client-access-server EX1 --yes
	# The first is of the journal: what is planned is planned.
	traced fsync:delay_enter=1500000:when=1 set-database "Sales DB 2" "${to_array[@]}" \
		>out 2>err &
	until_there 'state/casarray/journal/*'
	sleep 0.3
	cp theirs in/y
	mv in/y "$LDIF"
	status=0
	wait $! || status=$?
	equal "$status" 5
	contains "$(<err)" "casarray: cannot change 'CN=Sales DB 2,CN=Databases,"
	contains "$(<err)" "casarray: somebody changed it meanwhile; nothing was written: look again and repeat the command"
	cmp "$LDIF" theirs
	nothing_left
}

@test "a file that is replaced between looking and changing: other values stay" {
	needs_strace
	cp "$LDIF" theirs
	CASARRAY_DIRECTORY=theirs try 0 set-database "Sales DB 1" --rpc-client-access-server EX1 --yes
	traced fsync:delay_enter=1500000:when=1 set-database "Sales DB 2" "${to_array[@]}" \
		>out 2>err &
	until_there 'state/casarray/journal/*'
	sleep 0.3
	cp theirs in/y
	mv in/y "$LDIF"
	wait $!
	contains "$(value "Sales DB 1")" "cn=EX1/"
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	nothing_left
}

@test "a file that becomes shorter while it is read" {
	needs_strace
	traced getcwd:delay_enter=1000000 audit --directory in/x.ldif >out 2>err &
	until_traced 'x.ldif.*O_NOCTTY'
	sleep 0.2
	: >"$LDIF"
	status=0
	wait $! || status=$?
	equal "$status" 7
	equal "$(<err)" "casarray: a file became shorter while it was read
casarray: wait until whoever writes it has finished, then try again"
}

@test "two processes, two databases: both changes are made" {
	needs_strace
	traced fsync:delay_enter=700000:when=3 set-database "Sales DB 2" "${to_array[@]}" \
		>out1 2>err1 &
	until_there 'in/.x.ldif.casarray-*'
	try 0 set-database "Sales DB 1" --rpc-client-access-server EX1 --yes
	wait $!
	contains "$(value "Sales DB 1")" "cn=EX1/"
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	equal "$(states)" "done done"
	nothing_left
}

@test "two processes, one database: one wins, the other changes nothing" {
	needs_strace
	traced fsync:delay_enter=700000:when=3 set-database "Sales DB 2" "${to_array[@]}" \
		>out1 2>err1 &
	until_there 'in/.x.ldif.casarray-*'
	try 5 set-database "Sales DB 2" --rpc-client-access-server EX1 --yes
	contains "$err" "casarray: cannot change 'CN=Sales DB 2,CN=Databases,"
	contains "$err" "legacyExchangeDN holds"
	contains "$err" "casarray: somebody changed it meanwhile; nothing was written: look again and repeat the command"
	wait $!
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	equal "$(states)" "conflict done"
	nothing_left
}

@test "a lock that is held for long is a conflict that names the holder" {
	needs_strace
	traced fsync:delay_enter=7000000:when=3 set-database "Sales DB 2" "${to_array[@]}" \
		>out1 2>err1 &
	until_there 'in/.x.ldif.casarray-*'
	pid=$(<in/x.ldif.lock)
	try 5 set-database "Sales DB 1" --rpc-client-access-server EX1 --yes
	equal "$err" "casarray: cannot lock '$LDIF': process $pid is changing it
casarray: wait until it has finished, then try again"
	wait $!
	contains "$(value "Sales DB 1")" "cn=outlook.contoso.com/"
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	nothing_left
}

# many: twenty databases more, "Many 1" to "Many 20", like Sales DB 2.
many() {
	python3 - "$LDIF" <<'END'
import base64, sys
with open(sys.argv[1], "rb") as file:
    text = file.read().replace(b"\r\n ", b"")
start = text.index(b"dn: CN=Sales DB 2,")
entry = text[start : text.index(b"\r\n\r\n", start) + 4]
for i in range(1, 21):
    lines = entry.replace(b"Sales DB 2", b"Many %d" % i).split(b"\r\n")
    guid = b"objectGUID:: " + base64.b64encode(bytes(15) + bytes([i]))
    text += b"\r\n".join(guid if l.startswith(b"objectGUID") else l for l in lines)
with open(sys.argv[1], "wb") as file:
    file.write(text)
END
}

# all_at_once COMMAND...: twenty processes; {} is the number of each, in file names, too.
all_at_once() {
	local pids=() i

	for i in {1..20}; do
		casarray "${@//\{\}/$i}" >"out$i" 2>"err$i" </dev/null &
		pids+=($!)
	done
	statuses=()
	for i in "${pids[@]}"; do
		status=0
		wait "$i" || status=$?
		statuses+=("$status")
	done
}

# no_change_lost: of twenty processes and twenty databases.
no_change_lost() {
	local i

	equal "${statuses[*]}" "$(printf '0 %.0s' {1..19})0"
	for i in {1..20}; do
		contains "$(value "Many $i")" "cn=outlook.contoso.com/"
	done
	equal "$(states)" "$(printf 'done %.0s' {1..19})done"
	nothing_left
}

@test "twenty processes, twenty databases: no change is lost" {
	many
	all_at_once set-database "Many {}" --rpc-client-access-server outlook --yes
	no_change_lost
}

@test "twenty desired states of twenty databases, applied at once: no change is lost" {
	local i

	many
	for i in {1..20}; do
		printf '{"schema":"casarray.state","version":1,"databases":[{"name":"Many %d",%s}]}' \
			"$i" '"rpc_client_access_server":"outlook"' >"$i.json"
	done
	all_at_once apply "{}.json" --yes
	no_change_lost
}

@test "twenty saved plans of twenty databases, applied at once: no change is lost" {
	local i

	many
	for i in {1..20}; do
		try 0 set-database "Many $i" --rpc-client-access-server outlook --out "$i.plan"
	done
	all_at_once apply "{}.plan" --yes
	no_change_lost
}

@test "twenty saved plans of one database, applied at once: one wins, the others change nothing" {
	local targets=(outlook EX1) i winner

	many
	for i in {1..20}; do
		try 0 set-database "Many 1" --rpc-client-access-server "${targets[i % 2]}" \
			--out "$i.plan"
	done
	all_at_once apply "{}.plan" --yes
	# A plan with the winner's wish finds it fulfilled; another, or an early one, is refused.
	for i in {1..20}; do
		case ${statuses[i - 1]} in
		0) ;;
		5) contains "$(<"err$i")" "it was changed since the plan was made" ;;
		*) return 1 ;;
		esac
	done
	winner=$(casarray history --format json | jq -r '.rows[] | select(.done > 0) | .run')
	equal "$(wc -w <<<"$winner")" 1
	points "Many 1" "$(casarray history "$winner" --format json | jq -r '.rows[].new' |
		sed 's/^EX1\..*/EX1/')"
	nothing_left
}

@test "two desired states of one database: one wins, the other changes nothing" {
	needs_strace
	printf 'database,rpc-client-access-server\nSales DB 2,auto\n' >one.csv
	printf 'database,rpc-client-access-server\nSales DB 2,EX1\nSales DB 1,EX1\n' >other.csv
	traced fsync:delay_enter=700000:when=3 apply one.csv --yes >out1 2>err1 &
	until_there 'in/.x.ldif.casarray-*'
	try 5 apply other.csv --yes
	contains "$err" "casarray: cannot change 'CN=Sales DB 2,CN=Databases,"
	contains "$err" "casarray: somebody changed it meanwhile; nothing was written: look again and repeat the command"
	wait $!
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	equal "$(value "Sales DB 1")" "$(value "Sales DB 1" "$ROOT/examples/contoso.ldif")"
	equal "$(states)" "conflict done"
	nothing_left
}

@test "twenty processes that save a plan to one file: it is one of theirs" {
	all_at_once repair --out saved.plan
	equal "${statuses[*]}" "$(printf '0 %.0s' {1..19})0"
	try 0 apply saved.plan --yes
	equal "$(echo .saved* saved*)" ".saved* saved.plan"
}

@test "twenty exemptions in one configuration at once: none is lost" {
	local i

	: >ours.conf
	for i in {1..20}; do
		printf 'CAS040/60000003-ca5a-4e2a-9c01-2010c0a705%02d\n' "$i" >"$i.key"
	done
	for i in {1..20}; do
		casarray exempt "$(<"$i.key")" --no-lookup --config ours.conf --reason moved \
			--owner Jane --name "number $i" >"out$i" 2>"err$i" </dev/null &
		echo $! >"$i.pid"
	done
	for i in {1..20}; do
		wait "$(<"$i.pid")" || {
			cat "err$i"
			return 1
		}
	done
	equal "$(grep -c '^object = ' ours.conf)" 20
	try 0 config show --config ours.conf
	equal "$(grep -c '^\[exemption number' <<<"$out")" 20
	equal "$(echo .ours* ours*)" ".ours* ours.conf"
}

@test "twenty processes that write one --output: it is one of theirs, and no temporary file stays" {
	all_at_once export --output wanted.json
	equal "${statuses[*]}" "$(printf '0 %.0s' {1..19})0"
	cmp wanted.json <(casarray export)
	equal "$(echo .wanted* wanted*)" ".wanted* wanted.json"
}

# tidied_meanwhile FILE COMMAND...: writes FILE twice at once. The second has the lock of what
# the first has just made, and removes it before that takes its place.
tidied_meanwhile() {
	local file=$1
	shift

	strace -f -qq -o first -e inject=flock:delay_enter=1000000:when=1 \
		-e inject=fsync:delay_enter=2000000:when=1 "$CASARRAY" "$@" >out1 2>err1 </dev/null &
	until_there ".$file.*"
	traced unlinkat:delay_enter=1500000:when=1 "$@" >out2 2>err2
	wait $! || {
		cat err1
		return 1
	}
	equal "$(echo ."$file"* "$file"*)" ".$file* $file"
}

@test "a temporary file that another process takes for a stale one: both succeed" {
	needs_strace
	tidied_meanwhile wanted.json export --output wanted.json
	tidied_meanwhile saved.plan repair --out saved.plan
}

@test "twenty processes, one database: every change is one that was seen" {
	local pids=() i status won=0 lost=0 target

	many
	for i in {1..20}; do
		target=EX1
		if ((i % 2)); then
			target=outlook
		fi
		casarray set-database "Many 1" --rpc-client-access-server "$target" --yes \
			>"out$i" 2>"err$i" </dev/null &
		pids+=($!)
	done
	for i in "${!pids[@]}"; do
		status=0
		wait "${pids[i]}" || status=$?
		case $status in
		0) won=$((won + 1)) ;;
		5)
			lost=$((lost + 1))
			contains "$(<"err$((i + 1))")" "somebody changed it meanwhile"
			;;
		*)
			cat "err$((i + 1))"
			return 1
			;;
		esac
	done
	echo "$won won, $lost lost"
	[ "$won" -ge 1 ]
	# Each run that changed something began with what the one before it left: the changes
	# from one to the other and back make one chain.
	casarray history --format json >history
	for i in $(jq -r '.rows | reverse | .[] | select(.done > 0) | .run' history); do
		casarray history "$i" --format json |
			jq -r '.rows[] | select(.outcome == "done") | .old + " " + .new'
	done | sort | uniq -c | awk '{ print $1, $2, $3 }' >changes
	cat changes
	python3 - "$(value "Many 1")" <<'END'
import sys
balance = {}
for line in open("changes", encoding="utf-8"):
    n, old, new = line.split()
    balance[old] = balance.get(old, 0) - int(n)
    balance[new] = balance.get(new, 0) + int(n)
gone = [name for name, n in balance.items() if n == -1]
come = [name for name, n in balance.items() if n == 1]
assert gone == ["EX2.contoso.com"], balance
assert len(come) == 1 and "cn=" + come[0].split(".")[0] in sys.argv[1], (balance, sys.argv[1])
assert all(n in (-1, 0, 1) for n in balance.values()), balance
END
	nothing_left
}

@test "two processes resume one run: it is finished once" {
	needs_strace
	status=0
	traced renameat:signal=KILL set-database "Sales DB 2" "${to_array[@]}" >out 2>err ||
		status=$?
	equal "$status" 137
	equal "$(states)" interrupted
	rm trace
	traced fsync:delay_enter=700000:when=1 resume --yes >out1 2>err1 &
	until_traced 'ftruncate'
	try 5 resume --yes
	[[ $err == *"another process is at work on the run of the journal"* ]]
	wait $!
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
	equal "$(states)" "done"
	nothing_left
}

# ---- journals ----

# damaged_journal KIND
damaged_journal() {
	try 0 set-database "Sales DB 2" "${to_array[@]}"
	run python3 "$BATS_TEST_DIRNAME/journals.py" "$1" \
		"$(echo "$XDG_STATE_HOME"/casarray/journal/*.journal)" "$LDIF"
	echo "$output"
	[ "$status" -eq 0 ]
	nothing_left
}

@test "a journal that is cut off at each of its bytes" {
	damaged_journal cut
}

@test "a journal that is damaged at each of its bytes" {
	damaged_journal damage
}

@test "the newest journal cannot be read: undo and resume do not go on to an older one" {
	local newest

	try 0 set-database "Sales DB 1" --rpc-client-access-server EX1 --yes
	try 0 set-database "Sales DB 2" "${to_array[@]}"
	newest=$(casarray history --format json | jq -r '.rows[0].run')
	cp "$LDIF" before
	sed -i '1s/./X/' "$XDG_STATE_HOME/casarray/journal/$newest.journal"
	equal "$(states)" "damaged done"
	try 3 undo --yes
	contains "$err" "casarray: the journal of the newest run '$newest' is damaged:"
	try 3 resume --yes
	equal "$err" "casarray: the journal of the run '$newest' is damaged: it is not known whether it came to its end
casarray: 'casarray audit' shows how things are now"
	cmp "$LDIF" before
	needs_strace
	strace -f -qq -o trace -P "$XDG_STATE_HOME/casarray/journal/$newest.journal" \
		-e inject=openat:error=EIO "$CASARRAY" undo --yes >out 2>err </dev/null || status=$?
	equal "$status" 3
	contains "$(<err)" "casarray: warning: cannot open the journal '"
	contains "$(<err)" "casarray: the journal of the newest run '$newest' is damaged:"
	cmp "$LDIF" before
}

# ---- anything ----

@test "damaged copies of the example neither crash nor hang audit" {
	run python3 "$BATS_TEST_DIRNAME/mutate.py" 500 "$ROOT/examples/contoso.ldif"
	echo "$output"
	[ "$status" -eq 0 ]
}
