#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# SARIF 2.1.0 of an audit: rules, results, places, what was not evaluated; and what Microsoft's
# validator says.

bats_require_minimum_version 1.5.0
load common

# Before the tests get a home of their own, as npm has its settings there.
setup_file() {
	root=$BATS_TEST_DIRNAME/../..
	export VALIDATOR=${CASARRAY_BUILD:-$root/build}/sarif-multitool
	export NO_VALIDATOR=
	if [ -n "${CASARRAY_SANITIZED:-}" ]; then
		NO_VALIDATOR="it was asked about the same documents without sanitizers"
	else
		NO_VALIDATOR=$("$BATS_TEST_DIRNAME/sarif-validator" "$VALIDATOR") || true
	fi
}

setup() {
	common_setup
}

# sarif STATUS ARGUMENT...: the log in out.
sarif() {
	local status=$1
	shift

	try "$status" audit --format sarif "$@"
	jq -e '.version == "2.1.0" and (.runs | length) == 1' out >/dev/null
}

# validated: the validator finds no error in the log in out.
validated() {
	if [ -n "$NO_VALIDATOR" ]; then
		skip "Microsoft's validator: $NO_VALIDATOR"
	fi
	cp out log.sarif
	"$ROOT/tests/cli/sarif-validator" "$VALIDATOR" log.sarif
}

@test "Microsoft's validator finds no error" {
	sarif 1
	validated
	sarif 0 --site Branch
	validated
	sarif 8 --rule CAS090
	validated
	sarif 1 --rule CAS042
	validated
	printf '%s\n' '[exemption x]' 'rule = CAS045' 'object = Finance' 'reason = so it is' \
		'owner = Jane' '[exemption y]' 'rule = CAS045' 'object = Sales DB 1' 'reason = r' \
		'owner = Joe' >x.conf
	sarif 1 --config x.conf --show-exempt
	equal "$(query '[.runs[0].results[].suppressions | length] | add')" 1
	validated
	try 1 audit --format json --output before.json
	try 0 repair --yes
	sarif 0 --since before.json
	equal "$(query '[.runs[0].results[].baselineState] | unique | join(" ")')" absent
	validated
}

@test "Microsoft's validator would find one" {
	sarif 1
	validated
	cp out good
	jq '.runs[0].results[0].ruleIndex = 1000' good >out
	run ! validated
	# only GitHub needs it
	jq 'del(.runs[0].tool.driver.notifications[0].help)' good >out
	run ! validated
}

@test "a result, in full" {
	sarif 1 --rule CAS042 -d contoso.ldif
	equal "$(query '.runs[0].results[0]' | jq -S .)" "$(jq -S . <<'END'
{
  "ruleId": "CAS042",
  "ruleIndex": 0,
  "kind": "fail",
  "level": "error",
  "message": {"text": "Database 'Berlin Archive' points at 'OLDCAS', which is no array and no server: Outlook cannot make a profile for its mailboxes. Fix: casarray set-database 'Berlin Archive' --rpc-client-access-server outlook-berlin.contoso.com --directory contoso.ldif"},
  "locations": [
    {
      "physicalLocation": {"artifactLocation": {"uri": "contoso.ldif"}, "region": {"startLine": 1994}},
      "logicalLocations": [
        {
          "name": "Berlin Archive",
          "fullyQualifiedName": "CN=Berlin Archive,CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com",
          "kind": "database"
        }
      ]
    }
  ],
  "partialFingerprints": {"findingKey/v1": "CAS042/60000012-ca5a-4e2a-9c01-2010c0a70501"},
  "properties": {
    "observed": "OLDCAS",
    "expected": "outlook-berlin.contoso.com",
    "fix": "casarray set-database 'Berlin Archive' --rpc-client-access-server outlook-berlin.contoso.com --directory contoso.ldif",
    "fix_class": "auto",
    "site": "Berlin"
  }
}
END
	)"
}

@test "the results are the findings of the other formats, in their order" {
	try 1 audit --format json
	query '.rows[] | select(.result == "finding") | [.rule, .severity, .key] | @tsv' >findings
	sarif 1
	query '.runs[0].results[] | [.ruleId, (.level | sub("note"; "info")),
		.partialFingerprints["findingKey/v1"]] | @tsv' >results
	[ "$(wc -l <findings)" -eq 13 ]
	diff findings results
}

@test "each place is the line where the object begins" {
	local line dn

	sarif 1
	[ "$(query '.runs[0].results | length')" -eq 13 ]
	query '.runs[0].results[].locations[0] |
		[.physicalLocation.region.startLine, .logicalLocations[0].fullyQualifiedName] | @tsv' \
		>places
	while IFS=$'\t' read -r line dn; do
		equal "$(sed -n "$line,$((line + 5))p" "$LDIF" | tr -d '\r' |
			awk 'NR == 1 { text = $0; next } !/^ / { exit } { text = text substr($0, 2) }
			END { print text }')" "dn: $dn"
	done <places
}

@test "URIs: relative to where casarray runs, or file:; escaped" {
	mkdir 'a b'
	cp contoso.ldif 'a b/x:y#ü.ldif'
	sarif 1 --rule CAS042 -d './a b/x:y#ü.ldif'
	equal "$(query '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri')" \
		"a%20b/x%3Ay%23%C3%BC.ldif"
	sarif 1 --rule CAS042 -d "ldif:$PWD/contoso.ldif"
	equal "$(query '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri')" \
		"file://$PWD/contoso.ldif"
}

@test "every rule that was evaluated is described, and results refer to it by its index" {
	try 1 audit --format json
	query '.rules[].rule' >evaluated
	sarif 1
	query '.runs[0].tool.driver.rules[].id' | diff evaluated -
	query '.runs[0] | .tool.driver.rules as $rules | .results[] |
		$rules[.ruleIndex].id == .ruleId' | sort -u >same
	equal "$(<same)" true
	query '.runs[0].tool.driver.rules[] | (.help.text | contains("Why: ")) and
		(.help.markdown | startswith("**Why:** ")) and (.name | test("^[A-Z][A-Za-z0-9]+$")) and
		(.shortDescription.text | endswith(".")) and .defaultConfiguration.level != null and
		(.properties.tags | length) == 1' | sort -u >described
	equal "$(<described)" true
}

@test "what was not evaluated is a notification, and no result" {
	sarif 8 --rule CAS090 --site Branch
	equal "$(query '.runs[0] | [(.results | length), .invocations[0].executionSuccessful] | @tsv')" \
		"0	true"
	equal "$(query '.runs[0].invocations[0].toolExecutionNotifications[0].message.text')" \
		"CAS090 array-not-resolvable was not evaluated: needs DNS answers, and no resolver was asked."
	equal "$(query '.runs[0].invocations[0].toolExecutionNotifications[0].associatedRule.id')" CAS090
	sarif 1
	equal "$(query '.runs[0].invocations[0].toolExecutionNotifications | length')" 112
}

@test "braces, quotes and control characters in names" {
	try 0 new-array --name '{0} "a"' --fqdn braces.contoso.com --site Lisbon
	sarif 0 --site Lisbon --family arrays
	equal "$(query '[.runs[0].results[] | select(.locations[0].logicalLocations[0].name == "{0} \"a\"") |
		.message.text | select(contains("{{0}} \"a\""))] | length > 0')" true
	equal "$(query '[.runs[0].results[].message.text | select(contains("'"'"'{0}"))] | length')" 0
}

@test "of findings only, and without --fields" {
	refused 2 "casarray: '--format sarif' is for findings, and this prints none
casarray: try 'casarray set-database --help'" \
		set-database Finance --rpc-client-access-server auto --format sarif
	refused 2 "casarray: '--fields' does not go with '--format sarif'
casarray: try 'casarray audit --help'" audit --format sarif --fields rule
}

@test "on a terminal it is ASCII" {
	sed -i 's/^cn: Branch\r/cn: Br\xc3\xa4nch\r/' "$LDIF"
	terminal - audit --format sarif --rule CAS042
	equal "$(LC_ALL=C tr -d '\n\40-\176' <<<"$screen" | wc -c)" 0
	jq -e '.runs[0].results | length == 1' <<<"$screen"
}
