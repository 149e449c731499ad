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
	export LDIF=$BATS_TEST_TMPDIR/contoso.ldif
	export CASARRAY_DIRECTORY=$LDIF
	export LC_ALL=C.UTF-8
	unset NO_COLOR COLUMNS CASARRAY_JOURNAL
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
