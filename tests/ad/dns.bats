#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The DNS records of arrays on a domain controller: its DNS server answers what casarray writes.

bats_require_minimum_version 1.5.0
load ../cli/common
load common

setup_file() {
	ad_start dc
}

teardown_file() {
	ad_stop
}

setup() {
	common_setup
	export CASARRAY_DIRECTORY=$AD_LDAP
}

# answer NAME: what the controller's DNS server says, "300 10.1.2.3" a line; else its status.
answer() {
	dig @"$AD_ADDRESS" +noall +comments +answer +tries=1 +time=5 "$1" A >dig.out
	awk '$4 == "A" { print $2, $5; n++ }
		match($0, /status: [A-Z]+/) { status = substr($0, RSTART + 8, RLENGTH - 8) }
		END { if (!n) print status }' dig.out | sort
}

# node NAME ATTRIBUTE: the values in the directory, read without casarray.
node() {
	ldapsearch -LLL -o ldif-wrap=no -Q -Y GSSAPI -N -H "$AD_LDAP" -s base \
		-b "DC=$1,DC=contoso.test,CN=MicrosoftDNS,DC=DomainDnsZones,$AD_BASE" \
		"(objectClass=*)" "$2" 2>/dev/null | sed -n "s/^$2: //p"
}

@test "what is created is answered, what is removed is not any more" {
	equal "$(answer new.contoso.test)" NXDOMAIN
	try 0 dns create --fqdn new.contoso.test --address 10.1.2.3
	contains "$out" "dnsRecord: A 10.1.2.3 TTL 300"
	equal "$(answer new.contoso.test)" "300 10.1.2.3"
	try 0 dns check --fqdn new.contoso.test --address 10.1.2.3 --ttl 300
	try 0 dns remove --fqdn new.contoso.test --yes
	equal "$(answer new.contoso.test)" NXDOMAIN
	equal "$(node new dNSTombstoned)" TRUE
	try 1 dns check --fqdn new.contoso.test --format json
	equal "$(query '.rows[0].status')" deleted
}

@test "undo of each of them" {
	try 0 dns create --fqdn twice.contoso.test --address 10.1.2.4 --ttl 60
	try 0 undo --yes
	equal "$(answer twice.contoso.test)" NXDOMAIN
	try 0 dns create --fqdn twice.contoso.test --address 10.1.2.5
	contains "$out" "dNSTombstoned: TRUE -> FALSE"
	equal "$(answer twice.contoso.test)" "300 10.1.2.5"
	try 0 dns remove --fqdn twice.contoso.test --yes
	try 0 undo --yes
	equal "$(answer twice.contoso.test)" "300 10.1.2.5"
	try 0 undo "$(run_id 1)" --yes
	equal "$(answer twice.contoso.test)" NXDOMAIN
}

@test "an array and its records in one plan, and one undo" {
	try 0 new-array --fqdn second.contoso.test --site Lisbon --allow-second-array \
		--dns-address 10.30.0.10 --dns-address 10.30.0.11 --dns-ttl 120
	equal "$(answer second.contoso.test)" "120 10.30.0.10
120 10.30.0.11"
	try 0 dns check second --address 10.30.0.10 --address 10.30.0.11
	try 0 undo --yes
	equal "$(answer second.contoso.test)" NXDOMAIN
	try 3 get-array second
}

@test "beside what the controller's own tool wrote, and never over it" {
	samba-tool dns add "$AD_ADDRESS" contoso.test tool A 10.9.9.9 \
		-U "CONTOSO\\Administrator%$(cat "$AD_PASSWORD_FILE")" --configfile=/dev/null
	try 3 dns create --fqdn tool.contoso.test --address 10.1.2.3
	contains "$err" "'tool.contoso.test' has another address: A 10.9.9.9 TTL 900"
	equal "$(answer tool.contoso.test)" "900 10.9.9.9"
	try 0 dns create --fqdn tool.contoso.test --address 10.9.9.9 --address 10.9.9.10
	equal "$(answer tool.contoso.test)" "300 10.9.9.10
900 10.9.9.9"
	try 0 dns remove --fqdn tool.contoso.test --address 10.9.9.9 --yes
	equal "$(answer tool.contoso.test)" "300 10.9.9.10"
}

@test "zones of the forest, too, and no record outside of them" {
	ldapadd -Q -Y GSSAPI -N -H "$AD_LDAP" <<-END
		dn: DC=forest.example,CN=MicrosoftDNS,DC=ForestDnsZones,$AD_BASE
		objectClass: dnsZone
	END
	try 0 dns create --fqdn mail.forest.example --address 10.1.2.3
	try 0 dns check --fqdn mail.forest.example --address 10.1.2.3
	try 8 dns check --fqdn mail.example.org
	contains "$out" "no DNS zone in the directory holds it"
	try 3 dns create --fqdn mail.example.org --address 10.1.2.3
	contains "$err" "update add mail.example.org. 300 IN A 10.1.2.3"
}

# ordinary STATUS ARGUMENT...: try, as an account without special rights.
ordinary() {
	try "$@" --directory "$AD_LDAPS" --ca-file "$AD_CA" --user "$AD_VIEWER" \
		--password-file "$AD_PASSWORD_FILE"
}

@test "any account makes names and removes its own; those of others it is told beforehand" {
	ordinary 0 dns create --fqdn mine.contoso.test --address 10.1.2.3
	equal "$(answer mine.contoso.test)" "300 10.1.2.3"
	try 0 dns create --fqdn theirs.contoso.test --address 10.1.2.4
	ordinary 4 dns remove --fqdn theirs.contoso.test --yes
	contains "$err" "no right to write dnsRecord and dNSTombstoned of 'theirs.contoso.test'"
	equal "$(answer theirs.contoso.test)" "300 10.1.2.4"
	ordinary 0 dns remove --fqdn mine.contoso.test --yes
	equal "$(answer mine.contoso.test)" NXDOMAIN
}
