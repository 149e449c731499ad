#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The domain controller that the other files use is what they take it for.

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
}

# gssapi ARGUMENT...: a search with the administrator's ticket, signed and sealed.
gssapi() {
	ldapsearch -LLL -o ldif-wrap=no -Q -Y GSSAPI -N -H "$AD_LDAP" -E pr=1000/noprompt "$@"
}

ldaps() {
	LDAPTLS_CACERT=$AD_CA LDAPTLS_REQCERT=demand ldapsearch -LLL -o ldif-wrap=no -x \
		-H "$AD_LDAPS" -D "$AD_BIND_DN" -y "$AD_PASSWORD_FILE" "$@"
}

# names: the arrays of an answer, sorted.
names() {
	sed -n 's/^cn: //p' | LC_ALL=C sort
}

arrays=$'Outlook Lisbon 2\noutlook-berlin\noutlook-closed\noutlook-lisbon'

@test "GSSAPI reads the arrays, with the layer of 256 bits that seals" {
	local out
	out=$(ldapsearch -LLL -Y GSSAPI -N -H "$AD_LDAP" -b "$AD_CONFIGURATION" \
		'(objectClass=msExchClientAccessArray)' cn 2>sasl)
	[ "$(names <<<"$out")" = "$arrays" ]
	grep -qx 'SASL SSF: 256' sasl
}

@test "LDAPS reads the arrays, its certificate verified" {
	local out
	out=$(ldaps -b "$AD_CONFIGURATION" '(objectClass=msExchClientAccessArray)' cn)
	[ "$(names <<<"$out")" = "$arrays" ]
}

@test "a simple bind in clear text is refused" {
	run -8 ldapsearch -x -H "$AD_LDAP" -D "$AD_BIND_DN" -y "$AD_PASSWORD_FILE" -s base -b ''
	[[ $output = *"Transport encryption required"* ]]
}

@test "an unknown authority is refused" {
	run -255 env LDAPTLS_CACERT=/dev/null LDAPTLS_REQCERT=demand ldapsearch -x \
		-H "$AD_LDAPS" -s base -b ''
}

# as ACCOUNT ARGUMENT...: a search of that account over LDAPS.
as() {
	local account=$1
	shift
	AD_BIND_DN=$account ldaps "$@"
}

@test "every account sees the arrays; the operator may make some, the viewer none" {
	local account arrays_dn out
	for account in "$AD_OPERATOR" "$AD_VIEWER"; do
		out=$(as "$account" -b "$AD_CONFIGURATION" '(objectClass=msExchClientAccessArray)' cn)
		[ "$(names <<<"$out")" = "$arrays" ]
	done
	arrays_dn=$(ldaps -b "$AD_CONFIGURATION" '(&(cn=Arrays)(objectClass=msExchContainer))' dn |
		sed -n 's/^dn: //p')
	out=$(as "$AD_OPERATOR" -b "$arrays_dn" -s base allowedChildClassesEffective)
	[[ $out = *"allowedChildClassesEffective: msExchClientAccessArray"* ]]
	out=$(as "$AD_VIEWER" -b "$arrays_dn" -s base allowedChildClassesEffective)
	[[ $out != *allowedChildClassesEffective* ]]
}

@test "the domain controller keeps links: databases know their mailboxes, sites their servers" {
	local n
	n=$(gssapi -b "$AD_CONFIGURATION" '(objectClass=msExchPrivateMDB)' homeMDBBL |
		grep -c '^homeMDBBL:')
	[ "$n" -eq 200 ]
	n=$(gssapi -b "CN=Berlin,CN=Sites,$AD_CONFIGURATION" -s base msExchServerSiteBL |
		grep -c '^msExchServerSiteBL: ')
	[ "$n" -eq 5 ]
}

@test "all that listens is on loopback" {
	local pids
	# A controller is a session of processes.
	pids=$(pgrep -s "$AD_PID" | paste -sd '|')
	ss -Hltunp | grep -E "pid=($pids)," >sockets
	[ "$(wc -l <sockets)" -gt 5 ]
	run ! grep -vE " ${AD_ADDRESS//./\\.}:[0-9]+ | 127\.[0-9.]+:[0-9]+ " sockets
}

@test "an audit of the exported entries finds what was planted" {
	{
		gssapi -b "$AD_CONFIGURATION"
		gssapi -b "OU=Staff,$AD_BASE"
	} >export.ldif
	findings --directory export.ldif
	diff "$AD_TRUTH" found
}
