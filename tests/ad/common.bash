# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Samba domain controllers for tests: each a fresh forest with an Exchange organization, on a
# loopback address of its own.
#
#   ad_template     builds what forests are copied from, once a day and version; returns at
#                   once when it is there
#   ad_start NAME   starts a forest in $BATS_FILE_TMPDIR/NAME and exports where it is:
#     AD_LDAP AD_LDAPS AD_GC AD_LDAPI      addresses
#     AD_HOST AD_ADDRESS                   name and address of the domain controller
#     AD_BASE AD_CONFIGURATION             naming contexts
#     AD_BIND_DN AD_USER AD_PASSWORD_FILE  the administrator
#     AD_OPERATOR                          may make arrays and re-point databases, no more
#     AD_VIEWER                            an ordinary account; these two have the same password
#     AD_CA                                certificate that signed the controller's
#     AD_KEYTAB                            the administrator's; Kerberos is set to use it
#     AD_TRUTH                             what an audit must find: "RULE object", sorted
#     AD_FOLDER AD_PID
#                   AD_OPTIONS: a line for smb.conf
#                   AD_CERTIFICATE_NAMES (subjectAltName) and AD_CERTIFICATE_DAYS (-1: expired
#                   yesterday) make the controller's certificate a bad one
#   ad_stop         stops the forest started last
#
# Call ad_start in setup_file and ad_stop in teardown_file, which bats runs after failures too.
# Root is needed: Samba has no option for the ports of LDAP and Kerberos.

ad_sources=("${BASH_SOURCE[0]}")
ad_tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ad_schema=$ad_tests/../data/exchange-schema.ldif
ad_cache=${CASARRAY_BUILD:-$ad_tests/../../build}/ad
AD_REALM=CONTOSO.TEST
AD_HOST=dc1.contoso.test
AD_BASE=DC=contoso,DC=test
AD_CONFIGURATION=CN=Configuration,$AD_BASE
AD_BIND_DN=CN=Administrator,CN=Users,$AD_BASE
AD_USER=administrator@contoso.test
AD_OPERATOR=operator@contoso.test
AD_VIEWER=viewer@contoso.test
ad_password=Test-0nly-Pass
ad_first=10
ad_last=60
ad_start_seconds=30
ad_stop_seconds=10
# Ends a controller that nobody stopped, as when the test run was killed.
ad_max_seconds=900

ad_say() {
	printf '%s\n' "$*" >&2
}

# ad_strict LOG COMMAND...: a function of these files in a shell of its own that ends at the first
# failure; a subshell would not where somebody asks whether it failed. The end of the log is told.
ad_strict() {
	local log=$1 status=0
	shift

	# shellcheck disable=SC2016 # expanded by the shell that is started
	bash -ec 'while [ "$1" != -- ]; do . "$1"; shift; done; shift; "$@"' bash \
		"${ad_sources[@]}" -- "$@" >"$log" 2>&1 || status=$?
	if [ "$status" -ne 0 ]; then
		# A command that a signal ended has said nothing.
		ad_say "$1: exit status $status"
		tail -n 20 "$log" >&2
		return 1
	fi
}

# ad_smb_conf FOLDER ADDRESS: of the controller AD_HOST. Every path is below FOLDER, so that
# forests can be copied and moved.
ad_smb_conf() {
	local name=${AD_HOST%%.*}

	cat <<-END
		[global]
		netbios name = ${name^^}
		realm = $AD_REALM
		workgroup = CONTOSO
		server role = active directory domain controller
		server services = rpc, ldap, cldap, kdc, dns
		interfaces = $2/8
		bind interfaces only = yes
		private dir = $1/private
		lock directory = $1/run
		state directory = $1/state
		cache directory = $1/run
		pid directory = $1/run
		ncalrpc dir = $1/run/ncalrpc
		winbindd socket directory = $1/run/winbindd
		ntp signd socket directory = $1/run/ntp
		binddns dir = $1/bind-dns
		log file = $1/run/log
		max log size = 0
		tls keyfile = $1/tls/key.pem
		tls certfile = $1/tls/certificate.pem
		tls cafile = $1/tls/ca.pem
		ldb:nosync = true
		${AD_OPTIONS:-}
	END
}

# ad_krb5_conf ADDRESS...: of the controllers. Neither reverse look-ups nor DNS: a service's name
# is what the caller wrote.
ad_krb5_conf() {
	cat <<-END
		[libdefaults]
		default_realm = $AD_REALM
		dns_lookup_kdc = false
		dns_lookup_realm = false
		dns_canonicalize_hostname = false
		rdns = false
		[realms]
		$AD_REALM = {
			$(printf 'kdc = %s\n' "$@")
		}
	END
}

# ad_certificate FOLDER ADDRESS: signed by the forest's authority.
ad_certificate() {
	local tls=$1/tls names=${AD_CERTIFICATE_NAMES:-DNS:$AD_HOST,IP:$2}

	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-subj "/CN=$AD_HOST" -keyout "$tls/key.pem" -out "$tls/request.pem"
	chmod 600 "$tls/key.pem"
	printf 'subjectAltName=%s\n' "$names" >"$tls/names"
	openssl x509 -req -in "$tls/request.pem" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" \
		-set_serial 2 -days "${AD_CERTIFICATE_DAYS:-2}" -extfile "$tls/names" -out "$tls/certificate.pem"
}

# ad_dns_record TYPE DATA: a static record as DNS zones in the directory hold it ([MS-DNSP]
# 2.3.2.2): TTL 900. DATA is for printf.
ad_dns_record() {
	local format n

	# shellcheck disable=SC2059
	n=$(printf "$2" | wc -c)
	format=$(printf '\\x%x\\0\\x%x\\0' "$n" "$1")
	format+='\x5\xf0\0\0\x1\0\0\0\0\0\x3\x84\0\0\0\0\0\0\0\0'
	# shellcheck disable=SC2059
	printf "$format$2" | base64
}

# ad_a_record NUMBER: of the address 127.0.0.NUMBER ([MS-DNSP] 2.2.2.2.4.1).
ad_a_record() {
	ad_dns_record 1 "\\x7f\\0\\0$(printf '\\x%x' "$1")"
}

# ad_move FOLDER NUMBER: the names of the controller lead to 127.0.0.NUMBER. Its service names
# are added here because the service that does is not run (it would ask the machine's resolver).
ad_move() {
	local record dn zones=DC=DomainDnsZones,$AD_BASE forest=DC=ForestDnsZones,$AD_BASE

	record=$(ad_a_record "$2")
	{
		for dn in "DC=dc1,DC=contoso.test,CN=MicrosoftDNS,$zones" \
			"DC=gc,DC=_msdcs.contoso.test,CN=MicrosoftDNS,$forest"; do
			printf 'dn: %s\nchangetype: modify\nreplace: dnsRecord\n' "$dn"
			printf 'dnsRecord:: %s\n\n' "$record"
		done
		printf 'dn: CN=DC1,OU=Domain Controllers,%s\nchangetype: modify\n' "$AD_BASE"
		printf 'add: servicePrincipalName\n'
		printf 'servicePrincipalName: ldap/%s\n' "127.0.0.$2" "$AD_HOST" \
			"$AD_HOST/contoso.test"
	} | ldbmodify --configfile="$1/smb.conf" -H "$1/private/sam.ldb"
}

# ad_take FOLDER: an address that no other test has. Sets AD_ADDRESS and ad_lock, the descriptor
# that keeps it taken; the controller inherits it and so frees the address when it ends.
ad_take() {
	local number

	for ((number = ad_first; number <= ad_last; number++)); do
		exec {ad_lock}>"/run/lock/casarray-ad-$number"
		if flock --nonblock "$ad_lock" &&
			! (: >"/dev/tcp/127.0.0.$number/389") 2>/dev/null; then
			AD_ADDRESS=127.0.0.$number
			return 0
		fi
		exec {ad_lock}>&-
	done
	ad_say "no loopback address is free for a domain controller"
	return 1
}

# ad_listens ADDRESS PORT...
ad_listens() {
	local address=$1 port
	shift

	for port in "$@"; do
		(: >"/dev/tcp/$address/$port") 2>/dev/null || return 1
	done
}

# ad_ended PID: it and the processes of its session, such as the DNS server, are gone, or only
# their parents have not asked yet.
ad_ended() {
	local states

	states=$(ps -o stat= -p "$1" --sid "$1") || return 0
	! grep -qv '^Z' <<<"$states"
}

# ad_launch FOLDER: starts Samba there on AD_ADDRESS and waits until it answers. Sets AD_PID.
ad_launch() {
	local folder=$1 deadline=$((SECONDS + ad_start_seconds)) wrap=()

	printf '127.0.0.1 localhost\n%s %s dc1\n' "$AD_ADDRESS" "$AD_HOST" >"$folder/hosts"
	printf 'nameserver %s\n' "$AD_ADDRESS" >"$folder/resolv.conf"
	# Where the machine allows it, Samba does not see the machine's own names and resolver.
	# shellcheck disable=SC2016 # expanded by the shell that is started
	if unshare --mount true 2>/dev/null; then
		wrap=(unshare --mount bash -c 'mount --bind "$0/hosts" /etc/hosts &&
			mount --bind "$0/resolv.conf" /etc/resolv.conf && exec "$@"' "$folder")
	fi
	# bats waits until its descriptor 3 is closed.
	setsid "${wrap[@]}" samba --foreground --configfile="$folder/smb.conf" \
		--maximum-runtime="$ad_max_seconds" >"$folder/run/output" 2>&1 </dev/null 3>&- &
	AD_PID=$!
	until ad_listens "$AD_ADDRESS" 88 389 636 && ad_answers; do
		if ad_ended "$AD_PID" || [ "$SECONDS" -ge "$deadline" ]; then
			ad_say "the domain controller did not start"
			tail -n 20 "$folder/run/output" "$folder/run/log" >&2 || true
			ad_stop
			return 1
		fi
		sleep 0.05
	done
}

# ad_answers: over TLS too, whoever its certificate is for.
ad_answers() {
	local scheme

	for scheme in ldap ldaps; do
		LDAPTLS_REQCERT=never ldapsearch -x -H "$scheme://$AD_ADDRESS" -o nettimeout=2 \
			-s base -b '' '(objectClass=*)' defaultNamingContext >/dev/null 2>&1 || return 1
	done
}

ad_stop() {
	local deadline=$((SECONDS + ad_stop_seconds))

	if [ -z "${AD_PID:-}" ]; then
		return 0
	fi
	kill -TERM "$AD_PID" 2>/dev/null || true
	until ad_ended "$AD_PID"; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			# Its session, which setsid made its own.
			kill -KILL -- "-$AD_PID" 2>/dev/null || true
			break
		fi
		sleep 0.02
	done
	AD_PID=
}

# ad_export FOLDER: where the forest is, for tests and for Kerberos.
ad_export() {
	export AD_HOST AD_ADDRESS AD_BASE AD_CONFIGURATION AD_BIND_DN AD_USER AD_PID
	export AD_OPERATOR AD_VIEWER
	export AD_FOLDER=$1
	export AD_LDAP=ldap://$AD_ADDRESS AD_LDAPS=ldaps://$AD_ADDRESS
	export AD_GC=ldap://$AD_ADDRESS:3268
	export AD_LDAPI=ldapi://${1//\//%2F}%2Fprivate%2Fldapi
	export AD_PASSWORD_FILE=$1/password AD_CA=$1/tls/ca.pem AD_KEYTAB=$1/keytab
	export AD_TRUTH=$1/truth
	export KRB5_CONFIG=$1/krb5.conf KRB5_CLIENT_KTNAME=$1/keytab
	export KRB5CCNAME=FILE:$1/credentials
}

ad_start() {
	local folder=$BATS_FILE_TMPDIR/$1 status=0

	ad_template || return
	mkdir -p "$folder/run" || return
	cp -a "$ad_cache"/template/{private,state,bind-dns,tls,password,keytab,truth} "$folder" ||
		return
	ad_take || return
	{
		ad_smb_conf "$folder" "$AD_ADDRESS" >"$folder/smb.conf" &&
			ad_krb5_conf "$AD_ADDRESS" >"$folder/krb5.conf" &&
			{
				ad_certificate "$folder" "$AD_ADDRESS" &&
					ad_move "$folder" "${AD_ADDRESS##*.}"
			} >"$folder/run/prepare" 2>&1 &&
			ad_launch "$folder"
	} || status=$?
	exec {ad_lock}>&-
	if [ "$status" -ne 0 ]; then
		ad_say "$(tail -n 5 "$folder/run/prepare")"
		return "$status"
	fi
	ad_export "$folder"
}

# ad_change: applies the LDIF of stdin to the controller's database, as its own system may.
ad_change() {
	ldbmodify --configfile="$AD_FOLDER/smb.conf" -H "$AD_FOLDER/private/sam.ldb" "$@"
}

# stored NAME ATTRIBUTE: the values in the directory, read without casarray.
stored() {
	ldapsearch -LLL -o ldif-wrap=no -Q -Y GSSAPI -N -H "$AD_LDAP" -b "$AD_CONFIGURATION" \
		"(cn=$1)" "$2" 2>/dev/null | sed -n "s/^$2: //p"
}

# findings OPTION...: of an audit, as AD_TRUTH has them, in the file found.
findings() {
	casarray audit --format ndjson "$@" >audit.ndjson || [ $? -eq 1 ]
	jq -r 'select(.type == "row") | .row | select(.result == "finding") |
		"\(.rule) \(.object.name)"' audit.ndjson | LC_ALL=C sort >found
}

# not_let_in STATUS MESSAGE HINT OPTION...: all that is said, and nothing is printed.
not_let_in() {
	local status=$1 message=$2 hint=$3
	shift 3

	try "$status" audit "$@"
	# shellcheck disable=SC2154 # from try
	equal "$err$out" "casarray: $message${hint:+$'\n'casarray: $hint}"
}

# ---- the template ----

# Changes whenever the template would; the day because passwords and certificates expire.
ad_template_key() {
	{
		cat "$ad_schema" "$ad_tests/generate" "${BASH_SOURCE[0]}"
		samba --version
		date +%F
	} | sha256sum
}

ad_template() {
	local key

	mkdir -p "$ad_cache" || return
	key=$(ad_template_key) || return
	(
		flock 9
		if [ "$(cat "$ad_cache/template/key" 2>/dev/null)" = "$key" ]; then
			exit 0
		fi
		rm -rf "$ad_cache/template"
		if ! ad_strict "$ad_cache/log" ad_build "$ad_cache/template"; then
			ad_say "the template of a domain controller could not be built"
			exit 1
		fi
		printf '%s\n' "$key" >"$ad_cache/template/key"
	) 9>"$ad_cache/lock"
}

# ad_load_schema FOLDER: a process for each batch, see there.
ad_load_schema() {
	local batch

	mkdir -p "$1/schema"
	sed "s/DC=X\$/$AD_BASE/" "$ad_schema" |
		awk -v folder="$1/schema" '
			BEGIN { n = 100 }
			{ print >(folder "/" n) }
			/^schemaUpdateNow:/ { last = 1 }
			/^$/ && last { n++; last = 0 }'
	for batch in "$1"/schema/*; do
		ldbmodify --configfile="$1/smb.conf" -H "$1/private/sam.ldb" \
			--option='dsdb:schema update allowed=true' "$batch"
	done
}

# ad_authority FOLDER
ad_authority() {
	mkdir -p "$1/tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-subj '/CN=Test authority of contoso.test' -days 2 \
		-keyout "$1/tls/ca.key" -out "$1/tls/ca.pem"
	openssl x509 -in "$1/tls/ca.pem" -noout -subject
}

# ad_accounts NAME...: LDIF of ordinary accounts.
ad_accounts() {
	local name

	for name in "$@"; do
		cat <<-END
			dn: CN=$name,CN=Users,$AD_BASE
			objectClass: user
			sAMAccountName: $name
			userPrincipalName: $name@contoso.test
			userAccountControl: 512
			unicodePwd:: $(printf '"%s"' "$ad_password" | iconv -t UTF-16LE | base64)

		END
	done
}

# ad_value FOLDER ARGUMENT...: the one value that a search brings.
ad_value() {
	local folder=$1
	shift

	ldbsearch --configfile="$folder/smb.conf" -H "$folder/private/sam.ldb" "$@" |
		sed -n '/^dn:/!s/^[[:alpha:]]*: //p'
}

# ad_class_guid FOLDER NAME: of a class or an attribute of the schema.
ad_class_guid() {
	ad_value "$1" -b "CN=Schema,$AD_CONFIGURATION" "(lDAPDisplayName=$2)" schemaIDGUID
}

# ad_delegate FOLDER: to the operator: arrays may be made, changed and removed, and databases
# re-pointed.
ad_delegate() {
	local array database legacy sid

	array=$(ad_class_guid "$1" msExchClientAccessArray)
	database=$(ad_class_guid "$1" msExchPrivateMDB)
	legacy=$(ad_class_guid "$1" legacyExchangeDN)
	sid=$(ad_value "$1" -b "CN=operator,CN=Users,$AD_BASE" -s base objectSid)
	samba-tool dsacl set --configfile="$1/smb.conf" -H "$1/private/sam.ldb" \
		--objectdn="CN=Microsoft Exchange,CN=Services,$AD_CONFIGURATION" --sddl="$(
			printf '(OA;CI;CCDC;%s;;%s)' "$array" "$sid"
			printf '(OA;CIIO;GA;;%s;%s)' "$array" "$sid"
			printf '(OA;CIIO;WP;%s;%s;%s)' "$legacy" "$database" "$sid"
		)"
}

ad_build() {
	local folder=$1 change

	# What the first controller is asked to be is not for all that come from the template.
	unset AD_CERTIFICATE_NAMES AD_CERTIFICATE_DAYS AD_OPTIONS
	mkdir -p "$folder"
	# 127.0.0.1 would be ignored, and with it the controller's own DNS record.
	samba-tool domain provision --configfile=/dev/null --targetdir="$folder" \
		--realm="$AD_REALM" --domain=CONTOSO --server-role=dc \
		--dns-backend=SAMBA_INTERNAL --host-name=dc1 --host-ip="127.0.0.$ad_first" \
		--adminpass="$ad_password" --option="interfaces=127.0.0.$ad_first/8" \
		--option='bind interfaces only=yes' --option='ldb:nosync=true'
	mkdir -p "$folder/run"
	ad_take
	ad_smb_conf "$folder" "$AD_ADDRESS" >"$folder/smb.conf"
	ad_load_schema "$folder"
	printf %s "$ad_password" >"$folder/password"
	chmod 600 "$folder/password"
	samba-tool domain exportkeytab "$folder/keytab" --principal=Administrator \
		--configfile="$folder/smb.conf"
	ad_authority "$folder"
	ad_certificate "$folder" "$AD_ADDRESS"
	"$ad_tests/generate" "$folder" "$AD_BASE"
	ad_launch "$folder"
	trap ad_stop EXIT
	ad_accounts operator viewer >"$folder/accounts.ldif"
	for change in organization accounts later; do
		LDAPTLS_CACERT=$folder/tls/ca.pem ldapmodify -a -x -H "ldaps://$AD_ADDRESS" \
			-D "$AD_BIND_DN" -y "$folder/password" -f "$folder/$change.ldif" \
			>"$folder/run/$change"
	done
	ad_delegate "$folder"
}
