# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What the tests of the documents share: the program, and a folder with a copy of the example.
#
# CASARRAY: the program (else build/cmd/casarray); CASARRAY_BUILD: the folder that it was built in.

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
export CASARRAY=${CASARRAY:-$ROOT/build/cmd/casarray}
export CASARRAY_BUILD=${CASARRAY_BUILD:-$ROOT/build}
export PYTHONDONTWRITEBYTECODE=1

manual() {
	"$ROOT/tests/doc/manual.py" "$@"
}

transcript() {
	"$ROOT/tests/doc/transcript.py" "$@"
}

# fresh FOLDER: with contoso.ldif and nothing else; it is the current one then.
fresh() {
	rm -rf "$1"
	mkdir -p "$1"
	cp "$ROOT/examples/contoso.ldif" "$1"
	cd "$1" || return 1
	export CASARRAY_DIRECTORY=contoso.ldif
	export XDG_STATE_HOME=$1.state HOME=$1.home
	export CASARRAY_SYSTEM_CONFIG=/dev/null
	unset XDG_CONFIG_HOME CASARRAY_CONFIG CASARRAY_PROFILE
	rm -rf "$XDG_STATE_HOME"
}

# run_line STATUS... COMMAND-LINE: a line of a document, by the shell; fails with another status.
run_line() {
	local line=${*: -1} allowed=" ${*:1:$#-1} " status=0

	PATH=$(dirname "$CASARRAY"):$PATH bash -c "$line" >out 2>err </dev/null || status=$?
	if [[ $allowed != *" $status "* ]]; then
		echo "exit status $status: $line"
		cat out err
		return 1
	fi
}
