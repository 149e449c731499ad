#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# snapshot: one file that is judged as the directory is, under its own names or others.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
}

# rows FILE... COMMAND WORD...: what a command prints of files, but for where they are.
rows() {
	local status=0

	CASARRAY_DIRECTORY=$1 casarray "${@:2}" --format ndjson >rows.ndjson || status=$?
	[ "$status" -le 1 ]
	jq -cS 'select(.type == "row").row | del(.location)' rows.ndjson
}

# findings MAP FILE...: of files; MAP: of a redacted one, or "".
findings() {
	local map=$1 options=()
	shift

	while [ $# -gt 0 ]; do
		options+=(--directory "$1")
		shift
	done
	casarray audit --fail-on never --format ndjson "${options[@]}" >findings.ndjson
	/usr/bin/python3 "$ROOT/tests/cli/unredact.py" ${map:+"$map"} <findings.ndjson
}

# same_findings FILE...: a snapshot of the files has their findings, and so has a redacted one.
same_findings() {
	local directory=() file

	for file; do
		directory+=(--directory "$file")
	done
	findings "" "$@" >expected
	try 0 snapshot whole.ldif --force "${directory[@]}"
	diff expected <(findings "" whole.ldif)
	try 0 snapshot other.ldif --redact-map map --force "${directory[@]}"
	diff expected <(findings map other.ldif)
}

generate() {
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases "$1" --seed "$2" \
		--out org.ldif --truth truth.jsonl
}

# unfolded FILE: with every line whole, and base64 decoded where it is text.
unfolded() {
	/usr/bin/python3 - "$1" <<'END'
import base64, re, sys
text = open(sys.argv[1], encoding='utf-8').read().replace('\n ', '')
print(re.sub(r'(?m)^(?!objectGUID)(\w+):: (.*)$',
             lambda m: m[1] + ': ' + base64.b64decode(m[2]).decode(errors='replace'), text))
END
}

# nothing_left: neither the file nor anything that was to become it.
nothing_left() {
	run ! ls today.ldif today.ldif.lock .today.ldif*
}

@test "every command says of the snapshot what it says of the directory" {
	local command

	try 0 snapshot today.ldif
	equal "$out" "file:      today.ldif
entries:   85
sites:     4
servers:   8
arrays:    2
databases: 14
redacted:  no"
	equal "$err" ""
	for command in audit get-array get-database get-server get-site; do
		rows "$LDIF" "$command" >expected
		[ -s expected ]
		diff expected <(rows today.ldif "$command")
	done
	for command in EX1 LIS1 --site=Berlin; do
		diff <(rows "$LDIF" default-server "$command") \
			<(rows today.ldif default-server "$command")
	done
}

@test "what can be planned on the directory can be planned on the snapshot" {
	try 0 snapshot today.ldif
	rows "$LDIF" repair --what-if >expected
	[ -s expected ]
	diff expected <(rows today.ldif repair --what-if)
	try 0 repair --yes --directory today.ldif
	try 0 repair --yes
	diff <(findings "" "$LDIF") <(findings "" today.ldif)
}

@test "the findings of organizations with every kind of defect" {
	generate 3000 5
	same_findings org.ldif
	try 1 audit --directory whole.ldif --format ndjson
	/usr/bin/python3 "$ROOT/tests/bench/compare.py" truth.jsonl out
}

@test "several files become one" {
	awk -v RS='\r\n\r\n' -v ORS='\r\n\r\n' '{ print >"part" (/homeMDB:/ ? 2 : 1) ".ldif" }' \
		"$LDIF"
	same_findings part1.ldif part2.ldif
	diff <(findings "" "$LDIF") <(findings "" whole.ldif)
	diff <(rows "$LDIF" get-database) <(rows whole.ldif get-database)
}

@test "a snapshot of a snapshot is the same but for the time" {
	try 0 snapshot first.ldif
	try 0 snapshot second.ldif --directory first.ldif
	diff <(sed 1,4d first.ldif) <(sed 1,4d second.ldif)
}

@test "entries that cannot be read are reported of the snapshot, too" {
	cat >>"$LDIF" <<-END

		dn: CN=No class,CN=Sites,CN=Configuration,DC=contoso,DC=com
		cn: No class

		dn: This is no name
		objectClass: site

		dn:: $(printf 'CN=Br\xfcssel,CN=Sites,DC=contoso,DC=com' | base64)
		objectClass: site

		dn: CN=Berlin,CN=Sites,CN=Configuration,DC=contoso,DC=com
		objectClass: site

		dn: CN=Elsewhere,CN=Configuration,DC=contoso,DC=com
		objectClass: container

		dn: CN=Elsewhere,CN=Configuration,DC=contoso,DC=com
		objectClass: container

		dn: CN=Elsewhere,CN=Configuration,DC=contoso,DC=com
		objectClass: container

		dn: CN=No class,CN=Sites,CN=Configuration,DC=contoso,DC=com
		objectClass: container

		dn: CN=10.10.0.0/16,CN=Subnets,CN=Sites,CN=Configuration,DC=contoso,DC=com
		objectClass: subnet

		dn: CN=Anna Adler,OU=Staff,DC=contoso,DC=com
		objectClass: user
		homeMDB: CN=Nothing,DC=contoso,DC=com

		dn: CN=Anna Adler,OU=Staff,DC=contoso,DC=com
		objectClass: user
		homeMDB: CN=Nothing,DC=contoso,DC=com
	END
	try 1 audit --rule CAS210 --rule CAS213 --format json
	equal "$(jq '[.rows[] | select(.observed | test("contoso.ldif:[0-9]+$"))] | length' out)" 8
	try 0 snapshot today.ldif
	try 1 audit --directory today.ldif --rule CAS210 --rule CAS213 --format json
	equal "$(jq '[.rows[] | select(.observed | test("today.ldif:[0-9]+$"))] | length' out)" 8
	diff <(findings "" "$LDIF") <(findings "" today.ldif)
	try 0 snapshot other.ldif --redact
	# The name of an entry without objectGUID is its DN.
	equal "$(findings "" other.ldif | cut -f 1-5 | sort)" \
		"$(findings "" "$LDIF" | cut -f 1-5 | sort)"
}

@test "values of which there is only a part" {
	awk -v RS='\r\n' -v ORS='\r\n' '{ print }
		/^name: Finance/ { print "homeMDBBL;range=0-1: CN=A,DC=contoso,DC=com"
			print "homeMDBBL;range=0-1: CN=B,DC=contoso,DC=com" }' "$LDIF" >partial.ldif
	findings "" partial.ldif | grep -q '^CAS211	finding'
	same_findings partial.ldif
}

@test "the same findings on objects of other names" {
	same_findings "$LDIF"
	grep -q '^CAS040	finding	error	auto	database	.*	berlin db 2	berlin	' expected
	# Of a redacted snapshot no other name is told.
	findings "" other.ldif >told
	[ "$(wc -l <told)" -eq "$(wc -l <expected)" ]
	run ! diff expected told
}

@test "no name of the directory is in a redacted snapshot" {
	local name n=0

	try 0 snapshot other.ldif --redact-map map
	unfolded other.ldif >text
	run ! grep -q "$BATS_TEST_TMPDIR" other.ldif
	# Whole names: of objects, hosts and accounts.
	tr -d '\r' <"$LDIF" |
		sed -n 's/^\(cn\|name\|sAMAccountName\|mail\|displayName\): //p
			s/^networkAddress: [a-z_]*://p' |
		grep -vxE 'Configuration|Services|Sites|Subnets|Servers|Arrays|Databases|Protocols|HTTP|Autodiscover|RpcClientAccess|InformationStore|Microsoft Exchange|Administrative Groups|Database Availability Groups|First Storage Group|(owa|ecp|EWS|OAB|Rpc|Microsoft-Server-ActiveSync|Autodiscover) \(Default Web Site\)|Exchange Administrative Group \(FYDIBOHF23SPDLT\)' |
		sort -u >names
	while read -r name; do
		n=$((n + 1))
		if grep -qiwF -- "$name" text; then
			echo "'$name' is there"
			return 1
		fi
	done <names
	[ "$n" -gt 70 ]
	# And every word of them that is no part of a name which Exchange gives.
	cut -f 2 map | grep -E '^[A-Za-z]{2,}$' | grep -vixE 'public|mailboxes' >words
	[ "$(wc -l <words)" -gt 20 ]
	run ! grep -iwf words text
	# Nor is any GUID.
	run ! grep -Fxf <(grep -a ^objectGUID "$LDIF" | tr -d '\r') other.ldif
	cut -f 1 map | grep -E '.{36}' >guids
	equal "$(sort guids | uniq -d)" ""
}

@test "the map is complete, and only for its owner" {
	try 0 snapshot other.ldif --redact-map map --format json
	equal "$(jq -c '.rows[0] | [.file, .map, .redacted]' out)" '["other.ldif","map",true]'
	equal "$(stat -c %a map)" 600
	equal "$(grep -cE '^.{36}	.{36}$' map)" "$(grep -c ^objectGUID other.ldif)"
	equal "$(grep -cixE '[a-z]+	berlin' map)" 1
	equal "$(grep -vcE '^[^	]+	[^	]+$' map)" 0
}

@test "other names each time" {
	try 0 snapshot one.ldif --redact
	try 0 snapshot two.ldif --redact
	run ! diff -q <(grep ^dn one.ldif) <(grep ^dn two.ldif)
	equal "$(diff <(grep ^objectGUID one.ldif) <(grep ^objectGUID two.ldif) | grep -c '^<')" \
		"$(grep -c ^objectGUID one.ldif)"
}

@test "names of every shape keep it" {
	local name

	sed -i '/^serviceDNSName/d
		s/^networkAddress: ncacn_ip_tcp:outlook.contoso.com/networkAddress: ncacn_ip_tcp:out_look..contoso.com./' "$LDIF"
	# Of the one that lost a conflict the GUID is in the name, too.
	for name in 'CN=München \, \"Süd\"' 'CN=Москва' 'CN=\#1 東京 \+ 𝔘' 'CN=Default-First-Site-Name' \
		'CN=A\0ACNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10'; do
		printf '\r\ndn:: %s\r\nobjectClass: site\r\nobjectGUID:: %s\r\n' \
			"$(printf %s "$name,CN=Sites,CN=Configuration,DC=contoso,DC=com" | base64 -w0)" \
			"$([[ $name = *CNF:* ]] && echo +FK3ga/fXkyLHA08bSqfEA== ||
				head -c 16 /dev/urandom | base64)" >>"$LDIF"
	done
	same_findings "$LDIF"
	try 0 get-site --directory other.ldif --format json
	jq -r '.rows[].name' out | grep -x 'Default-First-Site-Name'
	jq -r '.rows[].name' out | grep -P '^[A-Z]\p{L}[a-z]{5} , "[A-Z]\p{L}[a-z]"$'
	jq -r '.rows[].name' out | grep -P '^#\d [^ -~]{2} \+ [^ -~]$'
	run ! grep -qE 'München|Москва|東京|𝔘' <(unfolded other.ldif)
}

@test "subnets stay subnets" {
	try 0 snapshot other.ldif --redact
	sed -n 's/^dn: CN=\([0-9.]*\/[0-9]*\),CN=Subnets,.*/\1/p' other.ldif >subnets
	equal "$(wc -l <subnets)" 5
	/usr/bin/python3 -c 'import ipaddress, sys
for line in sys.stdin: ipaddress.ip_network(line.strip())' <subnets
	run ! grep -E '^10\.(10|11|20|30|40)\.' subnets
}

@test "what is neither a name nor a number is not shown" {
	sed -i '0,/^versionNumber: [0-9]*/s//versionNumber: Secretcorp/
		0,/^serialNumber: /s//serialNumber: Secretcorp /
		0,/^msExchRestore: .*/s//msExchRestore: Secretcorp/
		0,/^objectClass: site\r$/s//objectClass: SecretcorpSite\r\nobjectClass: site\r/
		s/^whenChanged: .*/whenChanged: Secretcorp/' "$LDIF"
	same_findings "$LDIF"
	equal "$(grep Secretcorp whole.ldif | cut -d : -f 1 | sort -u | paste -sd ' ')" \
		"msExchRestore objectClass serialNumber versionNumber whenChanged"
	run ! grep -i Secretcorp other.ldif
}

@test "the file is its owner's, and tells what it is" {
	umask 022
	try 0 snapshot today.ldif
	equal "$(stat -c %a today.ldif)" 600
	equal "$(sed -n 1p today.ldif)" \
		"# A snapshot of an Exchange organization, by casarray $(casarray version | cut -d' ' -f2)"
	sed -n 2p today.ldif | grep -xE '# Taken: [0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z'
	equal "$(sed -n 3p today.ldif)" "# From: $LDIF"
	try 0 snapshot other.ldif --redact
	equal "$(stat -c %a other.ldif)" 600
	run ! grep -F "$BATS_TEST_TMPDIR" other.ldif
}

@test "a snapshot of a file is as old as the file, if that says so" {
	try 0 snapshot undated.ldif
	run ! grep '^# As of' undated.ldif
	sed -i '1i # As of: 2020-01-31T12:00:00Z\r' "$LDIF"
	try 0 snapshot one.ldif
	try 0 snapshot two.ldif --directory one.ldif --redact
	equal "$(grep -h '^# As of' one.ldif two.ldif | tr -d '\r')" "# As of: 2020-01-31T12:00:00Z
# As of: 2020-01-31T12:00:00Z"
	try 0 audit --rule CAS217 --directory two.ldif --format json
	equal "$(query '.rows[0] | [.result, .severity, .observed, .expected] | join("; ")')" \
		"finding; warning; as of 2020-01-31; a snapshot that is not older than 30 days"
	try 8 audit --rule CAS217 --directory undated.ldif
}

@test "a file that exists is left alone, but for --force" {
	echo mine >today.ldif
	echo mine >map
	chmod 644 today.ldif
	refused 3 "casarray: 'today.ldif' exists already
casarray: name another file, or replace it with --force" snapshot today.ldif
	refused 3 "casarray: 'map' exists already
casarray: name another file, or replace it with --force" snapshot new.ldif --redact-map map
	equal "$(cat today.ldif map)" "mine
mine"
	[ ! -e new.ldif ]
	try 0 snapshot today.ldif --force
	equal "$(stat -c %a today.ldif)" 600
	diff <(findings "" "$LDIF") <(findings "" today.ldif)
}

@test "what the directory is read from is never replaced" {
	refused 3 "casarray: 'contoso.ldif' is what the snapshot would be taken of
casarray: a snapshot holds less: name another file" snapshot contoso.ldif --force
	cp "$LDIF" b.ldif
	refused 3 "casarray: './b.ldif' is what the snapshot would be taken of
casarray: a snapshot holds less: name another file" \
		snapshot x.ldif --redact-map ./b.ldif --force -d contoso.ldif -d b.ldif
	cmp "$LDIF" b.ldif
}

@test "files that cannot be" {
	refused 2 "casarray: a snapshot is written to a file, not to '-'
casarray: try 'casarray snapshot --help'" snapshot -
	refused 2 "casarray: 'x' cannot be the snapshot and its map" snapshot x --redact-map x
	try 7 snapshot nowhere/today.ldif
	contains "$err" "'nowhere"
	mkfifo pipe
	refused 7 "casarray: cannot write 'pipe': not a regular file" snapshot pipe --force
	refused 7 "casarray: cannot write '/dev/null': not a regular file" \
		snapshot x --redact-map /dev/null
}

@test "without an organization nothing is written" {
	printf 'dn: CN=Berlin,CN=Sites,DC=contoso,DC=com\nobjectClass: site\n' >site.ldif
	try 3 snapshot today.ldif --directory site.ldif
	contains "$err" "no Exchange organization in '$PWD/site.ldif'"
	nothing_left
}

@test "a directory that cannot be read to its end leaves nothing" {
	printf '\nno colon\n' >>"$LDIF"
	try 7 snapshot today.ldif
	contains "$err" "no colon"
	nothing_left
}
