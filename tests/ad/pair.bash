# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154,SC2153
# Two domain controllers of one forest, for tests; used after common.bash.
#
#   pair_start NAME   starts the forest of ad_start with a second controller, in
#                     $BATS_FILE_TMPDIR/NAME/dc1 and dc2; beside what ad_start exports:
#     AD2_LDAP AD2_LDAPS AD2_HOST AD2_ADDRESS AD2_FOLDER AD2_PID
#     AD_DOMAIN       the domain; DNS has records of both controllers
#     PAIR_SITE       the site of the address 127.0.0.1, which DNS has the second one for
#   pair_stop         stops what runs of it
#   pair_replicate N [CONTEXT]   to the N-th from the other: the naming context, else the
#                     configuration. Nothing else replicates: a test knows what each one has.

ad_sources+=("${BASH_SOURCE[0]}")
pair_cache=$ad_cache/pair
AD2_HOST=dc2.contoso.test
AD_DOMAIN=contoso.test
PAIR_SITE=Lisbon
pair_default_site=Default-First-Site-Name
pair_zone=DC=contoso.test,CN=MicrosoftDNS,DC=DomainDnsZones,$AD_BASE
pair_msdcs=DC=_msdcs.contoso.test,CN=MicrosoftDNS,DC=ForestDnsZones,$AD_BASE

# pair_second COMMAND...: a function of common.bash, for the second controller.
pair_second() {
	local AD_HOST=$AD2_HOST AD_ADDRESS=${AD2_ADDRESS:-} AD_PID=${AD2_PID:-} status=0

	"$@" || status=$?
	AD2_ADDRESS=$AD_ADDRESS AD2_PID=$AD_PID
	return "$status"
}

# pair_edit FOLDER: applies the LDIF of stdin to the controller's database.
pair_edit() {
	ldbmodify --configfile="$1/smb.conf" -H "$1/private/sam.ldb"
}

# ---- where they are ----

# pair_node DN RECORD...: LDIF that makes these the records of a name in DNS.
pair_node() {
	printf 'dn: %s\nchangetype: modify\nreplace: dnsRecord\n' "$1"
	printf 'dnsRecord:: %s\n' "${@:2}"
	printf '\n'
}

# pair_srv_record HOST PORT: priority 0, weight 100 ([MS-DNSP] 2.2.2.2.4.18; the name 2.2.2.2.2).
pair_srv_record() {
	local labels label data

	IFS=. read -ra labels <<<"$1"
	data=$(printf '\\0\\0\\0\\144\\%03o\\%03o' $(($2 / 256)) $(($2 % 256)))
	data+=$(printf '\\%03o\\%03o' $((${#1} + 2)) "${#labels[@]}")
	for label in "${labels[@]}"; do
		data+=$(printf '\\%03o%s' "${#label}" "$label")
	done
	ad_dns_record 33 "$data\\0"
}

# pair_names: LDIF by which the names of both lead to their addresses. The first covers the
# default site, the second PAIR_SITE.
pair_names() {
	local first second name host address

	first=$(pair_srv_record "$AD_HOST" 389)
	second=$(pair_srv_record "$AD2_HOST" 389)
	pair_node "DC=dc1,$pair_zone" "$(ad_a_record "${AD_ADDRESS##*.}")"
	pair_node "DC=dc2,$pair_zone" "$(ad_a_record "${AD2_ADDRESS##*.}")"
	pair_node "DC=_ldap._tcp.dc,$pair_msdcs" "$first" "$second"
	pair_node "DC=_ldap._tcp.$pair_default_site._sites.dc,$pair_msdcs" "$first"
	pair_node "DC=_ldap._tcp.$PAIR_SITE._sites.dc,$pair_msdcs" "$second"
	for name in "DC1 $AD_HOST $AD_ADDRESS" "DC2 $AD2_HOST $AD2_ADDRESS"; do
		read -r name host address <<<"$name"
		printf 'dn: CN=%s,OU=Domain Controllers,%s\nchangetype: modify\n' "$name" "$AD_BASE"
		printf 'add: servicePrincipalName\n'
		printf 'servicePrincipalName: ldap/%s\n' "$address" "$host" "$host/contoso.test"
		printf '\n'
	done
}

# pair_prepare FOLDER ADDRESS: of the controller AD_HOST; the databases come later.
pair_prepare() {
	mkdir -p "$1/run"
	ad_smb_conf "$1" "$2" >"$1/smb.conf"
	ad_certificate "$1" "$2"
}

# pair_move FOLDER
pair_move() {
	pair_prepare "$1/dc1" "$AD_ADDRESS"
	pair_second pair_prepare "$1/dc2" "$AD2_ADDRESS"
	ad_krb5_conf "$AD_ADDRESS" "$AD2_ADDRESS" >"$1/dc1/krb5.conf"
	pair_names >"$1/names"
	pair_edit "$1/dc1" <"$1/names"
	pair_edit "$1/dc2" <"$1/names"
}

# ---- start, stop, replicate ----

pair_start() {
	local folder=$BATS_FILE_TMPDIR/$1 first_lock status=0

	pair_template || return
	mkdir -p "$folder" || return
	cp -a "$pair_cache"/dc1 "$pair_cache"/dc2 "$folder" || return
	# Each one's address is free until its controller listens, and its descriptor keeps it.
	ad_take || return
	first_lock=$ad_lock
	export AD_ADDRESS AD2_ADDRESS
	pair_second ad_take || return
	ad_strict "$folder/log" pair_move "$folder" || return
	ad_launch "$folder/dc1" && pair_second ad_launch "$folder/dc2" || status=$?
	exec {first_lock}>&- {ad_lock}>&-
	pair_export "$folder"
	return "$status"
}

pair_export() {
	ad_export "$1/dc1"
	export AD2_HOST AD2_ADDRESS AD2_PID AD_DOMAIN PAIR_SITE
	export AD2_FOLDER=$1/dc2
	export AD2_LDAP=ldap://$AD2_ADDRESS AD2_LDAPS=ldaps://$AD2_ADDRESS
}

pair_stop() {
	ad_stop
	pair_second ad_stop
}

# pair_pull FOLDER NAME FROM CONTEXT: into the database of the controller NAME, which need not run,
# from that with the address FROM.
pair_pull() {
	PASSWD_FILE=$ad_cache/template/password samba-tool drs replicate "$2" "$3" "$4" --local \
		--configfile="$1/smb.conf" -U administrator
}

pair_replicate() {
	local context=${2:-$AD_CONFIGURATION}

	if [ "$1" -eq 1 ]; then
		pair_pull "$AD_FOLDER" DC1 "$AD2_ADDRESS" "$context"
	else
		pair_pull "$AD2_FOLDER" DC2 "$AD_ADDRESS" "$context"
	fi
}

# ---- the template ----

# pair_template: two controllers to copy, from the template of one.
pair_template() {
	local key

	ad_template || return
	key=$(cat "$ad_cache/template/key" "${BASH_SOURCE[0]}" | sha256sum)
	(
		flock 9
		if [ "$(cat "$pair_cache/key" 2>/dev/null)" = "$key" ]; then
			exit 0
		fi
		rm -rf "$pair_cache"
		mkdir -p "$pair_cache/dc1" "$pair_cache/dc2"
		if ! ad_strict "$ad_cache/pair.log" pair_build; then
			ad_say "the second domain controller could not be joined"
			exit 1
		fi
		printf '%s\n' "$key" >"$pair_cache/key"
	) 9>"$ad_cache/pair.lock"
}

# pair_additions: LDIF of what the names of a second controller need, of its move to PAIR_SITE,
# and of the subnet that puts the tests there, too. It is the only one: to Samba 127.0.0.1 is in
# every subnet, and it takes the first.
pair_additions() {
	local dn

	for dn in 10.20.0.0/16 10.30.0.0/16 10.40.0.0/16; do
		printf 'dn: CN=%s,CN=Subnets,CN=Sites,%s\nchangetype: delete\n\n' "$dn" \
			"$AD_CONFIGURATION"
	done
	for dn in "DC=dc2,$pair_zone" "DC=_ldap._tcp.$PAIR_SITE._sites.dc,$pair_msdcs"; do
		printf 'dn: %s\nchangetype: add\nobjectClass: dnsNode\ndnsRecord:: %s\n\n' "$dn" \
			"$(ad_a_record 1)"
	done
	cat <<-END
		dn: CN=127.0.0.0/8,CN=Subnets,CN=Sites,$AD_CONFIGURATION
		changetype: add
		objectClass: subnet
		siteObject: CN=$PAIR_SITE,CN=Sites,$AD_CONFIGURATION

		dn: CN=Servers,CN=$PAIR_SITE,CN=Sites,$AD_CONFIGURATION
		changetype: add
		objectClass: serversContainer

		dn: CN=DC2,CN=Servers,CN=$pair_default_site,CN=Sites,$AD_CONFIGURATION
		changetype: modrdn
		newrdn: CN=DC2
		deleteoldrdn: 1
		newsuperior: CN=Servers,CN=$PAIR_SITE,CN=Sites,$AD_CONFIGURATION
	END
}

pair_build() {
	local first=$pair_cache/dc1 second=$pair_cache/dc2 context

	cp -a "$ad_cache"/template/{private,state,bind-dns,tls,password,keytab,truth} "$first"
	ad_take
	pair_prepare "$first" "$AD_ADDRESS"
	ad_launch "$first"
	trap ad_stop EXIT
	# Left to itself it would choose a site of the organization, which has no site link.
	PASSWD_FILE=$first/password samba-tool domain join contoso.test DC --configfile=/dev/null \
		--server="$AD_ADDRESS" --site="$pair_default_site" --targetdir="$second" \
		--realm="$AD_REALM" -U administrator --dns-backend=SAMBA_INTERNAL \
		--option='workgroup=CONTOSO' --option='netbios name=DC2' \
		--option="interfaces=127.0.0.$ad_last/8" --option='bind interfaces only=yes' \
		--option='ldb:nosync=true'
	cp -a "$first/tls" "$second"
	# Now: a join takes away what DNS knows under the new one's name.
	pair_additions | pair_edit "$first"
	pair_second pair_prepare "$second" "127.0.0.$ad_last"
	for context in "$AD_CONFIGURATION" DC=DomainDnsZones,"$AD_BASE" \
		DC=ForestDnsZones,"$AD_BASE"; do
		pair_pull "$second" DC2 "$AD_ADDRESS" "$context"
	done
}
