#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two domain controllers: found by DNS, one after the other, and what replication makes of changes.

bats_require_minimum_version 1.5.0
load ../cli/common
load common
load pair

setup_file() {
	pair_start pair
}

teardown_file() {
	pair_stop
}

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
}

# found OPTION...: what get-array says on stderr about the controller that it uses.
found() {
	try 0 get-array outlook-berlin --format json "$@"
	equal "$(names)" outlook-berlin
	printf '%s\n' "$err"
}

near="casarray: using dc2.contoso.test in site Lisbon, found by DNS (2 domain controllers of contoso.test)"

@test "DNS knows the controllers, and the one of the own site is used" {
	local i

	# More than once: among equals the order is a matter of chance.
	for i in 1 2 3 4; do
		equal "$(found --domain "$AD_DOMAIN" --dns-server "$AD_ADDRESS")" "$near"
	done
	# The domain is that of the Kerberos ticket.
	equal "$(found --dns-server "$AD2_ADDRESS")" "$near"
	# The name that DNS brought is the one that the certificate is for.
	equal "$(found --domain "$AD_DOMAIN" --dns-server "$AD_ADDRESS" --start-tls \
		--user "$AD_USER" --password-file "$AD_PASSWORD_FILE" --ca-file "$AD_CA")" "$near"
	equal "$(found --domain "$AD_DOMAIN" --dns-server "$AD_ADDRESS" --quiet)" ""
}

@test "the controller that is asked for reads and writes" {
	try 0 new-array --fqdn outlook-oslo.contoso.test --site Oslo \
		--domain-controller dc1.contoso.test --dns-server "$AD_ADDRESS"
	equal "$err" ""
	try 0 get-array outlook-oslo --directory "$AD_LDAP"
	try 3 get-array outlook-oslo --directory "$AD2_LDAP"
	try 0 undo --yes --domain-controller dc1.contoso.test --dns-server "$AD_ADDRESS"
	try 3 get-array outlook-oslo --directory "$AD_LDAP"
}

# stored URL NAME ATTRIBUTE: the values on one controller, read without casarray.
stored() {
	ldapsearch -LLL -o ldif-wrap=no -Q -Y GSSAPI -N -H "$1" -b "$AD_CONFIGURATION" \
		"(cn=$2)" "$3" 2>/dev/null | sed -n "s/^$3: //p"
}

legacy="/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"

@test "a run that was made on one is undone on the other, once that has it" {
	local value="$legacy/cn=outlook-berlin.contoso.test/cn=Microsoft Private MDB"
	local before="$legacy/cn=BER1/cn=Microsoft Private MDB"

	try 0 set-database 'Berlin 07' --rpc-client-access-server auto --directory "$AD_LDAP"
	try 0 history --directory "$AD2_LDAP" --format json
	equal "$(query '.rows | length')" 1
	# What has not come yet cannot be taken back, and is not said to be.
	try 5 undo --yes --directory "$AD2_LDAP"
	contains "$out" "conflict: it is as it was before the run: replication has not brought that from 'dc1.contoso.test' yet, or somebody has taken it back"
	contains "$err" "casarray: undo it on 'dc1.contoso.test', or wait until replication has brought here what the run did there"
	equal "$(stored "$AD2_LDAP" 'Berlin 07' legacyExchangeDN)" "$before"
	pair_replicate 2
	equal "$(stored "$AD2_LDAP" 'Berlin 07' legacyExchangeDN)" "$value"
	try 0 undo --yes --directory "$AD2_LDAP"
	equal "$(stored "$AD2_LDAP" 'Berlin 07' legacyExchangeDN)" "$before"
	equal "$(stored "$AD_LDAP" 'Berlin 07' legacyExchangeDN)" "$value"
	pair_replicate 1
	equal "$(stored "$AD_LDAP" 'Berlin 07' legacyExchangeDN)" "$before"
}

@test "a run that was interrupted on one is resumed on the other, with a warning" {
	local journal url
	local value="$legacy/cn=outlook-berlin.contoso.test/cn=Microsoft Private MDB"

	try 0 set-database 'Berlin 07' 'Berlin 11' --rpc-client-access-server auto \
		--directory "$AD_LDAP"
	# As a kill leaves it: it ends after the plan.
	journal=$XDG_STATE_HOME/casarray/journal/$(casarray history --directory "$AD_LDAP" \
		--format json | jq -r '.rows[0].run').journal
	sed -i '/ planned 2$/q' "$journal"
	try 0 resume --yes --directory "$AD2_LDAP"
	contains "$out" "warning: the run wrote to 'dc1.contoso.test': what it wrote there may not have come to 'dc2.contoso.test' yet"
	contains "$out" "2 changes done"
	for url in "$AD_LDAP" "$AD2_LDAP"; do
		equal "$(stored "$url" 'Berlin 07' legacyExchangeDN)" "$value"
		equal "$(stored "$url" 'Berlin 11' legacyExchangeDN)" "$value"
	done
	pair_replicate 1
	pair_replicate 2
	try 0 undo --yes --directory "$AD2_LDAP"
	pair_replicate 1
}

# replicated_soon N...: to each of the controllers, one after the other, while casarray waits.
replicated_soon() {
	local n

	{
		sleep 0.5
		for n; do
			pair_replicate "$n"
		done
	} >replicated 2>&1 3>&- &
}

@test "a change waits until replication has brought it to the other one" {
	local seconds=$SECONDS

	replicated_soon 2
	try 0 set-database 'Berlin 07' --rpc-client-access-server auto --directory "$AD_LDAP" \
		--wait-replication "$AD2_LDAP"
	wait
	contains "$out" "verified: 1 object read back
replicated: $AD2_LDAP shows the change, too
"
	# By the controller's name, which DNS leads to; and back.
	replicated_soon 2
	try 0 undo --yes --directory "$AD_LDAP" --wait-replication "$AD2_HOST" \
		--dns-server "$AD_ADDRESS"
	wait
	contains "$out" "replicated: ldap://$AD2_HOST shows the change, too"
	[ $((SECONDS - seconds)) -lt 60 ]
}

@test "what does not come within the time is said; the change is made, and verified" {
	try 8 set-database 'Berlin 07' --rpc-client-access-server auto --directory "$AD_LDAP" \
		--wait-replication "$AD2_LDAP" --wait-timeout 1
	contains "$out" "verified: 1 object read back"
	contains "$out" "1 change done"
	contains "$err" "casarray: '$AD2_LDAP' does not show the changes after 1 second: 1 of 1 are missing there; the first, database 'Berlin 07': legacyExchangeDN holds '$legacy/cn=BER1/cn=Microsoft Private MDB', not '$legacy/cn=outlook-berlin.contoso.test/cn=Microsoft Private MDB'"
	try 0 undo --yes --directory "$AD_LDAP"
	pair_replicate 2
}

@test "the same array made on both: the one that waits is told of the conflict object" {
	local guid rest="CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,$AD_CONFIGURATION"
	local arrays="CN=Arrays,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),$rest"

	try 0 new-array --fqdn outlook-oslo.contoso.test --site Oslo --directory "$AD_LDAP"
	# Of two the newer one keeps the name. Times are compared in seconds.
	sleep 1.1
	replicated_soon 2 1
	try 5 new-array --fqdn outlook-oslo.contoso.test --site Oslo --directory "$AD2_LDAP" \
		--wait-replication "$AD_LDAP"
	wait
	contains "$out" "1 change done"
	guid=$(grep -o 'CNF:[0-9a-f-]*' <<<"$err" | head -n 1)
	contains "$err" "casarray: the array 'outlook-oslo' was made on another domain controller at the same time: that one is now the conflict object 'CN=outlook-oslo\0A$guid,$arrays'"
	contains "$err" "keep 'CN=outlook-oslo,$arrays', and remove the conflict object"
	contains "$err" "casarray: 'casarray remove-array ${guid#CNF:} --force --directory $AD2_LDAP'"
	try 0 remove-array "${guid#CNF:}" --force --yes --directory "$AD2_LDAP"
	try 0 remove-array outlook-oslo --yes --directory "$AD2_LDAP"
	pair_replicate 1
}

@test "the same array made on both: the conflict object is found, explained and removed" {
	local url guid

	for url in "$AD_LDAP" "$AD2_LDAP"; do
		try 0 new-array --fqdn outlook-oslo.contoso.test --site Oslo --directory "$url"
	done
	pair_replicate 1
	pair_replicate 2
	for url in "$AD_LDAP" "$AD2_LDAP"; do
		try 1 audit --rule CAS018 --format json --directory "$url"
		guid=$(query '.rows[0].object.guid')
		equal "$(query '.rows[] | .rule, .message, .fix')" "CAS018
array 'outlook-oslo
CNF:$guid' lost a replication conflict: two domain controllers made an array of this name at once
casarray remove-array $guid --directory $url"
		# A name with a line end is no such thing on a terminal.
		try 1 audit --rule CAS018 --directory "$url"
		contains "$out" "array 'outlook-oslo\x0aCNF:$guid' lost a replication conflict"
	done
	# What is advised, helps: on both.
	try 0 remove-array "$guid" --yes --directory "$AD_LDAP"
	pair_replicate 2
	for url in "$AD_LDAP" "$AD2_LDAP"; do
		try 0 audit --rule CAS018 --rule CAS002 --site Oslo --format json --directory "$url"
		equal "$(query '.rows | length')" 0
		equal "$(stored "$url" outlook-oslo cn)" outlook-oslo
	done
	try 0 remove-array outlook-oslo --yes --directory "$AD2_LDAP"
	pair_replicate 1
}

# Last: no controller is started again.
@test "when the near controller hangs, or is gone, the other one is used" {
	local far="casarray: using dc1.contoso.test in site Default-First-Site-Name, found by DNS (2 domain controllers of contoso.test; your own site is Lisbon)"

	kill -STOP -- "-$AD2_PID"
	SECONDS=0
	equal "$(found --domain "$AD_DOMAIN" --dns-server "$AD_ADDRESS" --timeout 20)" "$far"
	[ "$SECONDS" -lt 20 ]
	kill -CONT -- "-$AD2_PID"
	equal "$(found --domain "$AD_DOMAIN" --dns-server "$AD_ADDRESS")" "$near"
	pair_second ad_stop
	equal "$(found --domain "$AD_DOMAIN" --dns-server "$AD_ADDRESS")" "$far"
	try 0 set-database 'Berlin 07' --rpc-client-access-server auto --domain "$AD_DOMAIN" \
		--dns-server "$AD_ADDRESS"
	equal "$(stored "$AD_LDAP" 'Berlin 07' legacyExchangeDN)" \
		"$legacy/cn=outlook-berlin.contoso.test/cn=Microsoft Private MDB"
}

@test "when no controller answers, that is said" {
	ad_stop
	try 7 get-array --domain "$AD_DOMAIN" --dns-server "$AD_ADDRESS"
	equal "$err" "casarray: cannot find a domain controller of 'contoso.test': the DNS server '$AD_ADDRESS': no server gives a usable answer
casarray: ask another DNS server with --dns-server, or name a server with --domain-controller"
}
