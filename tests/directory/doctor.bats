#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# doctor, of a server that is no domain controller: the connection, and what cannot be told.

load common
bats_require_minimum_version 1.5.0

setup() {
	server_setup
}

teardown() {
	proxy_stop
	server_teardown
}

# check NAME MEMBER: of the document in out.
check() {
	query ".rows[] | select(.check == \"$1\").$2"
}

@test "text, in full" {
	on_server 0 doctor
	equal "$out" "ok             connection         $LDAPI answers; it is no domain controller of Active Directory
ok             security           a socket of this machine
ok             identity           dn:${LDAP_USER//DC=/dc=}
not-evaluated  clock              the server does not tell the time
ok             naming-contexts    ${LDAP_BASE//DC=/dc=}
not-evaluated  level              the server does not say that it is a domain controller
ok             writable           the server takes changes
ok             organization       'Contoso': 4 sites, 8 Exchange servers, 2 arrays, 14 databases
not-evaluated  site               the server is in no site: it is no domain controller
not-evaluated  schema             the server names no schema of Active Directory
ok             array-container    the container for arrays is there
not-evaluated  create-arrays      only domain controllers tell what an account may do
not-evaluated  change-arrays      only domain controllers tell what an account may do
not-evaluated  repoint-databases  only domain controllers tell what an account may do
14 checks: 7 ok, 0 warnings, 0 failed, 7 not evaluated"
	equal "$err" ""
}

@test "what protects the connection" {
	local password=(--user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE" --ca-file "$LDAP_CA")
	try 0 doctor --format json --directory "$LDAPS" "${password[@]}"
	contains "$(check security value)" "TLS1."
	equal "$(check security result)" ok
	try 0 doctor --format json --directory "$LDAPS" "${password[@]}" --tls-legacy
	equal "$(check security result)" warning
	equal "$(check security hint)" "try without --tls-legacy"
	try 0 doctor --format json --directory "$LDAP" "${password[@]}" --start-tls
	equal "$(check security result)" ok
	contains "$(check security value)" "TLS1."
	equal "$(check identity value)" "dn:${LDAP_USER//DC=/dc=}"
}

@test "nobody, in clear text: two warnings, and an organization that is not shown" {
	try 1 doctor --format json --directory "$LDAP" --anonymous
	equal "$(check security value)" "not encrypted"
	equal "$(check security result)" warning
	contains "$(check security hint)" "ldaps://"
	equal "$(check identity result)" warning
	contains "$(check identity hint)" "kinit"
	equal "$(check organization result)" failed
	equal "$(query .organization)" null
	equal "$(query '.rows | length')" 14
}

@test "no server, and a password that is wrong: the connection is the one check" {
	try 7 doctor --directory ldap://127.0.0.1:1 --anonymous
	contains "$out" "failed         connection         cannot connect to 'ldap://127.0.0.1:1'"
	contains "$out" "1 check: 0 ok, 0 warnings, 1 failed, 0 not evaluated"
	equal "$err" ""
	(umask 077 && echo wrong >wrong)
	try 4 doctor --directory "$LDAPS" --user "$LDAP_USER" --password-file wrong --ca-file "$LDAP_CA"
	contains "$out" "invalidCredentials (49)"
}

@test "the rights are not asked for where they cannot be told: no search more" {
	local before plain
	before=$(asked SRCH)
	on_server 0 set-database "Berlin DB 2" --rpc-client-access-server outlook-berlin.contoso.com \
		--what-if --no-preflight
	plain=$(($(asked SRCH) - before))
	on_server 0 set-database "Berlin DB 2" --rpc-client-access-server outlook-berlin.contoso.com \
		--what-if
	equal $(($(asked SRCH) - before)) $((2 * plain))
	[ "$plain" -gt 0 ]
}
