# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A server of OpenLDAP in a folder of the test's own, without root, on the loopback address only.
#
#	slapd_start FOLDER EXPORT	loads the export (LDIF) and starts the server
#	slapd_stop FOLDER
#
# After the start: LDAPI, LDAP, LDAPS (addresses), LDAP_PORT, LDAPS_PORT, LDAP_PID, LDAP_CA (file),
# LDAP_BASE, LDAP_USER, LDAP_PASSWORD, LDAP_PASSWORD_FILE, LDAP_LOG (what the server was asked).
# SLAPD_LOG: "none" for a server that does not log.
# SLAPD_EXTRA: more lines for the database's configuration; SLAPD_GLOBAL: for that of the server.
# On ldapi (SASL EXTERNAL) the caller may do everything, as LDAP_USER may with the password. The
# server has the limit of a domain controller: 1000 entries a page.

# slapd is where only root's PATH leads.
PATH=$PATH:/usr/sbin
SLAPD_TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# A folder with a short path: a longer one would not fit into the address of a socket.
slapd_folder() {
	mktemp -d "${TMPDIR:-/tmp}/slapd.XXXXXX"
}

slapd_tls() {
	local folder=$1
	# Keys take time: one set for the tests of a file.
	if [ -n "${BATS_FILE_TMPDIR:-}" ] && [ -d "$BATS_FILE_TMPDIR/tls" ]; then
		cp "$BATS_FILE_TMPDIR"/tls/* "$folder"
		return 0
	fi
	{
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Test CA" \
			-keyout "$folder/ca.key" -out "$folder/ca.pem"
		openssl req -newkey rsa:2048 -nodes -subj "/CN=dc1.contoso.com" \
			-keyout "$folder/server.key" -out "$folder/server.csr"
		openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.pem" -days 2 \
			-CAkey "$folder/ca.key" -CAcreateserial -out "$folder/server.pem" \
			-extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:dc1.contoso.com")
	} >"$folder/openssl.log" 2>&1 || return 1
	if [ -n "${BATS_FILE_TMPDIR:-}" ]; then
		mkdir "$BATS_FILE_TMPDIR/tls"
		cp "$folder"/*.pem "$folder"/*.key "$BATS_FILE_TMPDIR/tls"
	fi
}

slapd_conf() {
	local folder=$1 base=$2

	cat <<-CONF
		modulepath /usr/lib/ldap
		moduleload back_mdb
		include $folder/ad.schema
		pidfile $folder/slapd.pid
		TLSCACertificateFile $folder/ca.pem
		TLSCertificateFile $folder/server.pem
		TLSCertificateKeyFile $folder/server.key
		authz-regexp "^gidNumber=.*,cn=peercred,cn=external,cn=auth$" "cn=operator,$base"
		sizelimit size.soft=1000 size.hard=1000 size.pr=1000 size.prtotal=unlimited
		conn_max_pending 100
		${SLAPD_GLOBAL:-}
		database mdb
		suffix "$base"
		rootdn "cn=root,$base"
		directory $folder/db
		maxsize 1073741824
		dbnosync
		index objectClass,cn,legacyExchangeDN,objectGUID eq
		${SLAPD_EXTRA:-}
		access to attrs=userPassword by * auth
		access to * by dn.exact="cn=operator,$base" write by users read
	CONF
}

# free_ports N: so many ports that nobody listens on.
free_ports() {
	/usr/bin/python3 -c '
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

slapd_load() {
	local folder=$1 export=$2

	"$SLAPD_TESTS/directory/make-entries" "$export" >"$folder/entries.ldif"
	LDAP_BASE=$(head -n 1 "$folder/entries.ldif" | cut -d' ' -f2 | base64 -d)
	LDAP_USER=cn=operator,$LDAP_BASE
	LDAP_PASSWORD=Passw0rd
	LDAP_PASSWORD_FILE=$folder/password
	(umask 077 && echo "$LDAP_PASSWORD" >"$LDAP_PASSWORD_FILE")
	cat >>"$folder/entries.ldif" <<-ENTRY
		dn: $LDAP_USER
		objectClass: person
		cn: operator
		userPassword: $LDAP_PASSWORD
	ENTRY
	mkdir "$folder/db"
	slapd_conf "$folder" "$LDAP_BASE" >"$folder/slapd.conf"
	"$SLAPD_TESTS/directory/make-schema" "$SLAPD_TESTS/data/exchange-schema.ldif" \
		>"$folder/ad.schema"
	slapadd -q -f "$folder/slapd.conf" -l "$folder/entries.ldif" \
		>"$folder/slapadd.log" 2>&1 || {
		cat "$folder/slapadd.log" >&2
		return 1
	}
}

slapd_run() {
	local folder=$1 i

	# Without the file descriptors that bats waits for.
	slapd -d "${SLAPD_LOG:-stats}" -f "$folder/slapd.conf" -h "$LDAPI $LDAP $LDAPS" \
		</dev/null >"$LDAP_LOG" 2>&1 3>&- 4>&- &
	LDAP_PID=$!
	echo "$LDAP_PID" >"$folder/pid"
	for ((i = 0; i < 100; i++)); do
		# Not at a port, where another server may answer.
		if ldapsearch -LLL -x -H "$LDAPI" -s base -b "" 1.1 >/dev/null 2>&1; then
			return 0
		fi
		kill -0 "$LDAP_PID" 2>/dev/null || break
		sleep 0.1
	done
	tail -n 20 "$LDAP_LOG" >&2
	return 1
}

# slapd_listen FOLDER: starts the server that was loaded there, on ports that are free.
slapd_listen() {
	local folder=$1 tries

	LDAPI=ldapi://$(sed 's,/,%2F,g' <<<"$folder/ldapi")
	LDAP_LOG=$folder/slapd.log
	# Another test may take a port that was free a moment ago.
	for tries in 1 2 3; do
		read -r LDAP_PORT LDAPS_PORT < <(free_ports 2)
		LDAP=ldap://127.0.0.1:$LDAP_PORT
		LDAPS=ldaps://127.0.0.1:$LDAPS_PORT
		slapd_run "$folder" && return 0
		echo "slapd did not start, try $tries" >&2
	done
	return 1
}

slapd_start() {
	local folder=$1 export=$2

	slapd_tls "$folder" && slapd_load "$folder" "$export" && slapd_listen "$folder" || return 1
	LDAP_CA=$folder/ca.pem
	export LDAPI LDAP LDAPS LDAP_PORT LDAPS_PORT LDAP_PID LDAP_CA LDAP_BASE
	export LDAP_USER LDAP_PASSWORD LDAP_PASSWORD_FILE LDAP_LOG
}

# Ends the server, and removes the folder.
slapd_stop() {
	local folder=$1 pid

	if [ -s "$folder/pid" ]; then
		pid=$(<"$folder/pid")
		kill "$pid" 2>/dev/null || true
		while kill -0 "$pid" 2>/dev/null; do
			sleep 0.05
		done
	fi
	rm -rf "$folder"
}

# ldap_tool TOOL ARGUMENT...: a tool of OpenLDAP over ldapi.
ldap_tool() {
	local tool=$1
	shift

	"$tool" -Q -Y EXTERNAL -H "$LDAPI" "$@"
}
