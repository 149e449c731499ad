#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# examples/ci: the steps of each job, run in a repository as the CI systems run them, and the hook.

load common
bats_require_minimum_version 1.5.0

CI=$ROOT/examples/ci

# A repository whose databases are as the team wants them, but for what is in its baseline and
# one that is exempt; production.ldif stands for the directory itself.
setup() {
	common_setup
	unset CASARRAY_DIRECTORY
	export PATH=${CASARRAY%/*}:$PATH GIT_CONFIG_GLOBAL=$PWD/gitconfig GIT_CONFIG_NOSYSTEM=1
	export SECRET_CASARRAY_PASSWORD="it's \$ecret"
	git config --global user.name tester
	git config --global user.email tester@example.com
	git config --global init.defaultBranch main
	git init -q repository
	cd repository || return 1
	casarray repair --directory "$LDIF" --yes >/dev/null
	casarray set-database "Sales DB 2" --rpc-client-access-server EX2 --force --yes \
		--directory "$LDIF" >/dev/null
	cp "$LDIF" ../production.ldif
	cp "$LDIF" snapshot.ldif
	sed "s|^directory = .*|directory = ldif:$BATS_TEST_TMPDIR/production.ldif|
		s|^journal = .*|journal = $BATS_TEST_TMPDIR/journal|" "$CI/casarray.conf" >casarray.conf
	casarray audit --config casarray.conf --directory snapshot.ldif --create-baseline baseline.json \
		>/dev/null
	casarray export --directory snapshot.ldif -o wanted.json
	commit "as it is"
}

commit() {
	git add -A
	git commit -q -m "$1"
}

# job STATUS FILE JOB: of the workflow in examples/ci; what it prints goes to the file log.
job() {
	local expected=$1 status=0

	/usr/bin/python3 "$ROOT/tests/cli/pipeline.py" run "$CI/$2" "$3" "$BATS_TEST_TMPDIR/ci" \
		>"$BATS_TEST_TMPDIR/log" 2>&1 </dev/null || status=$?
	if [ "$status" -ne "$expected" ]; then
		echo "job $3 of $2: exit status $status, not $expected"
		cat "$BATS_TEST_TMPDIR/log"
		return 1
	fi
}

# server DATABASE: in the snapshot it points at a server from here on.
server() {
	casarray set-database "$1" --rpc-client-access-server EX2 --force --yes \
		--directory snapshot.ldif >/dev/null
	commit "$1 at EX2"
}

# wanted FILTER: changes the wanted state.
wanted() {
	jq --indent 2 "$1" wanted.json >new.json
	mv new.json wanted.json
	commit "wanted: $1"
}

at() {
	casarray get-database "$1" --directory "$BATS_TEST_TMPDIR/production.ldif" --format json |
		jq -r '.rows[].rpc_client_access_server'
}

lisbon='.arrays += [{"name": "lisbon", "fqdn": "outlook-lisbon.contoso.com", "site": "Lisbon"}] |
	(.databases[] | select(.name == "Lisbon DB 1") | .rpc_client_access_server) = "lisbon"'

@test "every job of every example is run here" {
	equal "$(/usr/bin/python3 "$ROOT/tests/cli/pipeline.py" list "$CI/github.yml" | paste -sd ' ')" \
		"audit diff plan apply"
	equal "$(/usr/bin/python3 "$ROOT/tests/cli/pipeline.py" list "$CI/gitlab.yml" | paste -sd ' ')" \
		"audit diff plan apply"
	equal "$(find "$CI" -type f -printf '%f\n' | sort | paste -sd ' ')" \
		"README.md casarray-check casarray.conf github.yml gitlab.yml pre-commit-config.yaml"
}

# started EVENT FILE [FAILED]...: the jobs that start on it, on one line.
started() {
	local event=$1 file=$2
	shift 2

	EVENT=$event /usr/bin/python3 "$ROOT/tests/cli/pipeline.py" started "$CI/$file" "$@" |
		paste -sd ' '
}

@test "which jobs start: no change waits for the audit, or is made without a plan" {
	equal "$(started push github.yml)" "audit plan apply"
	equal "$(started push github.yml audit)" "audit plan apply"
	equal "$(started push github.yml plan)" "audit plan"
	equal "$(started pull_request github.yml)" "audit diff"
	equal "$(started schedule github.yml)" "audit"
	equal "$(started push gitlab.yml)" "audit plan apply"
	equal "$(started push gitlab.yml audit)" "audit plan apply"
	equal "$(started push gitlab.yml plan)" "audit plan"
	equal "$(started pull_request gitlab.yml)" "audit diff"
}

@test "README.md: the commands that make the repository" {
	rm wanted.json baseline.json snapshot.ldif
	sed -n '/^    casarray snapshot/,/^    git add/p' "$CI/README.md" >commands
	equal "$(grep -c . commands)" 5
	CASARRAY_DIRECTORY=$LDIF bash -eo pipefail commands >/dev/null
	git commit -q -m "as README.md says"
	job 0 github.yml audit
	EVENT=pull_request job 0 github.yml diff
	job 0 github.yml plan
	contains "$(<../ci/plan.summary)" "nothing to do"
}

# ---- audit ----

@test "GitHub, audit: passes with what is in the baseline or exempt" {
	job 0 github.yml audit
	equal "$(jq '.runs[].results | map(select(.suppressions | length == 0)) | length' ../ci/artifacts/sarif)" 0
	contains "$(<../ci/audit.summary)" "Berlin"
	sed -i '/^\[exemption/,$d' casarray.conf
	commit "nothing is exempt"
	job 1 github.yml audit
}

@test "GitHub, audit: fails when a database points at a server, and says so in both reports" {
	server Finance
	job 1 github.yml audit
	equal "$(jq -r '.runs[].results[] | select(.suppressions | length == 0) |
		.ruleId + " " + .locations[0].physicalLocation.artifactLocation.uri' ../ci/artifacts/sarif)" \
		"CAS040 snapshot.ldif"
	contains "$(grep -F '| **error** | CAS040 ' ../ci/audit.summary)" "Finance"
	# a person accepts it
	casarray audit --config casarray.conf --directory snapshot.ldif --create-baseline baseline.json >/dev/null
	commit "accepted"
	job 0 github.yml audit
}

@test "GitHub, audit: an exemption lets a finding pass" {
	server "Sales DB 1"
	job 1 github.yml audit
	cat >>casarray.conf <<-END

		[exemption sales-1]
		rule = CAS040
		object = Sales DB 1
		reason = its clients are moved by hand
		owner = mail team
	END
	commit "exempt"
	job 0 github.yml audit
}

@test "GitHub, audit: a configuration that is wrong fails the job, which reports nothing" {
	echo 'gate = eror' >casarray.conf
	commit wrong
	job 2 github.yml audit
	[ ! -e ../ci/audit.summary ]
	[ ! -e ../ci/artifacts/sarif ]
}

@test "GitHub, audit: of a fork's pull request nothing is uploaded that its token may not" {
	server Finance
	EVENT=pull_request FORK=1 job 1 github.yml audit
	[ ! -e ../ci/artifacts/sarif ]
	equal "$(ls ../ci/artifacts/reports)" "casarray.sarif
summary.md"
	contains "$(<../ci/audit.summary)" "Finance"
	EVENT=pull_request job 1 github.yml audit
	cmp ../ci/artifacts/sarif ../ci/artifacts/reports/casarray.sarif
}

@test "GitHub, audit: what is too long for a summary is cut at a line" {
	casarray audit --directory snapshot.ldif --fail-on never --format markdown >../one
	mkdir ../long
	cat >../long/casarray <<-END
		#!/bin/bash
		for ((i = 0; i < 40; i++)); do
			sed 's/\$/ $(printf '%03000d' 7)/' "$BATS_TEST_TMPDIR/one"
		done >summary.md
		echo '{}' >casarray.sarif
	END
	chmod +x ../long/casarray
	PATH=$BATS_TEST_TMPDIR/long:$PATH job 0 github.yml audit
	[ "$(wc -c <../ci/artifacts/reports/summary.md)" -gt 1048576 ]
	[ "$(wc -c <../ci/audit.summary)" -gt 900000 ]
	equal "$(tail -n 2 ../ci/audit.summary)" '
The rest is in the artifact "reports".'
	head -n -2 ../ci/audit.summary >../shown
	cmp -n "$(wc -c <../shown)" ../shown ../ci/artifacts/reports/summary.md
}

@test "GitLab, audit: passes, fails on a database that points at a server, keeps both reports" {
	job 0 gitlab.yml audit
	server Finance
	job 1 gitlab.yml audit
	xmllint --noout --relaxng "$ROOT/tests/cli/junit.rng" ../ci/artifacts/audit/casarray.xml
	equal "$(xmllint --xpath 'count(//failure)' ../ci/artifacts/audit/casarray.xml)" 1
	contains "$(grep -F '| **error** | CAS040 ' ../ci/artifacts/audit/casarray.md)" "Finance"
	casarray audit --config casarray.conf --directory snapshot.ldif --create-baseline baseline.json >/dev/null
	commit "accepted"
	job 0 gitlab.yml audit
}

# ---- diff ----

@test "GitHub, diff: shows what a pull request changes; an impossible line fails" {
	export EVENT=pull_request
	job 0 github.yml diff
	wanted "$lisbon"
	job 0 github.yml diff
	contains "$(<../ci/diff.summary)" "+ array lisbon  (site Lisbon)"
	contains "$(<../ci/diff.summary)" "LIS1.contoso.com -> outlook-lisbon.contoso.com"
	wanted '.arrays[0].site = "Nowhere"'
	job 1 github.yml diff
	contains "$(<"$BATS_TEST_TMPDIR/log")" "no site 'Nowhere'"
}

@test "GitLab, diff: shows what a merge request changes; an impossible line fails" {
	export EVENT=pull_request
	job 0 gitlab.yml diff
	wanted "$lisbon"
	job 0 gitlab.yml diff
	contains "$(<../ci/artifacts/diff/difference.txt)" "+ array lisbon  (site Lisbon)"
	wanted '.arrays[0].site = "Nowhere"'
	job 1 gitlab.yml diff
	contains "$(<"$BATS_TEST_TMPDIR/log")" "no site 'Nowhere'"
}

# ---- plan and apply ----

@test "GitHub, plan and apply: what was reviewed is done, and the password is gone" {
	wanted "$lisbon"
	job 0 github.yml plan
	equal "$(at 'Lisbon DB 1')" LIS1.contoso.com
	contains "$(<../ci/plan.summary)" "+ array lisbon  (site Lisbon)"
	job 0 github.yml apply
	equal "$(at 'Lisbon DB 1')" outlook-lisbon.contoso.com
	equal "$(find ../ci -name password)" ""
	equal "$(grep -rlF "$SECRET_CASARRAY_PASSWORD" ../ci ../journal ../log || true)" ""
	# any number of times
	cp ../production.ldif before
	job 0 github.yml plan
	job 0 github.yml apply
	cmp before ../production.ldif
}

# private FILE JOB PASSWORD: the file that the word PASSWORD stands for is only casarray's to read.
private() {
	rm -rf ../spy
	mkdir ../spy
	cat >../spy/casarray <<-END
		#!/bin/bash
		stat -c %a "$3" >>"$BATS_TEST_TMPDIR/modes"
		cp "$3" "$BATS_TEST_TMPDIR/seen"
		printf '%s\n' "\$*" >"$BATS_TEST_TMPDIR/words"
		exec "$CASARRAY" "\$@"
	END
	chmod +x ../spy/casarray
	PATH=$BATS_TEST_TMPDIR/spy:$PATH job 0 "$1" "$2"
	equal "$(sort -u ../modes)" 600
	equal "$(<../seen)" "$SECRET_CASARRAY_PASSWORD"
	[[ $(<../words) != *"$SECRET_CASARRAY_PASSWORD"* ]]
}

@test "GitHub, plan and apply: the password is in a file that nobody else can read" {
	# shellcheck disable=SC2016
	private github.yml plan '$RUNNER_TEMP/password'
	# shellcheck disable=SC2016
	private github.yml apply '$RUNNER_TEMP/password'
}

@test "GitHub, apply: refused when the directory changed after the review" {
	wanted "$lisbon"
	job 0 github.yml plan
	casarray set-database "Lisbon DB 1" --rpc-client-access-server outlook --yes \
		--directory ../production.ldif >/dev/null
	cp ../production.ldif before
	job 5 github.yml apply
	cmp before ../production.ldif
	equal "$(find ../ci -name password)" ""
}

@test "GitHub, plan: more changes than expected are refused, and no plan is kept" {
	wanted "$lisbon"
	sed 's/--max-changes 50/--max-changes 1/' "$CI/github.yml" >../small.yml
	CI=$BATS_TEST_TMPDIR job 3 small.yml plan
	[ ! -e ../ci/artifacts/changes ]
}

# with_password COMMAND...: as GitLab hands over a variable of the type "file", readable by everybody.
with_password() {
	printf '%s' "$SECRET_CASARRAY_PASSWORD" >"$BATS_TEST_TMPDIR/password"
	chmod 666 "$BATS_TEST_TMPDIR/password"
	CASARRAY_PASSWORD_FILE=$BATS_TEST_TMPDIR/password "$@"
}

@test "GitLab, plan and apply: the password is in a file that nobody else can read" {
	# shellcheck disable=SC2016
	with_password private gitlab.yml plan '$CASARRAY_PASSWORD_FILE'
	# shellcheck disable=SC2016
	with_password private gitlab.yml apply '$CASARRAY_PASSWORD_FILE'
}

@test "GitLab, plan and apply: what was reviewed is done" {
	wanted "$lisbon"
	with_password job 0 gitlab.yml plan
	equal "$(at 'Lisbon DB 1')" LIS1.contoso.com
	with_password job 0 gitlab.yml apply
	equal "$(at 'Lisbon DB 1')" outlook-lisbon.contoso.com
	cp ../production.ldif before
	with_password job 0 gitlab.yml plan
	with_password job 0 gitlab.yml apply
	cmp before ../production.ldif
	# refused when the directory changed after the review
	wanted '(.databases[] | select(.name == "Finance") | .rpc_client_access_server) = "outlook"'
	with_password job 0 gitlab.yml plan
	casarray set-database Finance --rpc-client-access-server EX2 --force --yes \
		--directory ../production.ldif >/dev/null
	cp ../production.ldif before
	with_password job 5 gitlab.yml apply
	cmp before ../production.ldif
}

@test "jobs of changes are not run for pull requests" {
	export EVENT=pull_request
	job 1 github.yml plan
	contains "$(<"$BATS_TEST_TMPDIR/log")" "job plan is not run on this event"
	job 1 gitlab.yml apply
	contains "$(<"$BATS_TEST_TMPDIR/log")" "job apply is not run on this event"
}

# ---- the hook ----

hook() {
	cp "$CI/casarray-check" .git/hooks/pre-commit
}

# commits STATUS: what is staged.
commits() {
	local status=0

	git commit -q -m change >out 2>err || status=$?
	if [ "$status" -ne "$1" ]; then
		echo "git commit: exit status $status, not $1"
		cat out err
		return 1
	fi
}

@test "hook: a wrong configuration and an impossible state are not committed" {
	hook
	sed -i 's/^gate = .*/gait = error/' casarray.conf
	jq '.arrays[0].site = "Nowhere"' wanted.json >new && mv new wanted.json
	git add casarray.conf wanted.json
	commits 1
	contains "$(<err)" "'gait'"
	contains "$(<err)" "casarray-check: casarray.conf is refused"
	contains "$(<err)" "casarray-check: wanted.json is refused"
	git checkout -q HEAD casarray.conf
	git add casarray.conf
	commits 1
	contains "$(<err)" "no site 'Nowhere'"
	[[ $(<err) != *"casarray.conf is refused"* ]]
}

@test "hook: what is staged counts, not what is in the folder" {
	hook
	jq "$lisbon" wanted.json >new && mv new wanted.json
	git add wanted.json
	echo broken >wanted.json
	commits 0
	git add wanted.json
	git checkout -q HEAD -- casarray.conf
	commits 1
	contains "$(<err)" "casarray-check: wanted.json is refused"
}

@test "hook: other files and removed ones are of no interest, lists are" {
	hook
	echo '{' >other.json
	git rm -q wanted.json
	git add other.json
	commits 0
	printf '%s\n' 'name,fqdn,site' 'lisbon,outlook-lisbon.contoso.com,Lisbon' >wanted-arrays.csv
	git add wanted-arrays.csv
	commits 0
	printf '%s\n' 'name,fqdn,site' 'lisbon,outlook_lisbon.contoso.com,Lisbon' >wanted-arrays.csv
	git add wanted-arrays.csv
	commits 1
	contains "$(<err)" underscore
}

@test "pre-commit: its hook runs the script on the files that fit" {
	local hook

	hook=$(/usr/bin/python3 -c '
import json, sys, yaml
repository, = yaml.safe_load(open(sys.argv[1]))["repos"]
hook, = repository["hooks"]
print(json.dumps({**hook, "repo": repository["repo"]}))' "$CI/pre-commit-config.yaml")
	equal "$(jq -r '.repo + " " + .language + " " + .entry' <<<"$hook")" "local script ci/casarray-check"
	mkdir ci
	cp "$CI/casarray-check" ci
	equal "$(printf '%s\n' casarray.conf wanted.json wanted-arrays.csv other.json ci/wanted.json baseline.json |
		/usr/bin/python3 -c 'import re, sys
print(" ".join(l.strip() for l in sys.stdin if re.search(sys.argv[1], l.strip())))' "$(jq -r .files <<<"$hook")")" \
		"casarray.conf wanted.json wanted-arrays.csv"
	ci/casarray-check casarray.conf wanted.json
	echo broken >wanted.json
	run -1 ci/casarray-check casarray.conf wanted.json
	contains "$output" "casarray-check: wanted.json is refused"
}
