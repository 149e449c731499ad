#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Connecting to a server: what is refused before anything is sent, what is wrong with TLS or the
# login, and that nothing waits longer than it may.

load common
bats_require_minimum_version 1.5.0

setup_file() {
	common_setup
	SERVER=$(slapd_folder)
	export SERVER
	slapd_start "$SERVER" "$LDIF"
}

teardown_file() {
	slapd_stop "$SERVER"
}

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
}

teardown() {
	proxy_stop
	peers_stop
}

for_this_host() {
	echo "subjectAltName=IP:127.0.0.1"
}

# refused_unsent STATUS TEXT ARGUMENT...: the program says so, and the server hears nothing.
refused_unsent() {
	local before text=$2
	before=$(connections)
	try "$1" audit "${@:3}"
	contains "$err" "$text"
	equal "$out" ""
	equal "$(connections)" "$before"
}

as_user() {
	try "$1" audit --user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE" "${@:2}"
}

# ---- before anything is sent ----

@test "a password is not sent in clear text" {
	refused_unsent 2 "would go to '$LDAP' in clear text" \
		--directory "$LDAP" --user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE"
	contains "$err" "use ldaps:// or --start-tls"
	refused_unsent 2 "in clear text" --directory "$LDAPS" --directory "$LDAP" \
		--user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE" --ca-file "$LDAP_CA"
}

@test "an empty password is not sent" {
	: >empty
	chmod 600 empty
	refused_unsent 2 "the password of '$LDAP_USER' is empty" \
		--directory "$LDAPS" --user "$LDAP_USER" --password-file empty --ca-file "$LDAP_CA"
}

@test "a password that others can read is refused" {
	local mode
	cp "$LDAP_PASSWORD_FILE" password
	for mode in 640 604 660 644; do
		chmod $mode password
		refused_unsent 3 "the password in 'password' is open to others (mode $mode)" \
			--directory "$LDAPS" --user "$LDAP_USER" --password-file password
	done
}

@test "without a terminal a password needs a file" {
	local before status=0
	before=$(connections)
	setsid --wait "$CASARRAY" audit --directory "$LDAPS" --user "$LDAP_USER" \
		--ca-file "$LDAP_CA" </dev/null >out 2>err || status=$?
	equal "$status" 2
	contains "$(<err)" "there is no terminal to ask for the password of '$LDAP_USER'"
	equal "$(connections)" "$before"
}

@test "options that contradict each other" {
	refused_unsent 2 "'--password-file' needs '--user'" \
		--directory "$LDAPS" --password-file "$LDAP_PASSWORD_FILE"
	refused_unsent 2 "'--anonymous' and '--user' exclude each other" \
		--directory "$LDAPS" --anonymous --user x
	refused_unsent 2 "'--user' and '--sasl-mech' exclude each other" \
		--directory "$LDAPS" --user x --sasl-mech GSSAPI
	refused_unsent 2 "EXTERNAL works on ldapi:// only" \
		--directory "$LDAPS" --sasl-mech EXTERNAL
	refused_unsent 2 "cannot be used with StartTLS" --directory "$LDAPS" --start-tls
	refused_unsent 2 "are not one directory" --directory "$LDAPI" --directory "$LDIF"
}

# ---- ways that are open ----

@test "the password comes from a file descriptor, too" {
	try 1 audit --directory "$LDAPS" --ca-file "$LDAP_CA" --user "$LDAP_USER" \
		--password-file <(cat "$LDAP_PASSWORD_FILE")
	equal "$err" ""
}

@test "the password comes from a pipe with a name, when somebody writes into it" {
	mkfifo -m 600 pipe
	ctrl_c 5 "cannot read the password in 'pipe': Interrupted system call" audit \
		--directory "$LDAPS" --ca-file "$LDAP_CA" --user "$LDAP_USER" --password-file pipe
	(
		sleep 0.5
		printf %s "$LDAP_PASSWORD" >pipe
	) 3>&- &
	try 1 audit --directory "$LDAPS" --ca-file "$LDAP_CA" --user "$LDAP_USER" \
		--password-file pipe
	equal "$err" ""
	try 1 audit --directory "$LDAPS" --ca-file "$LDAP_CA" --user "$LDAP_USER" \
		--password-file <(printf %s "$LDAP_PASSWORD")
}

@test "the password is asked for on the terminal, and not shown" {
	local screen
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 \
		--answer "$LDAP_PASSWORD" "$CASARRAY" audit --directory "$LDAPS" \
		--ca-file "$LDAP_CA" --user "$LDAP_USER" --rule CAS040) || true
	contains "$screen" "password: "
	contains "$screen" "CAS040"
	[[ $screen != *"$LDAP_PASSWORD"* ]]
}

@test "whatever ends the question for the password, the terminal shows again what is typed" {
	local signal screen
	for signal in INT TERM HUP QUIT TSTP; do
		# shellcheck disable=SC2016
		screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 /bin/sh -c \
			'timeout --foreground -k 5 -s "$0" 1 "$@" || true; stty -a | tr -d ";"' $signal \
			"$CASARRAY" audit --directory "$LDAPS" --ca-file "$LDAP_CA" --user "$LDAP_USER")
		contains "$screen" "casarray: cannot read the password: "
		contains "$screen" " echo "
	done
}

# copies_of FILE PATTERN ARGUMENT...: of the password in the file, once the server has told that.
copies_of() {
	"$BATS_TEST_DIRNAME/copies" "$(<"$1")" "$LDAP_LOG" "$2" \
		"$CASARRAY" audit --user "cn=long,$LDAP_BASE" --password-file "$1" "${@:3}"
}

@test "a password leaves no trace in memory, nor in a core file" {
	local way
	# a long one: what is freed is not soon used for something else
	(umask 077 && printf 'Secret%.0s' {1..80} >right && printf 'Wrong%.0s' {1..80} >wrong)
	ldap_tool ldapadd <<-END
		dn: cn=long,$LDAP_BASE
		objectClass: person
		cn: long
		userPassword: $(<right)
	END
	# while it may be needed again: for this server, and for others
	proxy_start stall:up:3
	equal "$(copies_of right 'SRCH base="" scope=0' --directory "$PROXY")" "2 0"
	proxy_stop
	for way in "$LDAPI" "$LDAPS" "$LDAP --start-tls"; do
		# shellcheck disable=SC2086
		equal "$(copies_of wrong 'RESULT tag=97 err=49' --ca-file "$LDAP_CA" \
			--directory $way)" "0 0"
	done
}

@test "an account without a password goes over ldapi" {
	try 1 audit --directory "$LDAPI" --verbose
	contains "$err" "connected to '$LDAPI' as gidNumber="
}

@test "servers are tried in order, and the first that answers is used" {
	as_user 1 --directory "ldaps://127.0.0.1:1 $LDAPS" --ca-file "$LDAP_CA"
	contains "$err" "warning: cannot connect to 'ldaps://127.0.0.1:1': Connection refused"
	CASARRAY_DIRECTORY="$LDAPI ldap://127.0.0.1:1" try 1 audit
	equal "$err" ""
	CASARRAY_DIRECTORY=$'\n\t'"$LDAPI"$'\n'"ldap://127.0.0.1:1 " try 1 audit
	equal "$err" ""
	try 7 audit --directory "ldap://127.0.0.1:1 ldap://127.0.0.1:2"
	contains "$err" "casarray: warning: cannot connect to 'ldap://127.0.0.1:1'"
	contains "$err" "casarray: cannot connect to 'ldap://127.0.0.1:2'"
}

@test "a wrong password is not tried on another server" {
	local before
	before=$(connections)
	try 4 audit --directory "$LDAPS $LDAPS" --ca-file "$LDAP_CA" --user "$LDAP_USER" \
		--password-file <(echo wrong)
	equal "$err" "casarray: user '$LDAP_USER': cannot log in to '$LDAPS': invalidCredentials (49)
casarray: check the account and its password"
	equal "$(connections)" "$((before + 1))"
}

@test "without a Kerberos ticket the message says so" {
	KRB5CCNAME=FILE:$PWD/none try 4 audit --directory "$LDAP"
	contains "$err" "cannot log in to '$LDAP': "
	contains "$err" "kinit"
}

# ---- TLS ----

# tls_fault TEXT HINT [KIND]: of a peer with cert.pem.
tls_fault() {
	peer_start "${3:-tls}" cert.pem cert.key
	try 7 audit --anonymous --directory "ldaps://127.0.0.1:$PEER_PORT" --ca-file "$LDAP_CA"
	equal "$err" "casarray: cannot begin TLS with 'ldaps://127.0.0.1:$PEER_PORT': $1
casarray: $2"
}

@test "TLS: an unknown authority" {
	try 7 audit --anonymous --directory "$LDAPS"
	equal "$err" "casarray: cannot begin TLS with '$LDAPS': its certificate is signed by 'CN=Test CA', which is not trusted
casarray: name the file of the authority that signed it with --ca-file"
	try 7 audit --anonymous --directory "$LDAP" --start-tls
	contains "$err" "which is not trusted"
}

@test "TLS: an expired certificate" {
	certificate -not_before 20200101000000Z -not_after 20210203000000Z \
		-extfile <(for_this_host) 2>/dev/null ||
		certificate -days -1 -extfile <(for_this_host)
	peer_start tls cert.pem cert.key
	try 7 audit --anonymous --directory "ldaps://127.0.0.1:$PEER_PORT" --ca-file "$LDAP_CA"
	contains "$err" ": its certificate expired on 20"
	contains "$err" "renew the server's certificate"
}

@test "TLS: another name" {
	certificate -days 2 -extfile <(echo "subjectAltName=DNS:dc7.contoso.com,IP:10.1.2.3")
	tls_fault "its certificate is for 'dc7.contoso.com, 10.1.2.3', and not for '127.0.0.1'" \
		"name the server by a name that its certificate has"
}

@test "TLS: a certificate without alternative names" {
	openssl req -newkey rsa:2048 -nodes -subj "/CN=127.0.0.1" -keyout cert.key \
		-out cert.csr 2>/dev/null
	openssl x509 -req -in cert.csr -CA "$LDAP_CA" -CAkey "${LDAP_CA%.pem}.key" -days 2 \
		-out cert.pem 2>/dev/null
	tls_fault "its certificate has no alternative names" \
		"the server needs a certificate with its name as subjectAltName"
}

@test "TLS: no version that is good enough" {
	certificate -days 2 -extfile <(for_this_host)
	tls_fault "it has no version of TLS from 1.2 on" \
		"--tls-legacy accepts older versions, as little as they protect" old
}

@test "TLS: a port that is not for TLS" {
	try 7 audit --anonymous --directory "ldaps://${LDAP#ldap://}" --ca-file "$LDAP_CA"
	contains "$err" "cannot begin TLS with"
	contains "$err" "is this port one for TLS?"
}

@test "TLS: a file of authorities that cannot be read" {
	try 7 audit --anonymous --directory "$LDAPS" --ca-file none.pem
	contains "$err" "cannot read certificates from 'none.pem'"
	contains "$err" "name a PEM file of certificate authorities with --ca-file"
}

@test "TLS: an address in a certificate that is none" {
	# subjectAltName = DNS:dc7.contoso.com, and an iPAddress of five bytes
	certificate -days 2 -extfile \
		<(echo "subjectAltName=DER:30:18:82:0F:64:63:37:2E:63:6F:6E:74:6F:73:6F:2E:63:6F:6D:87:05:0A:01:02:03:04")
	tls_fault "its certificate is for 'dc7.contoso.com', and not for '127.0.0.1'" \
		"name the server by a name that its certificate has"
}

# only_with_legacy TEXT HINT: so it is refused; with --tls-legacy the connection is made.
only_with_legacy() {
	try 7 audit --anonymous --directory "ldaps://127.0.0.1:$OTHER_PORT" --ca-file "$LDAP_CA"
	equal "$err" "casarray: cannot begin TLS with 'ldaps://127.0.0.1:$OTHER_PORT': $1
casarray: $2"
	try 3 audit --anonymous --directory "ldaps://127.0.0.1:$OTHER_PORT" \
		--ca-file "$LDAP_CA" --tls-legacy --verbose
	contains "$err" "warning: --tls-legacy: "
	contains "$err" "connected to 'ldaps://127.0.0.1:$OTHER_PORT' as nobody, TLS1"
}

@test "--tls-legacy accepts a certificate signed with SHA-1" {
	certificate -days 2 -sha1 -extfile <(for_this_host)
	other_start
	only_with_legacy "its certificate is signed with an insecure algorithm (RSA-SHA1)" \
		"--tls-legacy accepts it, as little as it proves"
}

@test "--tls-legacy accepts TLS 1.1" {
	certificate -days 2 -extfile <(for_this_host)
	other_start "TLSCipherSuite NORMAL:-VERS-ALL:+VERS-TLS1.1"
	only_with_legacy "it has no version of TLS from 1.2 on" \
		"--tls-legacy accepts older versions, as little as they protect"
	contains "$err" "TLS1.1"
}

@test "no configuration of libldap weakens anything" {
	local file
	certificate -days 2 -extfile <(echo "subjectAltName=DNS:dc7.contoso.com")
	other_start
	{
		echo "TLS_REQCERT never"
		echo "TLS_REQSAN never"
		echo "TLS_CACERT $LDAP_CA"
		echo "SASL_SECPROPS none"
		echo "SIZELIMIT 1"
		echo "TIMEOUT 1"
		echo "NETWORK_TIMEOUT 1"
		echo "REFERRALS on"
	} >ldaprc
	cp ldaprc "$HOME/.ldaprc"
	# The files do count for other programs, so this test can fail.
	ldapsearch -x -H "ldaps://127.0.0.1:$OTHER_PORT" -s base -b "" 1.1
	try 7 audit --anonymous --directory "ldaps://127.0.0.1:$OTHER_PORT" --ca-file "$LDAP_CA"
	contains "$err" "its certificate is for 'dc7.contoso.com', and not for '127.0.0.1'"
	try 7 audit --anonymous --directory "$LDAPS"
	contains "$err" "which is not trusted"
	as_user 1 --directory "$LDAPS" --ca-file "$LDAP_CA"
	LDAPTLS_REQCERT=never try 7 audit --anonymous --directory "$LDAPS"
}

# ---- time limits ----

@test "time limit: a server that is silent from the first byte on" {
	peer_start silent
	bounded "cannot begin TLS with 'ldaps://127.0.0.1:$PEER_PORT': no answer within 1 seconds" \
		--anonymous --directory "ldaps://127.0.0.1:$PEER_PORT" --ca-file "$LDAP_CA"
	bounded "cannot begin TLS with 'ldap://127.0.0.1:$PEER_PORT': no answer within 1 seconds" \
		--anonymous --start-tls --directory "ldap://127.0.0.1:$PEER_PORT"
	bounded "cannot read from 'ldap://127.0.0.1:$PEER_PORT': no answer within 1 seconds" \
		--anonymous --directory "ldap://127.0.0.1:$PEER_PORT"
}

@test "time limit: a server that is silent after StartTLS" {
	peer_start deaf
	bounded "no answer within 1 seconds" \
		--anonymous --start-tls --directory "ldap://127.0.0.1:$PEER_PORT"
}

@test "time limit: a server that ends TLS, and says nothing when it is asked why" {
	peer_start once
	bounded "cannot begin TLS with 'ldaps://127.0.0.1:$PEER_PORT': no answer within 1 seconds" \
		--anonymous --directory "ldaps://127.0.0.1:$PEER_PORT" --ca-file "$LDAP_CA"
}

@test "an answer that does not end" {
	peer_start flood
	try 7 audit --anonymous --timeout 1 --directory "ldap://127.0.0.1:$PEER_PORT"
	equal "$err" "casarray: 'ldap://127.0.0.1:$PEER_PORT' does not stop to answer what it is
casarray: is this an LDAP server?"
}

# stopped ARGUMENT...: Ctrl-C while it waits for the peer, which is long before the time limit.
stopped() {
	ctrl_c 60 "interrupted while connecting to '${!#}'" \
		audit --anonymous --timeout 300 --verbose "$@"
}

@test "Ctrl-C while a server is silent: in TLS, and before the first answer" {
	peer_start silent
	stopped --ca-file "$LDAP_CA" --directory "ldaps://127.0.0.1:$PEER_PORT"
	stopped --start-tls --directory "ldap://127.0.0.1:$PEER_PORT"
	stopped --directory "ldap://127.0.0.1:$PEER_PORT"
	peers_stop
	rm peer.port
	peer_start deaf
	stopped --start-tls --directory "ldap://127.0.0.1:$PEER_PORT"
}

@test "Ctrl-C while a server is asked why its TLS failed" {
	peer_start once
	stopped --ca-file "$LDAP_CA" --directory "ldaps://127.0.0.1:$PEER_PORT"
}

@test "time limit: an answer that stops halfway" {
	peer_start half
	bounded "no answer within 1 seconds" --anonymous --directory "ldap://127.0.0.1:$PEER_PORT"
}

@test "time limit: a host that does not answer" {
	peer_start full
	bounded "cannot connect to 'ldap://127.0.0.1:$PEER_PORT': no answer within 1 seconds" \
		--anonymous --directory "ldap://127.0.0.1:$PEER_PORT"
}

@test "time limit: a socket of this machine whose queue is full" {
	local path=$SERVER/full
	peer_start full "$path"
	bounded "cannot connect to 'ldapi://${path//\//%2F}': no answer within 1 seconds" \
		--directory "ldapi://${path//\//%2F}"
}

@test "time limit: a name service that does not answer" {
	[ "$(id -u)" -eq 0 ] || skip "only root can put another resolv.conf in place"
	unshare -m true 2>/dev/null || skip "no mount namespaces here"
	# Nobody reads from this socket.
	cat >silent-dns <<-'END'
		import os, socket, sys, time
		parent = os.getppid()
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.53", 53))
		open(sys.argv[1], "w").close()
		while os.getppid() == parent:
		    time.sleep(0.1)
	END
	/usr/bin/python3 silent-dns "$PWD/ready" </dev/null >dns.log 2>&1 3>&- 4>&- &
	PEER_PID=$!
	for _ in {1..50}; do
		[ -e ready ] && break
		sleep 0.1
	done
	[ -e ready ] || skip "port 53 is taken"
	echo "nameserver 127.0.0.53" >resolv.conf
	echo "hosts: dns" >nsswitch.conf
	CASARRAY_REAL=$CASARRAY
	cat >in-namespace <<-END
		#!/bin/sh
		exec unshare -m sh -c 'mount --bind "$PWD/resolv.conf" /etc/resolv.conf &&
			mount --bind "$PWD/nsswitch.conf" /etc/nsswitch.conf && exec "\$@"' \
			sh "$CASARRAY_REAL" "\$@"
	END
	chmod +x in-namespace
	CASARRAY=$PWD/in-namespace bounded \
		"cannot connect to 'ldap://dc1.contoso.test': no answer from the name service within 1 seconds" \
		--anonymous --directory ldap://dc1.contoso.test
}

@test "a name that does not exist, a port where nobody listens, a socket that is not there" {
	try 7 audit --directory ldap://nosuchhost.invalid --timeout 20
	contains "$err" "cannot connect to 'ldap://nosuchhost.invalid': "
	try 7 audit --directory ldap://127.0.0.1:1
	contains "$err" "cannot connect to 'ldap://127.0.0.1:1': Connection refused"
	try 7 audit --directory ldapi://%2Fnone
	equal "$err" "casarray: cannot connect to 'ldapi://%2Fnone': No such file or directory
casarray: is the server up, and is this the path of its socket?"
}
