#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# dns: the A records of arrays in zones of the directory, and new-array --dns-address.

load common

NODES=CN=MicrosoftDNS,DC=DomainDnsZones,DC=contoso,DC=com

setup() {
	common_setup
	{
		printf '\r\n'
		cat "$ROOT/tests/data/dns-zones.ldif"
	} >>"$LDIF"
	cp "$LDIF" before
}

# left_alone STATUS MESSAGE ARGUMENT...: what was said on stderr; nothing was printed or written.
left_alone() {
	local status=$1 message=$2
	shift 2

	try "$status" "$@"
	equal "$err" "casarray: $message"
	equal "$out" ""
	cmp "$LDIF" before
}

# in_the_way NAME WHAT: no record can be made for it.
in_the_way() {
	left_alone 3 "'$1.contoso.com' $2
casarray: nothing is overwritten: remove it first, if nobody needs it" \
		dns create --fqdn "$1.contoso.com" --address 10.20.0.10
}

# node NAME: its record in the file.
node() {
	awk -v dn="dn: DC=$1,DC=" '
		{ sub(/\r$/, "") }
		/^ / { line = line substr($0, 2); next }
		{ use(); line = $0 }
		END { use() }
		function use() {
			if (line ~ /^dn: /)
				inside = index(line, dn) == 1
			if (inside && line != "" && line !~ /^objectGUID/)
				print line
		}' "$LDIF"
}

# status: of every row in out, by name.
status_of() {
	jq -r '.rows[] | "\(.fqdn) \(.status)"' "$BATS_TEST_TMPDIR/out"
}

# ---- check and plan ----

@test "check: every array, its zone, its records" {
	try 1 dns check
	equal "$out" "FQDN                        ARRAY           ZONE         STATUS   RECORDS               REASON
outlook.contoso.com         outlook         contoso.com  ok       A 10.10.0.10 TTL 300
outlook-berlin.contoso.com  outlook-berlin  contoso.com  deleted  tombstone             the record was deleted
1 of 2 names right, 1 wrong, 0 elsewhere"
	try 0 dns check outlook
	try 1 dns check '*berlin'
	cmp "$LDIF" before
}

@test "check: what should be there can be said" {
	try 0 dns check outlook --address 10.10.0.10 --ttl 300
	try 1 dns check outlook --address 10.10.0.11 --format json
	equal "$(query '.rows[0].reason')" "it has an address that was not asked for"
	try 1 dns check outlook --address 10.10.0.10 --address 10.10.0.11 --format json
	equal "$(query '.rows[0].reason')" "it lacks an address"
	try 1 dns check outlook --ttl 60 --format json
	equal "$(query '.rows[0].reason')" "its TTL is another one"
}

@test "check: each status" {
	local name

	while read -r name; do
		try "${name##* }" dns check --fqdn "${name%% *}" --format json
		equal "$(query '.rows[0] | "\(.fqdn) \(.status)"')" "${name% *}"
		/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.dns \
			<"$BATS_TEST_TMPDIR/out"
	done <<-END
		outlook.contoso.com ok 0
		pair.contoso.com ok 0
		nosuch.contoso.com missing 1
		empty.contoso.com missing 1
		text.contoso.com missing 1
		six.contoso.com missing 1
		outlook-berlin.contoso.com deleted 1
		gone.contoso.com deleted 1
		x.gone.contoso.com missing 1
		alias.contoso.com different 1
		broken.contoso.com different 1
		dynamic.contoso.com dynamic 1
		x.branch.contoso.com elsewhere 8
		branch.contoso.com elsewhere 8
		x.partner.example elsewhere 8
		x.twice.example elsewhere 8
		contoso.org elsewhere 8
		notcontoso.com elsewhere 8
	END
}

@test "check: a dynamic record, and when it was refreshed" {
	try 1 dns check --fqdn dynamic.contoso.com --format json
	equal "$(query '.rows[0].records[0] | tojson')" \
		'{"type":"A","data":"10.10.0.99","ttl":1200,"static":false,"refreshed":"2016-05-13T08:00:00Z"}'
	equal "$(query '.rows[0].there[0]')" "A 10.10.0.99 TTL 1200, dynamic"
}

@test "an export without zones: check cannot tell, plan says what nsupdate is told" {
	cp "$ROOT/examples/contoso.ldif" "$LDIF"
	try 8 dns check
	equal "$(tail -1 <<<"$out")" "0 of 2 names right, 0 wrong, 2 elsewhere"
	try 0 dns plan outlook --address 10.20.0.10 --address 10.20.0.11 --ttl 60
	equal "$out" "array:    outlook
name:     outlook.contoso.com
needed:   outlook.contoso.com. 60 IN A 10.20.0.10
          outlook.contoso.com. 60 IN A 10.20.0.11
status:   elsewhere
because:  no DNS zone in the directory holds it
nsupdate: prereq nxdomain outlook.contoso.com.
          update add outlook.contoso.com. 60 IN A 10.20.0.10
          update add outlook.contoso.com. 60 IN A 10.20.0.11
          send"
	try 3 dns create outlook --address 10.20.0.10
	equal "$err" "casarray: the DNS record of 'outlook.contoso.com' cannot be changed in this directory: no DNS zone in the directory holds it
casarray: where it is held: printf 'prereq nxdomain outlook.contoso.com.\\nupdate add outlook.contoso.com. 300 IN A 10.20.0.10\\nsend\\n' | nsupdate -g"
	unchanged
}

@test "plan: the record that is needed, and what is there" {
	try 0 dns plan outlook-berlin
	equal "$out" "array:    outlook-berlin
name:     outlook-berlin.contoso.com
needed:   outlook-berlin.contoso.com. 300 IN A <address>
zone:     contoso.com
node:     DC=outlook-berlin,DC=contoso.com,$NODES
there is: tombstone
status:   deleted
because:  the record was deleted"
}

@test "the longest zone that the name ends in" {
	try 0 dns plan --fqdn a.legacy.contoso.com --format json
	equal "$(query '.rows[0].dn')" \
		"DC=a,DC=legacy.contoso.com,CN=MicrosoftDNS,CN=System,DC=contoso,DC=com"
	try 0 dns plan --fqdn a.b.contoso.com --format json
	equal "$(query '.rows[0].dn')" "DC=a.b,DC=contoso.com,$NODES"
	try 0 dns plan --fqdn CONTOSO.com. --format json
	equal "$(query '.rows[0].dn')" "DC=@,DC=contoso.com,$NODES"
}

# ---- create ----

@test "create: a new node, byte for byte" {
	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.10
	equal "$(sed '$d' <<<"$out")" "+ dns-record lisbon.contoso.com
    objectClass: top
    objectClass: dnsNode
    dc: lisbon
    dnsRecord: A 10.30.0.10 TTL 300
    new DNS record
run $(run_id 1); undo with: casarray undo $(run_id 1)"
	equal "$(node lisbon | sed '/^dnsRecord/d')" "dn: DC=lisbon,DC=contoso.com,$NODES
changetype: add
objectClass: top
objectClass: dnsNode
dc: lisbon"
	# length 4, type 1, version 5, rank 0xf0, the zone's serial 4711, TTL 300, static
	equal "$(node lisbon | sed -n 's/^dnsRecord:: //p' | base64 -d | od -An -tx1 -w28)" \
		" 04 00 01 00 05 f0 00 00 67 12 00 00 00 00 01 2c 00 00 00 00 00 00 00 00 0a 1e 00 0a"
	try 0 dns check --fqdn lisbon.contoso.com
}

@test "create: the name of a deleted record is used again, and other types stay" {
	try 0 dns create outlook-berlin --address 10.20.0.10
	contains "$out" "    dnsRecord: tombstone -> A 10.20.0.10 TTL 300
    dNSTombstoned: TRUE -> FALSE"
	try 0 dns check outlook-berlin --address 10.20.0.10
	try 0 dns create --fqdn text.contoso.com --address 10.20.0.11
	try 0 dns check --fqdn text.contoso.com --address 10.20.0.11 --format json
	equal "$(query '.rows[0].there | join(", ")')" "TXT 12 bytes TTL 3600, A 10.20.0.11 TTL 300"
	try 0 dns create --fqdn six.contoso.com --address 10.20.0.12
	contains "$out" "warning: 'six.contoso.com' has an IPv6 address, too"
}

@test "create: what is there as wished is no change, and several addresses can be" {
	try 0 dns create outlook --address 10.10.0.10
	equal "$out" "note: DNS: 'outlook.contoso.com' has the record already
nothing to do"
	cmp "$LDIF" before
	try 0 dns create --fqdn pair.contoso.com --address 10.10.0.21 --address 10.10.0.20
	cmp "$LDIF" before
	try 0 dns create outlook --address 10.10.0.10 --address 10.10.0.11
	try 0 dns check outlook --address 10.10.0.10 --address 10.10.0.11
}

@test "create: nothing is overwritten" {
	in_the_way outlook "has another address: A 10.10.0.10 TTL 300"
	in_the_way pair "has another address: A 10.10.0.20 TTL 3600, A 10.10.0.21 TTL 3600"
	in_the_way gone "is marked as deleted, but has records: NS ns.gone.contoso.com TTL 3600"
	in_the_way alias "is another name's alias: CNAME outlook.contoso.com TTL 3600"
	in_the_way broken "has a record that cannot be read: a value of 9 bytes that is no DNS record"
	left_alone 3 "'dynamic.contoso.com' has that address as a dynamic record, which ages: A 10.10.0.99 TTL 1200, dynamic
casarray: nothing is overwritten: remove it first, if nobody needs it" \
		dns create --fqdn dynamic.contoso.com --address 10.10.0.99
	left_alone 3 "'outlook.contoso.com' has that address with another TTL: A 10.10.0.10 TTL 300
casarray: nothing is overwritten: remove it first, if nobody needs it" \
		dns create outlook --address 10.10.0.10 --ttl 60
}

@test "create: where the record is elsewhere" {
	local name why

	while IFS='|' read -r name why; do
		left_alone 3 "the DNS record of '$name' cannot be changed in this directory: $why
casarray: where it is held: printf 'prereq nxdomain $name.\\nupdate add $name. 300 IN A 10.20.0.10\\nsend\\n' | nsupdate -g" \
			dns create --fqdn "$name" --address 10.20.0.10
	done <<-END
		x.branch.contoso.com|'branch.contoso.com' is delegated to other servers
		x.y.branch.contoso.com|'branch.contoso.com' is delegated to other servers
		x.partner.example|the zone 'partner.example' in the directory is a conditional forwarder: its records are elsewhere
		twice.example|the directory has the zone 'twice.example' twice: 'DC=twice.example,CN=MicrosoftDNS,DC=ForestDnsZones,DC=contoso,DC=com', 'DC=twice.example,$NODES'
	END
}

@test "create: addresses that an array cannot have" {
	left_alone 3 "'fd00::10' is an IPv6 address: an array needs IPv4
casarray: Exchange 2010 uses IPv6 only beside IPv4, so the load balancer has an IPv4 address, too: give that one" \
		dns create outlook --address fd00::10
	left_alone 3 "'127.0.0.1' cannot be the address of an array
casarray: give the address of the load balancer, or of the server" \
		dns create outlook --address 127.0.0.1
	left_alone 2 "'10.1.2' is not an IPv4 address" dns create outlook --address 10.1.2
	left_alone 2 "a TTL has 1 to 2147483647 seconds" \
		dns create outlook --address 10.1.2.3 --ttl 2147483648
}

@test "an array whose FQDN is no host name is shown, and nothing of it gets near a shell" {
	sed -i "s|ncacn_ip_tcp:outlook.contoso.com|ncacn_ip_tcp:\$(id)'.contoso.com|" "$LDIF"
	try 8 dns check outlook --format json
	equal "$(query '.rows[0] | .status + ": " + .reason + (.needed + .nsupdate | tojson)')" \
		"elsewhere: it is not a legal host name: illegal character[]"
	try 3 dns create outlook --address 10.1.2.3
	equal "$err" "casarray: the DNS record of '\$(id)'.contoso.com' cannot be changed in this directory: it is not a legal host name: illegal character"
}

# ---- remove ----

@test "remove: the last record leaves a tombstone" {
	try 0 dns remove outlook --yes
	equal "$(sed '$d' <<<"$out")" "~ dns-record outlook.contoso.com  (site HeadOffice)
    dnsRecord: A 10.10.0.10 TTL 300 -> tombstone
    dNSTombstoned: (none) -> TRUE
    remove DNS record
warning: 'outlook.contoso.com' is the FQDN of the array 'outlook': clients will not find it any more
run $(run_id 1); undo with: casarray undo $(run_id 1)"
	try 1 dns check outlook --format json
	equal "$(query '.rows[0].status')" deleted
	equal "$(node outlook | grep -c '^dnsRecord')" 1
	try 0 dns remove outlook --yes
	equal "$out" "note: DNS: 'outlook.contoso.com' has no A record
nothing to do"
}

@test "remove: exactly the record that is named, and others stay" {
	left_alone 3 "'pair.contoso.com' has several addresses: A 10.10.0.20 TTL 3600, A 10.10.0.21 TTL 3600
casarray: name those that are to go with --address" \
		dns remove --fqdn pair.contoso.com --yes
	left_alone 3 "'pair.contoso.com' has another address: A 10.10.0.20 TTL 3600, A 10.10.0.21 TTL 3600
casarray: name the address that is there" \
		dns remove --fqdn pair.contoso.com --address 10.10.0.22 --yes
	try 0 dns remove --fqdn pair.contoso.com --address 10.10.0.20 --yes
	try 0 dns check --fqdn pair.contoso.com --address 10.10.0.21
	cp "$LDIF" before
	try 3 dns remove outlook
	equal "$err" "casarray: nothing was written: dns asks before it writes
casarray: try --yes, or --what-if to see the plan"
	cmp "$LDIF" before
}

# ---- undo, new-array ----

@test "undo of a creation, of a removal, and of that undo" {
	local run

	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.10
	run=$(run_id 1)
	try 0 undo --yes
	contains "$out" "    dnsRecord: A 10.30.0.10 TTL 300 -> tombstone
    dNSTombstoned: (none) -> TRUE"
	try 1 dns check --fqdn lisbon.contoso.com
	try 0 undo "$(run_id 1)" --yes
	try 0 dns check --fqdn lisbon.contoso.com --address 10.30.0.10
	cp "$LDIF" before
	try 0 dns remove --fqdn lisbon.contoso.com --yes
	try 0 undo --yes
	cmp "$LDIF" before
	# That undo was taken back, so it can be undone once more.
	try 0 undo "$run" --yes
	try 1 dns check --fqdn lisbon.contoso.com
}

@test "undo leaves a record alone that came to the name since" {
	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.10
	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.10 --address 10.30.0.11
	try 0 undo "$(run_id 2)" --yes
	try 0 dns check --fqdn lisbon.contoso.com --address 10.30.0.11
}

@test "undo is a conflict when the record was changed since" {
	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.10
	try 0 dns remove --fqdn lisbon.contoso.com --yes
	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.12
	cp "$LDIF" before
	try 5 undo "$(run_id 3)" --yes
	contains "$out" "conflict: dnsRecord holds A 10.30.0.12 TTL 300, not A 10.30.0.10 TTL 300"
	cmp "$LDIF" before
}

@test "new-array --dns-address: the record first, one plan, one undo" {
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon --dns-address 10.30.0.10 \
		--dns-address 10.30.0.11 --dns-ttl 120
	equal "$(grep '^[+~-]' <<<"$out")" "+ dns-record lisbon.contoso.com  (site Lisbon)
+ array lisbon  (site Lisbon)"
	contains "$out" "note: DNS: 'lisbon.contoso.com' must not resolve outside"
	try 0 dns check lisbon --address 10.30.0.10 --address 10.30.0.11 --ttl 120
	try 0 undo --yes
	contains "$out" "2 changes done"
	try 3 get-array lisbon
	try 1 dns check --fqdn lisbon.contoso.com
}

@test "new-array --dns-address: what is in the way of the record is in the way of the array" {
	left_alone 3 "'pair.contoso.com' has another address: A 10.10.0.20 TTL 3600, A 10.10.0.21 TTL 3600
casarray: nothing is overwritten: remove it first, if nobody needs it" \
		new-array --fqdn pair.contoso.com --site Lisbon --dns-address 10.30.0.10
	left_alone 2 "--dns-ttl needs --dns-address
casarray: try 'casarray new-array --help'" \
		new-array --fqdn lisbon.contoso.com --site Lisbon --dns-ttl 60
	try 0 new-array --fqdn text.contoso.com --site Lisbon --dns-address 10.30.0.10
	try 0 new-array --fqdn text.contoso.com --site Lisbon --dns-address 10.30.0.10 --if-not-exists
	contains "$out" "nothing to do"
}

@test "wrong use" {
	left_alone 2 "dns create needs one ARRAY, or --fqdn
casarray: try 'casarray dns --help'" dns create --address 10.1.2.3
	left_alone 2 "dns remove needs one ARRAY, or --fqdn
casarray: try 'casarray dns --help'" dns remove outlook outlook-berlin
	left_alone 2 "--fqdn and ARRAY exclude each other
casarray: try 'casarray dns --help'" dns check outlook --fqdn a.contoso.com
	left_alone 2 "dns create needs --address
casarray: try 'casarray dns --help'" dns create outlook
	left_alone 2 "dns remove takes no --ttl
casarray: try 'casarray dns --help'" dns remove outlook --ttl 5
	left_alone 3 "no array 'nosuch'" dns create nosuch --address 10.1.2.3
}

@test "a run that was interrupted is resumed by what the directory has" {
	local journal

	try 0 dns create --fqdn lisbon.contoso.com --address 10.30.0.10
	journal=$(echo "$XDG_STATE_HOME"/casarray/journal/*.journal)
	# without what came after the plan
	sed -i '/ planned 1$/q' "$journal"
	try 0 resume --yes --format json
	equal "$(query '.rows[0].outcome_reason')" "found done when the run was resumed"
	cp before "$LDIF"
	sed -i '/ planned 1$/q' "$journal"
	try 0 resume --yes
	try 0 dns check --fqdn lisbon.contoso.com --address 10.30.0.10
}
