#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# explain: rules and databases.

load common

setup() {
	common_setup
}

@test "a rule, in full, by id and name in any case, without a directory" {
	unset CASARRAY_DIRECTORY
	try 0 explain cas040
	equal "$out" "rule:           CAS040
name:           database-points-at-server
family:         databases
severity:       error
asked of every: database
needs:          directory
                databases
fix class:      auto
why:            The database names a single Client Access server although its home site has an array. Outlook profiles of its users remember that server: when it fails or is replaced, they do not move to another member.
fix:            Point the database at the array of its home site. All its clients reconnect once, and the old name must stay resolvable until their profiles have been updated.
source:         Exchange documentation"
	cp out first
	try 0 explain Database-Points-At-Server
	cmp out first
}

@test "from where on a rule finds something, and of what that is a number" {
	local rule

	for rule in CAS200 CAS204 CAS040; do
		try 0 explain $rule --format csv --fields rule,threshold,threshold_unit
		sed -n '2s/\r//p' <<<"$out"
	done >thresholds
	equal "$(cat thresholds)" "CAS200,3,mailbox servers for each Client Access server
CAS204,,mailboxes for each Client Access server
CAS040,,"
}

@test "every rule has what people need" {
	local rule

	try 1 audit --format json
	query '[.rows[].rule] | unique[]' >rules
	while read -r rule; do
		try 0 explain "$rule" --format json
		equal "$(query '.rows[0] | [.rule, .name, .family, .severity, .why, .fix, .source] |
			all(type == "string" and length > 2)')" true
	done <rules
}

@test "a database, in full: the value, what is expected and why, the default, the findings, the fix" {
	try 0 explain "berlin db 2"
	equal "$out" "database:        Berlin DB 2
type:            mailbox
server:          BER-MBX1
home site:       Berlin
home by:         preferred-copy
home server:     BER-MBX1
present value:   BER-CAS1.contoso.com
points at:       client-access-server
status:          server
expected:        outlook-berlin.contoso.com
expected by:     array-of-home-site
because:         the home site has one Client Access array
default:         outlook-berlin.contoso.com
default by:      array-of-site
default because: site 'Berlin' has the Client Access array 'outlook-berlin'
findings:        CAS040 database-points-at-server: database 'Berlin DB 2' points at server 'BER-CAS1' and not at the array of its home site 'Berlin' (by the copy with activation preference 1 on BER-MBX1): its clients stop when that server does
fix:             casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com"
}

@test "a database without findings" {
	try 0 explain Executives --format json
	equal "$(query '.rows[0] | [.status, .as_expected, (.findings | length), (.fixes | length)] | map(tostring) | join(" ")')" \
		"ok true 0 0"
}

@test "databases that are exempt say why, and have no default" {
	local name reason

	while IFS='|' read -r name reason; do
		try 0 explain "$name" --format json
		equal "$(query '.rows[0] | [.status, .expected_rule, .expected, .default, .default_rule, .default_reason] | map(. // "-") | join("|")')" \
			"exempt|exempt|-|-|-|only mailbox databases of Exchange 2010 get a value by default"
		contains "$(query '.rows[0].expected_reason')" "$reason"
	done <<-'END'
		Public Folders|public folders
		Recovery 2014|recovery
		Mailboxes 2013|2013
		Legacy Mailboxes|2007
	END
}

@test "the fix carries --directory, in text and JSON" {
	try 0 explain "Berlin DB 2" -d "$LDIF"
	equal "$(tail -1 <<<"$out")" "fix:             casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com --directory $LDIF"
	try 0 explain "Berlin DB 2" -d "$LDIF" --format json
	equal "$(query '.rows[0] | .fixes[0], .findings[0].fix' | sort -u)" \
		"casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com --directory $LDIF"
}

@test "what is neither: the nearest rule, the nearest database" {
	refused 2 "casarray: no such rule: 'CAS999'; did you mean 'CAS099'?
casarray: try 'casarray explain --help'" explain CAS999
	refused 2 "casarray: no such rule: 'database-points-at-servr'; did you mean 'database-points-at-server'?
casarray: try 'casarray explain --help'" explain database-points-at-servr
	refused 3 "casarray: no database 'Finanse'
casarray: did you mean 'Finance'?" explain Finanse
	refused 3 "casarray: no database 'outlook'
casarray: 'outlook' is an array" explain outlook
	refused 2 "casarray: missing: RULE|DATABASE
casarray: try 'casarray explain --help'" explain
}
