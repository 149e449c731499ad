#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A domain controller that is killed in the middle of a change of many databases.

bats_require_minimum_version 1.5.0
load ../cli/common
load common

setup() {
	common_setup
	ad_start dc
	export CASARRAY_DIRECTORY=$AD_LDAP
	THROTTLE=
}

teardown() {
	if [ -n "$THROTTLE" ]; then
		kill "$THROTTLE"
	fi
	ad_stop
}

# slowly BYTES: an address of the controller that takes so many bytes a second, in $SLOW.
slowly() {
	local i

	"$ROOT/tests/ad/throttle" "$AD_ADDRESS" 389 "$1" >port 2>throttle.err </dev/null 3>&- &
	THROTTLE=$!
	for ((i = 0; i < 100; i++)); do
		if [ -s port ]; then
			SLOW=ldap://$AD_ADDRESS:$(<port)
			return 0
		fi
		sleep 0.05
	done
	return 1
}

# databases: the value of each, without casarray; sorted.
databases() {
	ldapsearch -LLL -o ldif-wrap=no -Q -Y GSSAPI -N -H "$AD_LDAP" -b "$AD_CONFIGURATION" \
		'(objectClass=msExchPrivateMDB)' legacyExchangeDN | grep -v '^$' | paste - - | sort
}

# moved: how many databases are where the change is to bring all.
moved() {
	databases | grep -c "/cn=$target/" || true
}

# crash: no process of the controller is left, and none had the time to clean up.
crash() {
	kill -KILL -- "-$AD_PID"
	until ad_ended "$AD_PID"; do
		sleep 0.02
	done
}

# reported OUTCOME: the names of the databases that have it in the report of out.json, sorted.
reported() {
	jq -r --arg outcome "$1" '.rows[] | select(.action == "modify" and .outcome == $outcome) |
		.dn' out.json | sort
}

target=outlook-closed.contoso.test

@test "what is reported is what happened, and resume completes the change" {
	local i status=0 run unknown

	databases >before
	equal "$(moved)" 0
	slowly 12000
	casarray set-database '*' --rpc-client-access-server "$target" --yes --directory "$SLOW" \
		--format json >out.json 2>err </dev/null 3>&- &
	for ((i = 0; i < 400; i++)); do
		if [ "$(moved)" -ge 3 ]; then
			break
		fi
	done
	crash
	wait $! || status=$?
	equal "$status" 6
	ad_launch "$AD_FOLDER"
	export AD_PID

	# What it knows is so; of all else it says that it does not know, and how to find out.
	run=$(run_id 1)
	unknown=$(reported unknown | wc -l)
	contains "$(<err)" "casarray: whether $unknown changes were made is not known: "
	contains "$(<err)" "casarray: 'casarray resume $run --directory $SLOW' finds out what was written, and does the rest"
	equal "$(reported 'done' | wc -l)" "$((27 - unknown))"
	[ "$unknown" -gt 0 ]
	databases | sed -n "s,^dn: \\(.*\\)\tlegacyExchangeDN: .*/cn=$target/.*,\\1,p" >changed
	[ "$(wc -l <changed)" -ge 3 ]
	[ "$(wc -l <changed)" -lt 27 ]
	comm -23 <(reported 'done') changed >lies
	equal "$(<lies)" ""
	comm -23 changed <(sort <(reported 'done') <(reported unknown)) >lies
	equal "$(<lies)" ""
	equal "$(casarray history --format json | jq -r '.rows[0].state')" interrupted

	try 0 resume --yes
	equal "$(moved)" 27
	equal "$(casarray history --format json | jq -r '.rows[0] | "\(.state) \(.done)"')" "done 27"
	try 0 undo --yes
	databases | diff before -
}
