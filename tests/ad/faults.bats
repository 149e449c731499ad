#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A domain controller behind a proxy that imposes the limits of Windows, and spoils what is said.
#
# The proxy has to see what is said, so this controller takes a password in clear text; casarray
# sends one so to a local socket only, which is where the proxy listens.

bats_require_minimum_version 1.5.0
load ../cli/common
load common
load proxied

setup_file() {
	AD_OPTIONS='ldap server require strong auth = no' ad_start dc
}

teardown_file() {
	ad_stop
}

setup() {
	common_setup
	proxied_setup
}

teardown() {
	proxied_teardown
}

# through STATUS RULE... -- ARGUMENT...: try, through a proxy with these rules.
through() {
	local status=$1 rules=()
	shift
	while [ "$1" != -- ]; do
		rules+=("$1")
		shift
	done
	proxy_start "${rules[@]}"
	proxied "$status" "${@:2}"
}

@test "the limits of Windows change nothing: an audit finds what was planted" {
	through 1 windows:page=7 -- audit --format ndjson
	jq -r 'select(.type == "row") | .row | select(.result == "finding") |
		"\(.rule) \(.object.name)"' out | LC_ALL=C sort | diff "$AD_TRUTH" -
}

@test "mailboxes beyond what a domain controller returns of an attribute at once" {
	local databases="CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,$AD_CONFIGURATION"
	local i before

	try 0 get-database 'Oslo 01' --format json --directory "$AD_LDAP"
	before=$(query '.rows[0].mailboxes')
	for ((i = 0; i < 1510; i++)); do
		printf 'dn: CN=Many %d,OU=Staff,%s\nchangetype: add\n' "$i" "$AD_BASE"
		printf 'objectClass: user\nsAMAccountName: many%d\n' "$i"
		printf 'homeMDB: CN=Oslo 01,%s\n\n' "$databases"
	done >many.ldif
	ad_change <many.ldif
	through 0 windows -- get-database 'Oslo 01' --format json
	equal "$(query '.rows[0].mailboxes')" $((before + 1510))
}

# outcomes: how many changes of the report in out have each.
outcomes() {
	query '[.rows[] | select(.action != "skip") | .outcome] | group_by(.) |
		map("\(length) \(.[0])") | join(", ")'
}

set=(set-database 'Oslo 0*' --rpc-client-access-server BER1 --yes --format json)

@test "the answer to a write is lost: it is found out by reading back" {
	through 0 lose:modify:3 -- "${set[@]}"
	equal "$(outcomes)" "6 done"
	through 0 -- undo --yes
	through 0 lose:add:1 -- new-array --fqdn outlook-oslo.contoso.test --site Oslo --format json
	equal "$(outcomes)" "1 done"
	equal "$(stored outlook-oslo cn)" outlook-oslo
	through 0 lose:rename:1 -- set-array outlook-oslo --name north --format json
	equal "$(outcomes)" "1 done"
	equal "$(stored north cn)" north
	through 0 lose:delete:1 -- remove-array north --yes --format json
	equal "$(outcomes)" "1 done"
	equal "$(stored north cn)" ""
}

@test "a controller that is busy is asked again" {
	through 0 answer:modify:2:51 -- "${set[@]}"
	equal "$(outcomes)" "6 done"
	through 0 -- undo --yes
}

@test "a controller that is gone: what is not known is said, and resume completes it" {
	local unknown

	through 6 lose:modify:3:gone -- "${set[@]}"
	unknown=$(query '[.rows[] | select(.outcome == "unknown")] | length')
	[ "$unknown" -gt 0 ]
	equal "$(outcomes)" "$((6 - unknown)) done, $unknown unknown"
	contains "$err" "casarray: whether $unknown changes were made is not known: "
	through 0 -- resume --yes
	equal "$(stored 'Oslo 05' legacyExchangeDN | grep -c '/cn=BER1/')" 1
	through 0 -- undo --yes
	through 1 -- audit --format ndjson
	jq -r 'select(.type == "row") | .row | select(.result == "finding") |
		"\(.rule) \(.object.name)"' out | LC_ALL=C sort | diff "$AD_TRUTH" -
}
