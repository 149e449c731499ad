#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A domain controller whose certificate is not to be trusted.

bats_require_minimum_version 1.5.0
load ../cli/common
load common

setup() {
	common_setup
}

teardown() {
	ad_stop
}

# with_password: the options of a login that would work but for the certificate.
with_password() {
	printf '%s\n' --user "$AD_USER" --password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA"
}

@test "a certificate for another name" {
	local options
	AD_CERTIFICATE_NAMES=DNS:dc9.contoso.test ad_start other
	mapfile -t options < <(with_password)
	not_let_in 7 "cannot begin TLS with '$AD_LDAPS': its certificate is for 'dc9.contoso.test', and not for '$AD_ADDRESS'" \
		"name the server by a name that its certificate has" \
		"${options[@]}" --directory "$AD_LDAPS"
	not_let_in 7 "cannot begin TLS with '$AD_LDAP': its certificate is for 'dc9.contoso.test', and not for '$AD_ADDRESS'" \
		"name the server by a name that its certificate has" \
		"${options[@]}" --directory "$AD_LDAP" --start-tls
}

@test "a certificate that has expired" {
	local options
	AD_CERTIFICATE_DAYS=-1 ad_start expired
	mapfile -t options < <(with_password)
	not_let_in 7 "cannot begin TLS with '$AD_LDAPS': its certificate expired on $(date --utc --date=yesterday +%F)" \
		"renew the server's certificate" "${options[@]}" --directory "$AD_LDAPS"
}
