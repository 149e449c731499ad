#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The account that has just the rights that are needed does the whole job; one that may only look is
# refused, and told what it lacks.

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
	export CASARRAY_DIRECTORY=$AD_LDAPS
}

# as ACCOUNT STATUS ARGUMENT...
as() {
	local account=$1 status=$2
	shift 2

	try "$status" "$@" --user "$account" --password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
}

legacy="/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"

# as_before: an audit finds what was planted, and no more.
as_before() {
	findings --directory "$AD_LDAP"
	diff "$AD_TRUTH" found
}

points_at() {
	local value="$legacy/cn=$1/cn=Microsoft Private MDB" database
	shift

	for database; do
		equal "$(stored "$database" legacyExchangeDN)" "$value"
	done
}

@test "the operator makes an array, brings databases to it, changes, renames and removes it" {
	local i

	as "$AD_OPERATOR" 0 new-array --fqdn outlook-oslo.contoso.test --site Oslo \
		--adopt-databases --yes
	points_at outlook-oslo.contoso.test 'Oslo 01' 'Oslo 05' 'Oslo 06'
	as "$AD_OPERATOR" 0 set-array outlook-oslo --fqdn north.contoso.test --name north --yes
	equal "$(stored north networkAddress)" ncacn_ip_tcp:north.contoso.test
	points_at outlook-oslo.contoso.test 'Oslo 01'
	as "$AD_OPERATOR" 0 set-array north --site Lisbon --allow-second-array --yes
	equal "$(stored north msExchServerSite)" "CN=Lisbon,CN=Sites,$AD_CONFIGURATION"
	as "$AD_OPERATOR" 0 set-database 'Oslo 0*' --rpc-client-access-server OSL1 --yes
	points_at OSL1 'Oslo 01' 'Oslo 05' 'Oslo 06'
	as "$AD_OPERATOR" 0 remove-array north --yes
	equal "$(stored north cn)" ""
	as "$AD_OPERATOR" 0 repair --yes
	points_at outlook-berlin.contoso.test 'Berlin 07' 'Berlin 11'

	# Back again, one run after the other; what was removed is made anew.
	for ((i = 0; i < 6; i++)); do
		as "$AD_OPERATOR" 0 undo --yes
	done
	as "$AD_OPERATOR" 3 undo --yes
	as_before
}

@test "more than its rights the operator does not get" {
	# Of an object that is no array and no database, an attribute that arrays have, too.
	LDAPTLS_CACERT=$AD_CA run -50 ldapmodify -x -H "$AD_LDAPS" -D "$AD_OPERATOR" -y "$AD_PASSWORD_FILE" <<-END
		dn: $(stored BER1 distinguishedName | grep "^CN=BER1,CN=Servers,")
		changetype: modify
		replace: networkAddress
		networkAddress: ncacn_ip_tcp:elsewhere.contoso.test
	END
}

# refused_beforehand HOW_MANY WHAT ARGUMENT...: changes, for lack of the right to do WHAT; the
# controller itself, when it is asked nevertheless, answers the same.
refused_beforehand() {
	local n=$1 what=$2
	shift 2

	as "$AD_VIEWER" 4 "$@"
	contains "$err" "casarray: $n would be refused; nothing was written: no right to $what"
	contains "$err" "shows what this account may do; use one that has the rights, or have them delegated to it"
	as "$AD_VIEWER" 4 "$@" --no-preflight
	contains "$err" "insufficientAccessRights (50)"
	contains "$err" "casarray: nothing was written"
}

@test "an account that may only look changes nothing, and is told the objects" {
	refused_beforehand "1 of 1 change" "create msExchClientAccessArray 'outlook-oslo'" new-array \
		--fqdn outlook-oslo.contoso.test --site Oslo --yes
	refused_beforehand "1 of 1 change" "write networkAddress of 'outlook-berlin'" set-array \
		outlook-berlin --fqdn north.contoso.test --yes
	refused_beforehand "1 of 1 change" "write cn of 'outlook-berlin'" set-array outlook-berlin \
		--name north --yes
	refused_beforehand "6 of 6 changes" "write legacyExchangeDN of 'Oslo 0" set-database 'Oslo 0*' \
		--rpc-client-access-server BER1 --yes
	contains "$err" "cannot change 'CN=Oslo 0"
	refused_beforehand "4 of 4 changes" "write legacyExchangeDN of 'Berlin " repair --yes
	as "$AD_VIEWER" 4 remove-array 'Outlook Lisbon 2' --yes
	contains "$err" "insufficientAccessRights (50)"
	as_before
	equal "$(casarray history --directory "$AD_LDAP" --format json | jq '[.rows[].done] | add')" 0
}
