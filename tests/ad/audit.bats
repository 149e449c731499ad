#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# casarray on a domain controller of Active Directory: what it reads, and how it is let in.

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

# as_planted OPTION...
as_planted() {
	findings "$@"
	diff "$AD_TRUTH" found
}

@test "an audit with a Kerberos ticket finds what was planted" {
	as_planted
	as_planted --sasl-mech GSSAPI
}

@test "an audit over LDAPS and with StartTLS finds what was planted" {
	as_planted --directory "$AD_LDAPS" --user "$AD_USER" \
		--password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
	as_planted --start-tls --user 'CONTOSO\administrator' \
		--password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
}

@test "an account that may only look sees the same" {
	as_planted --directory "$AD_LDAPS" --user "$AD_VIEWER" \
		--password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
}

@test "an audit of the exported entries has the same rows as the live one" {
	local base
	# Without the messages: they name things in the directory's own order. And without the age,
	# which is asked of an export only (CAS217).
	local rows='select(.type == "row") | .row | select(.rule != "CAS217") |
		{rule, result, object, site, observed, reason}'

	findings
	jq -cS "$rows" audit.ndjson >live
	for base in "$AD_CONFIGURATION" "OU=Staff,$AD_BASE"; do
		ldapsearch -LLL -Q -Y GSSAPI -N -H "$AD_LDAP" -E pr=1000/noprompt -b "$base"
	done >export.ldif
	findings --directory export.ldif
	jq -cS "$rows" audit.ndjson >exported
	diff <(sort live) <(sort exported)
	[ "$(wc -l <live)" -gt 100 ]
}

@test "mailboxes are counted" {
	try 0 get-database --format json
	equal "$(query '[.rows[].mailboxes] | add')" 200
}

@test "an array by every form of identity" {
	local form

	try 0 get-array outlook-berlin --format json
	for form in $(query '.rows[0] | .guid, .fqdn') "$(query '.rows[0].dn')" \
		"$(query '.rows[0].legacy_dn')"; do
		try 0 get-array "$form" --format json
		equal "$(names)" outlook-berlin
	done
	try 0 get-array 'Outlook Lisbon 2' --format json
	equal "$(names)" 'Outlook Lisbon 2'
}

@test "a wrong password, an unknown account" {
	local denied="80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1"

	(umask 077 && printf wrong >wrong)
	not_let_in 4 "user '$AD_USER': cannot log in to '$AD_LDAPS': invalidCredentials (49): $denied" \
		"wrong password, or wrong account name" \
		--directory "$AD_LDAPS" --user "$AD_USER" --password-file wrong --ca-file "$AD_CA"
	not_let_in 4 "user 'nobody@contoso.test': cannot log in to '$AD_LDAPS': invalidCredentials (49): $denied" \
		"wrong password, or wrong account name" --directory "$AD_LDAPS" \
		--user nobody@contoso.test --password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
}

@test "an authority that is not trusted" {
	not_let_in 7 "cannot begin TLS with '$AD_LDAPS': its certificate is signed by 'CN=Test authority of contoso.test', which is not trusted" \
		"name the file of the authority that signed it with --ca-file" \
		--directory "$AD_LDAPS" --user "$AD_USER" --password-file "$AD_PASSWORD_FILE"
}

@test "a password in clear text is refused before it is sent" {
	local hint="use ldaps:// or --start-tls, or a Kerberos ticket instead of a password"

	not_let_in 2 "the password of '$AD_USER' would go to '$AD_LDAP' in clear text" "$hint" \
		--user "$AD_USER" --password-file "$AD_PASSWORD_FILE"
	# Not even to see whether there is a server.
	not_let_in 2 "the password of '$AD_USER' would go to 'ldap://127.0.0.1:9' in clear text" \
		"$hint" --user "$AD_USER" --password-file "$AD_PASSWORD_FILE" \
		--directory ldap://127.0.0.1:9
}

@test "no login" {
	not_let_in 4 "cannot search '$AD_CONFIGURATION': operationsError (1): 00002020: Operation unavailable without authentication" \
		"the server wants a login: leave out --anonymous" --anonymous
}

@test "no Kerberos ticket" {
	export KRB5_CLIENT_KTNAME=/dev/null KRB5CCNAME=FILE:none
	try 4 audit
	contains "$err" "cannot log in to '$AD_LDAP': local error (-2): "
	# Kerberos knows the controller by its address, too: nothing is said against that.
	equal "${err##*$'\n'}" "casarray: get a Kerberos ticket with kinit, or log in with --user inside TLS"
	equal "$out" ""
}

@test "a name that Kerberos does not know" {
	try 4 audit --directory ldap://gc._msdcs.contoso.test --dns-server "$AD_ADDRESS"
	contains "$err" "cannot log in to 'ldap://gc._msdcs.contoso.test': local error (-2): "
	equal "${err##*$'\n'}" "casarray: name the server by its full name: Kerberos does not know it by 'gc._msdcs.contoso.test'"
}

@test "time limit: a Kerberos server that does not answer" {
	local peer i started=$SECONDS

	/usr/bin/python3 "$ROOT/tests/directory/peer" "$PWD/port" silent </dev/null >peer.log 2>&1 3>&- &
	peer=$!
	for ((i = 0; i < 100; i++)); do
		[ ! -s port ] || break
		sleep 0.05
	done
	sed -E "s/kdc = .*/kdc = 127.0.0.1:$(<port)/" "$KRB5_CONFIG" >krb5.conf
	KRB5_CONFIG=$PWD/krb5.conf KRB5CCNAME=FILE:$PWD/none try 4 audit --timeout 1
	kill "$peer"
	equal "$err" "casarray: cannot log in to '$AD_LDAP': no answer from Kerberos within 1 seconds
casarray: is a Kerberos server up, and does a firewall let port 88 through? Try --user inside TLS"
	[ $((SECONDS - started)) -lt 8 ]
	# Nobody is there at all.
	KRB5_CONFIG=$PWD/krb5.conf KRB5CCNAME=FILE:$PWD/none try 4 audit
	equal "$err" "casarray: cannot log in to '$AD_LDAP': no Kerberos server of the realm answers
casarray: check DNS and /etc/krb5.conf, or log in with --user inside TLS"
}
