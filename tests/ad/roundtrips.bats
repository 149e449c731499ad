#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# How often a command asks a domain controller and waits for the answer.
#
# Who counts has to see what is said, so this controller takes a password in clear text; casarray
# sends one so to a local socket only, which is where the counting proxy listens.

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
	GROUP="CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso"
	GROUP+=",CN=Microsoft Exchange,CN=Services,$AD_CONFIGURATION"
}

teardown() {
	proxied_teardown
}

# counted COMMAND...: through a proxy that counts round trips from the end of the bind on, in
# $turns.
counted() {
	PROXY_PROGRAM=turns proxy_start "$PROXY_FOLDER/turns"
	"$@"
	turns=$(<"$PROXY_FOLDER/turns")
}

# reads STATUS ARGUMENT...: a command that changes nothing, in 6 round trips at most.
reads() {
	counted proxied "$@"
	echo "$turns round trips: ${*:2}"
	[ "$turns" -ge 2 ]
	[ "$turns" -le 6 ]
}

does() {
	proxied 0 "${@:2}" --yes --format json
	equal "$(query '.outcomes.done')" "$1"
	equal "$(query '[.outcomes[]] | add')" "$1"
}

# changes N ARGUMENT...: a command that makes so many changes and reads them back, likewise.
changes() {
	counted does "$@"
	echo "$turns round trips: ${*:2}"
	[ "$turns" -ge 4 ]
	[ "$turns" -le 6 ]
}

@test "looking and judging" {
	reads 0 get-database 'Berlin 07'
	reads 0 get-array outlook-berlin
	reads 0 get-server BER1
	reads 0 get-site
	reads 0 default-server BER1
	reads 0 explain 'Berlin 07'
	reads 1 audit
	reads 0 doctor
	reads 0 snapshot snapshot.ldif
	reads 0 dns plan outlook-berlin --address 10.1.2.3
	reads 0 export --output state.json
	reads 0 diff state.json
	reads 0 apply state.json --yes
}

@test "changes of databases, and taking them back" {
	changes 1 set-database 'Berlin 07' --rpc-client-access-server auto
	changes 1 undo
	changes 6 set-database 'Oslo 0*' --rpc-client-access-server BER1
	changes 6 undo
	changes 4 repair
	changes 4 undo
}

@test "changes of arrays, and taking them back" {
	changes 1 new-array --fqdn oslo.contoso.test --site Oslo
	changes 1 set-array oslo --fqdn north.contoso.test
	changes 1 undo
	changes 1 set-array oslo --name north
	changes 1 undo
	changes 2 set-array oslo --name north --fqdn north.contoso.test
	changes 2 undo
	# Of several addresses one is left.
	printf '%s\n' "dn: CN=oslo,CN=Arrays,$GROUP" 'changetype: modify' 'add: networkAddress' \
		'networkAddress: ncacn_ip_tcp:more.contoso.test' | ad_change
	changes 2 set-array oslo --name north --fqdn north.contoso.test
	changes 2 undo
	changes 1 remove-array oslo
	changes 1 undo
	changes 1 remove-array oslo
}

@test "arrays with their databases, and taking that back" {
	changes 7 new-array --fqdn oslo.contoso.test --site Oslo --adopt-databases
	changes 7 undo
	changes 7 new-array --fqdn oslo.contoso.test --site Oslo --adopt-databases
	changes 7 remove-array oslo --repoint-to outlook-berlin
	changes 7 undo
	changes 7 undo
}

@test "arrays with their DNS records, and taking that back" {
	changes 2 new-array --fqdn oslo.contoso.test --site Oslo --dns-address 10.1.2.3
	changes 2 undo
	# Now the node of the name is there, marked as deleted.
	changes 2 new-array --fqdn oslo.contoso.test --site Oslo --dns-address 10.1.2.3
	reads 0 dns check oslo
	changes 1 dns remove oslo
	changes 1 undo
	changes 1 dns remove oslo
	changes 1 dns create oslo --address 10.1.2.4
	changes 1 undo
	changes 1 remove-array oslo
}

@test "desired states and saved plans" {
	reads 0 export --output state.json
	jq '(.databases[] | select(.name == "Berlin 07").rpc_client_access_server) =
		"outlook-berlin.contoso.test"' state.json >other.json
	reads 1 diff other.json
	changes 1 apply other.json
	changes 1 undo
	reads 0 set-database 'Berlin 07' --rpc-client-access-server auto --out plan.json
	changes 1 apply plan.json
	changes 1 undo
}

@test "what is asked for beside something else is refused all the same" {
	AD_USER=$AD_VIEWER
	counted proxied 4 remove-array outlook-berlin --repoint-to 'Outlook Lisbon 2' --yes
	contains "$err" "would be refused"
	contains "$err" "legacyExchangeDN"
	# The connection, the organization, and all that it takes to say so.
	equal "$turns" 3
}
