#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# set-database: which databases, which targets, and what is refused, skipped or warned of.

load common

setup() {
	common_setup
}

GROUP="CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
LEGACY="/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"

# to TARGET ARGUMENT...: set-database with that target.
to() {
	local target=$1
	shift

	try 0 set-database "$@" --rpc-client-access-server "$target"
}

# changed: the names of the databases that the plan in out changes.
changed() {
	query '[.rows[] | select(.action == "modify").name] | join(",")'
}

@test "what is written is the target's legacyExchangeDN and the last part, nothing else" {
	to outlook Finance
	equal "$(value Finance)" "$LEGACY/cn=outlook.contoso.com/cn=Microsoft Private MDB"
	diff <(record Finance "$ROOT/examples/contoso.ldif") <(record Finance) >lines || true
	equal "$(grep -c '^[<>]' lines)" 2
	to outlook "Public Folders" --force
	equal "$(value "Public Folders")" "$LEGACY/cn=outlook.contoso.com/cn=Microsoft Public MDB"
}

@test "text, in full" {
	to auto Finance
	equal "$(sed 's/[0-9]\{8\}-[0-9]\{6\}-[0-9a-f]*/RUN/g' <<<"$out")" "~ database Finance  (site HeadOffice)
    RpcClientAccessServer: outlook-berlin.contoso.com -> outlook.contoso.com
    the array of its home site
note: clients of 1 database (2 mailboxes) will reconnect
note: Outlook profiles keep the old name: 'outlook-berlin.contoso.com' must stay resolvable and reachable until profiles have been updated
run RUN; undo with: casarray undo RUN
1 change done"
	equal "$err" ""
	to auto Finance
	equal "$out" "= database Finance  (site HeadOffice)
    already so
nothing to do"
}

@test "a target by every form of identity, array or server" {
	local array server id

	array=$(casarray get-array outlook-berlin --format json | jq -r '.rows[0] | .guid, .dn, .legacy_dn')
	server=$(casarray get-server BER-CAS1 --format json | jq -r '.rows[0] | .guid, .dn, .legacy_dn')
	while read -r id; do
		to "$id" "Berlin DB 3" --what-if --format json
		equal "$(query '.rows[0].new')" outlook-berlin.contoso.com
	done <<<"$array
OUTLOOK-berlin
outlook-Berlin.contoso.com
outlook-berlin.contoso.com."
	while read -r id; do
		to "$id" "Berlin DB 3" --what-if --format json
		equal "$(query '.rows[0].new')" BER-CAS1.contoso.com
	done <<<"$server
ber-cas1
BER-CAS1.contoso.com"
}

@test "a target in another site is warned of, with the databases, and set" {
	to outlook "Berlin DB 1" "Berlin DB 2" --format json
	equal "$(query '.warnings[]')" "'outlook' is in the site 'HeadOffice', but the home of 2 databases is another site: 'Berlin DB 1', 'Berlin DB 2'"
	points "Berlin DB 1" outlook.contoso.com
	to EX1 "Lisbon DB 1" --format json
	equal "$(query '.warnings[]')" "'EX1' is in the site 'HeadOffice', but the home of 1 database is another site: 'Lisbon DB 1'"
}

@test "a server that does not serve Exchange 2010 is warned of" {
	to EX07 Executives --what-if --format json
	equal "$(query '.warnings[]')" "'EX07' is no Exchange 2010 server: it does not offer RPC Client Access to Exchange 2010 mailboxes"
}

@test "targets that are not found: none, a mailbox-only server, a text for two" {
	refused 3 "casarray: no server or array 'nosuch'" \
		set-database Finance --rpc-client-access-server nosuch
	refused 3 "casarray: no array or Client Access server 'BER-MBX1' was found: 'BER-MBX1' is a server without the Client Access role
casarray: 'casarray get-array' and 'casarray get-server' list them" \
		set-database Finance --rpc-client-access-server BER-MBX1
	# the array gets the name of a server
	sed -i 's/^cn: outlook-berlin\r/cn: EX1\r/;s/^dn: CN=outlook-berlin,CN=Arrays/dn: CN=EX1,CN=Arrays/' "$LDIF"
	cp "$LDIF" before
	try 3 set-database Finance --rpc-client-access-server EX1
	contains "$err" "several objects answer to"
	contains "$err" "'CN=EX1,CN=Servers,$GROUP'"
	contains "$err" "'CN=EX1,CN=Arrays,$GROUP'"
	cmp "$LDIF" before
}

@test "an empty target is refused" {
	refused 2 "casarray: '--rpc-client-access-server' has an empty identity
casarray: try 'casarray set-database --help'" set-database Finance --rpc-client-access-server ''
	refused 2 "casarray: '-RpcClientAccessServer' has an empty identity
casarray: try 'casarray set-database --help'" Set-MailboxDatabase Finance -RpcClientAccessServer ''
	refused 2 "casarray: missing: --rpc-client-access-server
casarray: try 'casarray set-database --help'" set-database Finance
}

@test "named singly: 2007, 2013, public folder and recovery databases are refused, with the reason" {
	refused 3 "casarray: the database 'Legacy Mailboxes' (CN=Legacy Mailboxes,CN=First Storage Group,CN=InformationStore,CN=EX07,CN=Servers,$GROUP) is not changed: it is of Exchange 2007 or older, which has no RpcClientAccessServer" \
		set-database "Legacy Mailboxes" --rpc-client-access-server outlook
	refused 3 "casarray: the database 'Mailboxes 2013' (CN=Mailboxes 2013,CN=Databases,$GROUP) is not changed: it is of Exchange 2013 or later, where clients do not use the value
casarray: --force sets it all the same" \
		set-database "Mailboxes 2013" --rpc-client-access-server outlook
	refused 3 "casarray: the database 'Public Folders' (CN=Public Folders,CN=Databases,$GROUP) is not changed: it is a public folder database: clients connect to its mailbox server
casarray: --force sets it all the same" \
		set-database "Public Folders" --rpc-client-access-server outlook
	refused 3 "casarray: the database 'Recovery 2014' (CN=Recovery 2014,CN=Databases,$GROUP) is not changed: it is a recovery database, which no client opens
casarray: --force sets it all the same" \
		set-database "Recovery 2014" --rpc-client-access-server outlook
}

@test "--force: all of them but those of Exchange 2007" {
	local name

	for name in "Mailboxes 2013" "Public Folders" "Recovery 2014"; do
		to outlook-berlin "$name" --force
		points "$name" outlook-berlin.contoso.com
	done
	try 3 set-database "Legacy Mailboxes" --rpc-client-access-server outlook --force
	equal "$(record "Legacy Mailboxes" | grep -c '/cn=EX07/')" 1
}

@test "in bulk they are skipped, with the reason, and the others are set" {
	to auto --all --format json
	equal "$(query '.rows[] | select(.action == "skip" and .reason != "already so") | .name + ": " + .reason')" \
		"Public Folders: it is a public folder database: clients connect to its mailbox server
Recovery 2014: it is a recovery database, which no client opens
Mailboxes 2013: it is of Exchange 2013 or later, where clients do not use the value
Lisbon DB 1: its home site 'Lisbon' has no array
Legacy Mailboxes: it is of Exchange 2007 or older, which has no RpcClientAccessServer"
	equal "$(changed)" "Sales DB 2,Finance,Berlin DB 2,Berlin DB 3,Berlin DB 4,Berlin Archive"
	equal "$(query '.outcomes | tostring')" \
		'{"planned":0,"done":6,"already":0,"conflict":0,"refused":0,"not-tried":0,"unknown":0,"skipped":8}'
	points "Public Folders" EX1
}

@test "auto without an array in the home site" {
	refused 3 "casarray: the database 'Lisbon DB 1' (CN=Lisbon DB 1,CN=Databases,$GROUP) is not changed: its home site 'Lisbon' has no array
casarray: make one with 'casarray new-array'" \
		set-database "Lisbon DB 1" --rpc-client-access-server auto
}

@test "an array that is named auto is taken by its FQDN" {
	try 0 new-array auto --fqdn auto.contoso.com --site Lisbon
	to auto Finance --what-if --format json
	equal "$(query '.rows[0].new')" outlook.contoso.com
	to auto.contoso.com Finance --what-if --format json
	equal "$(query '.rows[0].new')" auto.contoso.com
}

@test "ways of choosing add up" {
	local words expected

	while IFS='|' read -r words expected; do
		eval "to outlook-berlin $words --what-if --format json"
		equal "$(query '[.rows[].name] | join(",")')" "$expected"
	done <<-'END'
		Finance|Finance
		Finance 'Sales DB 2' Finance|Sales DB 2,Finance
		'*DB 2'|Sales DB 2,Berlin DB 2
		--server LIS1|Lisbon DB 1
		--server LIS1 --site Berlin|Berlin DB 1,Berlin DB 2,Berlin DB 3,Berlin DB 4,Berlin Archive,Lisbon DB 1
		--dag DAG1|Executives,Sales DB 1,Sales DB 2,Finance
		'Berlin A*' --server lis1|Berlin Archive,Lisbon DB 1
		'nothing*'|
	END
}

@test "names on stdin: blank lines are left out, all that are wrong are named" {
	printf 'Berlin DB 2\r\n\n   \nSales DB 2\n' >list
	casarray set-database - --rpc-client-access-server auto --what-if --format json <list >out
	equal "$(changed)" "Sales DB 2,Berlin DB 2"
	printf 'Berlin DB 2\nnosuch1\nnosuch2' >list
	run casarray set-database - --rpc-client-access-server auto <list
	equal "$status $output" "3 casarray: no database 'nosuch1'
casarray: no database 'nosuch2'"
	unchanged
	: >list
	equal "$(casarray set-database - --rpc-client-access-server auto <list 2>/dev/null)" "nothing to do"
}

@test "refusals: nothing chosen, what is not found, '-' and names" {
	refused 2 "casarray: no databases: name them, or use --server, --site, --dag or --all
casarray: try 'casarray set-database --help'" set-database --rpc-client-access-server auto
	refused 2 "casarray: '-' and names of databases exclude each other
casarray: try 'casarray set-database --help'" \
		set-database - Finance --rpc-client-access-server auto
	refused 3 "casarray: no server 'nosuch'" \
		set-database --server nosuch --rpc-client-access-server auto
	refused 3 "casarray: no database 'Finanse'
casarray: did you mean 'Finance'?" set-database Finanse --rpc-client-access-server auto
	refused 2 "casarray: '--identity' has an empty identity
casarray: try 'casarray set-database --help'" set-database '' --rpc-client-access-server auto
}

@test "--confirm asks, and only then" {
	refused_text="casarray: nothing was written: set-database asks before it writes
casarray: try --yes, or --what-if to see the plan"
	try 3 set-database Finance --rpc-client-access-server auto --confirm
	equal "$err" "$refused_text"
	unchanged
	terminal n set-database Finance --rpc-client-access-server auto --confirm
	equal "$status" 3
	unchanged
	terminal y set-database Finance --rpc-client-access-server auto --confirm
	equal "$status" 0
	points Finance outlook.contoso.com
}

@test "of several files nothing is written" {
	cp "$LDIF" second.ldif
	sed -n '/^dn: CN=Lisbon,CN=Sites/,$p' "$LDIF" >b.ldif
	sed '/^dn: CN=Lisbon,CN=Sites/,$d' "$LDIF" >a.ldif
	try 2 set-database Finance --rpc-client-access-server auto -d a.ldif -d b.ldif
	equal "$err" "casarray: a directory of several files is read only
casarray: name the file that is to be changed alone"
	cat a.ldif b.ldif | cmp - "$ROOT/examples/contoso.ldif"
}
