#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The exit status of every kind of end, and that messages go to stderr.

load common

setup() {
	common_setup
}

@test "each status, with nothing on the wrong stream" {
	local status words

	while IFS='|' read -r status words; do
		eval "try $status $words"
		case $status in
		0 | 1) equal "$err" "" ;;
		8) equal "$err" "" ;;
		*) equal "$(head -c 10 <<<"$err")" "casarray: " ;;
		esac
	done <<-'END'
		0|get-array
		0|get-array 'x*'
		0|audit --fail-on never
		0|repair --what-if
		0|version
		0|help
		0|--help
		0|--version
		0|set-database Finance --rpc-client-access-server auto --what-if
		1|audit
		2|nosuch
		2|get-array --nosuch
		2|get-array --format xml
		2|audit --rule nosuch
		2|set-database --rpc-client-access-server auto
		2|help nosuch
		2|get-array -d
		2|get-array --site ''
		3|get-array nosuch
		3|remove-array outlook --yes
		3|remove-array outlook --force
		3|new-array --fqdn a_b.c --site Lisbon
		3|undo --yes
		3|undo nosuch
		7|get-array -d nosuch.ldif
		7|get-array -d .
		7|get-array -o no/such/file
		8|audit --rule CAS090
	END
	unchanged
}

@test "without words: how it is used, on stderr, and 2" {
	try 2
	equal "$out" ""
	contains "$err" "usage: casarray"
}

@test "4: what may not be read or written" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	chmod 0 "$LDIF"
	try 4 get-array
}

@test "5: the file was changed between reading and writing" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 set-database Finance --rpc-client-access-server EX1 --journal other
	cp "$LDIF" before
	try 5 undo --yes
	cmp "$LDIF" before
}

@test "130: interrupted at the question" {
	terminal '^C' repair
	equal "$status" 130
	unchanged
}

@test "an error is one line, what to do another" {
	try 3 get-array outlok
	equal "$err" "casarray: no array 'outlok'
casarray: did you mean 'outlook'?"
	try 2 get-aray
	equal "$err" "casarray: unknown command 'get-aray'; did you mean 'get-array'?
casarray: try 'casarray --help'"
	try 2 get-array --sites Berlin
	equal "$err" "casarray: unknown option '--sites'; did you mean '--site'?
casarray: try 'casarray get-array --help'"
	unset CASARRAY_DIRECTORY CASARRAY_DOMAIN
	# Nor does Kerberos know a domain.
	export KRB5_CONFIG=/dev/null KRB5CCNAME=FILE:$PWD/none
	try 2 get-array
	equal "$err" "casarray: no directory is named
casarray: try --directory FILE, --directory ldap://HOST or --domain DOMAIN, or set CASARRAY_DIRECTORY"
}

@test "--quiet: errors are still said" {
	try 3 get-array nosuch --quiet
	equal "$err" "casarray: no array 'nosuch'"
}

@test "options are understood anywhere, and after -- nothing is an option" {
	try 0 -d "$LDIF" --format json get-array
	cp out expected
	try 0 get-array --format=json -d"$LDIF"
	cmp out expected
	try 3 get-array -- --site
	equal "$err" "casarray: no array '--site'"
	try 2 get-array -x
	equal "$err" "casarray: unknown option '-x'
casarray: try 'casarray get-array --help'"
	try 2 version extra
	equal "$err" "casarray: unexpected word 'extra'
casarray: try 'casarray version --help'"
	try 2 get-array --members=yes
	try 2 get-server --members=yes
	equal "$err" "casarray: '--members' takes no value
casarray: try 'casarray get-server --help'"
}

@test "each command's help: usage, options, examples; each topic" {
	local word

	casarray help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' >commands
	[ "$(wc -l <commands)" -ge 17 ]
	while read -r word; do
		try 0 help "$word"
		equal "$(head -1 <<<"$out" | cut -d' ' -f1-3)" "usage: casarray $word"
		[ "$(awk '/^Examples/ { exit } { print length }' out | sort -n | tail -1)" -le 90 ]
	done <commands
	for word in exit-status environment formats identities; do
		try 0 help "$word"
		[ "$(wc -l <out)" -gt 5 ]
		[ "$(wc -L <out)" -le 90 ]
	done
}
