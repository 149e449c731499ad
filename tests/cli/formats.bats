#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Formats: every command in each, --fields, --output, terminals.

load common

setup() {
	common_setup
}

# What every command prints, with the schema of its documents: SCHEMA|STATUS|WORDS
COMMANDS="casarray.arrays|0|get-array
casarray.arrays|0|get-array 'x*'
casarray.databases|0|get-database
casarray.servers|0|get-server
casarray.sites|0|get-site
casarray.assignment|0|default-server EX1
casarray.audit|1|audit
casarray.doctor|0|doctor
casarray.rule|0|explain CAS040
casarray.explanation|0|explain 'Berlin DB 2'
casarray.plan|0|new-array --fqdn l.contoso.com --site Lisbon --what-if
casarray.plan|0|set-array outlook --name HO --fqdn ho.contoso.com --what-if
casarray.plan|0|remove-array outlook --force --what-if
casarray.plan|0|set-database --all --rpc-client-access-server auto --what-if
casarray.plan|0|repair --what-if
casarray.plan|0|undo --what-if
casarray.history|0|history
casarray.run|0|history \$RUN
casarray.history|0|resume
casarray.snapshot|0|snapshot s.ldif --force
casarray.exemptions|0|exempt CAS048/10000001-ca5a-4e2a-9c01-2010c0a70501 --reason r --owner o --what-if
casarray.configfiles|0|config path
casarray.version|0|version"

# A run for the history, and for undo.
make_run() {
	try 0 set-array outlook --name HO --fqdn ho.contoso.com --site Branch
	try 0 undo --yes
	try 0 set-database Finance --rpc-client-access-server EX1
	RUN=$(run_id 2)
}

# each FUNCTION: calls it with schema, status and words of every command.
each() {
	local schema status words

	make_run
	while IFS='|' read -r schema status words; do
		eval "$1 $schema $status $words" </dev/null || {
			echo "of: $words"
			return 1
		}
	done <<<"$COMMANDS"
}

valid_json() {
	local schema=$1 status=$2
	shift 2

	try "$status" "$@" --format json
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect "$schema" <out
}

@test "JSON of every command is what its schema says" {
	each valid_json
}

# The lines of NDJSON put together again are the document.
valid_ndjson() {
	local schema=$1 status=$2
	shift 2

	try "$status" "$@" --format ndjson
	jq -se '.[0].type == "head" and .[-1].type == "tail" and
		(.[1:-1] | all(.type == "row"))' out
	jq -sS '(.[0] | del(.type)) + {rows: [.[1:-1][].row]} + (.[-1] | del(.type))' out >together
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect "$schema" <together
	try "$status" "$@" --format json
	diff <(jq -S . out) together
}

@test "NDJSON of every command: head, rows, tail, and together they are the document" {
	each valid_ndjson
}

# As many fields in every line as in the header, CRLF, and as many records as there are rows.
valid_csv() {
	local status=$2
	shift 2

	try "$status" "$@" --format json
	jq '.rows | length' out >rows
	try "$status" "$@" --format csv
	/usr/bin/python3 -c '
import csv, sys
text = open("out", newline="", encoding="utf-8").read()
rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
expected = int(open("rows").read())
assert text.count("\r\n") == text.count("\n"), "line ends"
if expected:
    assert len(rows) == expected + 1, (len(rows), expected)
    assert {len(row) for row in rows} == {len(rows[0])}, "fields"
    assert len(set(rows[0])) == len(rows[0]), "header"
' || return 1
}

@test "CSV of every command: a header, as many records as there are rows" {
	each valid_csv
}

@test "CSV quotes commas and quotes, and joins lists" {
	try 0 get-site HeadOffice --format csv --fields name,servers
	equal "$(tr -d '\r' <out)" 'name,servers
HeadOffice,EX07; EX1; EX2; EX13'
	try 0 new-array 'a "b", c' --fqdn l.contoso.com --site Lisbon
	try 0 get-array --site Lisbon --format csv --fields fqdn,name
	equal "$(tr -d '\r' <out)" 'fqdn,name
l.contoso.com,"a ""b"", c"'
}

@test "--fields: these members, in this order, members of members, in every format" {
	try 0 get-array --fields site,name
	equal "$out" "site        name
HeadOffice  outlook
Berlin      outlook-berlin"
	try 0 get-array --fields ' site , name ' --format csv
	equal "$(tr -d '\r' <out)" "site,name
HeadOffice,outlook
Berlin,outlook-berlin"
	try 1 audit --rule CAS040 --fields object.name,severity --format ndjson
	equal "$(jq -c 'select(.type == "row").row' out)" \
		'{"object.name":"Berlin DB 2","severity":"error"}
{"object.name":"Sales DB 2","severity":"error"}'
	try 0 explain CAS040 --fields name,severity
	equal "$out" "name:     database-points-at-server
severity: error"
}

@test "--fields with a field that is not there: refused, with those that are, and nothing is changed" {
	try 2 get-array --fields nosuch
	equal "$err" "casarray: unknown field 'nosuch'; the fields are class, name, dn, guid, fqdn, site, members, databases, generation, legacy_dn, created, changed, defects
casarray: try 'casarray get-array --help'"
	equal "$out" ""
	try 2 set-database Finance --rpc-client-access-server auto --fields nosuch --format json
	unchanged
}

@test "an unknown format" {
	refused 2 "casarray: '--format' is 'xml', and not one of text, json, ndjson, csv, sarif, junit, markdown
casarray: try 'casarray get-array --help'" get-array --format xml
}

@test "--output: the same bytes in a file, nothing on stdout" {
	for format in text json ndjson csv; do
		try 1 audit --format "$format"
		cp out expected
		try 1 audit --format "$format" --output file
		equal "$out" ""
		cmp file expected
	done
	try 0 get-array -o -
	contains "$out" outlook-berlin
}

@test "--output replaces a file as a whole, or not at all" {
	echo before >file
	chmod 640 file
	try 3 get-array nosuch -o file
	equal "$(<file)" before
	try 2 get-array --fields nosuch -o file
	equal "$(<file)" before
	try 0 get-array -o file
	try 0 get-array
	cmp file out
	equal "$(find . -newer "$LDIF" -name '*file?*')" ""
}

@test "--output that cannot be written: an error before anything is changed" {
	refused 7 "casarray: cannot write 'no/such/file': No such file or directory" \
		get-array -o no/such/file
	refused 7 "casarray: cannot write 'no/such/file': No such file or directory" \
		set-database Finance --rpc-client-access-server auto -o no/such/file
	mkdir folder
	refused 7 "casarray: cannot write 'folder': Is a directory" get-array -o folder
	refused 2 "casarray: '$LDIF' is the directory itself: --output would replace it
casarray: try 'casarray get-array --help'" get-array -o "$LDIF"
}

@test "a full device is an error" {
	[ -w /dev/full ] || skip "no /dev/full"
	run bash -c "'$CASARRAY' get-array >/dev/full"
	equal "$status" 7
	contains "$output" "casarray: cannot write the output: No space left on device"
}

@test "a reader that goes away is no error" {
	run bash -c "set -o pipefail; '$CASARRAY' get-database --format json | head -c 1 >/dev/null; echo \${PIPESTATUS[0]}"
	equal "$output" 0
}

# ---- terminals ----

# widest: the number of columns of the longest line on the screen.
widest() {
	wc -L <<<"$screen"
}

@test "text fits the terminal: secondary columns go first, then the widest are cut" {
	local width

	for width in 60 80 100 120 200; do
		WIDTH=$width terminal - get-database --color never
		equal "$status" 0
		[ "$(widest)" -le "$width" ]
		equal "$(wc -l <<<"$screen")" 15
	done
	WIDTH=100 terminal - get-database Executives --color never
	equal "$screen" "NAME        SERVER  SITE        DAG   RPC CLIENT ACCESS SERVER  EXPECTED             STATUS
Executives  EX1     HeadOffice  DAG1  outlook.contoso.com       outlook.contoso.com  ok"
	WIDTH=60 terminal - get-array --color never
	equal "$screen" "NAME            FQDN       SITE        MEMBERS     DATABASES
outlook         outlook.…  HeadOffice  EX1, EX2            3
outlook-berlin  outlook-…  Berlin      BER-CAS1,…          2"
}

@test "COLUMNS is the width of a terminal, and of nothing else" {
	COLUMNS=60 WIDTH=200 terminal - get-database --color never
	[ "$(widest)" -le 60 ]
	COLUMNS=nonsense WIDTH=70 terminal - get-database --color never
	[ "$(widest)" -le 70 ]
	COLUMNS=60 try 0 get-database
	[ "$(wc -L <out)" -gt 150 ]
}

@test "commands that are to be copied are not cut or wrapped" {
	WIDTH=60 terminal - audit --rule CAS040 --site Berlin --color never
	contains "$screen" "fix       casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com
"
}

# colours: does the screen hold SGR sequences?
colours() {
	if [[ $screen == *$'\e['* ]]; then
		echo yes
	else
		echo no
	fi
}

@test "colour on a terminal only, and not with NO_COLOR, TERM=dumb or --color never" {
	terminal - audit
	equal "$(colours)" yes
	terminal - audit --color never
	equal "$(colours)" no
	NO_COLOR=1 terminal - audit
	equal "$(colours)" no
	NO_COLOR='' terminal - audit
	equal "$(colours)" yes
	NO_COLOR=1 terminal - audit --color always
	equal "$(colours)" yes
	TEST_TERM=dumb terminal - audit
	equal "$(colours)" no
	terminal - audit --format json
	equal "$(colours)" no
	terminal - audit --output file
	screen=$(<file)
	equal "$(colours)" no
	try 1 audit
	screen=$out
	equal "$(colours)" no
	try 1 audit --color always
	screen=$out
	equal "$(colours)" yes
	try 1 audit --color always --format csv
	screen=$out
	equal "$(colours)" no
}

@test "with the colours taken off it is the same text" {
	try 1 audit
	cp out plain
	try 1 audit --color always
	diff <(sed 's/\x1b\[[0-9]*m//g' out) plain
}

@test "severities are coloured: red, yellow, cyan" {
	try 1 audit --color always
	contains "$out" $'\e[31merror'
	contains "$out" $'\e[33mwarning'
	contains "$out" $'\e[36minfo'
}

# ---- names with escape sequences ----

# evil: the site Branch gets a name with an escape sequence, a bell, C1, bidi and an emoji.
evil() {
	local name

	NAME=$(printf 'B\033[2J\007\302\233x\342\200\256\360\237\230\200')
	name=$(printf '%s' "$NAME" | base64 -w0)
	sed -i "s|^cn: Branch\r|cn:: $name\r|;s|^dn: CN=Branch,|dn: CN=B\\\\1B[2J\\\\07\\\\C2\\\\9Bx\\\\E2\\\\80\\\\AE\\\\F0\\\\9F\\\\98\\\\80,|" "$LDIF"
}

@test "text escapes what a terminal would obey, and keeps other characters" {
	evil
	try 0 get-site
	contains "$out" 'B\x1b[2J\x07\u009bx\u202e😀'
	terminal - get-site --color never
	contains "$screen" 'B\x1b[2J\x07\u009bx\u202e😀'
	try 3 get-array --site $'\e[2J'
	equal "$err" "casarray: no site '\\x1b[2J'"
}

@test "JSON and CSV in a file have the name as it is; on a terminal JSON is ASCII" {
	evil
	try 0 get-site --format json
	equal "$(query '.rows[3].name')" "$NAME"
	try 0 get-site --format csv --fields name
	equal "$(tail -1 out | tr -d '\r')" "$NAME"
	terminal - get-site --format json
	equal "$(LC_ALL=C tr -d '\n\40-\176' <<<"$screen" | wc -c)" 0
	equal "$(jq -r '.rows[3].name' <<<"$screen")" "$NAME"
	terminal - get-site --format csv --fields name
	equal "$(tail -1 <<<"$screen" | tr -d '\r')" 'B\x1b[2J\x07\u009bx\u202e😀'
}
