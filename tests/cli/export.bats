#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# export: the present state as a desired state.

load common

setup() {
	common_setup
}

valid() {
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.state <"${1:-out}"
}

@test "the document in full, an object a line" {
	try 0 export
	equal "$out" '{"schema":"casarray.state","version":1,
"organization":"Contoso",
"arrays":[
{"name":"outlook","fqdn":"outlook.contoso.com","site":"HeadOffice"},
{"name":"outlook-berlin","fqdn":"outlook-berlin.contoso.com","site":"Berlin"}
],
"databases":[
{"name":"Berlin Archive","rpc_client_access_server":null,"//":"it points at '"'OLDCAS'"', which does not exist"},
{"name":"Berlin DB 1","rpc_client_access_server":"outlook-berlin.contoso.com"},
{"name":"Berlin DB 2","rpc_client_access_server":"BER-CAS1.contoso.com"},
{"name":"Berlin DB 3","rpc_client_access_server":"BER-MBX1.contoso.com"},
{"name":"Berlin DB 4","rpc_client_access_server":"EX1.contoso.com"},
{"name":"Executives","rpc_client_access_server":"outlook.contoso.com"},
{"name":"Finance","rpc_client_access_server":"outlook-berlin.contoso.com"},
{"name":"Legacy Mailboxes","rpc_client_access_server":"EX07.contoso.com"},
{"name":"Lisbon DB 1","rpc_client_access_server":"LIS1.contoso.com"},
{"name":"Mailboxes 2013","rpc_client_access_server":"outlook.contoso.com"},
{"name":"Public Folders","rpc_client_access_server":"EX1.contoso.com"},
{"name":"Recovery 2014","rpc_client_access_server":"EX2.contoso.com"},
{"name":"Sales DB 1","rpc_client_access_server":"outlook.contoso.com"},
{"name":"Sales DB 2","rpc_client_access_server":"EX2.contoso.com"}
],
"exemptions":[]}'
	valid
	equal "$err" ""
}

@test "nothing differs from what was exported, whatever is wrong in the directory" {
	local options

	for options in "" --auto; do
		try 0 export $options -o wanted.json
		equal "$out" ""
		valid wanted.json
		try 0 diff wanted.json --prune
		equal "$out" "no differences"
		try 0 apply wanted.json --prune
		equal "$out" "nothing to do"
	done
	unchanged
}

@test "--auto: 'auto' where the only array of the home site is used" {
	try 0 export --auto
	equal "$(jq -r '[.databases[] | select(.rpc_client_access_server == "auto").name] | join(",")' out)" \
		"Berlin DB 1,Executives,Sales DB 1"
}

@test "what was changed is brought back" {
	try 0 export -o wanted.json
	try 0 set-array outlook --name HO --site Branch
	try 0 set-database 'Sales DB 2' Finance --rpc-client-access-server EX1
	try 1 diff wanted.json
	try 0 apply wanted.json --format json
	equal "$(query '[.rows[] | .action + " " + .name] | join(",")')" \
		"rename HO,modify Finance,modify Sales DB 2"
	try 0 diff wanted.json
	unchanged
}

@test "the order of the file does not matter" {
	try 0 export
	cp out first
	/usr/bin/python3 - "$LDIF" <<-'END'
		import sys
		text = open(sys.argv[1], newline="", encoding="utf-8").read()
		records = text.strip("\r\n").split("\r\n\r\n")
		open(sys.argv[1], "w", newline="", encoding="utf-8").write("\r\n\r\n".join(records[::-1]) + "\r\n")
	END
	try 0 export
	cmp out first
}

@test "names that several objects have are written so that they are found again" {
	sed -i 's/^cn: Finance\r/cn: Executives\r/; s/^dn: CN=Finance,CN=Databases/dn: CN=Executives,CN=Else,CN=Databases/' "$LDIF"
	try 0 export -o wanted.json
	equal "$(jq '[.databases[].name | select(test("^[0-9a-f-]{36}$"))] | length' wanted.json)" 2
	try 0 diff wanted.json
}

# same OPTION...: what is exported is what the schema says, and nothing differs from it.
same() {
	try 0 export "$@" -o wanted.json
	valid wanted.json
	try 0 diff wanted.json --prune
	equal "$out" "no differences"
}

GROUP="CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso"
GROUP+=",CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"

# one_more NAME FQDN SITE [CONTAINER]: an array that is like no other, in the file.
one_more() {
	{
		printf '\r\ndn:: %s\r\n' "$(printf 'CN=%b,CN=%s,%s' "$1" "${4:-Arrays}" "$GROUP" | base64 -w 0)"
		printf 'objectClass: %s\r\n' top server msExchExchangeServer msExchClientAccessArray
		printf 'cn:: %s\r\n' "$(printf '%b' "$1" | base64 -w 0)"
		[ -z "$2" ] || printf 'networkAddress:: %s\r\n' "$(printf 'ncacn_ip_tcp:%b' "$2" | base64 -w 0)"
		printf 'legacyExchangeDN: /o=Contoso/ou=x/cn=Configuration/cn=Servers/cn=%s\r\n' "$((++made))"
		printf 'msExchServerSite: CN=%s,CN=Sites,CN=Configuration,DC=contoso,DC=com\r\n' "$3"
		printf 'systemFlags: 1073741824\r\nmsExchVersion: 4535486012416\r\n'
	} >>"$LDIF"
}

@test "arrays that have names or FQDNs in common stay as they are, and nothing new shares them" {
	one_more same same.contoso.com Lisbon
	one_more other same.contoso.com Branch
	one_more same third.contoso.com Branch Else
	one_more third.contoso.com fourth.contoso.com Lisbon
	one_more same same.contoso.com HeadOffice Third
	same
	equal "$(jq '.arrays | length' wanted.json)" 7
	jq '.databases = [{"name": "Finance", "rpc_client_access_server": "same"}]' wanted.json >changed
	try 3 diff changed
	contains "$err" "databases[0]: 'Finance': several objects answer to server or array 'same'"
	jq '.arrays += [{"name": "new", "fqdn": "fourth.contoso.com", "site": "Branch"}]' wanted.json >changed
	try 3 diff changed
	contains "$err" "arrays[7]: 'new': it is the array 'third.contoso.com', which is listed already"
	jq '.arrays |= map(if .name == "outlook" then .fqdn = "same.contoso.com" else . end)' wanted.json >changed
	try 3 diff changed
	contains "$err" "'outlook': the FQDN 'same.contoso.com' is taken"
}

@test "names that a file cannot say: the other name does, or the array is left alone" {
	one_more 'bad\xff' good.contoso.com Lisbon
	one_more '\\20' blank.contoso.com Branch
	one_more blank ' ' Branch
	one_more 'worse\xfe' '' Branch
	same
	equal "$(jq -c '[.arrays[] | select(.name == null or .fqdn == null) | [.name, .fqdn]]' wanted.json)" \
		'[[null,"blank.contoso.com"],[null,"good.contoso.com"],["blank",null]]'
}

@test "an array of the name 'auto' is a target by another name" {
	one_more auto '' Lisbon
	try 0 set-database 'Berlin Archive' --rpc-client-access-server "CN=auto,CN=Arrays,$GROUP" --no-preflight
	same
}

@test "it is JSON and nothing else" {
	try 0 export
	cp out expected
	try 0 export --format json
	cmp out expected
	try 2 export --format csv
	equal "$err" "casarray: a desired state is JSON, not 'csv'
casarray: try 'casarray export --help'"
	try 2 export --fields name
	try 7 export -o /dev/full
}

@test "a schema of its own that tells right from wrong" {
	local filter

	try 0 export
	for filter in '.surprise = 1' 'del(.version)' '.arrays[0].fqnd = "x"' '.databases[0].name = ""' \
		'del(.databases[0].name)' '.arrays[0] = {"site": "x"}' '.exemptions = [1]'; do
		jq "$filter" out >changed
		run valid changed
		[ "$status" -eq 1 ]
	done
	jq '."//" = 1 | .arrays[0]."// why" = [] | .databases[0]."//2" = null' out >changed
	valid changed
}

# judged FILTER: the schema and the program judge the document, changed so, alike; and how.
judged() {
	local schema=1 program=1

	jq "$1" state >changed
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.state <changed >/dev/null 2>&1 ||
		schema=0
	casarray diff changed >out 2>err || [ $? -eq 1 ] || program=0
	if [ "$schema" -ne "$program" ]; then
		echo "$1: the schema says $schema, the program $program: $(<err)"
		return 1
	fi
	[ "$schema" -eq "$2" ]
}

@test "the schema and the program take the same files" {
	local filter

	try 0 export
	jq '.exemptions = [{name: "x", rule: "CAS040", object: "Finance", reason: "r", owner: "o"}]' out >state
	while read -r filter; do
		judged "$filter" 1
	done <<-'END'
		.
		.version = 1.0
		.organization = null
		del(.organization, .arrays, .databases, .exemptions)
		.arrays[0].name = null
		.arrays[0] = {"fqdn": "outlook.contoso.com", "// why": null}
		.databases[0] = {"name": "Finance"} | del(.databases[1:])
		.exemptions[0].class = null
		.exemptions[0].class = "plain"
		.exemptions[0].expires = "2031-12-31"
		.exemptions[0].value = null
		.exemptions[0] += {class: "pf-proxy", rule: null}
		.exemptions[0] += {class: "temporary-override", rule: null, value: "EX1", expires: "2031-12-31"}
		.exemptions[0] += {class: "switchover", rule: null, expires: "2031-12-31"}
		.exemptions[0] += {class: "decommission", rule: null}
		.exemptions[0] += {class: "hide-name", rule: "CAS090"}
	END
	while read -r filter; do
		judged "$filter" 0
	done <<-'END'
		.version = 2
		.version = "1"
		.arrays = null
		.arrays[0].name = " "
		.arrays[0] = {name: null, fqdn: null}
		.arrays[0].site = ""
		.databases[0].name = null
		.databases[0].rpc_client_access_server = "\t"
		.databases = {}
		.exemptions[0].name = null
		.exemptions[0].object = " "
		.exemptions[0].reason = null
		.exemptions[0].owner = ""
		.exemptions[0].rule = null
		.exemptions[0].value = "EX1"
		.exemptions[0].class = "Plain"
		.exemptions[0].class = "other"
		.exemptions[0].expires = "2026-13-01"
		.exemptions[0].expires = "1969-12-31"
		.exemptions[0] += {class: "pf-proxy"}
		.exemptions[0] += {class: "temporary-override", rule: null, value: "EX1"}
		.exemptions[0] += {class: "temporary-override", rule: null, expires: "2031-12-31"}
		.exemptions[0] += {class: "switchover", rule: null}
		.exemptions[0].because = "x"
	END
}
