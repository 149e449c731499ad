#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# --what-if on a server: no change is asked for, and no file is touched.

load common
bats_require_minimum_version 1.5.0

setup() {
	common_setup
	printf '\r\n' >>"$LDIF"
	cat "$ROOT/tests/data/dns-zones.ldif" >>"$LDIF"
	SERVER=$(slapd_folder)
	slapd_start "$SERVER" "$LDIF"
	unset CASARRAY_DIRECTORY
}

teardown() {
	proxy_stop
	server_teardown
}

# traced ARGUMENT...: try 0 through the proxy, with the calls that touch a file in the file touched.
traced() {
	local status=0

	strace -f -qq -o trace -e trace=%file,ftruncate,fchmod,fchown \
		"$CASARRAY" "$@" --directory "$PROXY" >out 2>err </dev/null || status=$?
	if [ "$status" -ne 0 ]; then
		cat err
		return 1
	fi
	grep -E 'O_WRONLY|O_RDWR|O_CREAT| (rename|unlink|mkdir|rmdir|link|symlink|truncate|ftruncate|f?chmod|f?chown|mknod|utime)[a-z0-9]*\(' \
		trace | grep -v '"/dev/null"' >touched || true
}

# put DATABASE VALUE: its legacyExchangeDN from here on.
put() {
	ldap_tool ldapmodify >/dev/null <<-CHANGE
		dn: $(dn_of "$1")
		changetype: modify
		replace: legacyExchangeDN
		legacyExchangeDN: $2
	CHANGE
}

@test "no command of change writes anything with --what-if, whatever else is said" {
	local command finished before

	needs_strace
	before=$(held "Berlin DB 4")
	proxy_start lose:modify:2:gone
	try 0 set-database "Berlin DB 2" --rpc-client-access-server auto --yes --directory "$PROXY"
	finished=$(CASARRAY_DIRECTORY=$PROXY run_id 1)
	try 6 set-database "Berlin DB 4" --rpc-client-access-server auto --yes --directory "$PROXY"
	proxy_start
	# The change whose answer was lost was made: there is something left to resume.
	put "Berlin DB 4" "$before"
	try 0 set-database "Berlin DB 3" --rpc-client-access-server auto --yes --out saved \
		--directory "$PROXY"
	: >"$LDAP_LOG"
	while read -r command; do
		echo "$command"
		# shellcheck disable=SC2086 # words
		traced $command --what-if --yes --format json
		equal "$(<touched)" ""
		[ ! -e plan ]
		equal "$(query .what_if)" true
		[ "$(query .outcomes.planned)" -gt 0 ]
	done <<-END
		new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --dns-address 10.30.0.10
		set-array outlook --name mail --fqdn mail.contoso.com
		remove-array outlook-berlin --repoint-to outlook
		set-database --site Berlin --rpc-client-access-server outlook --out plan
		repair --out plan
		apply saved
		dns create outlook-berlin --address 10.20.0.10
		dns remove outlook
		undo $finished
		resume
	END
	equal "$(asked MOD)$(asked ADD)$(asked DEL)$(asked MODRDN)" 0000
	# What is written without it is seen in the same way.
	traced dns remove outlook --yes
	[ -s touched ]
	equal "$(asked MOD)" 1
}
