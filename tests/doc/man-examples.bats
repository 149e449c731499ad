#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the pages, the help and the findings tell people to type does what they say.

load common

setup() {
	folder=$BATS_TEST_TMPDIR/folder
}

@test "the examples of the pages print what is shown" {
	transcript check "$ROOT"/man/casarray*.[15]
}

@test "every command's page has an example" {
	local page failed=0

	for page in "$ROOT"/man/casarray*.1; do
		if ! grep -q '^\$ casarray ' "$page"; then
			echo "no example in $page"
			failed=1
		fi
	done
	[ "$failed" -eq 0 ]
}

# The files that examples read.
wanted() {
	"$CASARRAY" export -o wanted.json
	printf '%s\n' '[policy]' 'array-fqdn = outlook-{site}.contoso.com' >casarray.conf
	echo name,fqdn,site >arrays.csv
	printf '%s\n' database,rpc-client-access-server Finance,auto >databases.csv
	"$CASARRAY" set-database Finance --rpc-client-access-server auto --out reviewed.plan >shown
	"$CASARRAY" audit --rule CAS040 --fail-on never --create-baseline known.json >shown
	"$CASARRAY" audit --fail-on never --format json --output yesterday.json
}

@test "the examples of the help are no wrong use" {
	local line n=0 failed=0

	while read -r line; do
		fresh "$folder"
		wanted
		run_line 0 1 3 8 "$line" || failed=1
		n=$((n + 1))
	done < <(manual examples)
	[ "$n" -gt 30 ]
	[ "$failed" -eq 0 ]
}

@test "the commands that audit prints to fix findings can be run" {
	local line n=0 failed=0

	fresh "$folder"
	"$CASARRAY" audit --fail-on never --format json >"$BATS_TEST_TMPDIR/audit.json"
	while read -r line; do
		fresh "$folder"
		# What a person must choose.
		line=${line//"'<FQDN>'"/new.contoso.com}
		run_line 0 "$line --what-if" || failed=1
		if ! grep -q '^what if: ' out; then
			echo "no plan: $line"
			failed=1
		fi
		n=$((n + 1))
	done < <(jq -r '.rows[].fix // empty | select(startswith("casarray "))' \
		"$BATS_TEST_TMPDIR/audit.json")
	[ "$n" -ge 8 ]
	[ "$failed" -eq 0 ]
}

@test "a finding that is fixed by its command is gone" {
	local line rule n=0 failed=0

	fresh "$folder"
	"$CASARRAY" audit --fail-on never --format json >"$BATS_TEST_TMPDIR/audit.json"
	while IFS=$'\t' read -r key rule line; do
		fresh "$folder"
		line=${line//"'<FQDN>'"/new.contoso.com}
		run_line 0 "$line"
		if "$CASARRAY" audit --rule "$rule" --fail-on never --format json |
			jq -e --arg key "$key" 'any(.rows[]; .key == $key)' >/dev/null; then
			echo "$key is there after: $line"
			failed=1
		fi
		n=$((n + 1))
	done < <(jq -r '.rows[] | select(.fix // "" | startswith("casarray ")) |
		"\(.key)\t\(.rule)\t\(.fix)"' "$BATS_TEST_TMPDIR/audit.json")
	[ "$n" -ge 8 ]
	[ "$failed" -eq 0 ]
}

@test "the programs of libcasarray(3) are those that the tests build against the installed library" {
	manual program 1 | diff <(tail -n +3 "$ROOT/tests/data/ten-lines.c") -
	manual program 2 | diff <(tail -n +3 "$ROOT/tests/data/repair.c") -
}
