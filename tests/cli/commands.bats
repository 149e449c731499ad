#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What each command does with the example organization: what it shows, refuses and writes.

load common

setup() {
	common_setup
}

# ---- looking ----

@test "get-array shows members and databases" {
	try 0 get-array
	equal "$out" "NAME            FQDN                        SITE        MEMBERS             DATABASES
outlook         outlook.contoso.com         HeadOffice  EX1, EX2                    3
outlook-berlin  outlook-berlin.contoso.com  Berlin      BER-CAS1, BER-CAS2          2"
}

@test "get-array by every form of identity" {
	local guid dn legacy id

	try 0 get-array outlook-berlin --format json
	guid=$(jq -r '.rows[0].guid' out)
	dn=$(jq -r '.rows[0].dn' out)
	legacy=$(jq -r '.rows[0].legacy_dn' out)
	for id in OUTLOOK-BERLIN outlook-berlin.contoso.com Outlook-Berlin.Contoso.com. \
		"$guid" "{${guid^^}}" "${dn/,/ , }" "$legacy" '*berlin' '*-ber*' --site=Berlin; do
		try 0 get-array "$id" --format json
		equal "$(names)" outlook-berlin
	done
}

@test "get-array names what is not found, and an empty wildcard is no error" {
	try 3 get-array outlok
	contains "$err" "outlok"
	try 0 get-array 'nothing*'
	equal "$out" "no arrays"
	try 2 get-array ''
}

@test "get-array --databases names the databases" {
	try 0 get-array outlook --databases --format json
	equal "$(jq -c '.rows[0].database_names' out)" \
		'["Executives","Sales DB 1","Mailboxes 2013"]'
}

@test "get-server says why a server is no member" {
	try 0 get-server --format json
	equal "$(jq -r '.rows[] | select(.member | not) | .name + ": " + .member_why' out)" \
		"EX07: Exchange 2007
EX13: Exchange 2013 or later
BER-MBX1: no Client Access role
LIS1: no array in its site"
	try 0 Get-ExchangeServer -Role clientaccess -Members -Format json
	equal "$(names)" EX1,EX2,BER-CAS1,BER-CAS2
	try 0 get-server --site Berlin --format json
	equal "$(names)" BER-MBX1,BER-CAS1,BER-CAS2
}

@test "get-site counts and names" {
	try 0 get-site --format json
	equal "$(jq -c '.rows[] | [.name, .arrays, (.servers | length), .databases, .subnets]' out)" \
		'["HeadOffice",["outlook"],4,4,["10.10.0.0/16","10.11.0.0/16"]]
["Berlin",["outlook-berlin"],3,5,["10.20.0.0/16"]]
["Lisbon",[],1,1,["10.30.0.0/16"]]
["Branch",[],0,0,["10.99.0.0/16"]]'
	try 0 Get-ADSite -Exchange -Format json
	equal "$(names)" HeadOffice,Berlin,Lisbon
}

@test "get-database: status, class, expected value and default of each" {
	try 0 get-database --format json
	equal "$(jq -r '.rows[] | [.name, .status, .target_class, .expected // "-", .default_rule // "-"]
		| join("|")' out)" \
		"Executives|ok|array|outlook.contoso.com|array-of-site
Sales DB 1|ok|array|outlook.contoso.com|array-of-site
Sales DB 2|server|client-access-server|outlook.contoso.com|array-of-site
Finance|other-site|array|outlook.contoso.com|array-of-site
Public Folders|exempt|client-access-server|-|-
Recovery 2014|exempt|client-access-server|-|-
Mailboxes 2013|exempt|array|-|-
Berlin DB 1|ok|array|outlook-berlin.contoso.com|array-of-site
Berlin DB 2|server|client-access-server|outlook-berlin.contoso.com|array-of-site
Berlin DB 3|mailbox-server|mailbox-server|outlook-berlin.contoso.com|array-of-site
Berlin DB 4|other-site-server|client-access-server|outlook-berlin.contoso.com|array-of-site
Berlin Archive|dangling|nothing|outlook-berlin.contoso.com|array-of-site
Lisbon DB 1|no-array|client-access-server|LIS1.contoso.com|same-server
Legacy Mailboxes|exempt|client-access-server|-|-"
}

@test "get-database filters by site, server, DAG, value and status" {
	try 0 get-database --site Berlin --format json
	equal "$(names)" "Berlin DB 1,Berlin DB 2,Berlin DB 3,Berlin DB 4,Berlin Archive"
	try 0 get-database --server EX13 --server LIS1 --format json
	equal "$(names)" "Mailboxes 2013,Lisbon DB 1"
	try 0 get-database --dag DAG1 --format json
	equal "$(names)" "Executives,Sales DB 1,Sales DB 2,Finance"
	try 0 get-database --value outlook-berlin --format json
	equal "$(names)" "Finance,Berlin DB 1"
	try 0 get-database --value OLDCAS --format json
	equal "$(names)" "Berlin Archive"
	try 0 get-database --value 'ber-*' --format json
	equal "$(names)" "Berlin DB 2,Berlin DB 3"
	try 0 get-database --value '*dcas' --value '*-mbx*' --format json
	equal "$(names)" "Berlin DB 3,Berlin Archive"
	try 0 get-database --status wrong --site HeadOffice --format json
	equal "$(names)" "Sales DB 2,Finance"
	try 0 get-database --status 'other-site*' --format json
	equal "$(names)" "Finance,Berlin DB 4"
	try 2 get-database --status bad
	try 3 get-database --site Nowhere
}

@test "get-database by name equals the row of the whole list" {
	try 0 get-database --format json
	jq -S '.rows[] | select(.name == "Finance")' out >whole
	try 0 Get-MailboxDatabase Finance -Format json
	jq -S '.rows[]' out >one
	diff whole one
	try 3 get-database nosuch norsuch2
	contains "$err" nosuch
	contains "$err" norsuch2
}

@test "default-server: the array, the server itself, a random one, and refusals" {
	try 0 default-server EX1 --format json
	equal "$(jq -r '.rows[0] | .rpc_client_access_server + " " + .rule' out)" \
		"outlook.contoso.com array-of-site"
	try 0 default-server LIS1 --format json
	equal "$(jq -r '.rows[0].rule' out)" same-server
	try 0 default-server --site Branch --format json
	equal "$(jq -r '.rows[0].rule' out)" none
	try 3 default-server EX13
	try 2 default-server
	try 2 default-server EX1 --site Berlin
}

@test "default-server --seed repeats the choice, and reaches every candidate" {
	local seed seen=

	try 0 remove-array outlook-berlin --force --yes
	for seed in 0 1 2 3 4 5 6 7 8 9; do
		try 0 default-server BER-MBX1 --seed "$seed" --format json
		first=$(jq -r '.rows[0].rpc_client_access_server' out)
		try 0 default-server --site Berlin --seed "$seed" --format json
		equal "$(jq -r '.rows[0].rpc_client_access_server' out)" "$first"
		seen+="$first "
	done
	contains "$seen" BER-CAS1.contoso.com
	contains "$seen" BER-CAS2.contoso.com
}

# ---- judging ----

@test "audit's exit status is that of the gate" {
	try 1 audit
	try 0 audit --fail-on never
	try 0 audit --site Branch
	try 1 audit --rule CAS040
	try 0 audit --rule CAS001
	try 1 audit --rule CAS001 --fail-on warning
	try 0 audit --rule array-unused --fail-on warning
	try 2 audit --rule CAS999
	try 2 audit --family nothing
	try 2 audit --fail-on sometimes
	try 3 audit --site Nowhere
}

@test "audit exits with 8 only when a rule that was asked for was not evaluated" {
	try 8 audit --rule CAS090
	try 0 audit --family dns
	contains "$out" "not evaluated"
}

@test "audit selects by rule, skip, family, site, server and database" {
	try 1 audit --site Berlin --family databases --skip CAS048 --format json
	equal "$(jq -r '[.rows[] | select(.result == "finding" and .severity == "error")
		| .rule + " " + .object.name] | sort | join("; ")' out)" \
		"CAS040 Berlin DB 2; CAS042 Berlin Archive; CAS043 Berlin DB 3; CAS046 Berlin DB 4"
	try 1 audit --database Finance --rule CAS045 --rule CAS040 --format json
	equal "$(jq -r '[.rows[].object.name] | join(",")' out)" Finance
	try 0 audit --server LIS1 --family databases --format json
	equal "$(jq -r '[.rows[] | select(.result == "finding") | .rule + " " + .object.name] | join(",")' out)" \
		"CAS041 Lisbon DB 1"
}

@test "every command that audit prints as a fix is understood" {
	try 1 audit --format json
	jq -r '.rows[] | select(.result == "finding").fix | select(startswith("casarray "))' out |
		grep -v '[A-Z]\{4,\}' | sort -u >fixes
	[ -s fixes ]
	while read -r fix; do
		eval "try 0 ${fix#casarray } --what-if"
	done <fixes
}

@test "repair asks, and without a terminal writes nothing" {
	try 3 repair
	contains "$err" "nothing was written"
	unchanged
	[ ! -e "$XDG_STATE_HOME/casarray/journal" ]
}

@test "repair --what-if wins over --yes" {
	try 0 repair --what-if --yes
	contains "$out" "nothing was written"
	unchanged
}

@test "repair --what-if: what is left is not in the plan" {
	try 0 repair --what-if --format json
	equal "$(jq -c '[.outcomes.planned, .left.fix_classes.auto,
		([.left.findings[] | select(.rule == "CAS045")] | length)]' out)" '[5,0,1]'
	try 0 repair --what-if --include-cross-site --format json
	equal "$(jq -c '[.outcomes.planned,
		([.left.findings[] | select(.rule == "CAS045")] | length)]' out)" '[6,0]'
}

@test "repair mends what is clear, audits again and says what is left" {
	try 0 repair --yes --format json
	equal "$(jq -r '[.rows[] | select(.action == "modify").name] | sort | join(",")' out)" \
		"Berlin Archive,Berlin DB 2,Berlin DB 3,Berlin DB 4,Sales DB 2"
	equal "$(jq -c '[.outcomes.done, .left.fix_classes.auto]' out)" '[5,0]'
	equal "$(jq -r '[.left.findings[] | select(.severity == "error") | .rule + " " + .object.name]
		| sort | join("; ")' out)" "CAS045 Finance"
	points "Berlin DB 2" outlook-berlin.contoso.com
	points "Sales DB 2" outlook.contoso.com
	points Finance outlook-berlin.contoso.com
	try 0 repair --yes
	contains "$out" "nothing to do"
	contains "$out" "left: "
}

@test "repair --include-cross-site, --rule, --site and --max-changes" {
	try 3 repair --yes --max-changes 4
	contains "$err" "5 changes"
	unchanged
	try 0 repair --yes --rule CAS040 --site Berlin --format json
	equal "$(jq -r '[.rows[].name] | join(",")' out)" "Berlin DB 2"
	try 0 repair --yes --include-cross-site --site HeadOffice
	points Finance outlook.contoso.com
	points "Berlin DB 3" BER-MBX1
}

@test "explain a rule needs no directory, a database does" {
	unset CASARRAY_DIRECTORY
	try 0 explain cas040
	contains "$out" database-points-at-server
	try 0 explain database-points-at-server
	try 2 explain CAS999
	contains "$err" CAS999
	try 2 explain Finance
	contains "$err" "--directory"
}

@test "explain a database says which rules say so" {
	try 0 explain "Berlin DB 2" --format json
	equal "$(jq -r '.rows[0] | [.rpc_client_access_server, .expected, .expected_rule, .home_rule,
		.home_server, .default, .default_rule] | join(" ")' out)" \
		"BER-CAS1.contoso.com outlook-berlin.contoso.com array-of-home-site preferred-copy BER-MBX1 outlook-berlin.contoso.com array-of-site"
	contains "$(jq -r '[.rows[0].findings[].rule] | join(" ")' out)" CAS040
	try 3 explain nosuch
}

# ---- changing ----

@test "New-ClientAccessArray -WhatIf shows the object and writes nothing" {
	try 0 New-ClientAccessArray -Fqdn outlook-lisbon.contoso.com -Site Lisbon -WhatIf
	contains "$out" "networkAddress: ncacn_ip_tcp:outlook-lisbon.contoso.com"
	contains "$out" "DNS"
	unchanged
}

@test "new-array takes the name first, and else from the FQDN" {
	try 0 New-ClientAccessArray Lissabon -fqdn outlook-lisbon.contoso.com -site Lisbon
	try 0 get-array Lissabon --format json
	equal "$(jq -r '.rows[0] | .fqdn + " " + (.members | join(","))' out)" \
		"outlook-lisbon.contoso.com LIS1"
	points "Lisbon DB 1" LIS1
	try 0 new-array Lissabon --fqdn outlook-lisbon.contoso.com --site Lisbon --if-not-exists
	try 3 new-array Lissabon --fqdn outlook-lisbon.contoso.com --site Lisbon
	try 2 new-array --site Lisbon
	contains "$err" fqdn
}

@test "new-array --adopt-databases is one plan" {
	try 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --adopt-databases --format json
	equal "$(jq -r '[.rows[] | .action + " " + .name] | join(", ")' out)" \
		"create outlook-lisbon, modify Lisbon DB 1"
	points "Lisbon DB 1" outlook-lisbon.contoso.com
	try 0 undo --yes
	points "Lisbon DB 1" LIS1
	try 3 get-array outlook-lisbon
}

@test "set-array keeps the legacyExchangeDN, and databases show the new name" {
	try 2 set-array outlook-berlin
	try 0 set-array outlook-berlin --fqdn mail-berlin.contoso.com --name "Berlin array"
	points "Berlin DB 1" outlook-berlin.contoso.com
	try 0 get-database "Berlin DB 1" --format json
	equal "$(jq -r '.rows[0].rpc_client_access_server' out)" mail-berlin.contoso.com
	try 0 get-array "Berlin array" --format json
	contains "$(jq -r '.rows[0].legacy_dn' out)" "/cn=outlook-berlin.contoso.com"
}

@test "remove-array refuses while databases use it, naming them" {
	try 3 remove-array outlook-berlin --yes
	contains "$err" "'Berlin DB 1'"
	contains "$err" "'Finance'"
	try 2 remove-array outlook-berlin --force --repoint-to outlook
	try 3 remove-array outlook-berlin --force
	contains "$err" "--yes"
	unchanged
	try 0 Remove-ClientAccessArray outlook-berlin -Force '-Confirm:$false'
	try 3 get-array outlook-berlin
	points Finance outlook-berlin.contoso.com
}

@test "remove-array --repoint-to moves the databases first" {
	try 0 remove-array outlook-berlin --repoint-to outlook --yes --format json
	equal "$(jq -r '[.rows[] | .action + " " + .name] | join(", ")' out)" \
		"modify Finance, modify Berlin DB 1, delete outlook-berlin"
	points Finance outlook.contoso.com
}

@test "set-database: nothing chosen, an empty target, a mailbox-only server" {
	try 2 set-database --rpc-client-access-server auto
	contains "$err" "no databases"
	try 2 set-database Finance
	try 2 set-database Finance --rpc-client-access-server ''
	try 3 set-database Finance --rpc-client-access-server BER-MBX1
	unchanged
}

@test "set-database names all databases that were not found at once" {
	try 3 set-database Finance nosuch1 nosuch2 --rpc-client-access-server auto
	contains "$err" nosuch1
	contains "$err" nosuch2
	unchanged
}

@test "set-database: named singly is refused, in bulk it is skipped with the reason" {
	local name

	for name in "Public Folders" "Recovery 2014" "Mailboxes 2013" "Legacy Mailboxes"; do
		try 3 set-database "$name" --rpc-client-access-server outlook
		contains "$err" "$name"
	done
	unchanged
	try 0 set-database --all --rpc-client-access-server outlook --format json
	equal "$(jq -r '[.rows[] | select(.action == "skip" and .reason != "already so").name] | join(",")' out)" \
		"Public Folders,Recovery 2014,Mailboxes 2013,Legacy Mailboxes"
	points "Lisbon DB 1" outlook.contoso.com
	contains "$(jq -r '.warnings | join(" ")' out)" site
}

@test "set-database --force sets what is skipped, but never a database of Exchange 2007" {
	try 0 set-database "Recovery 2014" --rpc-client-access-server outlook --force
	points "Recovery 2014" outlook.contoso.com
	try 3 set-database "Legacy Mailboxes" --rpc-client-access-server outlook --force
}

@test "set-database by server, DAG, wildcard and stdin" {
	try 0 set-database --server BER-MBX1 --rpc-client-access-server auto --what-if --format json
	equal "$(jq -r '[.rows[] | select(.action == "modify").name] | join(",")' out)" \
		"Berlin DB 2,Berlin DB 3,Berlin DB 4,Berlin Archive"
	try 0 set-database --dag DAG1 --rpc-client-access-server auto --what-if --format json
	equal "$(jq -r '[.rows[] | select(.action == "modify").name] | join(",")' out)" "Sales DB 2,Finance"
	try 0 set-database 'Sales*' --site Lisbon --rpc-client-access-server outlook --what-if --format json
	equal "$(jq -r '[.rows[] | select(.action == "modify").name] | join(",")' out)" "Sales DB 2,Lisbon DB 1"
	printf 'Berlin DB 2\n\n  \nPublic Folders\n' >list
	"$CASARRAY" set-database - --rpc-client-access-server auto <list
	points "Berlin DB 2" outlook-berlin.contoso.com
	try 2 set-database - Finance --rpc-client-access-server auto
}

@test "Set-MailboxDatabase with a list of names, as it is typed" {
	try 0 Set-MailboxDatabase -Identity 'Berlin DB 2','Berlin DB 3' -RPCClientAccessServer outlook-berlin.contoso.com
	points "Berlin DB 2" outlook-berlin.contoso.com
	points "Berlin DB 3" outlook-berlin.contoso.com
}

# ---- looking back ----

@test "history, undo of one object, undo of the rest, and the file is as before" {
	try 0 history
	equal "$out" "no runs"
	try 0 set-database "Berlin DB 2" "Berlin DB 3" --rpc-client-access-server auto
	try 3 undo
	try 0 undo --object "Berlin DB 2" --yes
	points "Berlin DB 2" BER-CAS1
	points "Berlin DB 3" outlook-berlin.contoso.com
	try 0 history --format json
	run=$(jq -r '.rows[1].run' out)
	equal "$(jq -r '.rows[1] | .state + " " + .command' out)" \
		"done casarray set-database 'Berlin DB 2' 'Berlin DB 3' --rpc-client-access-server auto"
	try 0 undo "$run" --object "Berlin DB 3" --yes
	unchanged
	try 3 undo --object nosuch "$run" --yes
}

@test "history of a run shows its steps; a run that is not there is not found" {
	try 0 set-database Finance --rpc-client-access-server auto
	try 0 history --format json
	run=$(jq -r '.rows[0].run' out)
	try 0 history "${run%????}"
	contains "$out" "Finance"
	contains "$out" "outlook.contoso.com"
	try 3 history 19990101
}

@test "history is of one directory, with --all of every one" {
	try 0 set-database Finance --rpc-client-access-server auto
	cp "$ROOT/examples/contoso.ldif" other.ldif
	try 0 history --directory other.ldif
	equal "$out" "no runs"
	try 0 history --all --directory other.ldif
	contains "$out" "set-database Finance"
}

@test "resume without an interrupted run" {
	try 0 resume
	contains "$out" "no run on this directory was interrupted"
}
