#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Others who write at the same time, and connections that break: what is reported is what happened.

load common
bats_require_minimum_version 1.5.0

setup() {
	server_setup
}

teardown() {
	proxy_stop
	server_teardown
}

BERLIN=outlook-berlin.contoso.com

# meanwhile COMMAND ARGUMENT...: runs casarray; between its question and the answer, the command.
meanwhile() {
	local command=$1
	shift
	status=0
	screen=$(/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 \
		--meanwhile "$command" --answer y "$CASARRAY" "$@" --confirm --directory "$LDAPI") ||
		status=$?
}

# ---- others ----

@test "twenty writers of one database: exactly one wins" {
	local old i value writers=20 won=0 pids=()
	old=$(held "Berlin DB 2")
	# Each of them saw the old value, and is told to go on when all of them have.
	for ((i = 1; i <= writers; i++)); do
		(
			mkdir "w$i"
			cd "w$i"
			HOME=$PWD XDG_STATE_HOME=$PWD
			status=0
			/usr/bin/python3 "$ROOT/tests/cli/terminal.py" --columns 200 --answer y \
				--meanwhile "touch ready; timeout 30 sh -c 'until [ -e ../go ]; do sleep 0.05; done'" \
				"$CASARRAY" set-database "Berlin DB 2" --rpc-client-access-server \
				"$([ $((i % 2)) -eq 0 ] && echo outlook.contoso.com || echo $BERLIN)" \
				--confirm --directory "$LDAPI" >screen 2>&1 || status=$?
			echo "$status" >status
		) 3>&- &
		pids+=($!)
	done
	for ((i = 0; i < 200; i++)); do
		[ "$(ls w*/ready 2>/dev/null | wc -l)" -lt "$writers" ] || break
		sleep 0.1
	done
	equal "$(ls w*/ready | wc -l)" "$writers"
	touch go
	wait "${pids[@]}"
	value=$(held "Berlin DB 2")
	[ "$value" != "$old" ]
	for ((i = 1; i <= writers; i++)); do
		case $(<"w$i/status") in
		0) ! grep -q "change.* done" "w$i/screen" || won=$((won + 1)) ;;
		esac
	done
	equal "$won" 1
	# Nine found their value there already; the ten who wanted the other one have a conflict.
	equal "$(cat w*/status | sort | uniq -c | xargs)" "10 0 10 5"
	equal "$(grep -l "legacyExchangeDN holds '$value'" w*/screen | wc -l)" 10
	equal "$(grep -c 'MOD attr=legacyExchangeDN' "$LDAP_LOG")" "$writers"
}

@test "a value that somebody changed meanwhile is left alone" {
	local dn theirs
	dn=$(dn_of "Berlin DB 2")
	theirs=$(held "Berlin DB 3")
	cat >change <<-CHANGE
		dn: $dn
		changetype: modify
		replace: legacyExchangeDN
		legacyExchangeDN: $theirs
	CHANGE
	meanwhile "ldapmodify -Q -Y EXTERNAL -H $LDAPI -f change" \
		set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN"
	equal "$status" 5
	contains "$screen" "legacyExchangeDN holds '$theirs'"
	equal "$(held "Berlin DB 2")" "$theirs"
}

@test "an object that was deleted meanwhile is a conflict" {
	meanwhile "ldapdelete -Q -Y EXTERNAL -H $LDAPI -r '$(dn_of "Berlin DB 2")'" \
		set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN"
	equal "$status" 5
	contains "$screen" "there is no such object any more"
	equal "$(held "Berlin DB 2")" ""
}

@test "an array that somebody changed meanwhile is not removed" {
	cat >change <<-CHANGE
		dn: $(dn_of outlook-berlin)
		changetype: modify
		replace: networkAddress
		networkAddress: ncacn_ip_tcp:other.contoso.com
	CHANGE
	meanwhile "ldapmodify -Q -Y EXTERNAL -H $LDAPI -f change" remove-array outlook-berlin --force
	equal "$status" 5
	contains "$screen" "networkAddress holds 'ncacn_ip_tcp:other.contoso.com'"
	[ -n "$(dn_of outlook-berlin)" ]
}

# ---- connections; the files points-* break them everywhere ----

@test "a server that was started anew while a question was asked" {
	local stop="kill $LDAP_PID; while kill -0 $LDAP_PID 2>/dev/null; do sleep 0.05; done"
	local addresses="$LDAPI $LDAP $LDAPS"
	# The connection is dead when the answer comes: what is written there raises SIGPIPE.
	meanwhile "$stop; rm -f $SERVER/ldapi; slapd -f $SERVER/slapd.conf -h '$addresses' \
		>/dev/null 2>&1; until [ -s $SERVER/slapd.pid ]; do sleep 0.05; done" \
		set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN"
	cp "$SERVER/slapd.pid" "$SERVER/pid"
	equal "$status" 0
	contains "$screen" "1 change done"
	contains "$(held "Berlin DB 2")" "cn=$BERLIN/"
}

@test "a server that went away while a question was asked" {
	meanwhile "kill $LDAP_PID; while kill -0 $LDAP_PID 2>/dev/null; do sleep 0.05; done" \
		set-database "Berlin DB 2" --rpc-client-access-server "$BERLIN"
	contains "$screen" "cannot connect to '$LDAPI'"
	[ "$status" -eq 6 ] || [ "$status" -eq 7 ]
}

# bulk STATUS: re-points the databases of Berlin, through the proxy. There are four that change.
bulk() {
	try "$1" set-database --site Berlin --rpc-client-access-server auto --yes \
		--directory "$PROXY"
}

# What the four changes make of the databases.
bulk_result() {
	on_server 0 set-database --site Berlin --rpc-client-access-server auto --yes
	databases >result
	on_server 0 undo --yes
	rm -rf "$XDG_STATE_HOME"
	: >"$LDAP_LOG"
}

run_of_last() {
	"$CASARRAY" history --format json --directory "$PROXY" | jq -r '.rows[0].run'
}

history_of_last() {
	"$CASARRAY" history --format json --directory "$PROXY" |
		jq -r '.rows[0] | "\(.state) \(.done) \(.steps)"'
}

@test "a server that is gone: what is known is told, the rest is found out by resume" {
	local k run
	bulk_result
	for k in 1 2 3 4; do
		proxy_start "lose:modify:$k:gone"
		bulk 6
		contains "$err" "is not known"
		grep -qE '[1-4] (changes? )?unknown$' out
		contains "$err" "casarray resume"

		proxy_start
		contains "$(history_of_last)" "interrupted "
		run=$(run_of_last)
		try 0 resume "$run" --yes --directory "$PROXY"
		equal "$(databases)" "$(<result)"
		equal "$(history_of_last)" "done 4 5"
		try 0 undo --yes --directory "$PROXY" "$run"
	done
}

@test "a server that stays busy: one series of pauses for all that is in flight" {
	proxy_start answer:modify:1-999:51
	# Each of the 6 changes alone would wait for 3 seconds.
	SECONDS=0
	try 3 set-database "*" --rpc-client-access-server auto --yes --format json --directory "$PROXY"
	[ "$SECONDS" -lt 10 ]
	[ "$(jq '[.rows[] | select(.outcome == "refused")] | length' out)" -eq 6 ]
	contains "$err" "busy (51)"
}
