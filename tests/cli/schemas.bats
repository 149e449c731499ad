#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every JSON document of every command is what its schema says, and its NDJSON form has the same parts.

load common

setup() {
	common_setup
}

# valid SCHEMA STATUS ARGUMENT...: runs casarray and validates the document.
valid() {
	local schema=$1 status=$2
	shift 2

	try "$status" "$@" --format json
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect "$schema" \
		<"$BATS_TEST_TMPDIR/out"
}

# rejected FILTER: the document in out, changed by a jq filter, does not validate.
rejected() {
	jq "$1" "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/changed"
	run /usr/bin/python3 "$ROOT/tests/cli/validate.py" <"$BATS_TEST_TMPDIR/changed"
	[ "$status" -eq 1 ]
}

@test "a document that is not what its schema says is rejected" {
	valid casarray.arrays 0 get-array
	rejected '.rows[0].surprise = 1'
	rejected 'del(.rows[0].fqdn)'
	rejected '.count = "2"'
	rejected '.schema = "casarray.nothing"'
	rejected '.version = 2'
}

@test "every schema is installed" {
	local schema

	for schema in "$ROOT"/schemas/*.schema.json; do
		grep -qF "'$(basename "$schema")'" "$ROOT/schemas/meson.build"
		jq -e --arg name "$(basename "$schema" .schema.json)" \
			'.properties.schema.const == $name' "$schema"
	done
}

@test "arrays" {
	valid casarray.arrays 0 get-array
	valid casarray.arrays 0 get-array --databases
	valid casarray.arrays 0 get-array 'nothing*'
}

@test "servers" {
	valid casarray.servers 0 get-server
}

@test "sites" {
	valid casarray.sites 0 get-site
}

@test "databases" {
	valid casarray.databases 0 get-database
	valid casarray.databases 0 get-database Finance
}

@test "assignments" {
	local of

	for of in EX1 BER-MBX1 LIS1 --site=HeadOffice --site=Berlin --site=Lisbon --site=Branch; do
		valid casarray.assignment 0 default-server "$of"
	done
}

@test "audits" {
	valid casarray.audit 1 audit
	valid casarray.audit 0 audit --site Branch --fail-on never
	try 1 audit --rule CAS040 --format json --output before.json
	try 0 set-database 'Berlin DB 2' --rpc-client-access-server EX1 --force --yes
	valid casarray.audit 1 audit --rule CAS040 --rule CAS046 --since before.json
	rejected '.rows[-1].change = "appeared"'
	rejected 'del(.changes.went)'
	valid casarray.audit 1 audit --baseline before.json
	valid casarray.audit 0 audit --create-baseline known.json --show-exempt
	rejected '.rows[0].suppression.kind = "whim"'
	cp known.json "$BATS_TEST_TMPDIR/out"
	"$ROOT/tests/cli/validate.py" --expect casarray.baseline <known.json
	rejected '.findings[0].key = "CAS040"'
	rejected 'del(.findings[0].object.guid)'
}

@test "examinations" {
	valid casarray.doctor 0 doctor
	valid casarray.doctor 7 doctor --directory missing.ldif
}

@test "rules" {
	local rule

	try 1 audit --format json
	# one of every ten ids: all kinds of rules are among them
	for rule in $(jq -r '.rows | unique_by(.rule[0:5])[].rule' "$BATS_TEST_TMPDIR/out"); do
		valid casarray.rule 0 explain "$rule"
	done
}

@test "explanations" {
	local name

	try 0 get-database --format json
	jq -r '.rows[].name' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/names"
	while read -r name; do
		valid casarray.explanation 0 explain "$name"
	done <"$BATS_TEST_TMPDIR/names"
}

@test "plans, runs and the history" {
	valid casarray.plan 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --what-if
	valid casarray.plan 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --adopt-databases
	valid casarray.plan 0 set-array outlook --name HeadOffice
	valid casarray.plan 0 set-array outlook-berlin --fqdn mail-berlin.contoso.com
	valid casarray.plan 0 set-database --all --rpc-client-access-server auto --what-if
	valid casarray.plan 0 set-database 'Berlin DB 2' --rpc-client-access-server auto
	valid casarray.plan 0 set-database 'Berlin DB 2' --rpc-client-access-server auto
	valid casarray.plan 0 repair --what-if
	valid casarray.plan 0 repair --yes
	valid casarray.plan 0 remove-array outlook-berlin --force --yes
	valid casarray.plan 0 undo --what-if
	valid casarray.plan 0 undo --yes
	valid casarray.history 0 history --all
	valid casarray.history 0 resume
	valid casarray.history 0 history
	for run in $(jq -r '.rows[].run' "$BATS_TEST_TMPDIR/out"); do
		valid casarray.run 0 history "$run"
	done
}

@test "exemptions" {
	local guid=ca5a-4e2a-9c01-2010c0a70501

	valid casarray.exemptions 0 exempt CAS048/10000001-$guid CAS040/60000003-$guid \
		--reason r --owner o --expires 2999-12-31
	rejected '.rows[0].key = "CAS048/dn:0123456789abcdef"'
	rejected 'del(.rows[1].object_name)'
	valid casarray.exemptions 0 exempt CAS040/60000009-$guid --reason r --owner o \
		--class pf-proxy --no-lookup --what-if
}

@test "snapshots" {
	valid casarray.snapshot 0 snapshot s.ldif
	rejected 'del(.rows[0].entries)'
	valid casarray.snapshot 0 snapshot r.ldif --redact-map r.map
}

@test "DNS records, and plans and runs with them" {
	valid casarray.dns 8 dns check
	valid casarray.dns 0 dns plan outlook --address 10.1.2.3
	rejected '.rows[0].status = "fine"'
	cat "$ROOT/tests/data/dns-zones.ldif" >>"$LDIF"
	valid casarray.dns 1 dns check
	valid casarray.plan 0 dns create outlook-berlin --address 10.1.2.3
	valid casarray.plan 0 dns remove outlook --yes
	valid casarray.run 0 history "$(run_id 1)"
}

@test "the version, and the configuration" {
	valid casarray.version 0 version
	valid casarray.config 0 config show
	valid casarray.configfiles 0 config path
}

@test "NDJSON has the head, the rows and the tail of the document" {
	try 1 audit --format json
	cp "$BATS_TEST_TMPDIR/out" document
	try 1 audit --format ndjson
	equal "$(jq -cS 'select(.type == "row").row' "$BATS_TEST_TMPDIR/out")" \
		"$(jq -cS '.rows[]' document)"
	equal "$(jq -r 'select(.type == "tail").summary' "$BATS_TEST_TMPDIR/out")" \
		"$(jq -r '.summary' document)"
	equal "$(jq -cS 'select(.type == "head").sites' "$BATS_TEST_TMPDIR/out")" \
		"$(jq -cS '.sites' document)"
}

@test "text that is not UTF-8 is replaced, and the row says so" {
	local wrong

	wrong=$(printf 'ncacn_ip_tcp:LIS\xff.contoso.com' | base64 -w0)
	sed -i "s|^networkAddress: ncacn_ip_tcp:LIS1.contoso.com|networkAddress:: $wrong|" "$LDIF"
	valid casarray.servers 0 get-server
	equal "$(jq -c '[.rows[] | select(.replaced_bytes) | [.name, .fqdn]]' out)" \
		'[["LIS1","LIS'$'\xef\xbf\xbd''.contoso.com"]]'
	valid casarray.databases 0 get-database
	equal "$(jq -r '.rows[] | select(.replaced_bytes).name' out)" "Lisbon DB 1"
}
