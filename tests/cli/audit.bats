#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# audit: what is selected, the summary, the blocks, and the commands that they print.

load common

setup() {
	common_setup
}

# found ARGUMENT...: rule and object of each finding, on one line.
found() {
	local status=0

	casarray audit "$@" --fail-on never --format json >"$BATS_TEST_TMPDIR/out" || return 1
	query '[.rows[] | select(.result == "finding") | .rule[3:] + " " + .object.name] | join(", ")'
}

@test "text, in full: the summary by site first, then the blocks" {
	try 1 audit --family databases --skip CAS048 --site Berlin
	equal "$out" "organization  Contoso
directory     $LDIF

SITE    ARRAY                       SERVERS  DATABASES  AT ARRAY  AT SERVER  ELSEWHERE  NOWHERE  ERRORS  WARNINGS  INFO
Berlin  outlook-berlin.contoso.com        3          5         1          3          0        1       4         0     0

error      CAS040 database-points-at-server  Berlin DB 2  (site Berlin)
           observed  BER-CAS1.contoso.com
           expected  outlook-berlin.contoso.com
           why       database 'Berlin DB 2' points at server 'BER-CAS1' and not at the array of its home site 'Berlin' (by the copy with activation preference 1 on BER-MBX1): its clients stop when that server does
           fix       casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com

error      CAS042 database-points-nowhere  Berlin Archive  (site Berlin)
           observed  OLDCAS
           expected  outlook-berlin.contoso.com
           why       database 'Berlin Archive' points at 'OLDCAS', which is no array and no server: Outlook cannot make a profile for its mailboxes
           fix       casarray set-database 'Berlin Archive' --rpc-client-access-server outlook-berlin.contoso.com

error      CAS043 database-points-at-mailbox-only-server  Berlin DB 3  (site Berlin)
           observed  BER-MBX1.contoso.com
           expected  outlook-berlin.contoso.com
           why       database 'Berlin DB 3' points at server 'BER-MBX1', which does not have the Client Access role: Outlook cannot open its mailboxes
           fix       casarray set-database 'Berlin DB 3' --rpc-client-access-server outlook-berlin.contoso.com

error      CAS046 database-points-at-cas-other-site  Berlin DB 4  (site Berlin)
           observed  EX1.contoso.com
           expected  outlook-berlin.contoso.com
           why       database 'Berlin DB 4' points at server 'EX1' of site 'HeadOffice' and not at the array of its home site 'Berlin' (by the copy with activation preference 1 on BER-MBX1): its clients cross sites and stop when that server does
           fix       casarray set-database 'Berlin DB 4' --rpc-client-access-server outlook-berlin.contoso.com

4 findings: 4 errors, 0 warnings, 0 info; 4 rules not evaluated"
	equal "$err" ""
}

@test "the summary accounts for every database of a site" {
	try 1 audit
	equal "$(sed -n '/^SITE/,/^$/p' <<<"$out" | sed '$d')" \
		"SITE        ARRAY                       SERVERS  DATABASES  AT ARRAY  AT SERVER  ELSEWHERE  NOWHERE  ERRORS  WARNINGS  INFO
Berlin      outlook-berlin.contoso.com        3          5         1          3          0        1       4         1     2
HeadOffice  outlook.contoso.com               4          4         2          1          1        0       2         1     1
Lisbon                                        1          1         0          1          0        0       0         2     0"
	try 1 audit --format json
	query '.sites[] | .databases == .pointing_at_array + .pointing_at_server +
		.pointing_elsewhere + .pointing_nowhere' | sort -u >sums
	equal "$(<sums)" true
}

@test "the last line counts what the blocks show" {
	try 1 audit
	equal "$(tail -1 <<<"$out")" "13 findings: 6 errors, 4 warnings, 3 info; 112 rules not evaluated"
	equal "$(grep -c '^error ' <<<"$out") $(grep -c '^warning ' <<<"$out") $(grep -c '^info ' <<<"$out")" "6 4 3"
}

@test "without findings there is one line that says so" {
	try 0 audit --site Branch
	equal "$out" "organization  Contoso
directory     $LDIF

no findings; 112 rules not evaluated"
}

@test "the rules that were not evaluated, with the reason: those asked for, or --verbose" {
	try 8 audit --rule CAS090 --site Branch
	equal "$out" "organization  Contoso
directory     $LDIF

not run    CAS090 array-not-resolvable
           why       needs DNS answers, and no resolver was asked
no findings; 1 rule not evaluated"
	try 0 audit --family dns --site Branch
	equal "$(grep -c "^not run" <<<"$out")" 0
	try 0 audit --family dns --site Branch --verbose
	contains "$out" "not run    CAS090 array-not-resolvable"
	equal "$(grep -c "^not run" <<<"$out")" \
		"$(sed -n 's/^no findings; \([0-9]*\) rules not evaluated$/\1/p' <<<"$out")"
}

@test "--rule, --skip and --family, by id and name in any case" {
	equal "$(found --rule cas042)" "042 Berlin Archive"
	equal "$(found --rule Database-Points-Nowhere --rule CAS045)" "042 Berlin Archive, 045 Finance"
	equal "$(found --family arrays)" "019 outlook-berlin, 019 outlook, 001 Lisbon"
	equal "$(found --family SERVERS)" "027 Berlin"
	equal "$(found --family servers --family arrays --skip CAS019)" "027 Berlin, 001 Lisbon"
	equal "$(found --family arrays --rule CAS042 --skip array-created-after-databases)" \
		"042 Berlin Archive, 001 Lisbon"
	equal "$(found --rule CAS042 --skip CAS042)" ""
}

@test "--site, --server and --database add up" {
	equal "$(found --site Lisbon)" "001 Lisbon, 041 Lisbon DB 1"
	equal "$(found --server EX2 --family databases)" "040 Sales DB 2, 045 Finance"
	equal "$(found --database 'Berlin DB 3')" "043 Berlin DB 3"
	equal "$(found --database 'Berlin DB*' --rule CAS040)" "040 Berlin DB 2"
	equal "$(found --database Finance --site Lisbon --family databases)" "045 Finance, 041 Lisbon DB 1"
}

@test "a wildcard that fits nothing does not mean everything" {
	refused 3 "casarray: no object fits the wildcards that were given" \
		audit --database 'nothing*'
	refused 3 "casarray: no object fits the wildcards that were given" audit --site 'x*'
}

@test "--fail-on: from that severity on the exit status is 1" {
	local row gate status rule

	while read -r rule gate status; do
		try "$status" audit --rule "$rule" --fail-on "$gate"
	done <<-'END'
		CAS040 error 1
		CAS040 warning 1
		CAS040 info 1
		CAS040 never 0
		CAS001 error 0
		CAS001 warning 1
		CAS001 info 1
		CAS019 error 0
		CAS019 warning 0
		CAS019 INFO 1
		CAS002 info 0
	END
	try 1 audit
}

@test "a rule that was asked for and not evaluated: 8, unless there are findings at the gate" {
	try 8 audit --rule CAS090
	try 8 audit --rule CAS090 --rule CAS001
	try 1 audit --rule CAS090 --rule CAS040
	try 0 audit --family dns
}

@test "refusals" {
	refused 2 "casarray: no such rule: 'CAS999'
casarray: did you mean 'CAS099'?" audit --rule CAS999
	refused 2 "casarray: no such rule: 'database-points-at-servr'
casarray: did you mean 'database-points-at-server'?" audit --skip database-points-at-servr
	refused 2 "casarray: no such family: 'database'
casarray: did you mean 'databases'?" audit --family database
	refused 2 "casarray: '--fail-on' is 'bad', and not one of error, warning, info, never
casarray: try 'casarray audit --help'" audit --fail-on bad
	refused 3 "casarray: no site 'Nowhere'" audit --site Nowhere
	refused 3 "casarray: no server 'outlook'
casarray: 'outlook' is an array" audit --server outlook
}

@test "commands carry --directory when it was given, in text and JSON" {
	unset CASARRAY_DIRECTORY
	mkdir "my files"
	cp "$LDIF" "my files/x.ldif"
	try 1 audit --rule CAS040 --site Berlin -d "my files/x.ldif"
	equal "$(sed -n 's/^ *fix *//p' <<<"$out")" "casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com --directory 'my files/x.ldif'"
	try 1 audit -d "my files/x.ldif" --format json
	equal "$(query '[.rows[].fix // empty | select(startswith("casarray ") and (endswith("--directory '\''my files/x.ldif'\''") | not))] | length')" 0
	equal "$(query '.rows[0].fix')" "casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com --directory 'my files/x.ldif'"
	# it is what it says: pasted, it mends the finding
	eval "try 0 $(query '.rows[0].fix | ltrimstr("casarray ")')"
	try 0 audit --rule CAS040 --site Berlin -d "my files/x.ldif"
}

@test "with the directory from the environment commands do not carry it" {
	try 1 audit --rule CAS042
	equal "$(sed -n 's/^ *fix *//p' <<<"$out")" "casarray set-database 'Berlin Archive' --rpc-client-access-server outlook-berlin.contoso.com"
}

@test "each of several commands of a fix carries --directory" {
	try 0 new-array second --fqdn second.contoso.com --site Berlin --allow-second-array
	try 0 new-array third --fqdn third.contoso.com --site Berlin --allow-second-array
	try 1 audit --rule CAS002 -d "$LDIF" --fail-on info --format json
	equal "$(query '.rows[0].fix')" "casarray remove-array second --repoint-to outlook-berlin --directory $LDIF && casarray remove-array third --repoint-to outlook-berlin --directory $LDIF"
}

@test "a value that only a person knows is a placeholder, which is refused as a value" {
	try 0 audit --rule CAS001 --format json
	equal "$(query '.rows[0].fix')" "casarray new-array --fqdn '<FQDN>' --site Lisbon --adopt-databases"
	eval "try 3 $(query '.rows[0].fix | ltrimstr("casarray ")')"
	equal "$err" "casarray: '<FQDN>' is not a legal host name: illegal character
casarray: give a fully qualified name such as outlook.contoso.com"
	unchanged
}

@test "every command of a fix mends its finding" {
	local key fix

	try 1 audit --format json
	query '.rows[] | select(.result == "finding" and (.fix | startswith("casarray ")) and
		(.fix | contains("<") | not)) | [.key, .fix] | @tsv' >fixes
	equal "$(wc -l <fixes)" 8
	while IFS=$'\t' read -r key fix; do
		cp "$ROOT/examples/contoso.ldif" "$LDIF"
		eval "try 0 ${fix#casarray }"
		try 1 audit --format json --fail-on info
		equal "$(jq --arg key "$key" '[.rows[] | select(.key == $key)] | length' out)" 0
	done <fixes
}

@test "escape sequences in names do not reach the output" {
	local name

	# ESC ] 0 ; x BEL, and a right-to-left override
	name=$(printf 'Ev\033]0;x\007il \xe2\x80\xae' | base64 -w0)
	sed -i "s|^cn: Berlin DB 2\r|cn:: $name\r|;s|^dn: CN=Berlin DB 2,|dn: CN=Ev\\\\1B]0\\\\;x\\\\07il \\\\E2\\\\80\\\\AE,|" "$LDIF"
	try 1 audit --rule CAS040 --site Berlin
	contains "$out" 'Ev\x1b]0;x\x07il \u202e'
	equal "$(LC_ALL=C tr -d '\n\40-\176' <<<"$out" | wc -c)" 0
	try 1 audit --rule CAS040 --site Berlin --format json
	equal "$(query '.rows[0].object.name' | base64 -w0)" "$(printf 'Ev\033]0;x\007il \xe2\x80\xae\n' | base64 -w0)"
	# the command names it in a way that survives copying
	equal "$(query '.rows[0].fix' | LC_ALL=C tr -d '\n\40-\176' | wc -c)" 0
	eval "try 0 $(query '.rows[0].fix | ltrimstr("casarray ")')"
	try 0 audit --rule CAS040 --site Berlin
}
