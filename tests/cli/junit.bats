#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# JUnit of an audit: well formed, of the shape that CI systems read, and what a parser makes of it.

load common

setup() {
	common_setup
}

# junit STATUS ARGUMENT...: the report in out, valid.
junit() {
	local status=$1
	shift

	try "$status" audit --format junit "$@"
	valid out
}

valid() {
	xmllint --noout --nonet --relaxng "$ROOT/tests/cli/junit.rng" "$1"
}

# parsed: what python3-junitparser makes of out: "passed failed skipped", and a line for each failure
# in failures, for each test case in cases, with what became of it.
parsed() {
	/usr/bin/python3 - <<'END'
from junitparser import Failure, JUnitXml, Skipped
report = JUnitXml.fromfile("out")
counts = {Failure: 0, Skipped: 0, None: 0}
with open("failures", "w") as failures, open("cases", "w") as cases:
    for suite in report:
        for case in suite:
            result = case.result[0] if case.result else None
            counts[type(result) if result else None] += 1
            word = type(result).__name__.lower() if result else "passed"
            print(case.classname, case.name, word, sep="\t", file=cases)
            if isinstance(result, Failure):
                print(case.classname.split()[0], result.type, case.name, sep="\t", file=failures)
assert report.tests == sum(counts.values()), report.tests
assert report.failures == counts[Failure] and report.skipped == counts[Skipped]
print(counts[None], counts[Failure], counts[Skipped])
END
}

@test "one rule: two objects that fail and eight that passed, in full" {
	junit 1 --rule CAS040 -d contoso.ldif
	equal "$out" "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"casarray audit\" tests=\"10\" failures=\"2\" errors=\"0\" skipped=\"0\">
<testsuite name=\"Contoso\" tests=\"10\" failures=\"2\" errors=\"0\" skipped=\"0\">
<properties><property name=\"directory\" value=\"$LDIF\"/></properties>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Berlin DB 2 (60000009-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1796\"><failure type=\"error\" message=\"database 'Berlin DB 2' points at server 'BER-CAS1' and not at the array of its home site 'Berlin' (by the copy with activation preference 1 on BER-MBX1): its clients stop when that server does\">
object    CN=Berlin DB 2,CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com
observed  BER-CAS1.contoso.com
expected  outlook-berlin.contoso.com
fix       casarray set-database 'Berlin DB 2' --rpc-client-access-server outlook-berlin.contoso.com --directory contoso.ldif
</failure></testcase>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Sales DB 2 (60000003-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1343\"><failure type=\"error\" message=\"database 'Sales DB 2' points at server 'EX2' and not at the array of its home site 'HeadOffice' (by the copy with activation preference 1 on EX2): its clients stop when that server does\">
object    CN=Sales DB 2,CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com
observed  EX2.contoso.com
expected  outlook.contoso.com
fix       casarray set-database 'Sales DB 2' --rpc-client-access-server outlook.contoso.com --directory contoso.ldif
</failure></testcase>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Executives (60000001-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1157\"/>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Sales DB 1 (60000002-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1250\"/>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Finance (60000004-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1436\"/>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Berlin DB 1 (60000008-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1729\"/>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Berlin DB 3 (60000010-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1862\"/>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Berlin DB 4 (60000011-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1928\"/>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Berlin Archive (60000012-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"1994\"/>
<testcase classname=\"CAS040 database-points-at-server\" name=\"database Lisbon DB 1 (60000013-ca5a-4e2a-9c01-2010c0a70501)\" file=\"contoso.ldif\" line=\"2060\"/>
<system-out>2 findings: 2 errors, 0 warnings, 0 info; 0 rules not evaluated</system-out>
</testsuite>
</testsuites>"
}

@test "a parser counts the findings, what was not evaluated, and what passed" {
	try 1 audit --format json
	query '.rows[] | select(.result == "finding") |
		[.rule, .severity, .object.class + " " + .object.name + " (" + (.key | sub(".*/"; "")) + ")"] |
		@tsv' >findings
	junit 1
	equal "$(parsed)" "169 13 112"
	diff findings failures
	equal "$(cut -f 1,2 cases | sort | uniq -d)" ""
	junit 0 --rule CAS003
	equal "$(parsed)" "2 0 0"
	equal "$(<cases)" "CAS003 array-without-site	array outlook (50000001-ca5a-4e2a-9c01-2010c0a70501)	passed
CAS003 array-without-site	array outlook-berlin (50000002-ca5a-4e2a-9c01-2010c0a70501)	passed"
	junit 8 --rule CAS090
	equal "$(parsed)" "0 0 1"
	junit 0 --family proxy
	equal "$(parsed | cut -d ' ' -f 2)" 0
}

@test "a finding that goes or comes is a change of the same test case" {
	junit 1 --rule CAS040 --rule CAS042 --rule CAS048 --rule CAS047
	parsed
	sort cases >before
	try 0 set-database "Sales DB 2" --rpc-client-access-server auto --yes
	try 0 set-database "Finance" --rpc-client-access-server EX2.contoso.com --force --yes
	junit 1 --rule CAS040 --rule CAS042 --rule CAS048 --rule CAS047
	parsed
	sort cases >after
	diff <(cut -f 1,2 before) <(cut -f 1,2 after)
	equal "$(diff before after | grep '^[<>]' | sort -k 1.3)" \
		"> CAS040 database-points-at-server	database Finance (60000004-ca5a-4e2a-9c01-2010c0a70501)	failure
< CAS040 database-points-at-server	database Finance (60000004-ca5a-4e2a-9c01-2010c0a70501)	passed
< CAS040 database-points-at-server	database Sales DB 2 (60000003-ca5a-4e2a-9c01-2010c0a70501)	failure
> CAS040 database-points-at-server	database Sales DB 2 (60000003-ca5a-4e2a-9c01-2010c0a70501)	passed"
}

@test "one case for a name, however many entries have it and whatever is wrong with them" {
	for _ in 1 2 3; do
		printf '\r\ndn: CN=x,DC=contoso,DC=com\r\nobjectClass: top\r\n' >>"$LDIF"
		printf '\r\ndn: nonsense\r\ncn: x\r\n' >>"$LDIF"
	done
	junit 1 --rule CAS210 --rule CAS213
	parsed >counts
	equal "$(cut -d ' ' -f 2 counts)" 3
	equal "$(cut -f 1,2 cases | sort | uniq -d)" ""
	equal "$(grep -o 'was not read, nor w[a-z]* [0-9] more' out | sort)" "was not read, nor was 1 more
was not read, nor was 1 more
was not read, nor were 2 more"
}

# truth: of each rule whose findings were planted, the GUIDs in failed.RULE; of the databases that are
# judged, in databases.
truth() {
	/usr/bin/python3 - <<'END'
import json
lines = [json.loads(line) for line in open("truth.jsonl")]
for rule in lines[0]["rules"]:
    with open("failed." + rule, "w") as out:
        out.writelines(sorted(row["guid"] + "\n" for row in lines[1:] if row["rule"] == rule))
END
	query '.rows[] | select(.type == "mailbox") | .guid' | sort >databases
}

@test "an organization of which the truth is known" {
	local build=${CASARRAY_BUILD:-$ROOT/build} rule n=0

	"$build/tests/bench/generate" --databases 3000 --seed 7 --out org.ldif --truth truth.jsonl
	try 0 get-database -d org.ldif --format json
	truth
	junit 1 -d org.ldif
	[ "$(parsed | cut -d ' ' -f 1)" -gt 20000 ]
	equal "$(cut -f 1,2 cases | sort | uniq -d)" ""
	sed 's/^\([A-Z0-9]*\) [^\t]*\t.*(\([^()]*\))\t/\1 \2 /' cases >results
	for rule in CAS001 CAS005 CAS022 CAS040 CAS041 CAS042 CAS043 CAS045 CAS046 CAS047 CAS049 CAS050 CAS052; do
		diff <(sed -n "s/^$rule \(.*\) failure$/\1/p" results | sort) "failed.$rule"
	done
	for rule in CAS040 CAS041 CAS042 CAS043 CAS045 CAS046 CAS049 CAS050 CAS052; do
		diff <(sed -n "s/^$rule \(.*\) [a-z]*$/\1/p" results | sort) databases
		n=$((n + $(wc -l <"failed.$rule")))
	done
	[ "$n" -gt 20 ]
}

@test "the shape is not that of anything" {
	junit 1
	sed 's/ failures="13"//' out >changed
	run valid changed
	[ "$status" -ne 0 ]
	sed 's/<skipped message="[^"]*"\/>/<ignored\/>/' out >changed
	run valid changed
	[ "$status" -ne 0 ]
}

@test "names with markup and control characters" {
	local name

	name=$(printf 'a<b>&"\033[2J\xef\xbf\xbe\xc3\xbc' | base64 -w0)
	sed -i "s|^cn: Berlin Archive\r|cn:: $name\r|;s|^dn: CN=Berlin Archive,|dn: CN=a\\\\<b\\\\>\&\\\\\"\\\\1B[2J\\\\EF\\\\BF\\\\BE\\\\C3\\\\BC,|" "$LDIF"
	junit 1 --rule CAS042
	parsed
	equal "$(cut -f 3 failures)" 'database a<b>&"\x1b[2J\ufffeü (60000012-ca5a-4e2a-9c01-2010c0a70501)'
}

@test "of findings only, and without --fields" {
	refused 2 "casarray: '--format junit' is for findings, and this prints none
casarray: try 'casarray get-array --help'" get-array --format junit
	refused 2 "casarray: '--fields' does not go with '--format junit'
casarray: try 'casarray audit --help'" audit --format junit --fields rule
}
