#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Others who change the directory at the same time, between the plan and its first write.

bats_require_minimum_version 1.5.0
load ../cli/common
load common

writers=20

setup_file() {
	ad_start dc
	{
		# What each of the writers wants to point the database at.
		for ((i = 1; i <= writers; i++)); do
			array "writer-$i"
		done
		for i in changed renamed removed; do
			array "$i"
		done
	} | ad_change
}

teardown_file() {
	ad_stop
}

setup() {
	common_setup
	export CASARRAY_DIRECTORY=$AD_LDAP
}

group="CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services"
legacy="/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"

# array NAME [SITE]: LDIF of one, of the site Berlin.
array() {
	cat <<-END
		dn: CN=$1,CN=Arrays,$group,$AD_CONFIGURATION
		changetype: add
		objectClass: msExchClientAccessArray
		systemFlags: 1073741824
		legacyExchangeDN: $legacy/cn=$1.contoso.test
		networkAddress: ncacn_ip_tcp:$1.contoso.test
		msExchServerSite: CN=${2:-Berlin},CN=Sites,$AD_CONFIGURATION
		msExchVersion: 4535486012416

	END
}

# meanwhile COMMAND ARGUMENT...: answers casarray's question with y after the shell command has run.
# What the terminal got is in $screen, the exit status in $status.
meanwhile() {
	local command=$1
	shift

	status=0
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 --answer y \
		--meanwhile "$command" "$CASARRAY" "$@" --confirm \
		--color never) || status=$?
}

# writer N: one that has read the database, and waits for the others before it goes on.
writer() {
	export XDG_STATE_HOME=$PWD/state-$1
	meanwhile "touch ready-$1; while [ ! -e go ]; do sleep 0.05; done" set-database \
		'Berlin 07' --rpc-client-access-server "writer-$1.contoso.test"
	printf '%s\n' "$screen" >"screen-$1"
	printf '%s %s\n' "$status" "$1" >"ended-$1"
}

@test "twenty write one database: one does it, nineteen are told of the conflict" {
	local i won

	for ((i = 1; i <= writers; i++)); do
		writer "$i" 3>&- &
	done
	for ((i = 0; i < 600; i++)); do
		if [ "$(find . -name 'ready-*' | wc -l)" -eq "$writers" ]; then
			break
		fi
		sleep 0.1
	done
	touch go
	wait
	equal "$(cat ended-* | cut -d' ' -f1 | sort | uniq -c | tr -s ' ')" $' 1 0\n 19 5'
	won=$(sed -n 's/^0 //p' ended-*)
	equal "$(stored 'Berlin 07' legacyExchangeDN)" \
		"$legacy/cn=writer-$won.contoso.test/cn=Microsoft Private MDB"
	equal "$(grep -l "conflict: legacyExchangeDN holds '$legacy/cn=writer-$won\." screen-* |
		wc -l)" 19
	equal "$(grep -l 'somebody changed it meanwhile; nothing was written' screen-* | wc -l)" 19
}

# erase NAME...: shell command that deletes CN=NAME, and what is below it.
erase() {
	printf "ldapdelete -Q -Y GSSAPI -N -r -H %s 'CN=%s,%s'" "$AD_LDAP" "$1" \
		"$group,$AD_CONFIGURATION"
}

# none_left STATUS NAME: what is said when a change's object is gone, and nothing else was to be done.
none_left() {
	equal "$status" "$1"
	contains "$screen" "conflict: there is no such object any more"
	contains "$screen" "1 change in conflict
casarray: cannot change 'CN=$2,$group,$AD_CONFIGURATION': there is no such object any more
casarray: somebody changed it meanwhile; nothing was written: look again and repeat the command"
	equal "$(casarray history --format json | jq -r '[.rows[].done] | add')" 0
}

# apply LDIF: shell command that gives it to the controller as the administrator.
apply() {
	printf '%s\n' "$1" >meanwhile.ldif
	printf 'ldapmodify -Q -Y GSSAPI -N -H %s -f meanwhile.ldif' "$AD_LDAP"
}

@test "a database that is deleted between the plan and its first write" {
	meanwhile "$(erase 'Oslo 01,CN=Databases')" set-database 'Oslo 01' \
		--rpc-client-access-server writer-1.contoso.test
	none_left 5 'Oslo 01,CN=Databases'
}

@test "of two databases one is deleted: the other one is done" {
	meanwhile "$(erase 'Oslo 02,CN=Databases')" set-database 'Oslo 02' 'Oslo 03' \
		--rpc-client-access-server writer-1.contoso.test
	equal "$status" 6
	contains "$screen" "1 change done, 1 in conflict
casarray: cannot change 'CN=Oslo 02,CN=Databases,$group,$AD_CONFIGURATION': there is no such object any more"
	equal "$(stored 'Oslo 03' legacyExchangeDN)" \
		"$legacy/cn=writer-1.contoso.test/cn=Microsoft Private MDB"
	try 0 undo --yes
	equal "$(stored 'Oslo 03' legacyExchangeDN)" "$legacy/cn=OSL1/cn=Microsoft Private MDB"
}

@test "an array that is deleted before it is changed, or renamed" {
	meanwhile "$(erase changed,CN=Arrays)" set-array changed --fqdn second.contoso.test
	none_left 5 changed,CN=Arrays
	meanwhile "$(erase renamed,CN=Arrays)" set-array renamed --name third
	none_left 5 renamed,CN=Arrays
	equal "$(stored third cn)" ""
}

@test "an array that is deleted before it is removed: it is as it was to be" {
	meanwhile "$(erase removed,CN=Arrays)" remove-array removed
	equal "$status" 0
	contains "$screen" "1 change already so"
}

@test "exactly this array is made before it is made: it is as it was to be" {
	meanwhile "$(apply "$(array outlook-oslo Oslo)")" new-array --fqdn outlook-oslo.contoso.test \
		--site Oslo
	equal "$status" 0
	contains "$screen" "1 change already so"
	try 0 remove-array outlook-oslo --yes
}

@test "a site that is deleted before its array is made" {
	apply "dn: CN=Narvik,CN=Sites,$AD_CONFIGURATION
changetype: add
objectClass: site" | sh
	meanwhile "ldapdelete -Q -Y GSSAPI -N -r -H $AD_LDAP CN=Narvik,CN=Sites,$AD_CONFIGURATION" \
		new-array --fqdn outlook-narvik.contoso.test --site Narvik
	equal "$status" 3
	contains "$screen" "refused: constraintViolation (19): 000020B5: "
	contains "$screen" "; the DN in this attribute names no suitable object"
	contains "$screen" "casarray: nothing was written"
	equal "$(stored outlook-narvik cn)" ""
}
@test "another array of the site is made between the plan and its first write" {
	meanwhile "$(apply "$(array other Oslo)")" new-array --fqdn outlook-oslo.contoso.test \
		--site Oslo
	equal "$status" 5
	contains "$screen" "conflict: 'CN=other,CN=Arrays,$group,$AD_CONFIGURATION' has the site 'Oslo' by now, which the array 'outlook-oslo' was to have alone"
	contains "$screen" "somebody made or changed it meanwhile; nothing was written: look again with 'casarray get-array'"
	equal "$(stored outlook-oslo cn)" ""
}
