#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a domain controller tells of itself and of an account's rights: doctor, and the
# pre-flight of changes.

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

# as ACCOUNT STATUS ARGUMENT...: try, logged in with the password over LDAPS.
as() {
	local account=$1 status=$2
	shift 2
	try "$status" "$@" --directory "$AD_LDAPS" --user "$account" \
		--password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
}

# check NAME MEMBER: of the document in out.
check() {
	query ".rows[] | select(.check == \"$1\").$2"
}

# results: "check result" of the document in out.
results() {
	query '.rows[] | "\(.check) \(.result)"'
}

# deny DN SDDL: the object's own entries of its access list ("": none); what it inherits stays. The
# class's empty descriptor is more than samba-tool can change.
deny() {
	/usr/bin/python3 -c 'import base64, sys
from samba.dcerpc import security
from samba.ndr import ndr_pack
sid = security.dom_sid(sys.argv[1])
print(base64.b64encode(ndr_pack(security.descriptor.from_sddl(sys.argv[2], sid))).decode())' \
		"$(ad_value "$AD_FOLDER" -b "$AD_BASE" -s base objectSid)" "D:$2" >descriptor
	# SD flags 4: the access list, and not owner and group with it.
	printf '%s\n' "dn: $1" 'control: 1.2.840.113556.1.4.801 true:: MAMCAQQ=' \
		'changetype: modify' 'replace: nTSecurityDescriptor' \
		"nTSecurityDescriptor:: $(<descriptor)" |
		ldapmodify -Q -Y GSSAPI -N -H "$AD_LDAP"
}

@test "all is well for the operator; the domain controller's site has no array" {
	as "$AD_OPERATOR" 0 doctor --format json
	equal "$(results)" "connection ok
security ok
identity ok
clock ok
naming-contexts ok
level ok
writable ok
organization ok
site warning
schema ok
array-container ok
create-arrays ok
change-arrays ok
repoint-databases ok"
	equal "$(query .organization)" Contoso
	equal "$(check connection message)" \
		"$AD_LDAPS answers: the domain controller '$AD_HOST' of '$AD_BASE'"
	contains "$(check security value)" "TLS1."
	equal "$(check identity value)" "$AD_OPERATOR"
	equal "$(check naming-contexts value)" "$AD_CONFIGURATION"
	equal "$(check level message)" \
		"the domain controller's functional level is Windows Server 2008 R2 (4)"
	equal "$(check site value)" Default-First-Site-Name
	contains "$(check site message)" "arrays are in "
	contains "$(check site message)" "'Berlin'"
	equal "$(check schema value)" msExchClientAccessArray
	contains "$(check array-container value)" "CN=Arrays,CN=Exchange Administrative Group"
	equal "$(check change-arrays value)" "4 of 4"
	equal "$(check repoint-databases value)" "27 of 27"
}

@test "Kerberos: what seals, and the name that it gave" {
	try 0 doctor --format json
	equal "$(check security value)" "GSS-SPNEGO, sealed (256 bits)"
	equal "$(check identity value)" "Administrator@$AD_REALM"
}

@test "an account that may only look: failed, with the names of the objects" {
	as "$AD_VIEWER" 1 doctor --format json
	equal "$(results | grep -v ' ok$')" "site warning
create-arrays failed
change-arrays failed
repoint-databases failed"
	equal "$(check create-arrays value)" "0 of 1"
	contains "$(check create-arrays message)" "no right to create msExchClientAccessArray in"
	contains "$(check change-arrays message)" \
		"this account may not change 4 of 4 arrays: no right to write networkAddress, msExchServerSite and cn of "
	contains "$(check change-arrays message)" "'outlook-berlin'"
	contains "$(check repoint-databases message)" \
		"this account may not change 27 of 27 databases: no right to write legacyExchangeDN of "
	contains "$(check repoint-databases message)" "and 17 more"
	contains "$(check repoint-databases hint)" "casarray-directory(7)"
}

@test "the pre-flight names what an account that may only look would be refused" {
	local before
	before=$(stored outlook-berlin networkAddress)
	as "$AD_VIEWER" 4 new-array --fqdn outlook-oslo.contoso.test --site Oslo
	contains "$err" "1 of 1 change would be refused; nothing was written: no right to create msExchClientAccessArray 'outlook-oslo'"
	contains "$err" "casarray doctor --directory"
	contains "$out" "would be refused: no right to create msExchClientAccessArray in 'CN=Arrays,"
	contains "$out" "1 change planned; nothing was written"
	as "$AD_VIEWER" 4 set-array outlook-berlin --name north --fqdn north.contoso.test
	contains "$err" "no right to write networkAddress of 'outlook-berlin'; write cn of 'outlook-berlin'"
	equal "$(stored outlook-berlin networkAddress)" "$before"
	# --what-if shows it, too, and so do other formats.
	as "$AD_VIEWER" 4 repair --what-if --format json
	equal "$(query '[.rows[].outcome] | unique | join(",")')" planned
	equal "$(query '[.rows[] | select(.action != "skip").outcome_reason] | unique | join(",")')" \
		"would be refused: no right to write legacyExchangeDN of it"
	equal "$(casarray history --format json | jq '.rows | length')" 0
}

@test "without the pre-flight the server refuses, and so it does what cannot be asked for" {
	as "$AD_VIEWER" 4 new-array --fqdn outlook-oslo.contoso.test --site Oslo --no-preflight
	contains "$err" "insufficientAccessRights (50)"
	equal "$(stored outlook-oslo cn)" ""
	as "$AD_VIEWER" 4 set-array outlook-berlin --name north --no-preflight
	contains "$err" "insufficientAccessRights (50)"
	equal "$(stored outlook-berlin cn)" outlook-berlin
	as "$AD_VIEWER" 4 remove-array outlook-closed --yes
	contains "$err" "insufficientAccessRights (50)"
	equal "$(stored outlook-closed cn)" outlook-closed
}

@test "the operator does the whole job with no more than its rights" {
	as "$AD_OPERATOR" 0 new-array --fqdn outlook-oslo.contoso.test --site Oslo
	as "$AD_OPERATOR" 0 set-array outlook-oslo --name north --fqdn north.contoso.test --site Lisbon \
		--allow-second-array
	as "$AD_OPERATOR" 0 remove-array north --yes
	as "$AD_OPERATOR" 0 undo --yes
	equal "$(stored north networkAddress)" ncacn_ip_tcp:north.contoso.test
	as "$AD_OPERATOR" 0 remove-array north --yes
	as "$AD_OPERATOR" 0 repair --yes
	as "$AD_OPERATOR" 0 undo --yes
	findings
	diff "$AD_TRUTH" found
}

@test "not let in, or nobody there: the connection is the one check" {
	printf wrong >wrong
	chmod 600 wrong
	try 4 doctor --directory "$AD_LDAPS" --user "$AD_VIEWER" --password-file wrong --ca-file "$AD_CA" \
		--format json
	equal "$(results)" "connection failed"
	contains "$(check connection message)" "invalidCredentials (49)"
	equal "$err" ""
	try 7 doctor --directory "$AD_LDAPS" --user "$AD_VIEWER" --password-file "$AD_PASSWORD_FILE"
	contains "$out" "is not trusted"
}

@test "one database that the operator may not re-point" {
	local dn sid guid
	dn=$(stored 'Berlin 07' distinguishedName)
	sid=$(ad_value "$AD_FOLDER" -b "CN=operator,CN=Users,$AD_BASE" -s base objectSid)
	guid=$(ad_class_guid "$AD_FOLDER" legacyExchangeDN)
	deny "$dn" "(OD;;WP;$guid;;$sid)"
	as "$AD_OPERATOR" 1 doctor --format json
	equal "$(check repoint-databases value)" "26 of 27"
	equal "$(check repoint-databases message)" \
		"this account may not change 1 of 27 databases: no right to write legacyExchangeDN of 'Berlin 07'"
	# Of several changes the one is named, and none is made.
	as "$AD_OPERATOR" 4 set-database --site Berlin --rpc-client-access-server auto --yes
	contains "$out" "~ database Berlin 07  (site Berlin)  would be refused: no right to write legacyExchangeDN of it"
	contains "$out" "nothing was written"
	contains "$err" "changes would be refused; nothing was written: no right to write legacyExchangeDN of 'Berlin 07'"
	equal "$(grep -c 'would be refused' <<<"$out")" 1
	equal "$(casarray history --format json | jq '.rows | length')" 0
	# What it may do it still does.
	as "$AD_OPERATOR" 0 set-database 'Berlin 11' --rpc-client-access-server auto --yes
	as "$AD_OPERATOR" 0 undo --yes
	deny "$dn" ""
	as "$AD_OPERATOR" 0 doctor
}
