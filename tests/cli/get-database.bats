#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# get-database: every column, status and filter.

load common

setup() {
	common_setup
}

@test "text, in full" {
	try 0 get-database --site HeadOffice
	equal "$out" "NAME              SERVER  SITE        DAG   RPC CLIENT ACCESS SERVER    POINTS AT             EXPECTED             STATUS      DEFAULT              DEFAULT RULE   MAILBOXES
Executives        EX1     HeadOffice  DAG1  outlook.contoso.com         array                 outlook.contoso.com  ok          outlook.contoso.com  array-of-site          2
Sales DB 1        EX1     HeadOffice  DAG1  outlook.contoso.com         array                 outlook.contoso.com  ok          outlook.contoso.com  array-of-site          3
Sales DB 2        EX2     HeadOffice  DAG1  EX2.contoso.com             client-access-server  outlook.contoso.com  server      outlook.contoso.com  array-of-site          4
Finance           EX1     HeadOffice  DAG1  outlook-berlin.contoso.com  array                 outlook.contoso.com  other-site  outlook.contoso.com  array-of-site          2
Public Folders    EX1     HeadOffice        EX1.contoso.com             client-access-server                       exempt                                                  0
Recovery 2014     EX2     HeadOffice        EX2.contoso.com             client-access-server                       exempt                                                  0
Mailboxes 2013    EX13    HeadOffice        outlook.contoso.com         array                                      exempt                                                  0
Legacy Mailboxes  EX07    HeadOffice        EX07.contoso.com            client-access-server                       exempt                                                  0"
}

@test "only mailbox databases of Exchange 2010 have a default" {
	try 0 get-database --format json
	equal "$(query '[.rows[] | select(.default == null and .default_rule == null).name] | join(",")')" \
		"Public Folders,Recovery 2014,Mailboxes 2013,Legacy Mailboxes"
}

@test "default and its rule: array, the server itself, a random one, its own server" {
	try 0 get-database "Lisbon DB 1" --format json
	equal "$(query '.rows[0] | .default + " " + .default_rule')" "LIS1.contoso.com same-server"
	try 0 remove-array outlook-berlin --force --yes
	try 0 get-database "Berlin DB 2" --format json
	equal "$(query '.rows[0].default_rule')" random-in-site
	without BER-CAS1
	without BER-CAS2
	try 0 get-database "Berlin DB 2" --format json
	equal "$(query '.rows[0] | .default + " " + .default_rule')" "BER-MBX1.contoso.com own-server"
}

@test "statuses: malformed, without a site, dangling, no home" {
	# a value that is no legacyExchangeDN
	sed -i '/^dn: CN=Finance,/,/^\r$/{/^legacyExchangeDN/,/^[a-z]/{s/^legacyExchangeDN.*/legacyExchangeDN: what\r/;/^ /d}}' "$LDIF"
	try 0 get-database Finance --format json
	equal "$(query '.rows[0].status')" malformed
	try 0 remove-array outlook --force --yes
	try 0 get-database Executives --format json
	equal "$(query '.rows[0] | [.status, .target_class] | join(" ")')" "dangling nothing"
	try 0 get-database --status malformed --status dang* --format json
	equal "$(names)" "Executives,Sales DB 1,Finance,Berlin Archive"
}

@test "several values of one option widen, several options narrow" {
	local words expected

	while IFS='|' read -r words expected; do
		eval "try 0 get-database $words --format json"
		equal "$(names)" "$expected"
	done <<-'END'
		--site Lisbon --site berlin --status wrong|Berlin DB 2,Berlin DB 3,Berlin DB 4,Berlin Archive
		--server EX2 --status ok|Executives,Sales DB 1
		--server EX2 --dag dag1 --value EX2|Sales DB 2
		--dag DAG1 --site Berlin|
		--value outlook --value outlook-berlin.contoso.com|Executives,Sales DB 1,Finance,Mailboxes 2013,Berlin DB 1
		--value '*contoso.com' --site Berlin|Berlin DB 1,Berlin DB 2,Berlin DB 3,Berlin DB 4
		--value nothing|
		'Sales*' 'Fin*'|Sales DB 1,Sales DB 2,Finance
		'*db 1'|Sales DB 1,Berlin DB 1,Lisbon DB 1
		Finance finance|Finance
	END
	try 0 get-database --value nothing
	equal "$out" "no databases"
}

@test "refusals" {
	refused 3 "casarray: no database 'Finanse'
casarray: did you mean 'Finance'?" get-database Finanse
	refused 3 "casarray: no database 'outlook'
casarray: 'outlook' is an array" get-database outlook
	refused 3 "casarray: no server 'nosuch'" get-database --server nosuch
	refused 3 "casarray: no dag 'nosuch'" get-database --dag nosuch
	refused 2 "casarray: no such status: 'bad'
casarray: try 'casarray get-database --help'" get-database --status bad
}
