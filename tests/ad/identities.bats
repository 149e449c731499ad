#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Objects by every form of identity on a domain controller, which searches for them by itself.

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

# forms FIELD...: of the first row in out, one a line; then the DN in other letters.
forms() {
	local field

	for field; do
		query ".rows[0].$field"
	done
	query '.rows[0].dn | ascii_downcase'
}

# each COMMAND IDENTITY FIELD...: the object of that name is found by each of its fields, and alone.
each() {
	local command=$1 name=$2 form
	shift 2

	try 0 "$command" "$name" --format json
	equal "$(names)" "$name"
	forms name dn guid "$@" >forms
	[ "$(grep -vc '^null$' forms)" -eq $((4 + $#)) ]
	while read -r form; do
		try 0 "$command" "$form" --format json
		equal "$(names)" "$name"
	done <forms
}

@test "arrays by name, DN, GUID, FQDN and legacyExchangeDN" {
	each get-array outlook-berlin fqdn legacy_dn
	each get-array 'Outlook Lisbon 2' fqdn legacy_dn
}

@test "servers by name, DN, GUID, FQDN and legacyExchangeDN" {
	each get-server BER1 fqdn legacy_dn
}

@test "databases by name, DN and GUID" {
	each get-database 'Berlin 07'
	each get-database 'Mailboxes 2007'
}

@test "sites by name, DN and GUID" {
	each get-site Lisbon
}

@test "a change by each form plans the same" {
	local form

	try 0 get-database 'Berlin 07' --format json
	forms name dn guid >forms
	while read -r form; do
		try 0 set-database "$form" --rpc-client-access-server auto --what-if --format json
		equal "$(names)" 'Berlin 07'
	done <forms
	try 0 get-array outlook-berlin --format json
	forms name dn guid fqdn legacy_dn >forms
	while read -r form; do
		try 0 set-array "$form" --fqdn other.contoso.test --what-if --format json
		equal "$(names)" outlook-berlin
		try 0 set-database 'Berlin 07' --rpc-client-access-server "$form" --what-if --format json
		equal "$(query '.rows[0].new')" outlook-berlin.contoso.test
	done <forms
	try 0 get-site Oslo --format json
	forms name dn guid >forms
	while read -r form; do
		try 0 new-array --fqdn oslo.contoso.test --site "$form" --what-if --format json
		equal "$(query '.rows[0].site')" Oslo
	done <forms
}

# What a filter (RFC 4515) and a DN (RFC 4514) have to escape, and letters beyond ASCII.
@test "names that a search has to escape" {
	local name

	for name in 'Oslo, "north" (1)' 'a*b\c' '#plus+semi;less<more>' 'Tromsø = søndre'; do
		try 0 new-array "$name" --fqdn strange.contoso.test --site Oslo --yes
		each get-array "$name" fqdn legacy_dn
		try 0 set-array "$name" --name "$name too" --yes
		each get-array "$name too" fqdn legacy_dn
		try 0 remove-array "$name too" --yes
		try 3 get-array "$name too"
		contains "$err" "no array '$name too'"
	done
}

@test "what is not there" {
	local form

	for form in nothing "CN=nothing,$AD_CONFIGURATION" 00000000-0000-0000-0000-000000000001 \
		nothing.contoso.test "/o=Contoso/cn=nothing" '*)(cn=*'; do
		try 3 set-array "$form" --fqdn other.contoso.test --what-if
		equal "$err" "casarray: no array '$form'"
	done
}

@test "what there are two of" {
	local groups="CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services"
	local group="CN=Exchange Administrative Group (FYDIBOHF23SPDLT),$groups,$AD_CONFIGURATION"
	local old="CN=Oslo 01,CN=First Storage Group,CN=InformationStore,CN=EX07,CN=Servers,$group"

	ad_change <<-END
		dn: $old
		changetype: add
		objectClass: msExchPrivateMDB
		deliveryMechanism: 1
		msExchOwningServer: CN=EX07,CN=Servers,$group
	END
	try 3 set-database 'Oslo 01' --rpc-client-access-server auto --what-if
	contains "$err" "casarray: several objects answer to database 'Oslo 01': "
	contains "$err" "'$old'"
	contains "$err" "'CN=Oslo 01,CN=Databases,$group'"
	contains "$err" "casarray: name it by distinguished name or GUID"
	try 0 set-database "CN=Oslo 01,CN=Databases,$group" --rpc-client-access-server BER1 \
		--what-if --format json
	equal "$(query '.rows[0].dn')" "CN=Oslo 01,CN=Databases,$group"
}
