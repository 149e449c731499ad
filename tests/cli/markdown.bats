#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Markdown of an audit, for the summary of a job.

load common

setup() {
	common_setup
}

@test "sites, findings, the last line; in full" {
	try 0 audit --format markdown --site Lisbon -d contoso.ldif
	equal "$out" "# Audit of Contoso

**Errors: 0, warnings: 2, info: 0** in \`$LDIF\`

| Site | Array | Databases | At array | At server | Elsewhere | Nowhere | Errors | Warnings | Info |
| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |
| Lisbon |  | 1 | 0 | 1 | 0 | 0 | 0 | 2 | 0 |

## Findings

| Severity | Rule | Object | Site | Why | Fix |
| --- | --- | --- | --- | --- | --- |
| warning | CAS001 site-without-array | Lisbon | Lisbon | site 'Lisbon' has Exchange 2010 mailbox servers and no Client Access array: its databases are tied to the names of single servers | \`casarray new-array --fqdn '<FQDN>' --site Lisbon --adopt-databases --directory contoso.ldif\` |
| warning | CAS041 database-points-at-server-no-array | Lisbon DB 1 | Lisbon | database 'Lisbon DB 1' points at server 'LIS1', as there is no array in its home site 'Lisbon' (by the copy with activation preference 1 on LIS1) | \`casarray new-array --fqdn '<FQDN>' --site Lisbon --adopt-databases --directory contoso.ldif\` |

2 findings: 0 errors, 2 warnings, 0 info; 112 rules not evaluated"
}

@test "what belongs to no site has a row of its own" {
	printf '%s\n' '[exemption gone]' 'rule = CAS040' 'object = Nothing' 'reason = none' \
		'owner = nobody' >gone.conf
	try 0 audit --format markdown --rule CAS040 --rule CAS219 --config gone.conf --fail-on never
	equal "$(grep '^| (no site)' out)" "| (no site) |  | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 |"
	try 0 audit --rule CAS040 --rule CAS219 --config gone.conf --fail-on never
	equal "$(grep '^(no site)' out | tr -s ' ')" "(no site) 0 0 0 0 0 0 0 0 1"
}

@test "a fix is code when it is a command, and words when it is not" {
	try 0 audit --format markdown --rule CAS027
	equal "$(grep -o '| [^|]* |$' out | tail -n 1)" \
		"| see the findings of CAS043 for the databases that still point there |"
}

@test "what was not evaluated: when it was asked for, or with --verbose" {
	try 8 audit --format markdown --rule CAS090 --site Branch -d contoso.ldif
	equal "$out" "# Audit of Contoso

**Errors: 0, warnings: 0, info: 0** in \`$LDIF\`

## Not evaluated

| Rule | Object | Why |
| --- | --- | --- |
| CAS090 array-not-resolvable |  | needs DNS answers, and no resolver was asked |

no findings; 1 rule not evaluated"
	try 0 audit --format markdown --site Branch
	equal "$(grep -c '^| CAS' out)" 0
	try 0 audit --format markdown --site Branch --verbose
	equal "$(grep -c '^| CAS' out)" 112
}

# named TEXT DN: the database Berlin Archive gets that name, and that beginning of its DN.
named() {
	sed -i "s~^cn: Berlin Archive\r~cn:: $(printf '%b' "$1" | base64 -w0)\r~;s~^dn: CN=Berlin Archive,~dn: CN=$2,~" "$LDIF"
}

# cells: how many bars of the row of the finding stand between cells.
cells() {
	grep '^| \*\*error' out | sed 's/\\.//g' | tr -cd '|' | wc -c
}

@test "names are no markup, and end no cell" {
	named 'a|b*c_`d`<i>&[x](y)\\z\033' 'a|b*c_`d`\\<i\\>\&[x](y)\\\\z\\1B'
	try 1 audit --format markdown --rule CAS042
	contains "$out" '| a\|b\*c\_\`d\`&lt;i>&amp;\[x\](y)\\z\\x1b | Berlin |'
	equal "$(cells)" 7
}

@test "commands with backticks and bars can be copied" {
	named 'a|b`c' 'a|b`c'
	try 1 audit --format markdown --rule CAS042
	contains "$out" "| \`\` casarray set-database 'a\\|b\`c' --rpc-client-access-server outlook-berlin.contoso.com \`\` |"
	equal "$(cells)" 7
}

@test "of findings only, and without --fields" {
	refused 2 "casarray: '--format markdown' is for findings, and this prints none
casarray: try 'casarray get-array --help'" get-array --format markdown
	refused 2 "casarray: '--fields' does not go with '--format markdown'
casarray: try 'casarray audit --help'" audit --format markdown --fields rule
}
