#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# new-array: every refusal, override, warning and option, and the object that is written.

load common

AG="CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"

setup() {
	common_setup
}

# warned FQDN: the warnings of the plan for an array of Lisbon.
warned() {
	try 0 new-array --fqdn "$1" --site Lisbon --name lisbon --what-if --format json
	query '.warnings[]'
}

@test "the plan of the issue's example" {
	try 0 New-ClientAccessArray -Fqdn outlook-lisbon.contoso.com -Site Lisbon -WhatIf
	equal "$out" "+ array outlook-lisbon  (site Lisbon)
    objectClass: top
    objectClass: server
    objectClass: msExchExchangeServer
    objectClass: msExchClientAccessArray
    cn: outlook-lisbon
    networkAddress: ncacn_ip_tcp:outlook-lisbon.contoso.com
    legacyExchangeDN: /o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=outlook-lisbon.contoso.com
    msExchServerSite: CN=Lisbon,CN=Sites,CN=Configuration,DC=contoso,DC=com
    msExchVersion: 4535486012416
    systemFlags: 1073741824
    new array
note: DNS: 'outlook-lisbon.contoso.com' must resolve inside to the address of the load balancer of the site 'Lisbon' (outlook-lisbon.contoso.com. 300 IN A <address>), and must not resolve outside
what if: 1 change planned; nothing was written"
	equal "$err" ""
	unchanged
}

@test "the record that is written, line by line" {
	local guid

	try 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	guid=$(record outlook-lisbon | sed -n 's/^objectGUID:: //p')
	[[ $guid =~ ^[A-Za-z0-9+/]{22}==$ ]]
	equal "$(record outlook-lisbon)" "dn: CN=outlook-lisbon,CN=Arrays,$AG
changetype: add
objectClass: top
objectClass: server
objectClass: msExchExchangeServer
objectClass: msExchClientAccessArray
cn: outlook-lisbon
networkAddress: ncacn_ip_tcp:outlook-lisbon.contoso.com
legacyExchangeDN: /o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=outlook-lisbon.contoso.com
msExchServerSite: CN=Lisbon,CN=Sites,CN=Configuration,DC=contoso,DC=com
msExchVersion: 4535486012416
systemFlags: 1073741824
objectGUID:: $guid"
}

@test "nothing else in the file changes" {
	try 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	head -c "$(stat -c %s "$ROOT/examples/contoso.ldif")" "$LDIF" |
		cmp - "$ROOT/examples/contoso.ldif"
}

@test "what is done is shown, with the command that undoes it" {
	local run

	try 0 new-array --fqdn outlook-lisbon.contoso.com --site Lisbon
	run=$(run_id 1)
	equal "$(tail -3 <<<"$out")" "note: DNS: 'outlook-lisbon.contoso.com' must resolve inside to the address of the load balancer of the site 'Lisbon' (outlook-lisbon.contoso.com. 300 IN A <address>), and must not resolve outside
run $run; undo with: casarray undo $run
1 change done"
}

@test "the name is the host part of the FQDN, unless it is given" {
	try 0 new-array --fqdn a.b.contoso.com --site Lisbon
	try 0 get-array --site Lisbon --format json
	equal "$(query '.rows[0] | .name + " " + .fqdn')" "a a.b.contoso.com"
	try 0 new-array "Branch array" --fqdn branch.contoso.com --site Branch
	try 0 get-array --site Branch --format json
	equal "$(query '.rows[0] | .name + " " + .fqdn')" "Branch array branch.contoso.com"
}

@test "a name has 1 to 64 characters" {
	local name64

	name64=$(printf 'n%.0s' {1..64})
	try 0 new-array "$name64" --fqdn a.contoso.com --site Lisbon --what-if
	refused 3 "casarray: '${name64}n' cannot be the name of an array: it is longer than 64 characters
casarray: a name has 1 to 64 characters and no blank at either end" \
		new-array "${name64}n" --fqdn a.contoso.com --site Lisbon
	refused 3 "casarray: '' cannot be the name of an array: it is blank
casarray: a name has 1 to 64 characters and no blank at either end" \
		new-array --name '' --fqdn a.contoso.com --site Lisbon
	refused 3 "casarray: ' x' cannot be the name of an array: it begins or ends with a blank
casarray: a name has 1 to 64 characters and no blank at either end" \
		new-array ' x' --fqdn a.contoso.com --site Lisbon
	refused 3 "casarray: 'x\\x0ay' cannot be the name of an array: it holds a control character
casarray: a name has 1 to 64 characters and no blank at either end" \
		new-array $'x\ny' --fqdn a.contoso.com --site Lisbon
}

@test "an unknown site is refused, with the nearest one" {
	refused 3 "casarray: no site 'Nowhere'" \
		new-array --fqdn a.contoso.com --site Nowhere
	refused 3 "casarray: no site 'Lisbonn'
casarray: did you mean 'Lisbon'?" new-array --fqdn a.contoso.com --site Lisbonn
}

@test "an ambiguous site is refused, and its DN is not" {
	# a second object of the name, as replication between renames can leave it
	sed 's/^dn: CN=Branch,CN=Sites/dn: CN=Branch,CN=Old,CN=Sites/;s/^objectGUID:: .*/objectGUID:: AAECAwQFBgcICQoLDA0ODw==\r/' \
		<<<"$(record Branch | sed 's/$/\r/')" >second
	printf '\r\n' >>"$LDIF"
	cat second >>"$LDIF"
	try 3 new-array --fqdn a.contoso.com --site Branch
	equal "$(head -1 <<<"$err")" "casarray: several objects answer to site 'Branch': 'CN=Branch,CN=Sites,CN=Configuration,DC=contoso,DC=com', 'CN=Branch,CN=Old,CN=Sites,CN=Configuration,DC=contoso,DC=com'"
	try 0 new-array --fqdn a.contoso.com --site 'CN=Branch,CN=Sites,CN=Configuration,DC=contoso,DC=com'
}

@test "a second array in a site is refused, --allow-second-array overrides it" {
	refused 3 "casarray: the site 'Berlin' has an array already: 'outlook-berlin' (CN=outlook-berlin,CN=Arrays,$AG)
casarray: a site has one array; --allow-second-array overrides this" \
		new-array --fqdn a.contoso.com --site Berlin
	try 0 new-array --fqdn a.contoso.com --site Berlin --allow-second-array
	try 0 get-array --site Berlin --format json
	equal "$(names)" outlook-berlin,a
}

@test "the name of another array or of a server is refused, in any case" {
	refused 3 "casarray: the name 'Outlook' is taken: it is the name of the array 'outlook' (CN=outlook,CN=Arrays,$AG)
casarray: choose another name" new-array Outlook --fqdn a.contoso.com --site Lisbon
	refused 3 "casarray: the name 'ex07' is taken: it is the name of the server 'EX07' (CN=EX07,CN=Servers,$AG)
casarray: choose another name" new-array ex07 --fqdn a.contoso.com --site Lisbon
	# the default, too
	refused 3 "casarray: the name 'lis1' is taken: it is the name of the server 'LIS1' (CN=LIS1,CN=Servers,$AG)
casarray: choose another name" new-array --fqdn lis1.example.org --site Lisbon
}

@test "the FQDN of another array or of a server is refused, in any case and with a final dot" {
	refused 3 "casarray: the FQDN 'OUTLOOK-berlin.contoso.com' is taken: it is the FQDN of the array 'outlook-berlin' (CN=outlook-berlin,CN=Arrays,$AG)
casarray: choose another FQDN" \
		new-array n --fqdn OUTLOOK-berlin.contoso.com --site Lisbon
	refused 3 "casarray: the FQDN 'ex13.contoso.com' is taken: it is the FQDN of the server 'EX13' (CN=EX13,CN=Servers,$AG)
casarray: choose another FQDN" new-array n --fqdn ex13.contoso.com. --site Lisbon
}

@test "a legacyExchangeDN that is in use is refused" {
	# the array keeps it when its FQDN changes
	try 0 set-array outlook --fqdn mail.contoso.com
	cp "$LDIF" before
	try 3 new-array n --fqdn outlook.contoso.com --site Lisbon
	equal "$err" "casarray: the legacyExchangeDN '/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=outlook.contoso.com' is in use by the array 'outlook' (CN=outlook,CN=Arrays,$AG)
casarray: its FQDN was changed since it was made; choose another FQDN"
	equal "$out" ""
	cmp "$LDIF" before
}

@test "host names that are not legal" {
	local row fqdn why

	while IFS='|' read -r fqdn why; do
		refused 3 "casarray: '$fqdn' is not a legal host name: $why
casarray: give a fully qualified name such as outlook.contoso.com" \
			new-array n --fqdn "$fqdn" --site Lisbon
	done <<-END
		-a.contoso.com|leading hyphen
		a-.contoso.com|trailing hyphen
		a..contoso.com|empty label
		.contoso.com|empty label
		a.contoso.com..|trailing dot
		a b.contoso.com|illegal character
		a_b.contoso.com|underscore
		a/b.contoso.com|illegal character
		a,b.contoso.com|illegal character
		<FQDN>|illegal character
		*.contoso.com|illegal character
		10.20.0.1|IP address
		büro.contoso.com|not ASCII
		$(printf 'a%.0s' {1..64}).com|label longer than 63
		$(printf 'abcdefg.%.0s' {1..31})abcdef|longer than 253
	END
}

@test "an empty FQDN, an empty site, none of either" {
	refused 2 "casarray: an array needs an FQDN and a site" \
		new-array --fqdn '' --site Lisbon
	refused 2 "casarray: '--site' has an empty identity
casarray: try 'casarray new-array --help'" new-array --fqdn a.contoso.com --site ''
	refused 2 "casarray: new-array needs --site, or --all-sites-without
casarray: try 'casarray new-array --help'" new-array
	refused 2 "casarray: an array needs an FQDN, and the policy has no template for it
casarray: give --fqdn, or set array-fqdn = outlook-{site}.DOMAIN in the section [policy] of casarray.conf" \
		New-ClientAccessArray -Site Lisbon
}

@test "no warning for an FQDN that nothing else uses" {
	equal "$(warned lisbon.contoso.com)" ""
}

@test "warnings: a virtual directory's URL, Outlook Anywhere, Autodiscover" {
	equal "$(warned ber-cas1.example.org)" ""
	sed -i 's|https://ber-cas1.contoso.com/owa|https://mail.example.org/owa|' "$LDIF"
	warned MAIL.example.org >warnings
	equal "$(warned MAIL.example.org)" "the FQDN 'MAIL.example.org' is also a URL of the virtual directory 'owa (Default Web Site)' on BER-CAS1: a name that is both the RPC endpoint and a web name cannot be moved apart later"
	equal "$(warned mail.contoso.com)" "the FQDN 'mail.contoso.com' is also a URL of the virtual directory 'owa (Default Web Site)' on EX1: a name that is both the RPC endpoint and a web name cannot be moved apart later
the FQDN 'mail.contoso.com' is also the Outlook Anywhere host name 'Rpc (Default Web Site)' on EX1: a name that is both the RPC endpoint and a web name cannot be moved apart later"
	equal "$(warned autodiscover.contoso.com)" "the FQDN 'autodiscover.contoso.com' is also the Autodiscover service connection point 'EX1' on EX1: a name that is both the RPC endpoint and a web name cannot be moved apart later"
}

@test "warnings: a DAG, a single label, more than 64 characters" {
	local long

	long=$(printf 'a%.0s' {1..53}).contoso.com
	equal "$(warned "$long")" "the FQDN '$long' is longer than 64 characters and may not fit into a legacyExchangeDN"
	equal "$(warned "${long:1}")" ""
	equal "$(warned lisbon)" "the FQDN 'lisbon' is a single label, not a fully qualified name"
	equal "$(warned dag1.contoso.com)" "the FQDN 'dag1.contoso.com' is the network name of the DAG 'DAG1': the cluster registers that name for itself"
}

@test "a warning does not keep the array from being made" {
	try 0 new-array lisbon --fqdn lisbon --site Lisbon
	contains "$out" "warning: the FQDN 'lisbon' is a single label, not a fully qualified name"
	try 0 get-array lisbon
}

@test "--adopt-databases points the site's databases at the array in the same plan" {
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon --adopt-databases
	equal "$(sed -n '/^    new array/,$p' <<<"$out" | sed 's/[0-9]\{8\}-[0-9]\{6\}-[0-9a-f]*/RUN/g')" \
		"    new array
~ database Lisbon DB 1  (site Lisbon)
    RpcClientAccessServer: LIS1.contoso.com -> lisbon.contoso.com
    its home site has this array
note: DNS: 'lisbon.contoso.com' must resolve inside to the address of the load balancer of the site 'Lisbon' (lisbon.contoso.com. 300 IN A <address>), and must not resolve outside
note: clients of 1 database (2 mailboxes) will reconnect
note: Outlook profiles keep the old name: 'LIS1.contoso.com' must stay resolvable and reachable until profiles have been updated
run RUN; undo with: casarray undo RUN
2 changes done"
	points "Lisbon DB 1" lisbon.contoso.com
	points "Berlin DB 2" BER-CAS1
}

@test "without --adopt-databases no database changes" {
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon
	points "Lisbon DB 1" LIS1
}

@test "--if-not-exists twice: the second time nothing is done" {
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon --if-not-exists
	contains "$out" "1 change done"
	cp "$LDIF" before
	try 0 new-array --fqdn LISBON.contoso.com --site lisbon --if-not-exists
	equal "$out" "note: the array 'lisbon' exists already, as asked for
nothing to do"
	cmp "$LDIF" before
}

@test "--if-not-exists is refused when the array that exists is another one" {
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon
	cp "$LDIF" before
	for words in "other --fqdn lisbon.contoso.com --site Lisbon" \
		"lisbon --fqdn other.contoso.com --site Lisbon" \
		"lisbon --fqdn lisbon.contoso.com --site Branch"; do
		# shellcheck disable=SC2086 # words
		try 3 new-array $words --if-not-exists
	done
	equal "$(tail -1 <<<"$err")" "casarray: change it with 'casarray set-array'"
	cmp "$LDIF" before
}

@test "--all-sites-without: what it excludes, and without a policy" {
	local words

	for words in "--site Lisbon" "--name n" "--fqdn n.contoso.com" \
		"--dns-address 10.0.0.1" --allow-second-array; do
		# shellcheck disable=SC2086 # words
		refused 2 "casarray: --all-sites-without and ${words%% *} exclude each other
casarray: try 'casarray new-array --help'" new-array --all-sites-without $words
	done
	refused 2 "casarray: an array needs an FQDN, and the policy has no template for it
casarray: give --fqdn, or set array-fqdn = outlook-{site}.DOMAIN in the section [policy] of casarray.conf" \
		New-ClientAccessArray -AllSitesWithout
}

@test "templates: --site alone suffices" {
	policy 'array-fqdn = outlook-{site}.contoso.com'
	try 0 new-array --site Lisbon
	try 0 get-array --site Lisbon --format json
	equal "$(query '.rows[0] | .name + " " + .fqdn')" "outlook-lisbon outlook-lisbon.contoso.com"
	cp "$LDIF" before
	try 0 new-array --site Lisbon --if-not-exists
	equal "$out" "note: the array 'outlook-lisbon' exists already, as asked for
nothing to do"
	cmp "$LDIF" before
}

@test "templates: a name of its own, and what is given counts more" {
	local form

	policy 'array-fqdn = outlook.{site}.contoso.com' 'array-name = cas-{site}'
	for form in "new-array --site Lisbon|cas-lisbon outlook.lisbon.contoso.com" \
		"new-array mine --site Lisbon|mine outlook.lisbon.contoso.com" \
		"new-array --site Lisbon --fqdn l.contoso.com|l l.contoso.com" \
		"New-ClientAccessArray -Site Lisbon -Name mine -Fqdn l.contoso.com|mine l.contoso.com"; do
		# shellcheck disable=SC2086 # words
		try 0 ${form%|*} --what-if --format json
		equal "$(query '.rows[0] | .name + " " +
			(.attributes[] | select(.name == "networkAddress") | .new | ltrimstr("ncacn_ip_tcp:"))')" \
			"${form#*|}"
	done
}

@test "templates: a site whose name makes no host name" {
	policy 'array-fqdn = outlook-{site}.contoso.com'
	another_site 'Sao (new)'
	cp "$LDIF" before
	try 3 new-array --site 'Sao (new)'
	equal "$err" "casarray: the template 'outlook-{site}.contoso.com' gives no host name for the site 'Sao (new)': a host label cannot have '('
casarray: name it yourself, with --fqdn"
	equal "$out" ""
	cmp "$LDIF" before
	try 0 new-array --site 'Sao (new)' --fqdn outlook-sao.contoso.com
}

@test "the fix of CAS001 needs no FQDN with a template" {
	try 0 audit --rule CAS001 --format json
	equal "$(query '.rows[].fix')" "casarray new-array --fqdn '<FQDN>' --site Lisbon --adopt-databases"
	policy 'array-fqdn = outlook-{site}.contoso.com'
	try 0 audit --rule CAS001 --format json
	equal "$(query '.rows[].fix')" "casarray new-array --site Lisbon --adopt-databases"
	eval "try 0 $(query '.rows[].fix | ltrimstr("casarray ")')"
	try 0 audit --rule CAS001 --format json
	equal "$(query '.rows[].fix')" ""
}

@test "--all-sites-without: all that are missing in one plan, and one undo" {
	local run

	policy 'array-fqdn = outlook-{site}.contoso.com'
	another_site 'New York'
	cp "$LDIF" before
	try 0 new-array --all-sites-without --adopt-databases --format json
	equal "$(query '.rows[] | .action + " " + .name')" "create outlook-lisbon
create outlook-new-york
modify Lisbon DB 1"
	run=$(query .run)
	try 0 get-array --format json
	equal "$(names)" outlook,outlook-berlin,outlook-lisbon,outlook-new-york
	points "Lisbon DB 1" outlook-lisbon.contoso.com
	try 0 undo "$run" --yes
	try 0 get-array --format json
	equal "$(names)" outlook,outlook-berlin
	points "Lisbon DB 1" LIS1
}

@test "--all-sites-without, again: nothing to do" {
	policy 'array-fqdn = outlook-{site}.contoso.com'
	try 0 New-ClientAccessArray -AllSitesWithout
	contains "$out" "1 change done"
	cp "$LDIF" before
	try 0 new-array --all-sites-without
	equal "$out" "note: no site lacks an array
nothing to do"
	equal "$err" ""
	cmp "$LDIF" before
}

@test "--all-sites-without: --what-if, --out and --max-changes" {
	policy 'array-fqdn = outlook-{site}.contoso.com'
	another_site 'New York'
	cp "$LDIF" before
	try 0 new-array --all-sites-without --what-if
	equal "$(tail -1 <<<"$out")" "what if: 2 changes planned; nothing was written"
	try 3 new-array --all-sites-without --max-changes 1
	cmp "$LDIF" before
	try 0 new-array --all-sites-without --max-changes 2 --out reviewed.plan
	cmp "$LDIF" before
	try 0 apply reviewed.plan --yes
	try 0 get-array --format json
	equal "$(names)" outlook,outlook-berlin,outlook-lisbon,outlook-new-york
}

@test "--all-sites-without: sites that cannot get one refuse all, with every reason" {
	policy 'array-fqdn = outlook-{site}.contoso.com'
	another_site 'New York'
	another_site 'New_York'
	another_site 'Sao (new)'
	cp "$LDIF" before
	try 3 new-array --all-sites-without
	equal "$err" "casarray: site 'New_York': its array would have the FQDN of that of site 'New York', 'outlook-new-york.contoso.com'
casarray: site 'Sao (new)': the template 'outlook-{site}.contoso.com' gives no host name for the site 'Sao (new)': a host label cannot have '('
casarray: 2 of 4 sites without an array cannot get one
casarray: make theirs first, with --site and --fqdn"
	equal "$out" ""
	cmp "$LDIF" before
	try 0 new-array --site New_York --fqdn outlook-ny2.contoso.com
	try 0 new-array --site 'Sao (new)' --fqdn outlook-sao.contoso.com
	try 0 new-array --all-sites-without
	contains "$out" "2 changes done"
}

@test "--all-sites-without leaves out a site that is exempt" {
	policy 'array-fqdn = outlook-{site}.contoso.com' '[exemption lisbon]' 'class = decommission' \
		'object = Lisbon' 'reason = the site is closed' 'owner = mail team'
	try 0 new-array --all-sites-without
	equal "$out" "note: no site lacks an array
nothing to do"
	unchanged
}
