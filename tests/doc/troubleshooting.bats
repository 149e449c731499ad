#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The messages that casarray-directory(7) explains are messages that the program has.

load common

# The items of the table, "..." and '...' standing for what is named.
messages() {
	"$ROOT/tests/doc/messages.py" --items
}

# is_said TEXT: one of the program's files has it.
is_said() {
	grep -aqF -e "$1" "$CASARRAY_BUILD"/libcasarray/libcasarray.so \
		"$CASARRAY_BUILD"/libcasarray/casarray_ldap.so "$CASARRAY"
}

@test "every message of the troubleshooting table is one of the program's" {
	local message fragment failed=0

	[ "$(messages | wc -l)" -ge 20 ]
	while read -r message; do
		# "busy (51)" is printed with the number.
		while read -r fragment; do
			if [ -n "$fragment" ] && ! is_said "$fragment"; then
				echo "the program never says '$fragment' of '$message'"
				failed=1
			fi
		done < <(sed "s/ ([-0-9]*)\$//; s/'\.\.\.'/\n/g; s/ \.\.\./\n/g; s/\.\.\. /\n/g" <<<"$message" |
			sed 's/^[ ,]*//')
	done < <(messages)
	[ "$failed" -eq 0 ]
}

@test "every message about a server is in the table" {
	[ -z "$("$ROOT/tests/doc/messages.py" | tee /dev/stderr)" ]
}

@test "a message that the program does not have is found out" {
	run is_said "the moon is in the wrong phase"
	[ "$status" -ne 0 ]
}
