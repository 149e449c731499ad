#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Faults at every point of a change: what is reported is what happened, and what is left over can be
# completed and taken back.

load common
bats_require_minimum_version 1.5.0

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

ALL=(cut half reset gone stall drop garbage lose busy unavailable split)
# Of long changes those that are not like another one.
MOST=(cut reset gone stall garbage lose)

@test "at each point of new-array" {
	points new-array "${ALL[@]}"
}

@test "at each point of set-array, with a new name" {
	points set-array "${ALL[@]}"
}

@test "at each point of remove-array" {
	points remove-array "${ALL[@]}"
}

@test "at each point of undo" {
	points undo "${MOST[@]}"
}

@test "at each point of resume" {
	points resume "${MOST[@]}"
}

@test "at each point of set-database, of twenty databases" {
	points set-database "${MOST[@]}"
}
