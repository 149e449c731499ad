#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Our reader of LDIF against libldap's and python3-ldap's, on the example, the fuzzer's seeds, and
# what it found from them; and what our writer makes of those.

load ../cli/common

setup() {
	BUILD=${CASARRAY_BUILD:-$ROOT/build-fuzz}
	ENTRIES=$BUILD/tests/fuzz/entries
	# libldap leaks a record that it refuses.
	export ASAN_OPTIONS=detect_leaks=0 LDAPNOINIT=1
	cd "$BATS_TEST_TMPDIR" || return 1
}

# same LEAST FILE...
same() {
	run /usr/bin/python3 "$ROOT/tests/fuzz/differential.py" "$ENTRIES" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the example and the seeds: three readers read the same" {
	same 8 "$ROOT/examples/contoso.ldif" "$ROOT"/tests/fuzz/corpus/ldif/*
}

@test "what the fuzzer found: three readers read the same" {
	compgen -G "$BUILD/corpus/ldif/*" >/dev/null || skip "the fuzzer has not run"
	same 20 "$BUILD"/corpus/ldif/*
}
