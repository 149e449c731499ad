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
# in failures, for each test case in cases.
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
            print(case.classname, case.name, sep="\t", file=cases)
            if isinstance(result, Failure):
                print(case.classname.split()[0], result.type, case.name, sep="\t", file=failures)
assert report.tests == sum(counts.values()), report.tests
assert report.failures == counts[Failure] and report.skipped == counts[Skipped]
print(counts[None], counts[Failure], counts[Skipped])
END
}

@test "one rule: two objects that fail, in full" {
	junit 1 --rule CAS040 -d contoso.ldif
	equal "$out" "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"casarray audit\" tests=\"2\" failures=\"2\" errors=\"0\" skipped=\"0\">
<testsuite name=\"Contoso\" tests=\"2\" failures=\"2\" errors=\"0\" skipped=\"0\">
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
<system-out>2 findings: 2 errors, 0 warnings, 0 info; 0 rules not evaluated</system-out>
</testsuite>
</testsuites>"
}

@test "a parser counts the findings, what was not evaluated, and the rules that found nothing" {
	local passed

	try 1 audit --format json
	query '.rows[] | select(.result == "finding") |
		[.rule, .severity, .object.class + " " + .object.name + " (" + (.key | sub(".*/"; "")) + ")"] |
		@tsv' >findings
	passed=$(query '[.rules[] | select(.findings == 0)] | length')
	[ "$passed" -gt 10 ]
	junit 1
	equal "$(parsed)" "$passed 13 112"
	diff findings failures
	equal "$(sort cases | uniq -d)" ""
	junit 0 --rule CAS003
	equal "$(parsed)" "1 0 0"
	junit 8 --rule CAS090
	equal "$(parsed)" "0 0 1"
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
