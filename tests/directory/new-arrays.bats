#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# new-array on a server, with names of the policy: of one site, and of all that have none.

load common

# Three sites without an array: Lisbon is one already.
setup() {
	common_setup
	another_site 'New York'
	another_site 'Oslo'
	cp "$LDIF" wider.ldif
	server_setup "$PWD/wider.ldif"
	cp wider.ldif "$LDIF"
	policy 'array-fqdn = outlook-{site}.contoso.com' 'array-name = {site}'
}

teardown() {
	server_teardown
}

# arrays: name and FQDN of each on the server.
arrays() {
	on_server 0 get-array --format json
	query '[.rows[] | .name + "=" + .fqdn] | sort | join(" ")'
}

present='outlook-berlin=outlook-berlin.contoso.com outlook=outlook.contoso.com'

@test "the site is enough" {
	on_server 0 new-array --site Oslo
	equal "$(arrays)" "oslo=outlook-oslo.contoso.com $present"
	contains "$(dn_of oslo)" "cn=oslo,cn=Arrays,"
}

@test "all sites at once with their databases, again nothing, and one undo" {
	local before run

	before=$(databases)
	on_server 0 new-array --all-sites-without --adopt-databases --format json
	run=$(query .run)
	equal "$(arrays)" "lisbon=outlook-lisbon.contoso.com new-york=outlook-new-york.contoso.com oslo=outlook-oslo.contoso.com $present"
	contains "$(held 'Lisbon DB 1')" "/cn=outlook-lisbon.contoso.com/"
	on_server 0 new-array --all-sites-without --adopt-databases
	equal "$out" "note: no site lacks an array
nothing to do"
	on_server 0 undo "$run" --yes
	equal "$(arrays)" "$present"
	equal "$(databases)" "$before"
}

@test "the plan of the server is that of its export" {
	on_server 0 new-array --all-sites-without --adopt-databases --what-if
	cp out expected
	try 0 new-array --all-sites-without --adopt-databases --what-if --directory "$LDIF"
	# the server writes DNs in its own case
	diff -i expected out
}

@test "when one site cannot get an array the server is not written to" {
	policy 'array-fqdn = {site}.contoso.com' 'array-name = {site}'
	# takes the FQDN of Oslo's
	on_server 0 new-array other --fqdn oslo.contoso.com --site Lisbon
	on_server 3 new-array --all-sites-without
	contains "$err" "casarray: site 'Oslo': the FQDN 'oslo.contoso.com' is taken: it is the FQDN of the array 'other' ("
	contains "$err" "casarray: 1 of 2 sites without an array cannot get one"
	equal "$(arrays)" "other=oslo.contoso.com $present"
}

@test "a plan that is kept is applied as it was reviewed" {
	on_server 0 new-array --all-sites-without --out reviewed.plan
	equal "$(arrays)" "$present"
	# somebody else was faster
	on_server 0 new-array oslo --fqdn fast.contoso.com --site Oslo
	on_server 6 apply reviewed.plan --yes
	equal "$(arrays)" "lisbon=outlook-lisbon.contoso.com new-york=outlook-new-york.contoso.com oslo=fast.contoso.com $present"
}
