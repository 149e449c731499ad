#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Changes on a domain controller of Active Directory; each test takes its own back.

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

legacy="/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"
private="cn=Microsoft Private MDB"

# as_before: an audit finds what was planted, and no more.
as_before() {
	findings
	diff "$AD_TRUTH" found
}

@test "set-database and undo" {
	try 0 set-database 'Berlin 07' --rpc-client-access-server auto
	contains "$out" "RpcClientAccessServer: BER1.contoso.test -> outlook-berlin.contoso.test"
	equal "$(stored 'Berlin 07' legacyExchangeDN)" \
		"$legacy/cn=outlook-berlin.contoso.test/$private"
	try 0 undo --yes
	equal "$(stored 'Berlin 07' legacyExchangeDN)" "$legacy/cn=BER1/$private"
	as_before
}

@test "repair and undo" {
	try 0 repair --yes
	findings
	# What needs no decision is gone, all else is as it was.
	grep -vxE 'CAS040 Berlin 07|CAS042 Berlin 08|CAS043 Berlin 09|CAS046 Berlin 11' \
		"$AD_TRUTH" | diff - found
	try 0 undo --yes
	as_before
}

@test "new-array, its name and address, remove-array, undo of all" {
	try 0 new-array --fqdn outlook-oslo.contoso.test --site Oslo
	equal "$(stored outlook-oslo legacyExchangeDN)" "$legacy/cn=outlook-oslo.contoso.test"
	equal "$(stored outlook-oslo networkAddress)" "ncacn_ip_tcp:outlook-oslo.contoso.test"
	equal "$(stored outlook-oslo systemFlags)" 1073741824
	equal "$(stored outlook-oslo msExchVersion)" 4535486012416
	equal "$(stored outlook-oslo msExchServerSite)" "CN=Oslo,CN=Sites,$AD_CONFIGURATION"
	try 0 set-array outlook-oslo --name 'Oslo, "north"' --fqdn north.contoso.test
	equal "$(stored 'Oslo, "north"' networkAddress)" "ncacn_ip_tcp:north.contoso.test"
	equal "$(stored 'Oslo, "north"' legacyExchangeDN)" "$legacy/cn=outlook-oslo.contoso.test"
	equal "$(stored outlook-oslo cn)" ""
	try 0 remove-array 'Oslo, "north"' --yes
	equal "$(stored 'Oslo, "north"' cn)" ""
	try 0 undo --yes
	equal "$(stored 'Oslo, "north"' networkAddress)" "ncacn_ip_tcp:north.contoso.test"
	contains "$out" "networkAddress: ncacn_ip_tcp:north.contoso.test"
	# The controller gives it values of its own, which no plan can show.
	run ! grep -E 'objectGUID|whenCreated|uSNChanged|instanceType|distinguishedName' out
	try 0 remove-array 'Oslo, "north"' --yes
	as_before
}

@test "the same with GSSAPI by its own name" {
	local gssapi=(--sasl-mech GSSAPI)

	try 0 new-array --fqdn outlook-oslo.contoso.test --site Oslo --adopt-databases --yes "${gssapi[@]}"
	equal "$(stored 'Oslo 01' legacyExchangeDN)" "$legacy/cn=outlook-oslo.contoso.test/$private"
	try 0 set-array outlook-oslo --name north --fqdn north.contoso.test "${gssapi[@]}"
	equal "$(stored north networkAddress)" "ncacn_ip_tcp:north.contoso.test"
	try 0 repair --yes "${gssapi[@]}"
	try 0 set-database 'Oslo 0*' --rpc-client-access-server OSL1 --yes "${gssapi[@]}"
	equal "$(stored 'Oslo 01' legacyExchangeDN)" "$legacy/cn=OSL1/$private"
	try 0 remove-array north --yes "${gssapi[@]}"
	equal "$(stored north cn)" ""
	for _ in 1 2 3 4 5; do
		try 0 undo --yes "${gssapi[@]}"
	done
	as_before
}

# point DATABASE LEAF: without casarray.
point() {
	printf '%s\n' "dn: $(stored "$1" distinguishedName)" 'changetype: modify' \
		'replace: legacyExchangeDN' "legacyExchangeDN: $legacy/cn=$2/$private" |
		ldapmodify -Q -Y GSSAPI -N -H "$AD_LDAP"
}

@test "what somebody else changed since is not undone" {
	try 0 set-database 'Berlin 07' --rpc-client-access-server auto
	point 'Berlin 07' BER2
	try 5 undo --yes
	equal "$(stored 'Berlin 07' legacyExchangeDN)" "$legacy/cn=BER2/$private"
	point 'Berlin 07' BER1
	as_before
}

@test "an account that may only look changes nothing, the operator may" {
	local account before

	before=$(stored 'Berlin 11' legacyExchangeDN)
	local options=(--directory "$AD_LDAPS" --password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA")
	try 4 set-database 'Berlin 11' --rpc-client-access-server auto "${options[@]}" \
		--user "$AD_VIEWER"
	contains "$err" "would be refused"
	try 4 set-database 'Berlin 11' --rpc-client-access-server auto "${options[@]}" \
		--user "$AD_VIEWER" --no-preflight
	contains "$err" "insufficientAccessRights"
	equal "$(stored 'Berlin 11' legacyExchangeDN)" "$before"
	try 0 set-database 'Berlin 11' --rpc-client-access-server auto "${options[@]}" \
		--user "$AD_OPERATOR"
	equal "$(stored 'Berlin 11' legacyExchangeDN)" \
		"$legacy/cn=outlook-berlin.contoso.test/$private"
	try 0 undo --yes "${options[@]}" --user "$AD_OPERATOR"
	equal "$(stored 'Berlin 11' legacyExchangeDN)" "$before"
}
