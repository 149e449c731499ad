# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What every test on a server has: the server with the example organization, the program, and the export
# beside it (LDIF), which casarray reads when --directory is not given.
#
#	load common
#	setup() { server_setup; }
#	teardown() { server_teardown; }

load ../cli/common
. "$BATS_TEST_DIRNAME/slapd.bash"
. "$BATS_TEST_DIRNAME/proxy.bash"

# server_setup [EXPORT]
server_setup() {
	common_setup
	SERVER=$(slapd_folder)
	slapd_start "$SERVER" "${1:-$LDIF}"
	unset CASARRAY_DIRECTORY
}

server_teardown() {
	slapd_stop "$SERVER"
}

# on_server STATUS ARGUMENT...: try, on the server over ldapi.
on_server() {
	local status=$1
	shift
	try "$status" "$@" --directory "$LDAPI"
}

# findings: what an audit in out found, sorted; without what only a file has, its lines.
findings() {
	jq -r '.rows[] | [.rule, .result, .severity, .object.kind, .object.guid, .object.name] | @tsv' \
		"$BATS_TEST_TMPDIR/out" | sort
}

# held DATABASE: its legacyExchangeDN on the server.
held() {
	ldap_tool ldapsearch -LLL -o ldif-wrap=no -b "$LDAP_BASE" \
		"(&(objectClass=msExchMDB)(cn=$1))" legacyExchangeDN |
		sed -n 's/^legacyExchangeDN: //p'
}

# dn_of NAME: of the entry with that cn, as the server writes it.
dn_of() {
	ldap_tool ldapsearch -LLL -o ldif-wrap=no -b "$LDAP_BASE" "(cn=$1)" 1.1 |
		sed -n 's/^dn: //p'
}

# asked WHAT: how many operations (SRCH, MOD, ADD, MODRDN, DEL) the server was asked for.
asked() {
	grep -cE " op=[0-9]+ $1 (base|dn)=" "$LDAP_LOG" || true
}

# connections: that the server took so far.
connections() {
	grep -c ' ACCEPT from ' "$LDAP_LOG" || true
}

# databases: every database's value, sorted: the state that a change has to reach.
databases() {
	ldap_tool ldapsearch -LLL -o ldif-wrap=no -b "$LDAP_BASE" "(objectClass=msExchMDB)" \
		legacyExchangeDN | grep -v '^$' | paste - - | sort
}

# peer_start KIND [ARGUMENT]...: something that is no server, at 127.0.0.1:$PEER_PORT.
peer_start() {
	local i

	/usr/bin/python3 "$BATS_TEST_DIRNAME/peer" "$PWD/peer.port" "$@" \
		</dev/null >peer.log 2>&1 3>&- 4>&- &
	PEER_PID=$!
	for ((i = 0; i < 100; i++)); do
		if [ -s peer.port ]; then
			PEER_PORT=$(<peer.port)
			return 0
		fi
		sleep 0.05
	done
	cat peer.log
	return 1
}

# ctrl_c SECONDS MESSAGE ARGUMENT...: Ctrl-C while casarray waits for a server: it ends within that
# time, with that message.
ctrl_c() {
	local most=$1 message=$2 pid status=0
	shift 2

	# In the background of a script signals are ignored, which the program inherits.
	set -m
	"$CASARRAY" "$@" >out 2>err 3>&- &
	pid=$!
	sleep 1
	SECONDS=0
	kill -INT "$pid"
	set +m
	wait "$pid" || status=$?
	cat err
	equal "$status" 130
	equal "$(<err)" "casarray: $message"
	[ "$SECONDS" -lt "$most" ]
}

# certificate OPTION...: cert.pem and cert.key, signed by the server's authority; further options
# of openssl x509.
certificate() {
	openssl req -newkey rsa:2048 -nodes -subj "/CN=other" -keyout cert.key -out cert.csr \
		2>/dev/null
	openssl x509 -req -in cert.csr -CA "$LDAP_CA" -CAkey "${LDAP_CA%.pem}.key" \
		-CAcreateserial -out cert.pem "$@" 2>/dev/null
}

# other_start CONFIGURATION...: a second server with cert.pem, whose directory is empty.
other_start() {
	local i

	mkdir other
	read -r OTHER_PORT < <(free_ports 1)
	{
		grep -E '^(modulepath|moduleload|include|database|suffix|rootdn|maxsize)' \
			"$SERVER/slapd.conf"
		echo "directory $PWD/other"
	} >db.conf
	{
		grep -E '^(modulepath|moduleload|include)' db.conf
		echo "TLSCACertificateFile $LDAP_CA"
		echo "TLSCertificateFile $PWD/cert.pem"
		echo "TLSCertificateKeyFile $PWD/cert.key"
		printf '%s\n' "$@"
		grep -vE '^(modulepath|moduleload|include)' db.conf
	} >other.conf
	/usr/sbin/slapd -d none -f other.conf -h "${OTHER_SCHEME:-ldaps}://127.0.0.1:$OTHER_PORT" \
		</dev/null >other.log 2>&1 3>&- 4>&- &
	OTHER_PID=$!
	for ((i = 0; i < 100; i++)); do
		if (: <>"/dev/tcp/127.0.0.1/$OTHER_PORT") 2>/dev/null; then
			return 0
		fi
		sleep 0.05
	done
	cat other.log
	return 1
}

# bounded TEXT ARGUMENT...: ends with that error after 1 second, and has used no processor time.
bounded() {
	local text=$1 times real user system most=5 busy=0.3
	shift
	# Sanitizers take their time to begin and to end, and others run meanwhile.
	if [ -n "${CASARRAY_SANITIZED:-}" ]; then
		most=10 busy=0.6
	fi

	TIMEFORMAT='%R %U %S'
	times=$({ time try 7 audit --timeout 1 "$@" >&2; } 2>&1 >/dev/null | tail -n 1)
	read -r real user system <<<"$times"
	err=$(<err)
	contains "$err" "$text"
	echo "took $times"
	awk -v real="$real" -v cpu="$user $system" -v most="$most" -v busy="$busy" 'BEGIN {
		split(cpu, t, " ")
		exit !(real >= 0.9 && real < most && t[1] + t[2] < busy) }'
}

# peers_stop: what peer_start and other_start started.
peers_stop() {
	local pid

	for pid in ${PEER_PID:-} ${OTHER_PID:-}; do
		kill "$pid" 2>/dev/null || true
	done
}

# Under LeakSanitizer: what libldap has taken apart of an answer that nobody asked for it forgets.
let_libldap_forget() {
	local file=${LSAN_OPTIONS:-}

	file=${file#*suppressions=}
	file=${file%%:*}
	if [ -n "$file" ]; then
		{
			cat "$file"
			echo "leak:liblber"
		} >suppressions
		export LSAN_OPTIONS=suppressions=$PWD/suppressions:print_suppressions=0
	fi
}
