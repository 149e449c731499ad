#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# get-server: the whole of its output, and what it refuses.

load common

setup() {
	common_setup
}

@test "text, in full" {
	try 0 get-server --site Berlin
	equal "$out" "NAME      SITE    ROLES                  PRODUCT            VERSION     DAG  FQDN                  MEMBER OF                   NO MEMBER BECAUSE
BER-MBX1  Berlin  Mailbox, HubTransport  Exchange 2010 SP3  14.3.123.4       BER-MBX1.contoso.com                              no Client Access role
BER-CAS1  Berlin  ClientAccess           Exchange 2010 SP3  14.3.123.4       BER-CAS1.contoso.com  outlook-berlin.contoso.com
BER-CAS2  Berlin  ClientAccess           Exchange 2010 SP3  14.3.123.4       BER-CAS2.contoso.com  outlook-berlin.contoso.com"
}

@test "--role, --members, --site, identities" {
	local words expected

	set -f
	while IFS='|' read -r words expected; do
		# shellcheck disable=SC2086 # words
		try 0 get-server $words --format json
		equal "$(names)" "$expected"
	done <<-'END'
		--role mailbox|EX07,EX1,EX2,EX13,BER-MBX1,LIS1
		--role ClientAccess --site Berlin|BER-CAS1,BER-CAS2
		--role UnifiedMessaging|EX13
		--role Edge|
		--members|EX1,EX2,BER-CAS1,BER-CAS2
		--members --site HeadOffice|EX1,EX2
		ber-cas1.contoso.com LIS1|BER-CAS1,LIS1
		*CAS*|BER-CAS1,BER-CAS2
	END
	try 0 get-server --role Edge
	equal "$out" "no servers"
	refused 2 "casarray: '--role' is 'hub', and not one of Mailbox, ClientAccess, HubTransport, UnifiedMessaging, Edge
casarray: try 'casarray get-server --help'" get-server --role hub
	refused 3 "casarray: no server 'nosuch'" get-server nosuch
	refused 3 "casarray: no server 'outlook'
casarray: 'outlook' is an array" get-server outlook
}

@test "several that are not found are all named, and what was found is not printed" {
	try 3 get-server EX1 nosuch1 nosuch2
	equal "$err" "casarray: no server 'nosuch1'
casarray: no server 'nosuch2'"
	equal "$out" ""
}
