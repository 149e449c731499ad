# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Faults at every point of a change: what is reported is what happened, and what is left over can be
# completed and taken back. All that the files points-*.bats share, which run side by side.

load common
. "$BATS_TEST_DIRNAME/farm.bash"

setup_file() {
	farm_load
}

teardown_file() {
	farm_forget
}

setup() {
	farm_start 6
}

teardown() {
	farm_stop
}

# shellcheck disable=SC2034 # what the test files try
ALL=(cut half reset gone stall drop garbage lose busy unavailable split)
# Of long changes those that are not like another one.
# shellcheck disable=SC2034
MOST=(cut reset gone stall garbage lose)

# points SCENARIO FAULT...: all that the file "points" holds to be true is so.
points() {
	local faults=("${@:2}")
	# What is slow with a sanitizer was tried without it.
	if [ -n "${CASARRAY_SANITIZED:-}" ]; then
		faults=(cut garbage)
	fi
	/usr/bin/python3 "$BATS_TEST_DIRNAME/points" "$CASARRAY" "$1" "${faults[@]}" \
		-- "${FARM[@]}"
}
