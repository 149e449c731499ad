#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Kerberos inside TLS, channel binding, and controllers of other settings.
#
# Samba 4.17 looks at no channel binding. So the server that does is slapd, with a service
# account of the forest: the tickets are the domain controller's, the check is that of MIT
# Kerberos on both sides.

bats_require_minimum_version 1.5.0
load ../cli/common
load common
load ../directory/slapd.bash

setup_file() {
	AD_OPTIONS='ldap server require strong auth = allow_sasl_over_tls' ad_start dc
	{
		ad_accounts slapd
		printf 'dn: CN=slapd,CN=Users,%s\nchangetype: modify\nadd: servicePrincipalName\n' \
			"$AD_BASE"
		printf 'servicePrincipalName: ldap/127.0.0.1\n'
	} | ad_change
	samba-tool domain exportkeytab "$AD_FOLDER/slapd.keytab" --principal=ldap/127.0.0.1 \
		--configfile="$AD_FOLDER/smb.conf"
}

teardown_file() {
	ad_stop
}

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
	SERVER=
}

teardown() {
	if [ -n "$SERVER" ]; then
		slapd_stop "$SERVER"
	fi
}

# slapd_binding KIND: a server that compares the client's channel binding with its own of that kind.
slapd_binding() {
	SERVER=$(slapd_folder)
	# TLS 1.2: later versions have no tls-unique (RFC 8446 C.5), the kind that Active
	# Directory does not take, and that casarray so must not send.
	SLAPD_EXTRA="sasl-host 127.0.0.1
sasl-cbinding $1
TLSCipherSuite NORMAL:-VERS-ALL:+VERS-TLS1.2" KRB5_KTNAME=$AD_FOLDER/slapd.keytab \
		slapd_start "$SERVER" "$LDIF"
}

@test "where it is allowed, Kerberos inside TLS logs in without a layer of its own" {
	local way

	# A layer is refused: so none was asked for.
	LDAPTLS_CACERT=$AD_CA run -53 ldapsearch -Q -Y GSSAPI -N -H "$AD_LDAPS" -s base -b ''
	[[ $output = *"Sign or Seal are not allowed if TLS is used"* ]]
	for way in GSSAPI GSS-SPNEGO; do
		try 0 get-array --directory "$AD_LDAPS" --ca-file "$AD_CA" --sasl-mech "$way" \
			--format json
		equal "$(query '.rows | length')" 4
		try 0 get-array --directory "$AD_LDAP" --start-tls --ca-file "$AD_CA" \
			--sasl-mech "$way" --format json
		equal "$(query '.rows | length')" 4
	done
}

@test "a server that compares the channel binding of the certificate lets Kerberos in" {
	local way

	slapd_binding tls-endpoint
	for way in GSSAPI GSS-SPNEGO; do
		try 0 get-array outlook --directory "$LDAPS" --ca-file "$LDAP_CA" \
			--sasl-mech "$way" --format json
		equal "$(names)" outlook
		grep -q " mech=$way bind_ssf=0 ssf=256" "$LDAP_LOG"
	done
}

@test "a channel binding that is not the server's is refused, and explained" {
	local way hint="the server did not take the login with Kerberos inside TLS: it wants another kind of channel binding, or something between ends TLS; use ldap:// without --start-tls"

	slapd_binding tls-unique
	for way in GSSAPI GSS-SPNEGO; do
		not_let_in 4 "cannot log in to '$LDAPS': invalidCredentials (49): SASL(-13): authentication failure: GSSAPI Failure: gss_accept_sec_context" \
			"$hint" --directory "$LDAPS" --ca-file "$LDAP_CA" --sasl-mech "$way"
	done
	# The advice helps.
	try 0 get-array outlook --directory "$LDAP" --format json
	equal "$(names)" outlook
}
