#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Power cuts: what is on disk after any of them is the old file or the new one, the journal says
# which, and resume or undo goes on from there. System calls that do less than they were asked for.

load ../cli/common

setup() {
	common_setup
	mkdir in
	mv "$LDIF" in/x.ldif
	LDIF=$BATS_TEST_TMPDIR/in/x.ldif
	CASARRAY_DIRECTORY=$LDIF
	INTERRUPT_MODULE=${CASARRAY_BUILD:-$ROOT/build}/tests/crash/interrupt.so
}

# states SCENE LEAST: all states are good, and there are at least so many.
states() {
	run python3 "$BATS_TEST_DIRNAME/states.py" "$1" "$ROOT/examples/contoso.ldif"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} =~ \ ([0-9]+)\ states,\ 0\ problems$ ]]
	[ "${BASH_REMATCH[1]}" -ge "$2" ]
}

# interrupted MODE LEAST COMMAND...: with at least so many faults, which change nothing.
interrupted() {
	local mode=$1 least=$2
	shift 2

	rm -f faults
	LD_PRELOAD=$INTERRUPT_MODULE INTERRUPT=$mode INTERRUPT_LOG=$PWD/faults \
		"$CASARRAY" "$@" >out 2>err </dev/null || {
		cat err
		return 1
	}
	echo "$mode: $(<faults) faults"
	[ "$(<faults)" -ge "$least" ]
	equal "$(cd in && echo .[!.]* *)" ".[!.]* x.ldif"
}

@test "a power cut during set-database" {
	states set-database 30
}

@test "a power cut during new-array, and while databases are adopted" {
	states new-array 30
}

@test "a power cut during remove-array" {
	states remove-array 30
}

@test "a power cut during repair" {
	states repair 30
}

@test "a power cut during undo" {
	states undo 20
}

@test "a power cut during resume, before and after the file was replaced" {
	states resume-old 15
	states resume-new 5
}

@test "a power cut during apply of a desired state" {
	states apply 30
}

@test "a power cut during apply of a saved plan" {
	states apply-plan 30
}

@test "a power cut while a plan is saved, and while the next one takes its place" {
	states out 5
	states out-again 5
}

@test "a power cut during --output" {
	states output 5
	states output-again 5
}

@test "a power cut while a baseline is written" {
	states baseline 5
	states baseline-again 5
}

@test "a power cut during snapshot" {
	states snapshot 5
	states snapshot-again 5
}

@test "a power cut during exempt" {
	states exempt 5
	states exempt-again 5
}

@test "without syncs there are states that are bad: the enumeration sees them" {
	local scene

	for scene in set-database apply; do
		run python3 "$BATS_TEST_DIRNAME/states.py" --unsynced "$scene" \
			"$ROOT/examples/contoso.ldif"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "short reads and writes, and interrupted ones, change nothing" {
	local mode

	WANTED=$PWD/wanted.csv
	printf 'name,fqdn,site\noutlook-lisbon,outlook-lisbon.contoso.com,Lisbon\n' >"$WANTED"
	for mode in short eintr both; do
		cp "$ROOT/examples/contoso.ldif" "$LDIF"
		try 0 set-database "Sales DB 2" --rpc-client-access-server auto --yes
		cp "$LDIF" expected
		try 0 undo --yes
		cmp "$LDIF" "$ROOT/examples/contoso.ldif"

		interrupted "$mode" 5 set-database "Sales DB 2" --rpc-client-access-server auto --yes
		cmp "$LDIF" expected
		try 0 history --format json
		equal "$(query '.rows[0] | .state + " " + (.done | tostring)')" "done 1"
		interrupted "$mode" 5 undo --yes
		cmp "$LDIF" "$ROOT/examples/contoso.ldif"
		interrupted "$mode" 5 repair --yes
		try 0 undo --yes
		cmp "$LDIF" "$ROOT/examples/contoso.ldif"
		interrupted "$mode" 1 repair --out saved.plan
		cmp "$LDIF" "$ROOT/examples/contoso.ldif"
		casarray repair --out whole.plan >/dev/null
		cmp <(sed /^.made/d saved.plan) <(sed /^.made/d whole.plan)
		interrupted "$mode" 5 apply saved.plan --yes
		try 0 audit --rule CAS040
		try 0 undo --yes
		cmp "$LDIF" "$ROOT/examples/contoso.ldif"
		interrupted "$mode" 5 apply "$WANTED" --yes
		casarray export --output is.json
		interrupted "$mode" 1 export --output exported.json
		cmp is.json exported.json
		try 0 undo --yes
		cmp "$LDIF" "$ROOT/examples/contoso.ldif"
		interrupted "$mode" 2 history --format json
		equal "$(jq -r '.rows | length' out)" "$(casarray history --format json | jq '.rows | length')"
	done
}
