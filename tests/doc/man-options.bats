#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The pages say of the commands what the program says.

load common

@test "every command has a page, and no other page is there" {
	diff <(manual commands | sed 's/.*/casarray-&.1/' | sort) \
		<(cd "$ROOT/man" && ls casarray-*.1)
}

@test "every page is installed" {
	diff <(cd "$ROOT/man" && ls ./*.[1-9] | sed 's/^..//' | sort) \
		<(grep -o "'[^']*\.[1-9]'" "$ROOT/man/meson.build" | tr -d "'" | sort)
}

@test "name, synopsis and options of a command's page are those of its table" {
	local command failed=0

	for command in $(manual commands); do
		if ! manual check "$command"; then
			echo "in casarray-$command.1"
			failed=1
		fi
	done
	[ "$failed" -eq 0 ]
}

@test "casarray(1) has the options of every command, and lists the commands" {
	manual check-globals
}

@test "casarray.conf(5) has the keys that a file may have" {
	manual check-keys
}

@test "casarray-json(5) has every member of every schema, and no other" {
	manual check-fields
}

@test "libcasarray(3) has every function that is exported, and no other" {
	manual check-functions
}

@test "mandoc finds no fault with a page" {
	local page
	for page in "$ROOT"/man/*.[1-9]; do
		mandoc -T lint -W warning "$page"
	done
}

@test "a page that is referred to exists" {
	local name failed=0

	while read -r name; do
		if [ ! -f "$ROOT/man/$name" ]; then
			echo "there is no $name"
			failed=1
		fi
	done < <(sed -n 's/^\.\(It \)\?Xr \([a-z-]*casarray[a-z@.-]*\) \([1-9]\).*/\2.\3/p' \
		"$ROOT"/man/*.[1-9] | sort -u)
	[ "$failed" -eq 0 ]
}
