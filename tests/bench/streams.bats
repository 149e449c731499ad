#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Reports are streams: memory does not grow with the number of rows that are printed.

bats_require_minimum_version 1.5.0
root=$BATS_TEST_DIRNAME/../..

setup_file() {
	export CASARRAY_BUILD=${CASARRAY_BUILD:-$root/build}
	export CASARRAY=${CASARRAY:-$CASARRAY_BUILD/cmd/casarray}
	cd "$BATS_FILE_TMPDIR" || return
	"$CASARRAY_BUILD/tests/bench/generate" --databases 20000 --seed 1 --out org.ldif \
		--truth truth.jsonl
}

# peak ARGUMENT...: the peak memory of a run in KiB; what it prints is in out.
peak() {
	/usr/bin/python3 - "$CASARRAY" "$@" <<'END'
import os, resource, subprocess, sys
with open('out', 'wb') as out:
    status = subprocess.run(sys.argv[1:], stdout=out).returncode
assert status in (0, 1), status
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}

# The same organization in memory: none of its databases printed, and all of them.
streams() {
	local none all
	cd "$BATS_FILE_TMPDIR"
	none=$(peak get-database --directory org.ldif --value 'no such value*' --format "$1")
	[ "$(wc -c <out)" -lt 1000 ]
	all=$(peak get-database --directory org.ldif --format "$1")
	[ "$(wc -c <out)" -gt 1000000 ]
	echo "none: $none KiB, all: $all KiB, $(wc -c <out) bytes"
	# The first thousand rows of a table are kept for its widths.
	[ $((all - none)) -lt 3072 ]
}

@test "20000 rows of text" {
	streams text
}

@test "20000 rows of JSON" {
	streams json
}

@test "20000 rows of NDJSON" {
	streams ndjson
}

@test "20000 rows of CSV" {
	streams csv
}

# nowhere: every database of org.ldif in nowhere.ldif, pointing at a server that is not there.
nowhere() {
	/usr/bin/python3 - <<'END'
import re
text = open("org.ldif", newline="").read()
value = r"legacyExchangeDN: [^\r\n]*(?:\r?\n [^\r\n]*)*?cn=Microsoft Private MDB(\r?\n)"
gone = r"legacyExchangeDN: /o=X/ou=X/cn=Configuration/cn=Servers/cn=GONE/cn=Microsoft Private MDB\1"
open("nowhere.ldif", "w", newline="").write(re.sub(value, gone, text))
END
}

@test "100000 findings in every format take no more memory than those of text" {
	local format text other

	cd "$BATS_TEST_TMPDIR"
	"$CASARRAY_BUILD/tests/bench/generate" --databases 101000 --seed 1 --out org.ldif \
		--truth truth.jsonl
	nowhere
	text=$(peak audit --directory nowhere.ldif)
	[ "$(tail -1 out | sed 's/ finding.*//')" -ge 100000 ]
	for format in json ndjson csv sarif junit markdown; do
		other=$(peak audit --directory nowhere.ldif --format "$format")
		echo "text: $text KiB, $format: $other KiB, $(wc -c <out) bytes"
		[ "$(wc -c <out)" -gt 20000000 ]
		[ $((other - text)) -lt 20480 ]
	done
	other=$(peak audit --directory nowhere.ldif --report sarif=x.sarif --report junit=x.xml \
		--report markdown=x.md)
	echo "text and three reports: $other KiB"
	[ $((other - text)) -lt 20480 ]
	[ "$(jq '.runs[0].results | length' x.sarif)" -ge 100000 ]
	# piece by piece, not as a tree
	xmllint --noout --huge --stream x.xml
}

@test "a million test cases that passed take no more memory than the text" {
	local text junit

	cd "$BATS_TEST_TMPDIR"
	"$CASARRAY_BUILD/tests/bench/generate" --databases 101000 --seed 1 --out org.ldif \
		--truth truth.jsonl
	text=$(peak audit --directory org.ldif)
	junit=$(peak audit --directory org.ldif --format junit)
	echo "text: $text KiB, junit: $junit KiB, $(wc -c <out) bytes"
	[ "$(grep -c '^<testcase.*/>$' out)" -gt 1000000 ]
	[ $((junit - text)) -lt 20480 ]
}
