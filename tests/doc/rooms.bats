#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Which room of the library may use which, and what commands may see of it. Data goes one way.

load ../cli/common

# One line a room: what it may include beside itself.
rooms='base
names base
observe names base
directory observe names base
exchange directory names base
policy exchange names base
plan policy exchange directory names base
json plan policy exchange names base'

setup() {
	export LC_ALL=C
	cd "$ROOT/libcasarray"
}

# PATTERN FILE...: "file: header" of each include directive of that form.
includes() {
	local pattern=$1
	shift

	grep -HE "^[ \t]*#[ \t]*include[ \t]*$pattern" "$@" | sed -E 's/^([^:]*):[^"<]*["<](.*)[">].*/\1: \2/'
}

@test "the rooms of the library are those of this test" {
	equal "$(ls -d */ | tr -d /)" "$(cut -d' ' -f1 <<<"$rooms" | sort)"
}

@test "a room includes only headers of rooms below it" {
	local room below
	while read -r room below; do
		equal "$(includes '"' "$room"/*.[ch] |
			grep -vE ": ([a-z0-9_]+\.h|\.\./casarray\.h|\.\./(${below// /|}|none)/[a-z0-9_]+\.h)$")" ''
	done <<<"$rooms"
}

@test "a file that a room includes as its own is its own" {
	local file header
	while IFS=': ' read -r file header; do
		[ -f "$(dirname "$file")/$header" ] || { echo "$file: $header"; return 1; }
	done < <(includes '"' */*.[ch])
}

@test "jansson is included in json alone, what talks to servers in its module, inih in one file, and no terminal library anywhere" {
	equal "$(includes '<jansson' */*.[ch])" 'json/json.h: jansson.h'
	equal "$(includes '"json\.h"' */*.[ch] | grep -v '^json/')" ''
	equal "$(includes '<(ldap|lber|openldap|sasl|gnutls|krb5|gssapi)' */*.[ch] "$ROOT"/cmd/*.[ch] "$ROOT"/cmd/*/*.[ch] |
		grep -v '^directory/ldap[a-z_]*\.[ch]: ')" ''
	equal "$(includes '"ldap[a-z_]*\.h"' */*.[ch] | grep -v '^directory/ldap[a-z_]*\.[ch]: ')" ''
	equal "$(includes '"\.\./observe/' directory/*.[ch] | grep -v '^directory/ldap[a-z_]*\.[ch]: ')" ''
	equal "$(includes '<ares' */*.[ch])" 'observe/resolver.c: ares.h'
	equal "$(includes '<(histedit|readline|ini)' */*.[ch] "$ROOT"/cmd/*.[ch] "$ROOT"/cmd/*/*.[ch])" \
		"$ROOT/cmd/cli/config.c: ini.h"
}

@test "casarray.h includes no header but the C library's" {
	equal "$(includes '["<]' casarray.h | cut -d' ' -f2)" 'stdbool.h
stddef.h
stdint.h'
}

@test "commands see casarray.h and headers of cmd, none of the library's private ones" {
	local file header
	while IFS=': ' read -r file header; do
		case $header in
		casarray.h) ;;
		*../../*) echo "$file: $header"; return 1 ;;
		*) [ -f "$(dirname "$file")/$header" ] || [ -f "$ROOT/cmd/$header" ] ||
			[ -f "$ROOT/cmd/cli/$header" ] || [ -f "$ROOT/cmd/report/$header" ] ||
			{ echo "$file: $header"; return 1; } ;;
		esac
	done < <(includes '"' "$ROOT"/cmd/*.[ch] "$ROOT"/cmd/*/*.[ch])
}

@test "a command includes no other command, and the reports know neither commands nor their options" {
	cd "$ROOT/cmd"
	equal "$(includes '"' *.c | grep -vE ': (cli/[a-z_]+\.h|commands\.h|cli\.h|casarray\.h)$')" ''
	equal "$(includes '"' report/*.[ch] | grep -vE ': (buf|out|report)\.h$')" ''
}

@test "no source names a command in a condition" {
	cd "$ROOT/cmd"
	local names
	names=$(basename -s .c -- *.c | paste -sd'|')
	equal "$(grep -nE "(strcmp|strcasecmp)\(.*\"($names)\"" cli/*.c report/*.c)" ''
}
