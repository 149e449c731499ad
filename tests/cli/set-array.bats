#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# set-array: what changes, what never does, and what is refused.

load common

AG="CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
LEGACY="/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"

setup() {
	common_setup
}

# differences: the lines that are not as they were, unfolded.
differences() {
	diff <(record outlook "$ROOT/examples/contoso.ldif") <(record "$1") | grep '^[<>]'
}

@test "several changes: one line for each, then what follows from them" {
	try 0 set-array outlook --name HO --fqdn ho.contoso.com --site Branch --what-if
	equal "$out" "~ array outlook  (site HeadOffice)
    Name: outlook -> HO
    Fqdn: outlook.contoso.com -> ho.contoso.com
    Site: HeadOffice -> Branch
    set array
warning: 3 databases that use the array will not have their home in its site: 'Executives', 'Sales DB 1', 'Mailboxes 2013'
note: DNS: 'ho.contoso.com' must resolve inside to the address of the load balancer of the site 'Branch' (ho.contoso.com. 300 IN A <address>), and must not resolve outside
note: the legacyExchangeDN '$LEGACY/cn=outlook.contoso.com' stays as it is: databases refer to the array by it
note: 3 databases will show 'ho.contoso.com' at once: 'Executives', 'Sales DB 1', 'Mailboxes 2013'
note: Outlook profiles keep the old name: 'outlook.contoso.com' must stay resolvable and reachable until profiles have been updated
what if: 1 change planned; nothing was written"
	unchanged
}

@test "JSON has every change" {
	try 0 set-array outlook --name HO --fqdn ho.contoso.com --site Branch --what-if --format json
	equal "$(query '.rows[0].changes[] | [.what, .old, .new] | join("|")')" \
		"Name|outlook|HO
Fqdn|outlook.contoso.com|ho.contoso.com
Site|HeadOffice|Branch"
}

@test "--name renames: DN and cn, nothing else" {
	try 0 set-array outlook --name 'Head Office'
	equal "$(differences 'Head Office')" "< dn: CN=outlook,CN=Arrays,$AG
> dn: CN=Head Office,CN=Arrays,$AG
< cn: outlook
< distinguishedName: CN=outlook,CN=Arrays,$AG
> cn: Head Office
> distinguishedName: CN=Head Office,CN=Arrays,$AG
< name: outlook
> name: Head Office"
}

@test "--fqdn replaces the address, and the legacyExchangeDN stays" {
	try 0 set-array outlook --fqdn mail2.contoso.com
	equal "$(differences outlook)" "< networkAddress: ncacn_ip_tcp:outlook.contoso.com
> networkAddress: ncacn_ip_tcp:mail2.contoso.com"
	try 0 get-database Executives --format json
	equal "$(query '.rows[0].rpc_client_access_server')" mail2.contoso.com
}

@test "--fqdn leaves addresses of other protocols alone" {
	sed -i 's/^networkAddress: ncacn_ip_tcp:outlook\.contoso\.com/networkAddress: netbios:OUTLOOK\r\n&/' "$LDIF"
	try 0 set-array outlook --fqdn mail2.contoso.com
	equal "$(record outlook | grep '^networkAddress')" "networkAddress: netbios:OUTLOOK
networkAddress: ncacn_ip_tcp:mail2.contoso.com"
}

@test "--site moves the array, and members are those of the new site" {
	try 0 set-array outlook --site Lisbon
	equal "$(differences outlook)" "< msExchServerSite: CN=HeadOffice,CN=Sites,CN=Configuration,DC=contoso,DC=com
> msExchServerSite: CN=Lisbon,CN=Sites,CN=Configuration,DC=contoso,DC=com"
	try 0 get-array outlook --format json
	equal "$(query '.rows[0].members | join(",")')" LIS1
}

@test "which databases show the new name; none when none uses it" {
	try 0 set-array outlook-berlin --fqdn b.contoso.com --what-if --format json
	contains "$(query '.notices[]')" "2 databases will show 'b.contoso.com' at once: 'Finance', 'Berlin DB 1'"
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon
	try 0 set-array lisbon --fqdn l.contoso.com --what-if --format json
	contains "$(query '.notices[]')" "no database uses the array"
	[[ $(query '.notices[]') != *profiles* ]]
}

@test "what is so already: nothing to do" {
	try 0 set-array outlook --name outlook --fqdn outlook.contoso.com --site headoffice
	equal "$out" "note: the array 'outlook' is already so
nothing to do"
	unchanged
}

@test "a name that differs in case only is a change" {
	try 0 set-array outlook --name OUTLOOK
	equal "$(record OUTLOOK | head -1)" "dn: CN=OUTLOOK,CN=Arrays,$AG"
}

@test "without systemFlags that allow it a rename is refused" {
	# all three lines in a row are of the arrays: 0x40000000
	sed -i 's/^systemFlags: 1073741824/systemFlags: 0/' "$LDIF"
	cp "$LDIF" before
	try 3 set-array outlook --name HO
	equal "$err" "casarray: the array 'outlook' cannot be renamed: its systemFlags lack 0x40000000, without which Active Directory renames nothing in the configuration
casarray: make a new array with the name wanted, re-point the databases, then remove this one"
	cmp "$LDIF" before
	try 0 set-array outlook --fqdn mail2.contoso.com
}

@test "refused: names and FQDNs that are taken, a site that has an array" {
	refused 3 "casarray: the name 'Outlook-Berlin' is taken: it is the name of the array 'outlook-berlin' (CN=outlook-berlin,CN=Arrays,$AG)
casarray: choose another name" set-array outlook --name Outlook-Berlin
	refused 3 "casarray: the name 'EX1' is taken: it is the name of the server 'EX1' (CN=EX1,CN=Servers,$AG)
casarray: choose another name" set-array outlook --name EX1
	refused 3 "casarray: the FQDN 'outlook-berlin.contoso.com' is taken: it is the FQDN of the array 'outlook-berlin' (CN=outlook-berlin,CN=Arrays,$AG)
casarray: choose another FQDN" set-array outlook --fqdn outlook-berlin.contoso.com
	refused 3 "casarray: the FQDN 'EX1.contoso.com' is taken: it is the FQDN of the server 'EX1' (CN=EX1,CN=Servers,$AG)
casarray: choose another FQDN" set-array outlook --fqdn EX1.contoso.com
	refused 3 "casarray: the site 'Berlin' has an array already: 'outlook-berlin' (CN=outlook-berlin,CN=Arrays,$AG)
casarray: a site has one array; --allow-second-array overrides this" \
		set-array outlook --site Berlin
	try 0 set-array outlook --site Berlin --allow-second-array
}

@test "refused: what is no name, no host name, no site, no array" {
	refused 3 "casarray: '' cannot be the name of an array: it is blank
casarray: a name has 1 to 64 characters and no blank at either end" set-array outlook --name ''
	refused 3 "casarray: 'a b' is not a legal host name: illegal character
casarray: give a fully qualified name such as outlook.contoso.com" set-array outlook --fqdn 'a b'
	refused 3 "casarray: no site 'Nowhere'" set-array outlook --site Nowhere
	refused 3 "casarray: no array 'EX1'
casarray: 'EX1' is a server" set-array EX1 --name x
	refused 3 "casarray: no array 'outl*'" set-array 'outl*' --name x
	refused 2 "casarray: nothing to set: give --name, --fqdn or --site
casarray: try 'casarray set-array --help'" set-array outlook
	refused 2 "casarray: missing: ARRAY
casarray: try 'casarray set-array --help'" set-array --name x
}

@test "undo of several changes takes each back" {
	try 0 set-array outlook --name HO --fqdn ho.contoso.com --site Branch
	try 0 undo --yes
	equal "$(head -4 <<<"$out")" "~ array HO  (site HeadOffice)
    Name: HO -> outlook
    Fqdn: ho.contoso.com -> outlook.contoso.com
    Site: Branch -> HeadOffice"
	unchanged
}
