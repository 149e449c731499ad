#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# audit with a baseline: what is known does not count; and --since: what appeared, what went.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
}

# moved: two databases change: one finding goes, one becomes another, one appears.
moved() {
	casarray set-database 'Sales DB 2' --rpc-client-access-server auto --yes >moved.log
	casarray set-database 'Berlin DB 2' --rpc-client-access-server EX1 --force --yes >>moved.log
}

# blocks: the text in out behind the summary of the sites.
blocks() {
	awk 'shown { print } /^$/ && ++n == 2 { shown = 1 }' out
}

# rows FILTER: rule, object and change of the rows in out that it selects.
rows() {
	query "[.rows[] | select($1) | .rule[3:] + \" \" + .object.name] | join(\", \")"
}

@test "the baseline is written, and then nothing is new" {
	try 0 audit --rule CAS040 --rule CAS041 --create-baseline known.json
	equal "$(tail -n 3 out)" "
baseline: 3 findings written to 'known.json'
no findings; 3 in the baseline; 0 rules not evaluated"
	equal "$err" ""
	equal "$(sed 's/"created":"[0-9TZ:-]*"/"created":"T"/' known.json)" \
		'{"schema":"casarray.baseline","version":1,
"created":"T",
"findings":[
{"key":"CAS040/60000009-ca5a-4e2a-9c01-2010c0a70501","rule":"CAS040","name":"database-points-at-server","object":{"class":"database","name":"Berlin DB 2","guid":"60000009-ca5a-4e2a-9c01-2010c0a70501"},"site":"Berlin"},
{"key":"CAS040/60000003-ca5a-4e2a-9c01-2010c0a70501","rule":"CAS040","name":"database-points-at-server","object":{"class":"database","name":"Sales DB 2","guid":"60000003-ca5a-4e2a-9c01-2010c0a70501"},"site":"HeadOffice"},
{"key":"CAS041/60000013-ca5a-4e2a-9c01-2010c0a70501","rule":"CAS041","name":"database-points-at-server-no-array","object":{"class":"database","name":"Lisbon DB 1","guid":"60000013-ca5a-4e2a-9c01-2010c0a70501"},"site":"Lisbon"}
]}'
	"$ROOT/tests/cli/validate.py" --expect casarray.baseline <known.json
	try 0 audit --rule CAS040 --rule CAS041 --baseline known.json --fail-on info
	equal "$(tail -n 1 out)" "no findings; 3 in the baseline; 0 rules not evaluated"
	equal "$(grep -c CAS04 out)" 0
	unchanged
}

@test "all of a directory, whatever the severity; what is not exempt" {
	try 0 audit --create-baseline known.json --fail-on info
	equal "$(jq '.findings | length' known.json)" 13
	printf '%s\n' '[exemption x]' 'rule = CAS045' 'object = Finance' 'reason = r' 'owner = o' >x.conf
	try 0 audit --config x.conf --create-baseline less.json --fail-on info
	contains "$out" "no findings; 12 in the baseline; 1 exempt;"
	equal "$(jq '.findings | length' less.json)" 12
	equal "$(grep -c CAS045 less.json)" 0
}

@test "only what is new counts" {
	try 0 audit --family databases --create-baseline known.json
	moved
	try 1 audit --family databases --baseline known.json
	equal "$(blocks)" "error      CAS046 database-points-at-cas-other-site  Berlin DB 2  (site Berlin)
           observed  EX1.contoso.com
           expected  outlook-berlin.contoso.com
           why       database 'Berlin DB 2' points at server 'EX1' of site 'HeadOffice' and not at the array of its home site 'Berlin' (by the copy with activation preference 1 on BER-MBX1): its clients cross sites and stop when that server does
           fix       casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com

2 findings of the baseline went: 'casarray audit --baseline known.json --create-baseline known.json' drops them, and accepts what is new
1 finding: 1 error, 0 warnings, 0 info; 7 in the baseline; 4 rules not evaluated"
	try 0 audit --family databases --baseline known.json --fail-on never
	try 1 audit --family databases --baseline known.json --format json
	equal "$(query '.findings, .suppressed, .baseline | tojson')" \
		'{"error":1,"warning":0,"info":0}
{"exemption":0,"baseline":7,"listed":false}
{"present":7,"went":2,"not_judged":0}'
	equal "$(rows '.result == "finding"')" "046 Berlin DB 2"
	"$ROOT/tests/cli/validate.py" --expect casarray.audit <out
}

@test "the policy's gate is for what is new, too" {
	printf '%s\n' '[policy]' 'gate = info' >policy.conf
	try 0 audit --rule CAS045 --create-baseline known.json
	try 0 audit --rule CAS045 --baseline known.json --config policy.conf
	try 1 audit --rule CAS019 --baseline known.json --config policy.conf
	try 0 audit --rule CAS019 --baseline known.json --config policy.conf --fail-on error
	try 0 audit --rule CAS019 --baseline known.json
}

@test "the command that is named drops what went, and keeps what was not looked at" {
	try 0 audit --family databases --create-baseline known.json
	moved
	jq -c '.findings += [{"key": "XYZ999/60000009-ca5a-4e2a-9c01-2010c0a70501", "name": "of-tomorrow"}]' \
		known.json >later.json
	try 0 audit --site HeadOffice --family databases --baseline later.json --create-baseline later.json
	contains "$out" "baseline: 9 findings written to 'later.json'"
	equal "$(jq -r '[.findings[] | .rule[3:] + " " + .object.name] | join(", ")' later.json)" \
		"045 Finance, 048 HeadOffice, 040 Berlin DB 2, 042 Berlin Archive, 043 Berlin DB 3, 046 Berlin DB 4, 048 Berlin, 041 Lisbon DB 1, 999 "
	equal "$(jq -c '.findings[-1]' later.json)" \
		'{"key":"XYZ999/60000009-ca5a-4e2a-9c01-2010c0a70501","rule":"XYZ999","name":"of-tomorrow","object":{"class":"other","name":"","guid":"60000009-ca5a-4e2a-9c01-2010c0a70501"},"site":null}'
	"$ROOT/tests/cli/validate.py" --expect casarray.baseline <later.json
}

@test "renamed objects stay known; new ones are not" {
	try 0 audit --rule CAS040 --create-baseline known.json
	sed -i 's/^dn: CN=Sales DB 2,/dn: CN=Sold DB 2,/; s/^cn: Sales DB 2\r/cn: Sold DB 2\r/; s/^name: Sales DB 2\r/name: Sold DB 2\r/' "$LDIF"
	try 0 audit --rule CAS040 --baseline known.json --show-exempt
	equal "$(grep '^known' out)" "known      CAS040 database-points-at-server  Berlin DB 2  (site Berlin)
known      CAS040 database-points-at-server  Sold DB 2  (site HeadOffice)"
	sed -i '/^objectGUID:: /d' "$LDIF"
	try 1 audit --rule CAS040 --baseline known.json
	contains "$out" "2 findings: 2 errors"
	try 0 audit --rule CAS040 --create-baseline without.json
	equal "$(jq -r '.findings[] | .key[0:10], .object.guid, .object.dn[0:14]' without.json)" \
		"CAS040/dn:
null
CN=Berlin DB 2
CAS040/dn:
null
CN=Sold DB 2,C"
	try 0 audit --rule CAS040 --baseline without.json
}

@test "an earlier report is a baseline, too" {
	local format

	for format in json ndjson; do
		try 1 audit --format $format --output "report.$format"
		try 0 audit --baseline "report.$format"
		contains "$out" "no findings; 13 in the baseline"
	done
	jq . report.json >pretty.json
	try 0 audit --baseline pretty.json
}

@test "what appeared and what went since a report" {
	try 1 audit --family databases --format json --output before.json
	moved
	try 1 audit --family databases --since before.json
	equal "$(blocks)" "+ error    CAS046 database-points-at-cas-other-site  Berlin DB 2  (site Berlin)
           observed  EX1.contoso.com
           expected  outlook-berlin.contoso.com
           why       database 'Berlin DB 2' points at server 'EX1' of site 'HeadOffice' and not at the array of its home site 'Berlin' (by the copy with activation preference 1 on BER-MBX1): its clients cross sites and stop when that server does
           fix       casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com

- error    CAS040 database-points-at-server  Berlin DB 2  (site Berlin)

- error    CAS040 database-points-at-server  Sales DB 2  (site HeadOffice)

1 finding appeared: 1 error, 0 warnings, 0 info; 2 went, 7 stayed; 4 rules not evaluated"
	try 1 audit --family databases --since before.json --format csv \
		--fields change,rule,object.name,result
	equal "$(grep -v 'not-evaluated' out | tr -d '\r')" "change,rule,object.name,result
appeared,CAS046,Berlin DB 2,finding
went,CAS040,Berlin DB 2,went
went,CAS040,Sales DB 2,went"
	try 1 audit --family databases --since before.json --format csv
	equal "$(head -n 1 out | tr -d '\r' | sed 's/.*,//')" change
	try 1 audit --family databases --since before.json --format json
	equal "$(query '.changes | tojson')" '{"present":7,"went":2,"not_judged":0}'
	equal "$(rows '.change == "appeared"'); $(rows '.change == "went"')" \
		"046 Berlin DB 2; 040 Berlin DB 2, 040 Sales DB 2"
	"$ROOT/tests/cli/validate.py" --expect casarray.audit <out
	# such a report has no finding that stayed or went
	cp out changes.json
	try 1 audit --family databases --since changes.json --format json
	equal "$(query '.changes | tojson')" '{"present":1,"went":0,"not_judged":0}'
}

@test "nothing changed" {
	try 1 audit --family databases --format ndjson --output before.ndjson
	try 0 audit --family databases --since before.ndjson
	equal "$(blocks)" "no findings appeared; 0 went, 9 stayed; 4 rules not evaluated"
}

@test "what was not looked at has not gone" {
	try 1 audit --format json --output before.json
	moved
	try 0 audit --rule CAS040 --site HeadOffice --since before.json
	equal "$(blocks)" "- error    CAS040 database-points-at-server  Sales DB 2  (site HeadOffice)

12 findings of 'before.json' may be there or not: the rule or the object was not judged this time
no findings appeared; 1 went, 0 stayed; 0 rules not evaluated"
	jq -c '.rows[0].key = "CAS070/60000009-ca5a-4e2a-9c01-2010c0a70501"' before.json >dns.json
	try 1 audit --since dns.json
	contains "$out" "
1 finding of 'dns.json' may be there or not: the rule or the object was not judged this time
"
}

@test "SARIF, JUnit and Markdown of changes" {
	try 1 audit --rule CAS040 --rule CAS046 --format json --output before.json
	moved
	try 1 audit --rule CAS040 --rule CAS046 --since before.json \
		--report sarif=a.sarif --report junit=a.xml --report markdown=a.md
	equal "$(jq -r '.runs[0].results[] | [.ruleId, .baselineState, .level,
		.locations[0].logicalLocations[0].name] | join(" ")' a.sarif)" \
		"CAS046 new error Berlin DB 2
CAS040 absent error Berlin DB 2
CAS040 absent error Sales DB 2"
	equal "$(jq -r '.runs[0].results[1].message.text' a.sarif)" \
		"An earlier report has this finding, and it is not there any more."
	# ten databases and two rules: what went passed
	equal "$(sed -n 's/^<testsuite name="Contoso"\(.*\)>$/\1/p' a.xml)" \
		' tests="20" failures="1" errors="0" skipped="1"'
	equal "$(grep -c '<testcase' a.xml)" 20
	equal "$(grep 'CAS040.*"database Sales DB 2 ' a.xml | sed 's/ file="[^"]*" line="[^"]*"//')" \
		'<testcase classname="CAS040 database-points-at-server" name="database Sales DB 2 (60000003-ca5a-4e2a-9c01-2010c0a70501)"/>'
	equal "$(grep '<skipped' a.xml | sed 's/ file="[^"]*" line="[^"]*"//')" \
		'<testcase classname="CAS046 database-points-at-cas-other-site" name="database Berlin DB 4 (60000011-ca5a-4e2a-9c01-2010c0a70501)"><skipped message="the earlier report has it, too"/></testcase>'
	equal "$(sed -n '/^## Went/,$p' a.md)" "## Went

| Severity | Rule | Object | Site |
| --- | --- | --- | --- |
| error | CAS040 database-points-at-server | Berlin DB 2 | Berlin |
| error | CAS040 database-points-at-server | Sales DB 2 | HeadOffice |

1 finding appeared: 1 error, 0 warnings, 0 info; 2 went, 1 stayed; 0 rules not evaluated"
}

@test "wrong files" {
	refused 7 "casarray: cannot open 'missing.json': No such file or directory
casarray: check the path" audit --baseline missing.json
	refused 3 "casarray: '$LDIF' is neither a baseline nor a report of audit
casarray: 'casarray audit --create-baseline FILE' writes the one, 'casarray audit --format json' the other" \
		audit --since "$LDIF"
	casarray get-array --format json >arrays.json
	try 3 audit --baseline arrays.json
	contains "$err" "casarray: 'arrays.json' is neither a baseline nor a report of audit"
	casarray audit --format sarif >a.sarif || true
	try 3 audit --since a.sarif
	contains "$err" "casarray: 'a.sarif' is neither a baseline nor a report of audit"
	casarray audit --format json >report.json || true
	head -c 5000 report.json >half.json
	try 3 audit --baseline half.json
	contains "$err" "the file ends here, in the middle"
	casarray audit --format json --fields rule >fields.json || true
	try 3 audit --baseline fields.json
	contains "$err" "the finding has no key
casarray: a report that was made with --fields has not all that is needed"
}

@test "no report replaces the baseline or the earlier report" {
	local option

	casarray audit --create-baseline known.json >/dev/null
	casarray audit --format json -o before.json || true
	cp known.json known.copy
	cp before.json before.copy
	for option in baseline=known since=before; do
		refused 2 "casarray: '${option#*=}.json' is to be read: --report would replace it
casarray: try 'casarray audit --help'" audit "--$option.json" --report "sarif=./${option#*=}.json"
		refused 2 "casarray: '${option#*=}.json' is to be read: --output would replace it
casarray: try 'casarray audit --help'" audit "--$option.json" --format json -o "${option#*=}.json"
	done
	cmp known.json known.copy
	cmp before.json before.copy
}

@test "what is to be written is not what is read, and not written twice" {
	refused 2 "casarray: '$LDIF' is the directory itself: --create-baseline would replace it
casarray: try 'casarray audit --help'" audit --create-baseline "$LDIF"
	refused 2 "casarray: 'a' would be written twice
casarray: try 'casarray audit --help'" audit --report json=a --create-baseline a
	refused 2 "casarray: '--create-baseline' needs a file
casarray: try 'casarray audit --help'" audit --create-baseline -
	refused 2 "casarray: '--create-baseline' needs a file
casarray: try 'casarray audit --help'" audit --create-baseline /dev/null
	mkdir folder
	refused 2 "casarray: '--create-baseline' needs a file
casarray: try 'casarray audit --help'" audit --create-baseline folder
	refused 7 "casarray: cannot write 'none/a': No such file or directory" \
		audit --create-baseline none/a
	for other in --baseline=a --create-baseline=a --show-exempt; do
		refused 2 "casarray: --since and ${other%=*} exclude each other
casarray: try 'casarray audit --help'" audit --since b "$other"
	done
}

@test "a baseline is replaced as a whole or not at all, with the mode that files have" {
	(umask 027 && casarray audit --rule CAS040 --create-baseline known.json >log)
	equal "$(stat -c %a known.json)" 640
	cp known.json before.json
	try 2 audit --rule CAS999 --baseline known.json --create-baseline known.json
	cmp known.json before.json
	try 7 audit --directory missing.ldif --create-baseline known.json
	cmp known.json before.json
	chmod 604 known.json
	try 0 audit --create-baseline known.json
	equal "$(stat -c %a known.json)" 604
	equal "$(ls -A | grep -c known)" 1
}

@test "a baseline with a name that is not UTF-8" {
	try 0 audit --rule CAS040 --create-baseline $'known\xff.json'
	contains "$out" $'baseline: 2 findings written to \'known\ufffd.json\''
	try 0 audit --rule CAS040 --baseline $'known\xff.json' --format json
	equal "$(jq -r .summary <<<"$out")" "no findings; 2 in the baseline; 0 rules not evaluated"
}

@test "many findings: none is lost between two pieces of a file" {
	"$CASARRAY" audit --format json --output report.json || true
	jq -c '.rows[0] as $row | .rows = [range(20000) | $row * {"key": "CAS040/\(. + 10000000)-ca5a-4e2a-9c01-2010c0a70501"}]' \
		report.json >many.json
	try 1 audit --since many.json --format json
	equal "$(query '.changes.went')" 20000
	equal "$(query '[.rows[] | select(.change == "went") | .key] | unique | length')" 20000
}
