# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What every test of the built program has: the program, a folder of its own, the example organization.
#
#	load common
#	setup() { common_setup; }
#
# CASARRAY: the program (else build/cmd/casarray). LDIF: a copy of the example, which casarray
# uses when --directory is not given. The journal is in the test's folder, too.

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

common_setup() {
	export CASARRAY=${CASARRAY:-$ROOT/build/cmd/casarray}
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	export HOME=$BATS_TEST_TMPDIR/home
	export CASARRAY_SYSTEM_CONFIG=/dev/null
	export LDIF=$BATS_TEST_TMPDIR/contoso.ldif
	export CASARRAY_DIRECTORY=$LDIF
	export LC_ALL=C.UTF-8
	unset NO_COLOR COLUMNS CASARRAY_JOURNAL CASARRAY_CONFIG CASARRAY_PROFILE
	mkdir -p "$HOME"
	cp "$ROOT/examples/contoso.ldif" "$LDIF"
	cd "$BATS_TEST_TMPDIR" || return 1
}

casarray() {
	"$CASARRAY" "$@"
}

# try STATUS ARGUMENT...: runs casarray; stdout is in $out, stderr in $err, without the last line ends.
try() {
	local expected=$1 status=0
	shift

	casarray "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
	if [ "$status" -ne "$expected" ]; then
		echo "casarray $*: exit status $status, not $expected"
		echo "stdout: $out"
		echo "stderr: $err"
		# The leak checker, and not the program, breaks down now and then: then the test
		# is run again.
		if [[ $err == *"LeakSanitizer has encountered a fatal error"* ]]; then
			BATS_TEST_RETRIES=2
		fi
		return 1
	fi
}

# equal ACTUAL EXPECTED
equal() {
	if [ "$1" != "$2" ]; then
		diff -u --label expected <(printf '%s\n' "$2") --label actual <(printf '%s\n' "$1") || true
		return 1
	fi
}

# contains TEXT PART
contains() {
	if [[ $1 != *"$2"* ]]; then
		echo "'$2' is not in:"
		echo "$1"
		return 1
	fi
}

# value DATABASE [FILE]: the database's legacyExchangeDN as it is in the file.
value() {
	awk -v name="CN=$1,CN=Databases," '
		{ sub(/\r$/, "") }
		/^ / { line = line substr($0, 2); next }
		{ use(); line = $0 }
		END { use() }
		function use() {
			if (line ~ /^dn: /)
				inside = index(line, "dn: " name) == 1
			else if (inside && line ~ /^legacyExchangeDN: /)
				print substr(line, 19)
		}' "${2:-$LDIF}"
}

# unchanged: the file is as it was.
unchanged() {
	cmp "$LDIF" "$ROOT/examples/contoso.ldif"
}

# points DATABASE LEAF: the last but one part of the legacyExchangeDN is cn=LEAF.
points() {
	local dn

	dn=$(value "$1")
	equal "$(basename "$(dirname "$dn")")" "cn=$2"
}

# names: the names in the rows of the JSON document in out, on one line.
names() {
	jq -r '[.rows[].name] | join(",")' "$BATS_TEST_TMPDIR/out"
}

# refused STATUS MESSAGE ARGUMENT...: what was said on stderr, and nothing was printed or written.
refused() {
	local status=$1 message=$2
	shift 2

	try "$status" "$@"
	equal "$err" "$message"
	equal "$out" ""
	unchanged
}

# query FILTER: jq -r on the JSON document in out.
query() {
	jq -r "$1" "$BATS_TEST_TMPDIR/out"
}

# record NAME [FILE]: the record of CN=NAME,... with its lines unfolded, without CR.
record() {
	awk -v dn="dn: CN=$1," '
		{ sub(/\r$/, "") }
		/^ / { line = line substr($0, 2); next }
		{ use(); line = $0 }
		END { use() }
		function use() {
			if (line ~ /^dn: /)
				inside = index(line, dn) == 1
			if (line == "")
				inside = 0
			if (inside)
				print line
		}' "${2:-$LDIF}"
}

# without NAME: the file without the records whose DN begins with CN=NAME, for the rest of the test.
without() {
	awk -v dn="dn: CN=$1," 'BEGIN { RS = ORS = "\r\n\r\n" } index($0, dn) != 1' \
		"$LDIF" >"$LDIF.new"
	mv "$LDIF.new" "$LDIF"
}

# run_id N: the id of the N-th newest run, from 1 on.
run_id() {
	casarray history --format json | jq -r ".rows[$1 - 1].run"
}

# terminal ANSWER ARGUMENT...: runs casarray on a terminal of $WIDTH columns (80), where ANSWER is
# typed at its question ("-": nothing is). What the terminal got is in $screen, the exit status in $status.
terminal() {
	local answer=$1
	shift

	status=0
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns "${WIDTH:-80}" \
		--answer "$answer" "$CASARRAY" "$@") || status=$?
}

# policy LINE...: what is in the section [policy] of the configuration from here on.
policy() {
	printf '%s\n' '[policy]' "$@" >policy.conf
	export CASARRAY_CONFIG=$PWD/policy.conf
}

# another_site NAME: a site like Lisbon, with a mailbox server of its own.
another_site() {
	local word=${1//_/U}

	word=${word//[^A-Za-z0-9]/}1
	printf '\r\n' >>"$LDIF"
	{
		record Lisbon
		echo
		record LIS1,CN=Servers
		echo
	} | sed "s/Lisbon/$1/g; s/LIS1/$word/g; s/^objectGUID:: .*/objectGUID:: $(printf '%-16.16s' "$word" | base64)/; s/\$/\r/" >>"$LDIF"
}

# audit_rows DIRECTORY: what an audit finds; without the commands, which name the directory.
audit_rows() {
	casarray audit --directory "$1" --fail-on never --format ndjson >rows.ndjson
	jq -cS 'select(.type == "row").row | del(.fix, .exempt, .location)' rows.ndjson
}

# unredacted [MAP]: the last of them by kind and object, in the directory's own names.
unredacted() {
	/usr/bin/python3 "$ROOT/tests/cli/unredact.py" "$@" <rows.ndjson
}

# needs_strace: skips the test where that may not trace.
needs_strace() {
	# A leak check cannot trace a program that strace traces.
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
	if ! strace -qq -o trace -e inject=getppid:error=EIO true 2>/dev/null; then
		skip "strace must not trace here"
	fi
}
