#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# default-server: each rule of the default, its candidates, and what cannot hold a database.

load common

setup() {
	common_setup
}

@test "the array of the server's site" {
	try 0 default-server BER-MBX1
	equal "$out" "class:                    server
name:                     BER-MBX1
rpc client access server: outlook-berlin.contoso.com
rule:                     array-of-site
reason:                   site 'Berlin' has the Client Access array 'outlook-berlin'"
	try 0 default-server --site HeadOffice --format json
	equal "$(query '.rows[0] | .rpc_client_access_server + " " + .rule')" "outlook.contoso.com array-of-site"
}

@test "without an array: the server itself, if it is a Client Access server" {
	try 0 default-server lis1.contoso.com
	equal "$out" "class:                    server
name:                     LIS1
rpc client access server: LIS1.contoso.com
rule:                     same-server
reason:                   site 'Lisbon' has no array, and server 'LIS1' is a Client Access server itself"
}

@test "else one of the site's Client Access servers at random, with the candidates" {
	try 0 remove-array outlook-berlin --force --yes
	try 0 default-server BER-MBX1 --seed 3
	equal "$out" "class:                    server
name:                     BER-MBX1
rpc client access server: BER-CAS2.contoso.com
rule:                     random-in-site
reason:                   site 'Berlin' has no array: one of its Client Access servers (2), at random
candidates:               BER-CAS1.contoso.com
                          BER-CAS2.contoso.com"
}

@test "candidates are Exchange 2010 servers with the role and an RpcClientAccess object" {
	try 0 remove-array outlook --force --yes
	try 0 default-server --site HeadOffice --format json
	equal "$(query '.rows[0].candidates | join(",")')" EX1.contoso.com,EX2.contoso.com
	without "RpcClientAccess,CN=Protocols,CN=EX2"
	try 0 default-server --site HeadOffice --format json
	equal "$(query '.rows[0].candidates | join(",")')" EX1.contoso.com
	try 0 default-server EX2 --format json
	equal "$(query '.rows[0] | .rule + " " + .rpc_client_access_server')" "random-in-site EX1.contoso.com"
}

@test "else the server falls back on itself, and a site has none" {
	without outlook-berlin
	without BER-CAS1
	without BER-CAS2
	try 0 default-server BER-MBX1
	equal "$out" "class:                    server
name:                     BER-MBX1
rpc client access server: BER-MBX1.contoso.com
rule:                     own-server
reason:                   site 'Berlin' has neither an array nor a Client Access server: server 'BER-MBX1' falls back on itself; clients cannot connect to it"
	try 0 default-server --site Berlin
	equal "$out" "class:                    site
name:                     Berlin
rule:                     none
reason:                   site 'Berlin' has neither an array nor a Client Access server: a database would point at its own mailbox server"
}

@test "a prediction comes true: what is there is what the rule says" {
	local server

	for server in EX1 BER-MBX1 LIS1; do
		try 0 default-server "$server" --format json
		expected=$(query '.rows[0].rpc_client_access_server')
		try 0 get-database --server "$server" --status ok --status no-array --format json
		equal "$(query '[.rows[].rpc_client_access_server] | unique | join(",")')" "$expected"
	done
}

@test "servers that cannot hold an Exchange 2010 mailbox database" {
	refused 3 "casarray: server 'EX07' cannot hold Exchange 2010 mailbox databases: its version is 8.3.83.6" \
		default-server EX07
	refused 3 "casarray: server 'EX13' cannot hold Exchange 2010 mailbox databases: its version is 15.0.516.32" \
		default-server EX13
	refused 3 "casarray: server 'BER-CAS1' cannot hold mailbox databases: it does not have the Mailbox role" \
		default-server BER-CAS1
}

@test "refusals: not found, both, neither, a seed that is no number" {
	refused 3 "casarray: no server 'outlook'
casarray: 'outlook' is an array" default-server outlook
	refused 3 "casarray: no site 'Nowhere'" default-server --site Nowhere
	refused 2 "casarray: give either a SERVER or --site SITE
casarray: try 'casarray default-server --help'" default-server
	refused 2 "casarray: give either a SERVER or --site SITE
casarray: try 'casarray default-server --help'" default-server EX1 --site Berlin
	refused 2 "casarray: '--seed' is 'x', and not a number from 0 on
casarray: try 'casarray default-server --help'" default-server EX1 --seed x
}
