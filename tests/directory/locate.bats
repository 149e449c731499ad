#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Domain controllers that DNS names: which is used, and what is said when there is none.

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
	unset CASARRAY_DIRECTORY CASARRAY_DOMAIN
	# No Kerberos but what a test has.
	export KRB5_CONFIG=/dev/null KRB5CCNAME=FILE:$PWD/none KRB5_CLIENT_KTNAME=/dev/null
	SRV=_ldap._tcp.dc._msdcs.contoso.com
	# The account of the server, over TLS.
	LOGIN=(--start-tls --ca-file "$LDAP_CA" --user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE")
	: >zone
	: >asked
	dns_start
}

teardown() {
	peers_stop
	kill "$DNS_PID" 2>/dev/null || true
}

# dns_start: a DNS server that knows what is in the file zone, at $DNS.
dns_start() {
	local i

	/usr/bin/python3 "$BATS_TEST_DIRNAME/dns" "$PWD/dns.port" "$PWD/zone" "$PWD/asked" \
		</dev/null >dns.log 2>&1 3>&- 4>&- &
	DNS_PID=$!
	for ((i = 0; i < 100; i++)); do
		if [ -s dns.port ]; then
			DNS=127.0.0.1:$(<dns.port)
			return 0
		fi
		sleep 0.05
	done
	cat dns.log
	return 1
}

# controllers HOST:PORT...: of the domain, in this order. The certificate is dc1's.
controllers() {
	local controller n=0

	for controller in "$@"; do
		n=$((n + 1))
		echo "$SRV SRV $n 100 ${controller#*:} ${controller%:*}.contoso.com"
		echo "${controller%:*}.contoso.com A 127.0.0.1"
	done >zone
}

# located STATUS ARGUMENT...: try, in the domain contoso.com.
located() {
	local status=$1
	shift

	try "$status" "$@" --domain contoso.com --dns-server "$DNS"
}

# not_found MESSAGE HINT ARGUMENT...: an audit cannot begin.
not_found() {
	located 7 audit --anonymous --timeout 5 "${@:3}"
	equal "$err" "casarray: $1
casarray: $2"
	equal "$out" ""
}

elsewhere="ask another DNS server with --dns-server, or name a server with --domain-controller"
nowhere="cannot find a domain controller of 'contoso.com'"

# ---- found ----

@test "a domain controller is found by DNS, used by its name, and told" {
	controllers "dc1:$LDAP_PORT"
	located 1 audit "${LOGIN[@]}" --format json
	equal "$err" "casarray: using dc1.contoso.com, found by DNS (1 domain controller of contoso.com)"
	findings >live
	try 1 audit --directory "$LDAPI" --format json
	diff <(findings) live
	located 1 audit "${LOGIN[@]}" --quiet
	equal "$err" ""
	equal "$(sort -u asked)" "$SRV SRV
dc1.contoso.com A
dc1.contoso.com AAAA"
}

@test "commands that are told to be typed find the server in the same way" {
	local before run
	before=$(held "Berlin DB 2")
	controllers "dc1:$LDAP_PORT"
	located 0 set-database "Berlin DB 2" --rpc-client-access-server outlook-berlin.contoso.com \
		"${LOGIN[@]}" --yes
	[ "$(held "Berlin DB 2")" != "$before" ]
	run=$(sed -n 's/^run \([^;]*\);.*/\1/p' <<<"$out")
	contains "$out" "undo with: casarray undo $run --domain contoso.com --dns-server $DNS --user "
	located 0 undo "$run" "${LOGIN[@]}" --yes
	equal "$(held "Berlin DB 2")" "$before"
}

@test "the lowest priority comes first, and who does not answer is passed over" {
	controllers "dc1:$LDAP_PORT" dc2:1
	located 1 audit "${LOGIN[@]}" --verbose
	contains "$err" "using dc1.contoso.com, found by DNS (2 domain controllers of contoso.com)"
	[[ $err != *dc2* ]]
	controllers dc2:1 "dc1:$LDAP_PORT"
	located 1 audit "${LOGIN[@]}" --verbose
	contains "$err" "cannot connect to 'ldap://dc2.contoso.com:1': Connection refused"
	contains "$err" "using dc1.contoso.com, found by DNS (2 domain controllers of contoso.com)"
}

@test "who says nothing is passed over, too" {
	peer_start silent
	controllers "dc2:$PEER_PORT" "dc1:$LDAP_PORT"
	located 1 audit "${LOGIN[@]}" --timeout 10
	contains "$err" "using dc1.contoso.com, "
}

# limited_start ATTRIBUTE VALUE: a second server, that says so in its rootDSE.
limited_start() {
	certificate -days 2 -extfile <(echo "subjectAltName=DNS:dc2.contoso.com")
	printf 'dn:\n%s: %s\n' "$1" "$2" >root.ldif
	other_start "attributetype ( 1.3.6.1.4.1.4203.666.1 NAME '$1' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )" \
		"rootDSE $PWD/root.ldif"
}

@test "a domain controller that takes no changes, or is not synchronized, comes last" {
	local saying
	for saying in "isSynchronized FALSE" "supportedCapabilities 1.2.840.113556.1.4.1920"; do
		rm -rf other
		# shellcheck disable=SC2086 # two words
		OTHER_SCHEME=ldap limited_start $saying
		controllers "dc2:$OTHER_PORT" "dc1:$LDAP_PORT"
		located 1 audit "${LOGIN[@]}"
		equal "$err" "casarray: using dc1.contoso.com, found by DNS (2 domain controllers of contoso.com)"
		controllers dc1:1 "dc2:$OTHER_PORT"
		located 3 audit --anonymous
		contains "$err" "using dc2.contoso.com, "
		peers_stop
	done
}

@test "the domain is that of the Kerberos ticket, else the default realm" {
	controllers "dc1:$LDAP_PORT"
	printf '[libdefaults]\ndefault_realm = CONTOSO.COM\n' >krb5.conf
	KRB5_CONFIG=$PWD/krb5.conf try 4 audit --dns-server "$DNS"
	contains "$err" "cannot log in to 'ldap://dc1.contoso.com:$LDAP_PORT'"
	# A ticket cache of somebody@FABRIKAM.COM (version 4, no header), without tickets.
	printf '\5\4\0\0\0\0\0\1\0\0\0\1\0\0\0\14FABRIKAM.COM\0\0\0\10somebody' >cache
	KRB5_CONFIG=$PWD/krb5.conf KRB5CCNAME=FILE:$PWD/cache try 7 audit --dns-server "$DNS"
	contains "$err" "cannot find a domain controller of 'fabrikam.com': "
}

@test "no domain is known" {
	try 2 audit
	equal "$err" "casarray: no directory is named
casarray: try --directory FILE, --directory ldap://HOST or --domain DOMAIN, or set CASARRAY_DIRECTORY"
	try 2 audit --domain 'contoso com'
	equal "$err" "casarray: 'contoso com' is no name of a domain: illegal character
casarray: try the domain's name in DNS, contoso.com"
	equal "$(<asked)" ""
}

# ---- which directory ----

@test "--domain-controller is the server, whatever the environment says" {
	controllers "dc1:$LDAP_PORT"
	CASARRAY_DIRECTORY=/nonexistent try 1 audit --domain-controller "127.0.0.1:$LDAP_PORT" \
		"${LOGIN[@]}"
	CASARRAY_DOMAIN=contoso.com try 1 audit --domain-controller "dc1.contoso.com:$LDAP_PORT" \
		"${LOGIN[@]}" --dns-server "$DNS"
	equal "$err" ""
	try 0 Get-ClientAccessArray -DomainController "127.0.0.1:$LDAP_PORT" "${LOGIN[@]}"
	contains "$out" "outlook-berlin"
}

@test "the environment names the domain, unless it names a directory" {
	controllers "dc1:$LDAP_PORT"
	export CASARRAY_DOMAIN=contoso.com
	try 1 audit "${LOGIN[@]}" --dns-server "$DNS"
	contains "$err" "using dc1.contoso.com, found by DNS"
	: >asked
	CASARRAY_DIRECTORY=$LDIF try 1 audit
	try 1 audit --directory "$LDIF"
	equal "$err$(<asked)" ""
	CASARRAY_DIRECTORY=$LDIF try 1 audit --domain contoso.com "${LOGIN[@]}" --dns-server "$DNS"
	contains "$err" "using dc1.contoso.com, found by DNS"
}

@test "options that contradict each other" {
	try 2 audit --directory "$LDIF" --domain contoso.com
	equal "$err" "casarray: '--directory' and '--domain' exclude each other"
	try 2 audit --directory "$LDIF" --domain-controller dc1
	equal "$err" "casarray: '--directory' and '--domain-controller' exclude each other"
	try 2 audit --domain contoso.com --domain-controller dc1
	equal "$err" "casarray: '--domain' and '--domain-controller' exclude each other"
	try 2 audit --domain-controller ldap://dc1
	equal "$err" "casarray: 'ldap://dc1' is no name of a domain controller
casarray: --directory takes addresses"
	try 2 audit --domain contoso.com --dns-server dns.contoso.com
	equal "$err" "casarray: 'dns.contoso.com' is no address of a DNS server
casarray: try 10.0.0.53, 10.0.0.53:5353 or [fd00::53]:53"
}

@test "the DNS server is asked for the names of servers that are named, too" {
	controllers "dc1:$LDAP_PORT"
	try 1 audit --directory "ldap://dc1.contoso.com:$LDAP_PORT" --dns-server "$DNS" "${LOGIN[@]}"
	equal "$(sort -u asked)" "dc1.contoso.com A
dc1.contoso.com AAAA"
	try 7 audit --directory ldap://dc3.contoso.com --dns-server "$DNS" --anonymous
	equal "$err" "casarray: cannot connect to 'ldap://dc3.contoso.com': the DNS server '$DNS': there is no such name
casarray: check the name, and --dns-server"
}

@test "completion looks for no server" {
	controllers "dc1:$LDAP_PORT"
	printf '[libdefaults]\ndefault_realm = CONTOSO.COM\n' >krb5.conf
	KRB5_CONFIG=$PWD/krb5.conf try 0 complete --dns-server "$DNS" -- get-array ''
	equal "$out$err$(<asked)" ""
}

@test "a connection that is lost is made again to the same address, wherever the name leads" {
	local own asked=$PWD/asked
	own=$(slapd_folder)
	SERVER=$own SLAPD_GLOBAL="allow update_anon" SLAPD_EXTRA="access to * by * write" \
		slapd_start "$own" "$LDIF"
	echo "dc1.contoso.com A 127.0.0.1" >zone
	SERVER=$own PROXY_LISTEN=127.0.0.1:0 PROXY_TARGET=127.0.0.1:$LDAP_PORT \
		proxy_start lose:modify:1
	try 0 set-database "Berlin DB 2" --rpc-client-access-server outlook-berlin.contoso.com --yes \
		--anonymous --directory "ldap://dc1.contoso.com:${PROXY##*:}" --dns-server "$DNS"
	contains "$out" "1 change done"
	[ "$(grep -c "MOD dn=" "$LDAP_LOG")" -eq 1 ]
	[ "$(connections)" -ge 3 ]
	proxy_stop
	slapd_stop "$own"
	# Once for each type.
	equal "$(sort "$asked")" "dc1.contoso.com A
dc1.contoso.com AAAA"
}

# ---- passwords ----

@test "a password does not go to a server in clear text, nor to one outside the domain" {
	located 2 audit --user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE"
	equal "$err" "casarray: the password of '$LDAP_USER' would go to a domain controller in clear text
casarray: use --start-tls, or a Kerberos ticket instead of a password"
	equal "$(<asked)" ""
	cat >zone <<-END
		$SRV SRV 0 100 $LDAP_PORT dc1.fabrikam.com
		dc1.fabrikam.com A 127.0.0.1
	END
	located 3 audit "${LOGIN[@]}"
	equal "$err" "casarray: 'dc1.fabrikam.com' is not in the domain 'contoso.com': it would get the password of '$LDAP_USER'
casarray: name a server that you trust with --domain-controller, or use a Kerberos ticket"
	equal "$(<asked)" "$SRV SRV"
	controllers "dc1:$LDAP_PORT"
	located 1 audit "${LOGIN[@]}"
	contains "$err" "using dc1.contoso.com, found by DNS (1 domain controller of contoso.com)"
}

# ---- not found ----

@test "the domain is not in DNS" {
	local hint="is the domain's name right? Ask a DNS server of the domain with --dns-server, or name a server with --domain-controller"
	not_found "$nowhere: the DNS server '$DNS': no '$SRV'" "$hint"
	echo "$SRV A 127.0.0.1" >zone
	not_found "$nowhere: the DNS server '$DNS': no '$SRV'" "$hint"
	# A service that is "decidedly not available" (RFC 2782).
	echo "$SRV SRV 0 0 0 ." >zone
	not_found "$nowhere: the DNS server '$DNS': no '$SRV'" "$hint"
}

@test "the DNS server fails, refuses, or is not there" {
	echo "* servfail" >zone
	not_found "$nowhere: the DNS server '$DNS': the answer is a failure" "$elsewhere"
	echo "* refused" >zone
	not_found "$nowhere: the DNS server '$DNS': the question is refused" "$elsewhere"
	kill "$DNS_PID"
	wait "$DNS_PID" || true
	not_found "$nowhere: the DNS server '$DNS': no server gives a usable answer" "$elsewhere"
}

@test "an answer that needs TCP, and one that TCP breaks off" {
	controllers "dc1:$LDAP_PORT"
	echo "$SRV truncated" >>zone
	located 1 audit "${LOGIN[@]}"
	echo "$SRV cut" >zone
	not_found "$nowhere: the DNS server '$DNS': no server gives a usable answer" "$elsewhere"
}

@test "time limit: a DNS server that does not answer" {
	echo "* silent" >zone
	bounded "casarray: $nowhere: no answer from the DNS server '$DNS' within 1 seconds
casarray: $elsewhere" --anonymous --domain contoso.com --dns-server "$DNS"
	bounded "cannot connect to 'ldap://dc1.contoso.com': the DNS server '$DNS': no answer within 1 seconds" \
		--anonymous --domain-controller dc1.contoso.com --dns-server "$DNS"
	controllers dc1:389
	echo "dc1.contoso.com silent" >>zone
	bounded "casarray: no domain controller of 'contoso.com' answers, of 1: cannot connect to 'ldap://dc1.contoso.com': the DNS server '$DNS': no answer within 1 seconds" \
		--anonymous --domain contoso.com --dns-server "$DNS"
}

@test "time limit: domain controllers that do not answer" {
	peer_start full
	controllers "dc1:$PEER_PORT" "dc2:$PEER_PORT" "dc3:$PEER_PORT"
	bounded "casarray: no domain controller of 'contoso.com' answers, of 3: cannot connect to 'ldap://dc1.contoso.com:$PEER_PORT': no answer within 1 seconds" \
		--anonymous --domain contoso.com --dns-server "$DNS"
	kill "$PEER_PID"
	rm peer.port
	peer_start silent
	controllers "dc1:$PEER_PORT"
	bounded "casarray: no domain controller of 'contoso.com' answers, of 1: cannot read from 'ldap://dc1.contoso.com:$PEER_PORT': no answer within 1 seconds" \
		--anonymous --domain contoso.com --dns-server "$DNS"
}

@test "no domain controller answers, or has an address" {
	controllers dc1:1 dc2:1
	not_found "no domain controller of 'contoso.com' answers, of 2: cannot connect to 'ldap://dc2.contoso.com:1': Connection refused" \
		"is the port right, and the server up?"
	echo "$SRV SRV 0 0 389 dc7.contoso.com" >zone
	not_found "no domain controller of 'contoso.com' answers, of 1: cannot connect to 'ldap://dc7.contoso.com': the DNS server '$DNS': there is no such name" \
		"check the name, and --dns-server"
}

# interrupted TEXT ARGUMENT...: by Ctrl-C, after a second of thirty.
interrupted() {
	local text=$1 status=0 started=$SECONDS

	timeout --preserve-status -s INT 1 "$CASARRAY" audit --anonymous "${@:2}" >out 2>err || status=$?
	equal "$(<err)" "casarray: $text"
	equal "$status" 130
	[ $((SECONDS - started)) -lt 10 ]
}

@test "Ctrl-C ends the search for a server, and the connection to one" {
	echo "* silent" >zone
	interrupted "interrupted while asking the DNS server '$DNS'" --domain contoso.com \
		--dns-server "$DNS"
	peer_start full
	interrupted "interrupted while connecting to 'ldap://127.0.0.1:$PEER_PORT'" \
		--directory "ldap://127.0.0.1:$PEER_PORT"
	controllers "dc1:$PEER_PORT"
	interrupted "interrupted while looking for a domain controller of 'contoso.com'" \
		--domain contoso.com --dns-server "$DNS" --timeout 100
}
