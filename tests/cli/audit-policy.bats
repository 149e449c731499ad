#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# audit by a policy: rules as the configuration sets them, and findings that do not count, in
# every format.

bats_require_minimum_version 1.5.0
load common

setup() {
	common_setup
	cat >finance.conf <<-'END'
		[exemption finance]
		rule = CAS045
		object = Finance
		reason = import of {old} mail <b> & "new", until spring
		owner = Jane Doe
		expires = 9998-12-31
	END
}

# configured: the configuration from stdin is that of the user.
configured() {
	mkdir -p "$XDG_CONFIG_HOME/casarray"
	cat >"$XDG_CONFIG_HOME/casarray/casarray.conf"
}

# found ARGUMENT...: severity, rule and object of each finding that counts.
found() {
	casarray audit "$@" --fail-on never --format json >out || echo "exit status $?"
	query '[.rows[] | select(.result == "finding" and .suppression == null) |
		.severity + " " + .rule[3:] + " " + .object.name] | join(", ")'
}

@test "rules on and off; who asks for one gets it, but --skip wins" {
	configured <<-'END'
		[rule CAS019]
		enabled = no
		[rule site-without-array]
		enabled = no
	END
	equal "$(found --family arrays)" ""
	equal "$(found --rule CAS019 --rule CAS001)" \
		"info 019 outlook-berlin, info 019 outlook, warning 001 Lisbon"
	equal "$(found --rule CAS019 --rule CAS001 --skip CAS001)" \
		"info 019 outlook-berlin, info 019 outlook"
	# what is off is neither evaluated nor missing
	try 1 audit --format json
	equal "$(query '[.rules[].rule] | index("CAS001")')" null
	equal "$(query '[.rows[] | select(.rule == "CAS001")] | length')" 0
}

@test "severities: of all findings of the rule, and for the exit status" {
	configured <<-'END'
		[rule database-points-at-server]
		severity = info
		[rule CAS001]
		severity = error
	END
	equal "$(found --rule CAS040 --rule CAS001)" \
		"info 040 Berlin DB 2, info 040 Sales DB 2, error 001 Lisbon"
	try 0 audit --rule CAS040
	equal "$(tail -1 <<<"$out")" "2 findings: 0 errors, 0 warnings, 2 info; 0 rules not evaluated"
	try 1 audit --rule CAS001
	try 0 audit --rule CAS001 --fail-on never
	try 1 audit --rule CAS001 --format sarif
	equal "$(query '.runs[0].results[0].level')" error
	equal "$(query '.runs[0].tool.driver.rules[0].defaultConfiguration.level')" warning
}

@test "thresholds" {
	configured <<-'END'
		[rule CAS206]
		threshold = 40
	END
	equal "$(found --rule CAS206)" "warning 206 Lisbon"
	configured <<-'END'
		[rule CAS206]
		threshold = 10
		severity = info
	END
	equal "$(found --rule CAS206)" "info 206 Berlin, info 206 HeadOffice, info 206 Lisbon"
}

@test "an exempt finding: not counted, and shown when it is asked for" {
	try 0 audit --config finance.conf --rule CAS045
	equal "$(tail -1 <<<"$out")" "no findings; 1 exempt; 0 rules not evaluated"
	equal "$(grep -c Finance <<<"$out")" 0
	try 0 audit --config finance.conf --rule CAS045 --show-exempt
	equal "$(tail -4 <<<"$out")" "exempt     CAS045 database-uses-other-site-array  Finance  (site HeadOffice)
           accepted  exemption 'finance' of Jane Doe until 9998-12-31: import of {old} mail <b> & \"new\", until spring

no findings; 1 exempt; 0 rules not evaluated"
	try 1 audit --rule CAS045
}

@test "the members of a row and of the head" {
	try 0 audit --config finance.conf --rule CAS045 --show-exempt --format json
	equal "$(query '.suppressed, .rows[0].suppression, .rows[0].result, .findings.error | tojson')" \
		'{"exemption":1,"baseline":0,"listed":true}
{"kind":"exemption","exemption":"finance","class":"plain","reason":"import of {old} mail <b> & \"new\", until spring","owner":"Jane Doe","expires":"9998-12-31"}
"finding"
0'
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.audit <out
	try 0 audit --config finance.conf --rule CAS045 --format json
	equal "$(query '.suppressed, .rows | tojson')" '{"exemption":1,"baseline":0,"listed":false}
[]'
	try 1 audit --rule CAS045 --format json
	equal "$(query '.suppressed, .rows[0].suppression | tojson')" \
		'{"exemption":0,"baseline":0,"listed":false}
null'
	sed -i '/expires/d' finance.conf
	try 0 audit --config finance.conf --rule CAS045 --show-exempt --format json
	equal "$(query '.rows[0].suppression.expires')" null
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.audit <out
}

@test "CSV" {
	try 0 audit --config finance.conf --rule CAS045 --show-exempt --format csv \
		--fields rule,object.name,suppression.kind,suppression.owner
	equal "$out" $'rule,object.name,suppression.kind,suppression.owner\r\nCAS045,Finance,exemption,Jane Doe\r'
	try 1 audit --rule CAS045 --format csv
	equal "$(head -1 out | tr , '\n' | grep suppression)" "suppression.kind
suppression.exemption"
}

@test "SARIF: the finding is suppressed, and the others say that they are not" {
	try 1 audit --config finance.conf --rule CAS040 --rule CAS045 --show-exempt --format sarif
	equal "$(query '.runs[0].results[] | [.ruleId, .suppressions] | tojson')" \
		'["CAS040",[]]
["CAS040",[]]
["CAS045",[{"kind":"external","status":"accepted","justification":"exemption '\''finance'\'' of Jane Doe until 9998-12-31: import of {old} mail <b> & \"new\", until spring"}]]'
	equal "$(query '.runs[0].results[2].level')" error
	# all or none (3.27.23): without anything to suppress there is no list
	try 1 audit --rule CAS040 --rule CAS045 --format sarif
	equal "$(query '[.runs[0].results[] | has("suppressions")] | unique | tojson')" "[false]"
}

@test "JUnit: a skipped test case, and the totals have it" {
	try 1 audit --config finance.conf --rule CAS040 --rule CAS045 --show-exempt --format junit -d contoso.ldif
	equal "$(sed -n 2p out)" '<testsuites name="casarray audit" tests="20" failures="2" errors="0" skipped="1">'
	equal "$(grep -c '<testcase' out) $(grep -c '<failure' out)" "20 2"
	equal "$(grep '<skipped' out)" '<testcase classname="CAS045 database-uses-other-site-array" name="database Finance (60000004-ca5a-4e2a-9c01-2010c0a70501)" file="contoso.ldif" line="1436"><skipped message="exemption '\''finance'\'' of Jane Doe until 9998-12-31: import of {old} mail &lt;b&gt; &amp; &quot;new&quot;, until spring"/></testcase>'
	cp out shown
	try 1 audit --config finance.conf --rule CAS040 --rule CAS045 --format junit -d contoso.ldif
	cmp out shown
}

@test "JUnit: a report of it changes no other" {
	local format

	for format in text json ndjson csv sarif markdown; do
		try 1 audit --config finance.conf --format "$format"
		cp out alone
		try 1 audit --config finance.conf --format "$format" --report junit=a.xml
		cmp out alone
		try 1 audit --config finance.conf --format junit --report "$format=beside"
		cmp beside alone
	done
	contains "$(<a.xml)" "<skipped message=\"exemption 'finance'"
}

@test "Markdown: a section of its own" {
	try 1 audit --config finance.conf --rule CAS042 --rule CAS045 --show-exempt --format markdown
	equal "$(sed -n '/^## Accepted/,$p' out)" "## Accepted

| Rule | Object | Site | Accepted |
| --- | --- | --- | --- |
| CAS045 database-uses-other-site-array | Finance | HeadOffice | exemption 'finance' of Jane Doe until 9998-12-31: import of {old} mail &lt;b> &amp; \"new\", until spring |

1 finding: 1 error, 0 warnings, 0 info; 1 exempt; 0 rules not evaluated"
	equal "$(grep -c '^| \*\*error\*\*' out)" 1
}

@test "repair leaves alone what is exempt" {
	try 0 repair --config finance.conf --rule CAS045 --include-cross-site --what-if --format json
	equal "$(query '.rows | length')" 0
	try 0 repair --rule CAS045 --include-cross-site --what-if --format json
	equal "$(query '.rows | length')" 1
}

@test "an exemption that expired is a finding where it is written, and exempts no more" {
	sed -i 's/9998/2020/' finance.conf
	try 1 audit --config finance.conf --rule CAS045 --rule CAS218 --rule CAS219
	equal "$(sed -n '/^warning/,$p' <<<"$out")" "warning    CAS218 suppression-expired  finance
           observed  it held until 2020-12-31
           expected  an exemption that holds
           why       exemption 'finance' of Jane Doe expired after 2020-12-31, so that what it covers is judged again; it was given because: import of {old} mail <b> & \"new\", until spring
           fix       remove exemption 'finance' from finance.conf:1, or renew 'expires' when the reason still holds

2 findings: 1 error, 1 warning, 0 info; 0 rules not evaluated"
	try 1 audit --config finance.conf --rule CAS218 --fail-on warning --format sarif
	equal "$(query '.runs[0].results[0].locations[0] | tojson')" \
		'{"logicalLocations":[{"name":"finance","fullyQualifiedName":"finance","kind":"other"}],"physicalLocation":{"artifactLocation":{"uri":"finance.conf"},"region":{"startLine":1}}}'
}

@test "an exemption that covers nothing is a finding, unless that was not looked for" {
	sed -i 's/object = .*/object = Sales DB 1/' finance.conf
	try 1 audit --config finance.conf --rule CAS045 --rule CAS219 --fail-on info
	equal "$(sed -n '/^info/,/fix/p' <<<"$out")" "info       CAS219 suppression-unused  finance
           observed  nothing was found that it covers
           expected  exemptions of what is there
           why       exemption 'finance' of Jane Doe for 'Sales DB 1' is not needed: nothing was found that it covers
           fix       remove exemption 'finance' from finance.conf:1, or correct its object"
	try 8 audit --config finance.conf --rule CAS219
	contains "$out" "rules that it concerns were not asked about everything"
	try 1 audit --config finance.conf --site HeadOffice --format json
	equal "$(query '[.rows[] | select(.rule == "CAS219")] | length')" 0
	sed -i 's/object = .*/object = Salse DB 1/' finance.conf
	try 1 audit --config finance.conf --rule CAS219 --fail-on info
	equal "$(grep why <<<"$out")" \
		"           why       exemption 'finance' of Jane Doe covers nothing: no database 'Salse DB 1'; did you mean 'Sales DB 1' or 'Sales DB 2'?"
}
