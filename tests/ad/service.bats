#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What systemd starts once a day logs in with a keytab, and leaves no tickets behind.

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
	unset CASARRAY_DIRECTORY
}

# The command and the variables of the unit, with this keytab in place of the profile's.
run_service() {
	local unit=$ROOT/systemd/casarray-audit@.service.in command environment

	environment=$(sed -n 's/^Environment=//p' "$unit")
	environment=${environment//%d\/keytab/$1}
	command=$(sed -n 's/^ExecStart=//p' "$unit")
	command=${command/@bindir@\/casarray/"$CASARRAY"}
	command=${command/\%i/contoso}
	printf '%s\n' '[profile contoso]' "directory = $AD_LDAP" >profiles.conf
	chmod 644 profiles.conf
	# shellcheck disable=SC2086
	env $environment CASARRAY_SYSTEM_CONFIG="$PWD/profiles.conf" bash -c "$command" 2>err
}

@test "the service reads the domain controller with a keytab, and fails on findings" {
	rm -f "$BATS_FILE_TMPDIR/dc/credentials"
	run run_service "$AD_KEYTAB"
	equal "$status" 1
	[ "$(jq -r '.rows[] | select(.result == "finding").rule' report.json | wc -l)" -gt 10 ]
	[ ! -e "$BATS_FILE_TMPDIR/dc/credentials" ]
}

@test "without keys the service cannot log in, and keeps the report" {
	printf '\5\2' >keytab
	echo before >report.json
	run run_service "$PWD/keytab"
	equal "$status" 4
	contains "$(cat err)" "cannot log in to '$AD_LDAP'"
	equal "$(cat report.json)" before
}
