#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Changing a server: every command does there what it does to the export.

load common
bats_require_minimum_version 1.5.0

setup() {
	server_setup
}

teardown() {
	server_teardown
}

# same_everywhere ARGUMENT...: the command does the same to the server as to the export.
same_everywhere() {
	try 0 "$@" --yes --directory "$LDIF" --journal file-journal
	on_server 0 "$@" --yes
	same_state
}

# The lists of arrays and databases are those of the export.
same_state() {
	local command fields='[.rows[] | {name, fqdn, site, rpc_client_access_server}] | sort_by(.name)'
	for command in get-array get-database; do
		try 0 "$command" --format json --directory "$LDIF"
		jq -S "$fields" out >expected
		on_server 0 "$command" --format json
		jq -S "$fields" out >actual
		diff expected actual
	done
}

undo_everywhere() {
	try 0 undo --yes --directory "$LDIF" --journal file-journal
	on_server 0 undo --yes
	same_state
}

@test "new-array, and undo" {
	same_everywhere new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	contains "$(dn_of outlook-lisbon)" "cn=Arrays,"
	undo_everywhere
	equal "$(dn_of outlook-lisbon)" ""
}

@test "set-database, and undo" {
	local before
	before=$(databases)
	same_everywhere set-database --site Berlin --rpc-client-access-server auto
	[ "$(databases)" != "$before" ]
	undo_everywhere
	equal "$(databases)" "$before"
}

@test "repair, and undo" {
	local before
	before=$(databases)
	same_everywhere repair
	[ "$(databases)" != "$before" ]
	undo_everywhere
	equal "$(databases)" "$before"
}

@test "set-array: a new name, address and site, and undo" {
	same_everywhere new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	same_everywhere set-array outlook-lisbon --name mail --fqdn mail.contoso.com --site Branch
	[ -n "$(dn_of mail)" ]
	equal "$(dn_of outlook-lisbon)" ""
	undo_everywhere
	equal "$(dn_of mail)" ""
}

@test "set-array: a new name that differs in case only" {
	same_everywhere set-array outlook --name Outlook
	contains "$(dn_of outlook)" "cn=Outlook,"
}

@test "remove-array, and undo" {
	same_everywhere new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	same_everywhere remove-array outlook-lisbon
	equal "$(dn_of outlook-lisbon)" ""
	undo_everywhere
	[ -n "$(dn_of outlook-lisbon)" ]
}

@test "what is so already is not written" {
	on_server 0 set-database "Berlin DB 2" --rpc-client-access-server outlook-berlin.contoso.com \
		--yes
	on_server 0 set-database "Berlin DB 2" --rpc-client-access-server outlook-berlin.contoso.com \
		--yes
	equal "$(asked MOD)" 1
}

@test "what the server refuses is said in its words, and is no success" {
	# It has a child now, so the server will not delete it.
	ldap_tool ldapadd >/dev/null <<-ENTRY
		dn: cn=below,$(dn_of outlook)
		objectClass: container
		cn: below
	ENTRY
	try 3 remove-array outlook --force --yes --directory "$LDAPI"
	contains "$err" "notAllowedOnNonLeaf (66)"
	[ -n "$(dn_of outlook)" ]
}
