#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A snapshot of a domain controller: the findings of the file are those of the live audit.

bats_require_minimum_version 1.5.0
load ../cli/common
load common

setup_file() {
	ad_start dc
}

teardown_file() {
	ad_stop
}

setup() {
	common_setup
	export CASARRAY_DIRECTORY=$AD_LDAP
}

@test "the findings of the snapshot are those of the live audit, word for word" {
	local command

	try 0 snapshot today.ldif
	equal "$(stat -c %a today.ldif)" 600
	equal "$(sed -n 3,4p today.ldif)" "# From: $AD_LDAP
# Server: $AD_HOST"
	audit_rows "$AD_LDAP" >live
	diff live <(audit_rows today.ldif)
	[ "$(wc -l <live)" -gt 100 ]
	findings --directory today.ldif
	diff "$AD_TRUTH" found
	for command in get-array get-server get-site get-database; do
		try 0 "$command" --format json
		jq -S .rows out >live
		try 0 "$command" --format json --directory today.ldif
		diff live <(jq -S .rows out)
	done
}

@test "an account that may only look takes the same snapshot" {
	try 0 snapshot first.ldif
	try 0 snapshot second.ldif --directory "$AD_LDAPS" --user "$AD_VIEWER" \
		--password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
	diff <(grep -v '^#' first.ldif) <(grep -v '^#' second.ldif)
}

@test "names are replaced, and the findings stay" {
	try 0 snapshot other.ldif --redact-map map
	audit_rows "$AD_LDAP" >/dev/null
	unredacted >live
	audit_rows other.ldif >/dev/null
	diff live <(unredacted map)
	/usr/bin/python3 - other.ldif <<-'END' >text
		import base64, re, sys
		text = open(sys.argv[1], encoding="utf-8").read().replace("\n ", "")
		print(re.sub(r"(?m)^(?!objectGUID)(\w+):: (.*)$",
		             lambda m: m[1] + ": " + base64.b64decode(m[2]).decode(), text))
	END
	run ! grep -iE 'contoso|berlin|lisbon|oslo|bermbx|liscas|person|Møller|staff' text
	try 0 get-database --format json --directory other.ldif
	equal "$(query '[.rows[].mailboxes] | add')" 200
}
