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

@test "many objects are read back by their names, many in one search" {
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

@test "an array that somebody changes meanwhile is not removed, though its databases have left it" {
	cat >theirs <<-CHANGE
		dn: $(dn_of outlook-berlin)
		changetype: modify
		replace: networkAddress
		networkAddress: ncacn_ip_tcp:new.contoso.com
	CHANGE
	meanwhile "$(change theirs)" remove-array outlook-berlin --repoint-to outlook
	equal "$status" 6
	contains "$screen" "networkAddress holds 'ncacn_ip_tcp:new.contoso.com', not 'ncacn_ip_tcp:$BERLIN'"
	[ -n "$(dn_of outlook-berlin)" ]
	equal "$(asked DEL)" 0
	equal "$(last_run)" "partial 2 3"
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

@test "--wait-replication: the password is read once, and asked for once" {
	local screen
	forest
	same_change | ldapmodify -Q -Y EXTERNAL -H "$OTHER"
	on_server 0 set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN" --yes \
		--wait-replication "$OTHER" --user "$LDAP_USER" \
		--password-file <(cat "$LDAP_PASSWORD_FILE")
	contains "$out" "$OTHER shows the change, too"
	try 0 undo --yes --directory "$LDAPI"
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 \
		--answer "$LDAP_PASSWORD" "$CASARRAY" set-database "Berlin DB 2" \
		--rpc-client-access-server "$BERLIN" --yes --wait-replication "$OTHER" \
		--user "$LDAP_USER" --directory "$LDAPI")
	contains "$screen" "$OTHER shows the change, too"
	equal "$(grep -c password: <<<"$screen")" 1
}

@test "--wait-timeout: a server that does not show the change in time" {
	forest
	on_server 8 set-database --site Berlin --rpc-client-access-server auto --yes \
		--wait-replication "$OTHER" --wait-timeout 1
	contains "$out" "4 changes done"
	contains "$out" "verified: 4 objects read back"
	contains "$err" "'$OTHER' does not show the changes after 1 second: 4 of 4 are missing there; the first, database 'Berlin DB 2': legacyExchangeDN holds "
	contains "$out" "done, but: '$OTHER' does not show it: legacyExchangeDN holds "
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

# ---- interruption ----

# many [N]: an organization with databases enough for a change that takes a while, and a slow way.
many() {
	server_teardown
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases "${1:-600}" --seed 1 \
		--out org.ldif --truth truth.jsonl
	server_setup "$PWD/org.ldif"
	on_server 0 get-server --format json
	TARGET=$(jq -r '[.rows[] | select(.roles | index("ClientAccess"))][0].name' out)
	proxy_start delay:100
}

# written: how many databases have the target's value.
written() {
	databases | grep -c "/cn=$TARGET/cn=Microsoft Private MDB" || true
}

# interrupted FORMAT: Ctrl-C in the middle of a change of all databases; its status.
interrupted() {
	local i
	: >"$LDAP_LOG"
	"$CASARRAY" set-database '*' --rpc-client-access-server "$TARGET" --yes --format "$1" \
		--directory "$PROXY" >out 2>err 3>&- &
	local pid=$!
	for ((i = 0; i < 300; i++)); do
		[ "$(asked MOD)" -lt 40 ] || break
		sleep 0.05
	done
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
}

@test "Ctrl-C in a change: what is in flight is waited for, and accounted for; resume does the rest" {
	local before made left rows
	many
	before=$(written)
	# In the background of a script signals are ignored, which the program inherits.
	set -m
	interrupted json
	set +m
	equal "$status" 6
	made=$(jq .outcomes.done out)
	left=$(jq '.outcomes["not-tried"]' out)
	equal "$(jq '[.outcomes.unknown, .outcomes.conflict, .outcomes.refused] | add' out)" 0
	[ "$made" -ge 40 ]
	[ "$left" -gt 0 ]
	equal "$(written)" $((before + made))
	contains "$(<err)" "casarray: interrupted; $made of $((made + left)) changes were made"
	contains "$(<err)" "casarray resume "
	# Undo would refuse a run that did not come to its end.
	equal "$(jq -r '.notes[-1]' out)" \
		"run $(jq -r .run out); finish with: casarray resume $(jq -r .run out) --directory $PROXY"
	rows=$(jq '.rows | length' out)
	equal "$(last_run "$PROXY")" "interrupted $made $rows"
	try 0 resume --yes --directory "$PROXY" --format json
	equal "$(jq .outcomes.done out)" $((made + left))
	equal "$(written)" $((before + made + left))
	try 0 undo --yes --directory "$PROXY"
	equal "$(written)" "$before"
}

@test "Ctrl-C while the directory is read: soon, and nothing was written" {
	# The login and the rootDSE are answered, the first search is not.
	proxy_start stall:down:5
	ctrl_c 10 interrupted repair --yes --directory "$PROXY"
	equal "$(asked MOD)" 0
}

@test "a change that was interrupted and had a refusal, too, can be resumed" {
	local made left
	many
	proxy_start delay:100 answer:modify:5:50
	set -m
	interrupted json
	set +m
	equal "$status" 6
	made=$(jq .outcomes.done out)
	left=$(jq '.outcomes["not-tried"]' out)
	equal "$(jq .outcomes.refused out)" 1
	[ "$left" -gt 0 ]
	contains "$(<err)" "casarray: interrupted: cannot change '"
	contains "$(<err)" "insufficientAccessRights (50)"
	contains "$(<err)" "casarray resume "
	# What was refused is not tried again: it is the run's result.
	try 6 resume --yes --directory "$PROXY" --format json
	equal "$(jq .outcomes.done out)" $((made + left))
	equal "$(jq .outcomes.refused out)" 1
	equal "$(last_run "$PROXY" | cut -d' ' -f1)" partial
}

# The databases of the array go to another one; then it is removed, unless one of them stays.
drain() {
	local status=$1
	shift
	try "$status" "$@" --yes --format json --directory "$PROXY"
	# shellcheck disable=SC2016 # of jq
	jq -r '.rows | group_by(.action)[] | .[0].action as $a | group_by(.outcome)[] |
		"\($a) \(.[0].outcome) \(length)"' out
}

@test "what had to follow a change that failed is not tried" {
	proxy_start answer:modify:1:50
	equal "$(drain 6 remove-array outlook-berlin --repoint-to outlook)" "delete not-tried 1
modify done 1
modify refused 1"
	[ -n "$(dn_of outlook-berlin)" ]
	equal "$(last_run "$PROXY")" "partial 1 3"
}

@test "what had to follow a change that failed is not tried by resume, either" {
	local theirs="/o=theirs/cn=Microsoft Private MDB"
	# The answer to the first change is lost, and the server with it.
	proxy_start lose:modify:1:gone
	equal "$(drain 6 remove-array outlook-berlin --repoint-to outlook)" "delete not-tried 1
modify unknown 2"
	cat >theirs <<-CHANGE
		dn: $(dn_of "Berlin DB 1")
		changetype: modify
		replace: legacyExchangeDN
		legacyExchangeDN: $theirs
	CHANGE
	eval "$(change theirs)" >/dev/null
	proxy_start
	equal "$(drain 6 resume)" "delete not-tried 1
modify conflict 1
modify done 1"
	equal "$(held "Berlin DB 1")" "$theirs"
	[ -n "$(dn_of outlook-berlin)" ]
	equal "$(last_run "$PROXY")" "partial 1 3"
}

# ---- how far it has come ----

@test "on a terminal a line tells how far a long change has come, and is taken away" {
	many
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 "$CASARRAY" \
		set-database '*' --rpc-client-access-server "$TARGET" --yes --directory "$PROXY")
	[[ $screen =~ $'\r'"casarray: writing "[0-9]+" of "[0-9]+" ("[0-9]+"/s, "[0-9]+" s left)" ]]
	# Blanks over it, before anything else comes.
	[[ $screen =~ $'\r'\ +$'\r'"verified: " ]]
	# Not with --quiet, and not where stderr is no terminal.
	try 0 undo --yes --directory "$PROXY"
	equal "$err" ""
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 "$CASARRAY" \
		set-database '*' --rpc-client-access-server "$TARGET" --yes --quiet --directory "$PROXY")
	[[ $screen != *writing* ]]
}

# ---- a rename with values ----

@test "a new name that is refused: the values are written, and said to be; undo takes them back" {
	local fqdn="ncacn_ip_tcp:mail.contoso.com"
	proxy_start answer:rename:1:53
	try 6 set-array outlook --name mail --fqdn mail.contoso.com --yes --format json \
		--directory "$PROXY"
	equal "$(jq -r '.rows[] | "\(.action) \(.outcome)"' out)" "modify done
rename refused"
	equal "$(ldap_tool ldapsearch -LLL -b "$(dn_of outlook)" -s base networkAddress |
		sed -n 's/^networkAddress: //p')" "$fqdn"
	try 0 undo --yes --directory "$PROXY"
	[ "$(ldap_tool ldapsearch -LLL -b "$(dn_of outlook)" -s base networkAddress |
		sed -n 's/^networkAddress: //p')" != "$fqdn" ]
}

# ---- round trips ----

# turns LIMIT ARGUMENT...: so many round trips, at most, after the bind.
turns() {
	local limit=$1
	shift
	PROXY_PROGRAM=turns proxy_start "$PWD/turns.count"
	try 0 "$@" --directory "$PROXY"
	echo "$1: $(<turns.count) round trips"
	[ "$(<turns.count)" -le "$limit" ]
}

@test "one-off commands: at most 6 round trips after the bind, with reading back" {
	turns 6 set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN" --yes
	equal "$(asked MOD)" 1
	# shellcheck disable=SC2086 # words
	turns 6 $LISBON
	equal "$(asked ADD)" 1
	turns 6 set-array outlook-lisbon --fqdn lisbon.contoso.com --yes
	turns 6 set-array outlook-lisbon --name lisbon --fqdn outlook-lisbon.contoso.com --yes
	turns 6 undo --yes
	turns 6 set-database "Berlin DB 2" --rpc-client-access-server lisbon.contoso.com --force --yes
	turns 6 remove-array outlook-lisbon --repoint-to outlook --yes
	turns 6 undo --yes
	turns 6 undo --yes
	turns 6 remove-array outlook-lisbon --yes
	equal "$(asked DEL)" 2
	turns 6 get-database "Berlin DB 2"
}

@test "one-off commands: no more round trips in a larger organization" {
	local name site
	many 2500
	name=$("$CASARRAY" get-database --format json --directory "$LDAPI" |
		jq -r '[.rows[] | select(.version == "14.3")][0].name // .rows[0].name')
	site=$("$CASARRAY" get-site --format json --directory "$LDAPI" |
		jq -r '[.rows[] | select(.arrays | length == 0)][0].name')
	turns 6 set-database "$name" --rpc-client-access-server "$TARGET" --force --yes
	turns 6 new-array --fqdn another.contoso.com --site "$site" --yes
}
