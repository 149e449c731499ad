#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whom a domain controller does not let in: each reason has its own message.

bats_require_minimum_version 1.5.0
load ../cli/common
load common

# A control of Samba's that lets a time of the past be stored for a password.
bypass=1.3.6.1.4.1.7165.4.3.12

# replace ACCOUNT ATTRIBUTE VALUE: LDIF; a VALUE that begins with ": " is in base64.
replace() {
	printf 'dn: CN=%s,CN=Users,%s\nchangetype: modify\nreplace: %s\n%s:%s\n\n' "$1" \
		"$AD_BASE" "$2" "$2" "$3"
}

# Two wrong passwords lock every account but the built-in one.
setup_file() {
	ad_start dc
	{
		ad_accounts locked disabled expired fresh hours station stale
		printf 'dn: %s\nchangetype: modify\nreplace: lockoutThreshold\nlockoutThreshold: 2\n\n' \
			"$AD_BASE"
		replace disabled userAccountControl " 514"
		# 2001, in the units of Windows.
		replace expired accountExpires " 126227232000000000"
		replace fresh pwdLastSet " 0"
		# A bit for each hour of the week.
		replace hours logonHours ": $(head -c 21 /dev/zero | base64)"
		replace station userWorkstations " ELSEWHERE"
	} | ad_change
	replace stale pwdLastSet " 126227232000000000" | ad_change --controls="local_oid:$bypass:1"
}

teardown_file() {
	ad_stop
}

setup() {
	common_setup
	export CASARRAY_DIRECTORY=$AD_LDAPS
}

# told CODE HINT ACCOUNT: with the right password this is said.
told() {
	local user=$3@contoso.test
	local text="80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data $1, v1db1"

	not_let_in 4 "user '$user': cannot log in to '$AD_LDAPS': invalidCredentials (49): $text" \
		"$2" --user "$user" --password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
}

@test "a locked account, even with the right password" {
	local n

	(umask 077 && printf wrong >wrong)
	for n in 1 2; do
		try 4 audit --user locked@contoso.test --password-file wrong --ca-file "$AD_CA"
		contains "$err" "wrong password, or wrong account name"
	done
	told 775 "the account is locked out: wait, or have it unlocked" locked
}

@test "a disabled account" {
	told 533 "the account is disabled" disabled
}

@test "an account that has expired" {
	told 701 "the account has expired" expired
}

@test "a password that has expired" {
	told 532 "the password has expired: change it" stale
}

@test "a password that must be changed first" {
	told 773 "the password must be changed before the first login" fresh
}

@test "an account that may not log in at this time" {
	told 530 "the account may not log in at this time of day" hours
}

@test "an account that may not log in from this computer" {
	told 531 "the account may not log in from this computer" station
}

@test "no connection is made with a password in clear text; the controller itself answers 8" {
	# Only now: a wrong or expired one would not get so far.
	run -8 ldapsearch -x -H "$AD_LDAP" -D "$AD_USER" -y "$AD_PASSWORD_FILE" -s base -b ''
	strace -f -e trace=connect,sendto,sendmsg,sendmmsg -o calls "$CASARRAY" audit \
		--directory "$AD_LDAP" --user "$AD_USER" --password-file "$AD_PASSWORD_FILE" \
		2>err || [ $? -eq 2 ]
	equal "$(<err)" "casarray: the password of '$AD_USER' would go to '$AD_LDAP' in clear text
casarray: use ldaps:// or --start-tls, or a Kerberos ticket instead of a password"
	[ "$(grep -c '+++ exited with 2' calls)" -eq 1 ]
	run ! grep -E 'AF_INET' calls
}

@test "no connection is made with an empty password" {
	(umask 077 && : >empty)
	strace -f -e trace=connect -o calls "$CASARRAY" audit --user "$AD_USER" \
		--password-file empty --ca-file "$AD_CA" 2>err || [ $? -eq 2 ]
	contains "$(<err)" "the password of '$AD_USER' is empty"
	[ "$(grep -c '+++ exited with 2' calls)" -eq 1 ]
	run ! grep -E 'AF_INET' calls
}

@test "signing is demanded: a login without it is answered 8, and casarray's is sealed" {
	run -8 ldapsearch -Q -Y GSSAPI -N -O maxssf=0 -H "$AD_LDAP" -s base -b ''
	[[ $output = *"Sign or Seal are required"* ]]
	try 0 doctor --directory "$AD_LDAP" --format json
	equal "$(query '.rows[] | select(.check == "security") | .message')" \
		"GSS-SPNEGO, sealed (256 bits)"
	try 0 doctor --directory "$AD_LDAP" --sasl-mech GSSAPI --format json
	equal "$(query '.rows[] | select(.check == "security") | .message')" \
		"GSSAPI, sealed (256 bits)"
}

@test "Kerberos inside TLS, where the administrator did not allow it" {
	local hint="the server takes no Kerberos inside TLS: use ldap:// without --start-tls, which Kerberos encrypts, or log in with --user"

	not_let_in 4 "cannot log in to '$AD_LDAPS': strongerAuthRequired (8): SASL:[GSS-SPNEGO]: Sign or Seal are required." \
		"$hint" --ca-file "$AD_CA"
	not_let_in 4 "cannot log in to '$AD_LDAP': strongerAuthRequired (8): SASL:[GSSAPI]: Sign or Seal are required." \
		"$hint" --ca-file "$AD_CA" --directory "$AD_LDAP" --start-tls --sasl-mech GSSAPI
}

minor="local error (-2): SASL(-1): generic failure: GSSAPI Error: Unspecified GSS failure.  Minor code may provide more information"

@test "a Kerberos ticket that has expired" {
	KRB5CCNAME=FILE:$PWD/short kinit -k -t "$AD_KEYTAB" -l 1s Administrator
	export KRB5CCNAME=FILE:$PWD/short KRB5_CLIENT_KTNAME=/dev/null
	sleep 1.1
	not_let_in 4 "cannot log in to '$AD_LDAP': $minor (Ticket expired)" \
		"get a Kerberos ticket with kinit: that for '$AD_ADDRESS' has expired" \
		--directory "$AD_LDAP"
}

@test "a controller whose service Kerberos does not know by this name" {
	export KRB5CCNAME=FILE:$PWD/fresh
	ad_change <<-END
		dn: CN=DC1,OU=Domain Controllers,$AD_BASE
		changetype: modify
		delete: servicePrincipalName
		servicePrincipalName: ldap/$AD_ADDRESS
	END
	not_let_in 4 "cannot log in to '$AD_LDAP': $minor (Server not found in Kerberos database)" \
		"name the server by its full name: Kerberos does not know it by '$AD_ADDRESS'" \
		--directory "$AD_LDAP"
}

@test "no Kerberos server" {
	export KRB5CCNAME=FILE:$PWD/none
	sed 's/kdc = .*/kdc = 127.0.0.1:9/' "$KRB5_CONFIG" >krb5.conf
	export KRB5_CONFIG=$PWD/krb5.conf
	not_let_in 4 "cannot log in to '$AD_LDAP': no Kerberos server of the realm answers" \
		"check DNS and /etc/krb5.conf, or log in with --user inside TLS" \
		--directory "$AD_LDAP"
}
