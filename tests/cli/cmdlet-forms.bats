#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The cmdlet form of each command: the same output as the kebab form, and the grammar of parameters.

load common

setup() {
	common_setup
}

# same STATUS KEBAB... = CMDLET...: both print the same, and leave the same file.
same() {
	local status=$1 kebab=()
	shift

	while [ "$1" != = ]; do
		kebab+=("$1")
		shift
	done
	shift
	fresh
	try "$status" "${kebab[@]}"
	mask out >first.out
	cp "$LDIF" first.ldif
	fresh
	try "$status" "$@"
	mask out >second.out
	diff first.out second.out
	# a new objectGUID is random
	diff <(grep -v '^objectGUID::' first.ldif) <(grep -v '^objectGUID::' "$LDIF")
}

fresh() {
	cp "$ROOT/examples/contoso.ldif" "$LDIF"
	rm -rf "$XDG_STATE_HOME"
}

mask() {
	sed -E 's/[0-9]{8}-[0-9]{6}-[0-9a-f]{4,}/RUN/g' "$1"
}

@test "each cmdlet is the same as its command" {
	same 0 get-array = Get-ClientAccessArray
	same 0 get-array --site Berlin = Get-ClientAccessArray -Site Berlin
	same 0 get-array outlook = Get-ClientAccessArray -Identity outlook
	same 0 get-database --server EX1 = Get-MailboxDatabase -Server EX1
	same 0 get-database Finance --format json = Get-MailboxDatabase Finance -Format json
	same 0 get-server --role ClientAccess = Get-ExchangeServer -Role ClientAccess
	same 0 get-site --exchange = Get-ADSite -Exchange
	same 0 new-array Lisbon --fqdn lisbon.contoso.com --site Lisbon --adopt-databases = \
		New-ClientAccessArray -Name Lisbon -Fqdn lisbon.contoso.com -Site Lisbon -AdoptDatabases
	same 0 set-array outlook --name HO --fqdn ho.contoso.com --site Branch = \
		Set-ClientAccessArray -Identity outlook -Name HO -Fqdn ho.contoso.com -Site Branch
	same 0 remove-array outlook --force --yes = \
		Remove-ClientAccessArray outlook -Force '-Confirm:$false'
	same 0 remove-array outlook-berlin --repoint-to outlook --yes = \
		Remove-ClientAccessArray -Identity outlook-berlin -RepointTo outlook -Confirm:0
	same 0 set-database Finance --rpc-client-access-server outlook = \
		Set-MailboxDatabase Finance -RpcClientAccessServer outlook
}

@test "every command with a cmdlet name has it in its help, and answers to it" {
	local command cmdlet n=0

	casarray help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' >commands
	while read -r command; do
		try 0 "$command" --help
		cmdlet=$(sed -n 's/^       casarray \([A-Z][A-Za-z-]*\) -Parameter VALUE \.\.\.$/\1/p' <<<"$out")
		if [ -n "$cmdlet" ]; then
			cp out kebab
			try 0 "$cmdlet" -Help
			cmp out kebab
			try 0 "${cmdlet,,}" -?
			cmp out kebab
			n=$((n + 1))
		fi
	done <commands
	equal "$n" 8
}

@test "cmdlets and parameters in any case" {
	same 0 get-array --site Berlin --format json = GET-CLIENTACCESSARRAY -sITE Berlin -format JSON
	same 0 set-database Finance --rpc-client-access-server auto = \
		set-mailboxdatabase -identity Finance -RPCCLIENTACCESSSERVER AUTO
}

@test "-Parameter:value, also with blanks in the value" {
	same 0 set-database 'Berlin DB 2' --rpc-client-access-server outlook = \
		Set-MailboxDatabase '-Identity:Berlin DB 2' -RpcClientAccessServer:outlook
	same 0 get-array --site Berlin --format json = Get-ClientAccessArray -Site:Berlin -Format:json
}

@test "abbreviations that are unique, aliases, and those that are not unique" {
	same 0 set-database Finance --rpc-client-access-server outlook --what-if = \
		Set-MailboxDatabase Finance -Rpc outlook -wi
	same 0 new-array --fqdn l.contoso.com --site Lisbon --what-if = \
		New-ClientAccessArray -Fq l.contoso.com -Si Lisbon -wh
	try 2 New-ClientAccessArray -Fqdn l.contoso.com -Site Lisbon -A
	equal "$err" "casarray: '-A' is ambiguous: it may mean '-AllSitesWithout' or '-AdoptDatabases'
casarray: try 'casarray new-array --help'"
}

@test "a switch: alone, with \$true and \$false, and with what a shell leaves of it" {
	same 0 remove-array outlook --force --yes = \
		Remove-ClientAccessArray outlook '-Force:$true' '-Confirm:$false'
	same 0 remove-array outlook --force --yes = \
		Remove-ClientAccessArray outlook -Force:true -Confirm: '$false'
	same 3 set-database Finance --rpc-client-access-server auto --confirm = \
		Set-MailboxDatabase Finance -RpcClientAccessServer auto -Confirm
	same 0 set-database Finance --rpc-client-access-server auto = \
		Set-MailboxDatabase Finance -RpcClientAccessServer auto '-WhatIf:$false'
	try 2 Remove-ClientAccessArray outlook -Confirm:
	equal "$err" "casarray: '-Confirm:' has no value; quote it: '-Confirm:\$false'
casarray: try 'casarray remove-array --help'"
	try 2 Remove-ClientAccessArray outlook -Confirm:maybe
	equal "$err" "casarray: '-Confirm' is 'maybe', and not \$true or \$false
casarray: try 'casarray remove-array --help'"
}

@test "-WhatIf wins over everything" {
	try 0 Remove-ClientAccessArray outlook -Force -WhatIf '-Confirm:$false'
	equal "$(tail -1 <<<"$out")" "what if: 1 change planned; nothing was written"
	unchanged
	terminal - Remove-ClientAccessArray outlook -Force -WhatIf -Confirm
	equal "$status" 0
	unchanged
	try 0 repair --what-if --yes
	unchanged
}

@test "lists: commas, quotes of their own, a DN is not taken apart" {
	local dn

	dn=$(casarray get-database Finance --format json | jq -r '.rows[0].dn')
	same 0 get-database Finance 'Berlin DB 1' --format json = \
		Get-MailboxDatabase -Identity "Finance,Berlin DB 1" -Format json
	same 0 get-database Finance 'Berlin DB 1' --format json = \
		Get-MailboxDatabase -Identity Finance, 'Berlin DB 1' -Format json
	same 0 get-database Finance 'Berlin DB 1' --format json = \
		Get-MailboxDatabase -Identity "Finance,'Berlin DB 1'" -Format json
	same 0 get-database Finance --format json = Get-MailboxDatabase "$dn" -Format json
	try 2 Get-MailboxDatabase -Identity Finance,
	equal "$err" "casarray: '-Identity' ends with a comma
casarray: try 'casarray get-database --help'"
	# in the kebab form a comma is a part of the name
	try 3 get-database Finance,Executives
}

@test "dashes that word processors make" {
	same 0 get-array --site Berlin = Get-ClientAccessArray –Site Berlin
	same 0 get-array --site Berlin = Get-ClientAccessArray —Site:Berlin
}

@test "kebab options work in the cmdlet form, cmdlet parameters not in the kebab form" {
	same 0 get-array --site Berlin = Get-ClientAccessArray --site Berlin
	try 2 get-array -Site Berlin
	contains "$err" "casarray: unknown option '-Site'"
}

@test "parameters that are not there" {
	try 2 Get-ClientAccessArray -ResultSize Unlimited
	equal "$err" "casarray: '-ResultSize' is not supported: casarray works on the directory that -Directory names
casarray: try 'casarray get-array --help'"
	try 2 New-ClientAccessArray -Fqn x
	equal "$err" "casarray: unknown option '-Fqn'; did you mean '-Fqdn'?
casarray: try 'casarray new-array --help'"
	try 2 Get-ClientAccessArray -Site
	equal "$err" "casarray: '-Site' needs a value, SITE
casarray: try 'casarray get-array --help'"
	try 2 Get-ClientAccessArrays
	equal "$err" "casarray: unknown command 'Get-ClientAccessArrays'; did you mean 'get-array'?
casarray: try 'casarray --help'"
	try 2 New-ClientAccessArray -Fqdn a.b -Fqdn c.d -Site Lisbon
	equal "$err" "casarray: '-Fqdn' is given twice
casarray: try 'casarray new-array --help'"
}
