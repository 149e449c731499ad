#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The audit of a generated organization finds exactly what was planted.

bats_require_minimum_version 1.5.0
root=$BATS_TEST_DIRNAME/../..

setup() {
	CASARRAY_BUILD=${CASARRAY_BUILD:-$root/build}
	CASARRAY=${CASARRAY:-$CASARRAY_BUILD/cmd/casarray}
	cd "$BATS_TEST_TMPDIR"
}

# agree DATABASES SEED
agree() {
	"$CASARRAY_BUILD/tests/bench/generate" --databases "$1" --seed "$2" --out org.ldif \
		--truth truth.jsonl
	"$CASARRAY" audit --directory org.ldif --format ndjson --output findings.ndjson ||
		[ $? -eq 1 ]
	/usr/bin/python3 "$root/tests/bench/compare.py" truth.jsonl findings.ndjson
}

@test "10000 databases, seed 1" {
	agree 10000 1
}

@test "10000 databases, seed 2" {
	agree 10000 2
}

@test "100 databases, seed 3" {
	agree 100 3
}

@test "the generator writes the same bytes for the same seed, others for another" {
	local generate=$CASARRAY_BUILD/tests/bench/generate
	"$generate" --databases 1000 --seed 1 --out a --truth a.truth
	"$generate" --databases 1000 --seed 1 --out b --truth b.truth
	"$generate" --databases 1000 --seed 2 --out c --truth c.truth
	cmp a b
	cmp a.truth b.truth
	run ! cmp -s a c
	run ! cmp -s a.truth c.truth
}

@test "the comparison sees a finding that is missing, extra or not evaluated" {
	cat >truth <<'END'
{"rules": ["CAS040"]}
{"rule": "CAS040", "guid": "a", "name": "DB"}
END
	run /usr/bin/python3 "$root/tests/bench/compare.py" truth /dev/null
	[ "$status" -eq 1 ]
	[ "$output" = "not found: CAS040 a" ]
	row() {
		printf '{"type": "row", "row": {"rule": "%s", "result": "%s", %s}}\n' "$@"
	}
	row CAS040 finding '"object": {"guid": "a"}' >right
	row CAS041 finding '"object": {"guid": "a"}' >>right
	/usr/bin/python3 "$root/tests/bench/compare.py" truth right
	cat right right >twice
	run /usr/bin/python3 "$root/tests/bench/compare.py" truth twice
	[ "$status" -eq 1 ]
	[ "$output" = "found, but not planted: CAS040 a" ]
	row CAS040 not-evaluated '"reason": "r"' >>right
	run /usr/bin/python3 "$root/tests/bench/compare.py" truth right
	[ "$status" -eq 1 ]
	[ "$output" = "not evaluated: CAS040: r" ]
}
