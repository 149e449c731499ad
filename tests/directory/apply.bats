#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# After a change: it is read back, other servers are waited for, rivals are found.

load common
bats_require_minimum_version 1.5.0

setup() {
	server_setup
}

teardown() {
	proxy_stop
	if [ -n "${SECOND:-}" ]; then
		slapd_stop "$SECOND"
	fi
	server_teardown
}

BERLIN=outlook-berlin.contoso.com
LISBON="new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --yes"

# between COMMAND: runs between a change through $PROXY and the look that follows it.
between() {
	PROXY_PROGRAM=between proxy_start "$1"
}

# change FILE: a shell command that makes it on the server at $1 (default: the first).
change() {
	echo "ldapmodify -Q -Y EXTERNAL -H ${2:-$LDAPI} -f $PWD/$1"
}

# array FILE NAME FQDN SITE [GUID]: LDIF that makes an array, in the file.
array() {
	local arrays
	arrays=$(dn_of outlook | cut -d, -f2-)
	cat >"$1" <<-ENTRY
		dn:: $(printf 'cn=%b,%s' "$2" "$arrays" | base64 -w0)
		changetype: add
		objectClass: msExchClientAccessArray
		cn:: $(printf '%b' "${2//\\\\0A/\\n}" | base64 -w0)
		networkAddress: ncacn_ip_tcp:$3
		legacyExchangeDN: /o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=$3
		msExchServerSite: CN=$4,CN=Sites,CN=Configuration,$LDAP_BASE
		msExchVersion: 4535486012416
		systemFlags: 1073741824
		objectGUID:: $(printf '%b' "${5:-0123456789abcdef}" | base64 -w0)
	ENTRY
}

last_run() {
	try 0 history --format json --directory "${1:-$LDAPI}"
	jq -r '.rows[0] | "\(.state) \(.done) \(.steps)"' out
}

# ---- reading back ----

@test "what was written is read back" {
	on_server 0 set-database --site Berlin --rpc-client-access-server auto --yes
	contains "$out" "verified: 4 objects read back"
	on_server 0 undo --yes --format json
	equal "$(jq .verified out)" 4
	on_server 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --yes
	contains "$out" "verified: 1 object read back"
	on_server 0 set-array outlook-lisbon --name mail --site Branch --yes
	contains "$out" "2 changes done"
	contains "$out" "verified: 1 object read back"
	on_server 0 remove-array mail --yes
	contains "$out" "verified: 1 object read back"
	on_server 0 undo --yes
	contains "$out" "verified: 1 object read back"
}

@test "a file has nothing to read back" {
	try 0 set-database --site Berlin --rpc-client-access-server auto --yes --directory "$LDIF"
	[[ $out != *verified* ]]
}

@test "a value that is not as it was written is reported, with what the object holds" {
	local theirs
	theirs=$(held "Berlin DB 1")
	cat >theirs <<-CHANGE
		dn: $(dn_of "Berlin DB 2")
		changetype: modify
		replace: legacyExchangeDN
		legacyExchangeDN: /o=theirs/cn=Microsoft Private MDB
	CHANGE
	between "$(change theirs)"
	try 5 set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN" --yes --directory "$PROXY"
	contains "$out" "done, but: legacyExchangeDN holds '/o=theirs/cn=Microsoft Private MDB', not '$theirs'"
	contains "$err" "the database 'Berlin DB 2' was written, but is not so any more"
	equal "$(last_run "$PROXY")" "done 1 1"
	# Their value is not overwritten.
	try 5 undo --yes --directory "$PROXY"
	equal "$(held "Berlin DB 2")" "/o=theirs/cn=Microsoft Private MDB"
}

@test "some of the values are not as they were written" {
	cat >theirs <<-CHANGE
		dn: $(dn_of "Berlin DB 2")
		changetype: delete
	CHANGE
	cat >copies <<-CHANGE
		dn: $(dn_of "Berlin DB 2")
	CHANGE
	between "ldapdelete -Q -Y EXTERNAL -H $LDAPI -r '$(dn_of "Berlin DB 2")'"
	try 6 set-database --site Berlin --rpc-client-access-server auto --yes --format json \
		--directory "$PROXY"
	equal "$(jq -r '.rows[] | select(.differs) | "\(.name): \(.outcome), \(.differs)"' out)" \
		"Berlin DB 2: done, there is no such object"
	contains "$err" "the database 'Berlin DB 2' was written, but is not so any more: there is no such object"
}

@test "many objects are read back with their container" {
	local searches
	server_teardown
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases 1200 --seed 1 \
		--out org.ldif --truth truth.jsonl
	server_setup "$PWD/org.ldif"
	on_server 0 get-server --format json
	server=$(jq -r '[.rows[] | select(.roles | index("ClientAccess"))][0].name' out)
	: >"$LDAP_LOG"
	on_server 0 set-database '*' --rpc-client-access-server "$server" --yes --format json
	n=$(jq .verified out)
	[ "$n" -gt 500 ]
	equal "$n" "$(jq .outcomes.done out)"
	searches=$(asked SRCH)
	echo "$searches searches"
	[ "$searches" -le 30 ]
}

# ---- rivals ----

# meanwhile COMMAND ARGUMENT...: runs casarray; between its question and the answer, the command.
meanwhile() {
	local command=$1
	shift
	status=0
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 \
		--meanwhile "$command" --answer y "$CASARRAY" "$@" --confirm --directory "$LDAPI") ||
		status=$?
}

@test "an array that somebody makes while the question is asked: nothing is written" {
	array theirs theirs outlook-lisbon.contoso.com Branch
	meanwhile "$(change theirs)" new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	equal "$status" 5
	contains "$screen" "has the FQDN 'outlook-lisbon.contoso.com' by now, which the array 'outlook-lisbon' was to have alone"
	contains "$screen" "nothing was written"
	equal "$(dn_of outlook-lisbon)" ""
	equal "$(last_run)" "conflict 0 1"
}

@test "an array for the same site that somebody makes meanwhile: nothing is written" {
	array theirs theirs theirs.contoso.com Lisbon
	meanwhile "$(change theirs)" new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	equal "$status" 5
	contains "$screen" "has the site 'Lisbon' by now"
	equal "$(dn_of outlook-lisbon)" ""
	# One that was known is allowed, when it is allowed.
	on_server 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --allow-second-array --yes
	contains "$out" "verified: 1 object read back"
}

@test "an FQDN that somebody gives to another array meanwhile is not set" {
	cat >theirs <<-CHANGE
		dn: $(dn_of outlook)
		changetype: modify
		replace: networkAddress
		networkAddress: ncacn_ip_tcp:new.contoso.com
	CHANGE
	meanwhile "$(change theirs)" set-array outlook-berlin --fqdn new.contoso.com
	equal "$status" 5
	contains "$screen" "has the FQDN 'new.contoso.com' by now, which the array 'outlook-berlin' was to have alone"
	equal "$(asked MOD)" 1
}

@test "undo does not bring back an array whose FQDN somebody takes meanwhile" {
	# shellcheck disable=SC2086 # words
	on_server 0 $LISBON
	on_server 0 remove-array outlook-lisbon --yes
	array theirs theirs outlook-lisbon.contoso.com Branch
	meanwhile "$(change theirs)" undo
	equal "$status" 5
	contains "$screen" "has the FQDN 'outlook-lisbon.contoso.com' by now"
	equal "$(dn_of outlook-lisbon)" ""
}

@test "an array that somebody makes at the same time is reported after the write" {
	array theirs theirs outlook-lisbon.contoso.com Branch
	between "$(change theirs)"
	# shellcheck disable=SC2086 # words
	try 5 $LISBON --directory "$PROXY"
	contains "$out" "1 change done"
	contains "$err" "the array 'outlook-lisbon' is not the only one: '$(dn_of theirs)' was made or changed at the same time and has the FQDN 'outlook-lisbon.contoso.com', too"
	contains "$err" "casarray undo $(jq -rn --arg out "$out" '$out | capture("run (?<id>[^;]+);").id')"
	equal "$(last_run "$PROXY")" "done 1 1"
}

@test "a conflict object of replication is explained" {
	array theirs 'outlook-lisbon\\0ACNF:33323130-3534-3736-3839-616263646566' \
		outlook-lisbon.contoso.com Lisbon
	between "$(change theirs)"
	# shellcheck disable=SC2086 # words
	try 5 $LISBON --directory "$PROXY"
	contains "$err" "the array 'outlook-lisbon' was made on another domain controller at the same time: that one is now the conflict object 'cn=outlook-lisbon"
	contains "$err" "CNF:33323130-3534-3736-3839-616263646566,"
	contains "$err" "casarray remove-array 33323130-3534-3736-3839-616263646566 --force"
	# What it says to type does what it says.
	try 0 remove-array 33323130-3534-3736-3839-616263646566 --force --yes --directory "$LDAPI"
	equal "$(dn_of outlook-lisbon | wc -l)" 1
	try 0 get-array outlook-lisbon --directory "$LDAPI"
}

# ---- other domain controllers ----

# says HOST: what a domain controller of the forest says of itself, as a line for slapd.
says() {
	local file=$BATS_TEST_TMPDIR/root-$1.ldif
	printf 'dn:\ndnsHostName: %s\nconfigurationNamingContext: CN=Configuration,DC=contoso,DC=com\n' \
		"$1" >"$file"
	echo "attributetype ( 1.3.6.1.4.1.4203.666.1 NAME 'dnsHostName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"
	echo "rootDSE $file"
}

# forest: two servers with the same content, at $LDAPI and $OTHER. Replication is up to the test.
forest() {
	local log
	server_teardown
	SLAPD_GLOBAL=$(says dc1.contoso.com) server_setup
	FIRST=$LDAPI log=$LDAP_LOG
	SECOND=$(slapd_folder)
	SLAPD_GLOBAL=$(says dc2.contoso.com) slapd_start "$SECOND" "$LDIF"
	OTHER=$LDAPI LDAPI=$FIRST LDAP_LOG=$log
}

# same_change: LDIF of what set-database does to Berlin DB 2.
same_change() {
	cat <<-CHANGE
		dn: $(dn_of "Berlin DB 2")
		changetype: modify
		replace: legacyExchangeDN
		legacyExchangeDN: $(held "Berlin DB 1")
	CHANGE
}

@test "--wait-replication: another server shows the change, too" {
	forest
	same_change >same
	(
		sleep 1
		ldapmodify -Q -Y EXTERNAL -H "$OTHER" -f same
	) >/dev/null 2>&1 3>&- &
	on_server 0 set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN" --yes \
		--wait-replication "$OTHER" --format json
	wait $!
	equal "$(jq -c .replicated out)" "[\"$OTHER\"]"
	equal "$(jq -r '.notes[1]' out)" "replicated: $OTHER shows the change, too"
	equal "$(last_run)" "done 1 1"
}

@test "--wait-timeout: a server that does not show the change in time" {
	forest
	on_server 8 set-database --site Berlin --rpc-client-access-server auto --yes \
		--wait-replication "$OTHER" --wait-timeout 1
	contains "$out" "4 changes done"
	contains "$out" "verified: 4 objects read back"
	contains "$err" "'$OTHER' does not show the changes after 1 second: 4 of 4 are missing there; the first, database 'Berlin DB 2': legacyExchangeDN holds "
	equal "$(last_run)" "done 4 5"
}

@test "--wait-replication: a server that cannot be reached, before anything is written" {
	on_server 7 set-database --site Berlin --rpc-client-access-server auto --yes \
		--wait-replication "ldapi://%2Fnone"
	equal "$(asked MOD)" 0
	try 2 set-database --site Berlin --rpc-client-access-server auto --yes \
		--wait-replication dc2.contoso.com --directory "$LDIF"
	contains "$err" "'--wait-replication' is for servers"
	try 0 history --directory "$LDIF"
	equal "$out" "no runs"
}

@test "--wait-replication: two servers that both make the array, and the one that was made here loses" {
	local guid
	forest
	# What replication makes of it there: the other array keeps the name.
	array theirs outlook-lisbon outlook-lisbon.contoso.com Lisbon
	ldapmodify -Q -Y EXTERNAL -H "$OTHER" -f theirs >/dev/null
	cat >replicate <<-SCRIPT
		guid=\$(ldapsearch -LLL -Q -Y EXTERNAL -H $LDAPI -b "$(dn_of outlook | cut -d, -f2-)" \
			"(cn=outlook-lisbon)" objectGUID | sed -n "s/^objectGUID:: //p")
		[ -n "\$guid" ]
		sed -e "s/^dn:: .*/dn: cn=outlook-lisbon\\\\\\\\0ACNF:1,$(dn_of outlook | cut -d, -f2-)/" \
			-e "s/^cn:: .*/cn:: $(printf 'outlook-lisbon\nCNF:1' | base64 -w0)/" \
			-e "s|^objectGUID:: .*|objectGUID:: \$guid|" $PWD/theirs >$PWD/ours
		ldapmodify -Q -Y EXTERNAL -H $OTHER -f $PWD/ours
	SCRIPT
	between "bash -e $PWD/replicate"
	# shellcheck disable=SC2086 # words
	try 5 $LISBON --directory "$PROXY" --wait-replication "$OTHER"
	contains "$out" "1 change done"
	contains "$out" "verified: 1 object read back"
	contains "$err" "the array 'outlook-lisbon' was made on another domain controller at the same time, which won: the one that was made here is now the conflict object"
	guid=$("$CASARRAY" get-array outlook-lisbon --directory "$LDAPI" --format json | jq -r '.rows[0].guid')
	contains "$err" "casarray remove-array $guid --force"
}

@test "a run is found through every domain controller of the forest" {
	local run
	forest
	on_server 0 set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN" --yes --format json
	run=$(jq -r .run out)
	try 0 history --format json --directory "$OTHER"
	equal "$(jq -r '.rows[0].run' out)" "$run"
	# It was not replicated: undo there does not find the value that it expects.
	try 5 undo "$run" --yes --directory "$OTHER"
	contains "$out" "warning: the run wrote to 'dc1.contoso.com': what it wrote there may not have come to 'dc2.contoso.com' yet"
	contains "$out" "replication has not brought that from 'dc1.contoso.com' yet"
	same_change >same
	ldapmodify -Q -Y EXTERNAL -H "$OTHER" -f same >/dev/null
	try 0 undo "$run" --yes --directory "$OTHER"
	try 3 undo "$run" --yes --directory "$LDAPI"
	contains "$err" "was undone already"
}
