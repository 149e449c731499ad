#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# get-array: the whole of its output, and what it refuses.

load common

setup() {
	common_setup
}

@test "text, in full" {
	try 0 get-array
	equal "$out" "NAME            FQDN                        SITE        MEMBERS             DATABASES
outlook         outlook.contoso.com         HeadOffice  EX1, EX2                    3
outlook-berlin  outlook-berlin.contoso.com  Berlin      BER-CAS1, BER-CAS2          2"
	equal "$err" ""
}

@test "--site and wildcards" {
	local row words expected

	set -f
	while IFS='|' read -r words expected; do
		# shellcheck disable=SC2086 # words
		try 0 get-array $words --format json
		equal "$(names)" "$expected"
	done <<-'END'
		--site Berlin|outlook-berlin
		--site Berlin --site headoffice|outlook,outlook-berlin
		--site Branch|
		*|outlook,outlook-berlin
		OUT*|outlook,outlook-berlin
		*-berlin|outlook-berlin
		*-BER*|outlook-berlin
		nothing*|
		outlook-berlin outlook|outlook,outlook-berlin
		outl* --site HeadOffice|outlook
	END
	try 0 get-array --site Branch
	equal "$out" "no arrays"
}

@test "an array without a site has no members" {
	sed -i '/^dn: CN=outlook-berlin,CN=Arrays/,/^\r$/{/^msExchServerSite/,/^[a-z]/{/^msExchServerSite/d;/^ /d}}' "$LDIF"
	try 0 get-array outlook-berlin --format json
	equal "$(query '.rows[0] | [.site, .members] | tostring')" '[null,[]]'
}

@test "members are Exchange 2010 servers with the role and an RpcClientAccess object" {
	# without its RpcClientAccess object
	without "RpcClientAccess,CN=Protocols,CN=BER-CAS1"
	try 0 get-array outlook-berlin --format json
	equal "$(query '.rows[0].members | join(",")')" BER-CAS2
	try 0 get-server BER-CAS1 --format json
	equal "$(query '.rows[0].member_why')" "no RpcClientAccess object"
}

@test "not found, an object of another kind, an empty identity" {
	refused 3 "casarray: no array 'outlok'
casarray: did you mean 'outlook'?" get-array outlok
	refused 3 "casarray: no array 'EX1'
casarray: 'EX1' is a server" get-array EX1
	refused 3 "casarray: no site 'Nowhere'" get-array --site Nowhere
	refused 2 "casarray: '--identity' has an empty identity
casarray: try 'casarray get-array --help'" get-array ''
	refused 2 "casarray: '--site' has an empty identity
casarray: try 'casarray get-array --help'" get-array --site ''
}
