#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# doctor, of files: the whole of its output, and what can be wrong with one.

load common

setup() {
	common_setup
}

# check NAME MEMBER: of the document in out.
check() {
	query ".rows[] | select(.check == \"$1\").$2"
}

@test "text, in full" {
	try 0 doctor
	equal "$out" "ok             connection         LDIF: $LDIF
not-evaluated  security           a file has no connection
not-evaluated  identity           a file has no accounts
not-evaluated  clock              a file has no clock
not-evaluated  naming-contexts    a file does not say what it is part of
not-evaluated  level              a file is no domain controller
ok             writable           the file can be replaced
ok             organization       'Contoso': 4 sites, 8 Exchange servers, 2 arrays, 14 databases
not-evaluated  site               a file is in no site
not-evaluated  schema             a file does not say which classes there are
ok             array-container    the container for arrays is there
not-evaluated  create-arrays      a file has no rights but its own
not-evaluated  change-arrays      a file has no rights but its own
not-evaluated  repoint-databases  a file has no rights but its own
14 checks: 4 ok, 0 warnings, 0 failed, 10 not evaluated"
	equal "$err" ""
	unchanged
}

@test "a row for programs" {
	try 0 doctor --format json
	equal "$(jq -c '[.organization, .checks, (.rows | length)]' out)" \
		'["Contoso",{"ok":4,"warning":0,"failed":0,"not_evaluated":10},14]'
	equal "$(jq -c '.rows[] | select(.check == "organization")' out)" \
		"{\"check\":\"organization\",\"result\":\"ok\",\"value\":\"Contoso\",\"message\":\"'Contoso': 4 sites, 8 Exchange servers, 2 arrays, 14 databases\",\"hint\":null}"
	equal "$(check connection value)" "$LDIF"
	contains "$(check array-container value)" "CN=Arrays,CN=Exchange Administrative Group"
}

@test "no container for arrays: failed, and who makes it" {
	without Arrays
	without outlook
	without outlook-berlin
	try 1 doctor --format json
	equal "$(check array-container result)" failed
	equal "$(check array-container hint)" "Exchange's own setup makes it: setup.com /PrepareAD"
	equal "$(query .checks.failed)" 1
}

@test "no organization: failed, the other checks are made" {
	printf 'dn: DC=contoso,DC=com\nobjectClass: domain\ndc: contoso\n' >empty.ldif
	try 1 doctor --directory empty.ldif --format json
	equal "$(query .organization)" null
	equal "$(check organization result)" failed
	equal "$(check organization message)" "no Exchange organization in '$PWD/empty.ldif'"
	contains "$(check organization hint)" "the whole configuration naming context is needed"
	equal "$(check array-container result)" not-evaluated
	equal "$(check writable result)" ok
	equal "$(query ".rows | length")" 14
}

@test "several files are read only" {
	head -n 40 "$LDIF" >part.ldif
	try 1 doctor --directory "$LDIF" --directory part.ldif
	contains "$out" "failed         writable           a directory of several files is read only
                                  name the file that is to be changed alone"
}

@test "a file that may not be written" {
	local folder as=()

	# Root may write everything, and nobody else sees into the folder of the tests.
	folder=$(mktemp -d /tmp/casarray-doctor.XXXXXX)
	cp "$LDIF" "$folder"
	chmod 755 "$folder" && chmod 444 "$folder/contoso.ldif"
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid=65534 --clear-groups)
	fi
	status=0
	out=$(XDG_CONFIG_HOME=$folder "${as[@]}" "$CASARRAY" doctor --directory "$folder/contoso.ldif") || status=$?
	rm -rf "$folder"
	equal "$status" 1
	contains "$out" "failed         writable           cannot write '$folder/contoso.ldif': Permission denied"
}

@test "a directory that cannot be opened is the one check, with the status of every command" {
	try 7 doctor --directory missing.ldif
	equal "$out" "failed         connection         cannot open 'missing.ldif': No such file or directory
                                  name an LDIF file that exists, or a server as ldap://dc1.contoso.com
1 check: 0 ok, 0 warnings, 1 failed, 0 not evaluated"
	equal "$err" ""
	try 7 doctor --directory missing.ldif --format json
	equal "$(jq -c '[.organization, .directory, .rows[0].result]' out)" \
		'[null,"missing.ldif","failed"]'
	try 2 doctor --directory ldap://127.0.0.1:1 --user admin --password-file /dev/null
	equal "$out" ""
}

@test "colours on a terminal, where messages are wrapped" {
	local green=$'\e[32m' plain=$'\e[0m'
	terminal - doctor
	equal "$status" 0
	contains "$screen" "${green}ok${plain}             "
	contains "$screen" "'Contoso': 4 sites, 8 Exchange servers, 2"
}
