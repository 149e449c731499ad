#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What libldap finds in files and in the environment weakens no connection and cuts no answer: each
# option by itself, in each place.

load common
bats_require_minimum_version 1.5.0

setup_file() {
	common_setup
	SERVER=$(slapd_folder)
	export SERVER
	slapd_start "$SERVER" "$LDIF"
	# For a name that is not the server's, and signed by nobody that is trusted.
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=dc7.contoso.com" \
		-keyout "$BATS_FILE_TMPDIR/other.key" -out "$BATS_FILE_TMPDIR/other.pem" \
		2>/dev/null
}

teardown_file() {
	slapd_stop "$SERVER"
}

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
	try 1 audit --format json "${SECURE[@]}"
	expected=$(findings)
}

teardown() {
	peers_stop
}

SECURE=(--directory "$LDAPS" --ca-file "$LDAP_CA" --user "$LDAP_USER"
	--password-file "$LDAP_PASSWORD_FILE")

# with_option "NAME VALUE" COMMAND...: with it in ./ldaprc; in ~/.ldaprc and ~/ldaprc; in a file that
# the environment names; in the environment itself.
with_option() {
	local name=${1%% *} value=${1#* }
	shift

	echo "$name $value" >ldaprc
	"$@"
	mv ldaprc "$HOME/.ldaprc"
	cp "$HOME/.ldaprc" "$HOME/ldaprc"
	"$@"
	mv "$HOME/.ldaprc" named
	rm "$HOME/ldaprc"
	LDAPCONF=$PWD/named LDAPRC=$PWD/named "$@"
	rm named
	env_option "$name" "$value" "$@"
}

env_option() {
	local -x "LDAP$1=$2"
	shift 2
	"$@"
}

# same_answer ARGUMENT...: all is found that is found without.
same_answer() {
	try 1 audit --format json "$@"
	equal "$(findings)" "$expected"
	equal "$err" ""
}

# not_trusted: whoever signed the server's certificate.
not_trusted() {
	try 7 audit --anonymous --directory "$LDAPS"
	contains "$err" "which is not trusted"
	try 7 audit --anonymous --directory "$LDAP" --start-tls
	contains "$err" "which is not trusted"
}

@test "these files and variables do count for other programs" {
	! ldapsearch -x -H "$LDAPS" -s base -b "" 1.1 2>/dev/null
	with_option "TLS_REQCERT never" ldapsearch -x -H "$LDAPS" -s base -b "" 1.1 >/dev/null
	with_option "URI $LDAPI" ldapsearch -Q -Y EXTERNAL -s base -b "" 1.1 >/dev/null
}

@test "no certificate is trusted for them" {
	with_option "TLS_REQCERT never" not_trusted
	with_option "TLS_REQCERT allow" not_trusted
	with_option "TLS_REQSAN never" not_trusted
	with_option "TLS_CACERT $LDAP_CA" not_trusted
	with_option "TLS_CACERTDIR $SERVER" not_trusted
}

@test "no authority, key, list or version is taken from them" {
	with_option "TLS_CACERT $BATS_FILE_TMPDIR/other.pem" same_answer "${SECURE[@]}"
	with_option "TLS_CACERT $PWD/none.pem" same_answer "${SECURE[@]}"
	with_option "TLS_CERT $BATS_FILE_TMPDIR/other.pem" same_answer "${SECURE[@]}"
	with_option "TLS_CRLFILE $PWD/none.pem" same_answer "${SECURE[@]}"
	with_option "TLS_CIPHER_SUITE NORMAL:-VERS-ALL:+VERS-TLS1.0" same_answer "${SECURE[@]}"
	with_option "TLS_PROTOCOL_MIN 3.1" same_answer "${SECURE[@]}"
}

@test "no server, base or account is taken from them" {
	with_option "URI ldap://127.0.0.1:1" same_answer "${SECURE[@]}"
	with_option "HOST 127.0.0.1" same_answer "${SECURE[@]}"
	with_option "PORT 1" same_answer "${SECURE[@]}"
	with_option "BASE dc=nowhere" same_answer "${SECURE[@]}"
	with_option "BINDDN cn=nobody" same_answer "${SECURE[@]}"
	with_option "SASL_AUTHCID nobody" same_answer --directory "$LDAPI"
	with_option "SASL_AUTHZID dn:cn=nobody" same_answer --directory "$LDAPI"
	with_option "SASL_MECH PLAIN" same_answer --directory "$LDAPI"
	with_option "SASL_REALM nowhere" same_answer --directory "$LDAPI"
}

@test "no answer is cut or waited for less because of them" {
	local option
	for option in "SIZELIMIT 1" "TIMELIMIT 1" "TIMEOUT 0" "NETWORK_TIMEOUT 0" "DEREF always" \
		"REFERRALS on" "SASL_SECPROPS none" "SASL_SECPROPS minssf=256" \
		"SASL_CBINDING tls-unique" "SASL_NOCANON off" "KEEPALIVE_IDLE 1"; do
		with_option "$option" same_answer "${SECURE[@]}"
		with_option "$option" same_answer --directory "$LDAPI"
	done
}

# What casarray does about all of it is not all: it has libldap read none of these files, which a
# library must not decide for the program that uses it. There each option of a connection counts.

# library STATUS OUTPUT ARGUMENT...: the program of that name.
library() {
	run "-$1" "${CASARRAY_BUILD:-$ROOT/build}/tests/directory/library" "${@:3}"
	contains "$output" "$2"
}

@test "in programs that use the library no certificate is trusted for them, either" {
	local option
	certificate -days 2 -extfile <(echo "subjectAltName=DNS:dc7.contoso.com")
	other_start
	for option in "TLS_REQCERT never" "TLS_REQCERT allow" "TLS_REQSAN never" \
		"TLS_CACERT $LDAP_CA" "TLS_CACERTDIR $SERVER"; do
		with_option "$option" library 1 "which is not trusted" "$LDAPS"
		with_option "$option" library 1 "its certificate is for " \
			"ldaps://127.0.0.1:$OTHER_PORT" "$LDAP_CA"
	done
}

@test "in programs that use the library no option of them counts, either" {
	local option
	local -a secure=("$LDAPS" "$LDAP_CA" "$LDAP_USER" "$LDAP_PASSWORD")
	for option in "TLS_CACERT $BATS_FILE_TMPDIR/other.pem" \
		"TLS_CERT $BATS_FILE_TMPDIR/other.pem" "TLS_CRLFILE $PWD/none.pem" \
		"TLS_CIPHER_SUITE NORMAL:-VERS-ALL:+VERS-TLS1.0" "URI ldap://127.0.0.1:1" \
		"BASE dc=nowhere" "SIZELIMIT 1" "TIMELIMIT 1" "TIMEOUT 0" "NETWORK_TIMEOUT 0" \
		"DEREF always" "REFERRALS on" "SASL_SECPROPS none" "SASL_SECPROPS minssf=256" \
		"SASL_MECH PLAIN" "SASL_AUTHZID dn:cn=nobody"; do
		with_option "$option" library 0 14 "${secure[@]}"
		with_option "$option" library 0 14 "$LDAPI"
	done
}

@test "a password goes nowhere in clear text, whatever they say" {
	refused_in_clear() {
		try 2 audit --directory "$LDAP" --user "$LDAP_USER" \
			--password-file "$LDAP_PASSWORD_FILE"
		contains "$err" "in clear text"
	}
	with_option "SASL_SECPROPS none" refused_in_clear
	with_option "TLS_REQCERT never" refused_in_clear
}
