#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The second program of libcasarray(3) on a server.

load common

setup() {
	local sanitize=()
	server_setup
	if [ -n "${CASARRAY_SANITIZED:-}" ]; then
		sanitize=(-fsanitize=address,undefined)
	fi
	DESTDIR=$PWD/installed meson install -C "${CASARRAY_BUILD:-$ROOT/build}" --no-rebuild --quiet
	LD_LIBRARY_PATH=$(dirname "$(find installed -name libcasarray.so.0)")
	export LD_LIBRARY_PATH
	gcc -std=c11 -Wall -Wextra -Werror "$ROOT/tests/data/repair.c" -o program \
		-I "$(dirname "$(find installed -name casarray.h)")" -L "$LD_LIBRARY_PATH" -lcasarray \
		"${sanitize[@]}"
}

teardown() {
	server_teardown
}

# What other libraries keep until the process ends is reachable. Sanitizers look for themselves.
checked() {
	if [ -n "${CASARRAY_SANITIZED:-}" ]; then
		"$@"
		return
	fi
	valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite,indirect \
		--show-leak-kinds=definite,indirect --error-exitcode=99 "$@"
}

@test "a program repairs what is on a server under a policy of its own, and reads it back" {
	checked ./program "$LDAPI" >out
	equal "$(head -n -1 out)" "$(printf '%s\n' 'modify done' 'modify done' 'modify done' 'modify done')"
	[[ "$(tail -n 1 out)" == "run "*-*-*", 4 read back" ]]
	contains "$(held 'Sales DB 2')" "/cn=outlook.contoso.com/"
	# That one is exempt.
	contains "$(held 'Berlin DB 2')" "/cn=BER-CAS1/"
	equal "$(asked MOD)" 4
}

@test "a program is told why, with a code" {
	local status=0

	checked ./program ldap://127.0.0.1:1 >out 2>err || status=$?
	equal "$status" 1
	equal "$(<out)" ""
	equal "$(<err)" "CAS_E_IO: cannot connect to 'ldap://127.0.0.1:1': Connection refused"
}
