#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# audit --report: several formats at once, each in a file of its own.

load common

setup() {
	common_setup
}

@test "each file has what --format prints, and stdout is as without" {
	local format

	try 1 audit
	cp out expected
	try 1 audit --report text=a.text --report json=a.json --report ndjson=a.ndjson \
		--report csv=a.csv --report sarif=a.sarif --report junit=a.junit --report markdown=a.markdown
	cmp out expected
	equal "$err" ""
	for format in text json ndjson csv sarif junit markdown; do
		try 1 audit --format "$format"
		cmp out "a.$format"
	done
	equal "$(find . -name 'a.*' | wc -l)" 7
}

@test "--fields, --color and the width are those of stdout alone" {
	try 1 audit
	cp out expected
	try 1 audit --fields rule --color always --format csv --report text=a.text --report csv=a.csv
	cmp a.text expected
	try 1 audit --format csv
	cmp a.csv out
	WIDTH=60 terminal - audit --report text=b.text
	cmp b.text expected
}

@test "stdout may be closed, the files are written" {
	try 1 audit --format json
	run bash -c "'$CASARRAY' audit --format ndjson --report json=a.json | true; echo \${PIPESTATUS[0]}"
	equal "$output" 1
	cmp a.json out
}

@test "a file is replaced as a whole, or not at all" {
	echo before >a
	try 3 audit --report json=a --site nosuch
	equal "$(<a)" before
	try 1 audit --report json=a
	jq -e '.rows | length > 0' a >/dev/null
	equal "$(find . -name 'a*')" ./a
}

@test "wrong uses, before anything is read" {
	local known="text, json, ndjson, csv, sarif, junit, markdown" try="casarray: try 'casarray audit --help'"

	export CASARRAY_DIRECTORY=nothing.ldif
	refused 2 "casarray: '--report' is 'sarif', and not FORMAT=FILE
$try" audit --report sarif
	refused 2 "casarray: '--report' is 'sarif=', and not FORMAT=FILE
$try" audit --report sarif=
	refused 2 "casarray: '--report' names the format 'xml', and not one of $known
$try" audit --report xml=a
	refused 2 "casarray: '--report' names the format '', and not one of $known
$try" audit --report =a
	refused 2 "casarray: '--report' needs a file; '--format sarif' prints it
$try" audit --report sarif=-
	refused 2 "casarray: 'a' would be written twice
$try" audit --report sarif=a --report json=a
	refused 2 "casarray: 'a' would be written twice
$try" audit --report sarif=a --output a
	refused 2 "casarray: './a' would be written twice
$try" audit --report sarif=a --report json=./a
	refused 2 "casarray: 'a' would be written twice
$try" audit --report sarif=a --output "$PWD/a"
	refused 2 "casarray: './a' would be written twice
$try" audit --report sarif=a --create-baseline ./a
	refused 7 "casarray: cannot write 'no/such': No such file or directory" \
		audit --report sarif=no/such
	refused 2 "casarray: '$LDIF' is the directory itself: --report would replace it
$try" audit -d "$LDIF" --report "json=$LDIF"
	[ ! -e a ]
}

@test "a full device is an error, and no other file is touched" {
	[ -w /dev/full ] || skip "no /dev/full"
	echo before >a
	try 7 audit --report json=a --report csv=/dev/full
	equal "$err" "casarray: cannot write '/dev/full': No space left on device
casarray: free some space on that file system, then try again"
	equal "$(<a)" before
}

@test "a device is written to as it is" {
	try 1 audit --format csv --report json=/dev/null
	try 1 audit --report sarif=/dev/stderr --format csv
	jq -e '.version == "2.1.0"' err >/dev/null
}
