#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A server's limits, what it refuses and where it refers to: never a short answer, never a search
# without end. What slapd does not do by itself the proxy does.

load common
bats_require_minimum_version 1.5.0

PAGED=1.2.840.113556.1.4.319

setup_file() {
	common_setup
	SERVER=$(slapd_folder)
	export SERVER
	slapd_start "$SERVER" "$LDIF"
	"${CASARRAY_BUILD:-$ROOT/build}/tests/bench/generate" --databases 3700 --seed 1 \
		--out "$BATS_FILE_TMPDIR/large.ldif" --truth "$BATS_FILE_TMPDIR/truth.jsonl"
}

teardown_file() {
	slapd_stop "$SERVER"
}

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
	: >"$LDAP_LOG"
}

teardown() {
	proxy_stop
	if [ -n "${LARGE:-}" ]; then
		slapd_stop "$LARGE"
	fi
}

# through STATUS RULE... -- ARGUMENT...: try, through a proxy with these rules.
through() {
	local status=$1 rules=()
	shift
	while [ "$1" != -- ]; do
		rules+=("$1")
		shift
	done
	proxy_start "${rules[@]}"
	try "$status" "${@:2}" --directory "$PROXY"
}

# accepted: connections that the server took since the test began.
accepted() {
	grep -c ' ACCEPT from ' "$LDAP_LOG" || true
}

# searches: that the server was asked for, without those of its rootDSE.
searches() {
	grep -cE ' SRCH base="[^"]' "$LDAP_LOG" || true
}

# large_start: a server with an organization of more entries than a page, in place of the first.
large_start() {
	LARGE=$(slapd_folder)
	SERVER=$LARGE
	slapd_start "$LARGE" "$BATS_FILE_TMPDIR/large.ldif"
}

# all_findings: those in findings.ndjson are all that the large organization has.
all_findings() {
	/usr/bin/python3 "$ROOT/tests/bench/compare.py" "$BATS_FILE_TMPDIR/truth.jsonl" \
		findings.ndjson
}

# with_mailboxes N: Berlin DB 2 has so many.
with_mailboxes() {
	{
		echo "dn: $(dn_of "Berlin DB 2")"
		echo "changetype: modify"
		echo "replace: homeMDBBL"
		seq -f "homeMDBBL: cn=user %05.0f,ou=people,$LDAP_BASE" "$1"
	} | ldap_tool ldapmodify >/dev/null
}

# mailboxes_are N RULE...: what casarray counts through such a proxy.
mailboxes_are() {
	through 0 "${@:2}" -- get-database "Berlin DB 2" --format json
	equal "$(query '.rows[0].mailboxes')" "$1"
}

# ---- values in parts ----

@test "mailboxes beyond 1500 are counted by ranges" {
	with_mailboxes 3200
	mailboxes_are 3200 windows
	# 0-1499 with the database, then 1500-2999 and 3000-*
	equal "$(grep -c 'SRCH attr=homeMDBBL$' "$LDAP_LOG")" 2
	through 0 windows -- set-database "Berlin DB 2" --what-if --format json \
		--rpc-client-access-server outlook-berlin.contoso.com
	equal "$(query .impact.mailboxes)" 3200
}

@test "the ends of ranges" {
	local n
	for n in 1 49 50 51 99 100 101 150; do
		with_mailboxes "$n"
		mailboxes_are "$n" windows:values=50
	done
}

@test "an audit sees what it sees without ranges" {
	local expected
	with_mailboxes 3200
	try 1 audit --format json --directory "$LDAPI"
	expected=$(findings)
	through 1 windows:values=2 -- audit --format json
	equal "$(findings)" "$expected"
}

@test "ranges that do not go on are an error" {
	local range
	with_mailboxes 120
	for range in 0-49 50-99 0-48 0-50 5 x-y '*-5' -1-5 99999999999999999999-*; do
		through 7 windows:values=50 "unranged:$range" -- get-database "Berlin DB 2"
		equal "$err" "casarray: the server sends the values of 'homeMDBBL' in ranges that do not go on"
		equal "$out" ""
	done
}

# ---- pages ----

@test "pages that are smaller than was asked for" {
	large_start
	for page in 1000 333; do
		through 1 "windows:page=$page,values=20" -- audit --format ndjson \
			--output findings.ndjson
		all_findings
	done
}

@test "a page that breaks off: all is read anew, over another connection, once" {
	local second
	large_start
	# Requests: the login, the rootDSE, the first page, the second one. A place in the pages that
	# another connection gave would be refused. The last one is after four thousand entries.
	for second in cut:up:4 half:down:1500 cut:up:8; do
		: >"$LDAP_LOG"
		through 1 "$second" windows -- audit --format ndjson --output findings.ndjson
		all_findings
		equal "$(accepted)" 2
	done
	: >"$LDAP_LOG"
	through 7 lose:search:2 lose:search:4 lose:search:6 -- audit
	equal "$out" ""
	contains "$err" "connection lost"
	equal "$(accepted)" 2
}

@test "a server without pages that cuts what it sends" {
	large_start
	through 7 windows "hide:$PAGED" -- audit
	equal "$out" ""
	contains "$err" "sizeLimitExceeded (4)"
}

# ---- results of searches ----

# refuses CODE STATUS NAME HINT: each search that ends so is an error, whatever came before.
refuses() {
	local n
	# The first is that of the rootDSE.
	for n in 1 2; do
		through "$2" "result:search:$n:$1" -- audit
		equal "$out" ""
		contains "$err" "casarray: cannot "
		contains "$err" ": $3 ($1)"
		contains "$err" "
casarray: $4"
		equal "$(wc -l <<<"$err")" 2
	done
}

@test "a result that was cut is an error" {
	refuses 3 7 timeLimitExceeded "try again, or another server"
	refuses 4 7 sizeLimitExceeded "the server's limit on results must be raised for this account"
	refuses 11 7 adminLimitExceeded "the server's limits must be raised for this account"
}

@test "a search that the server refuses" {
	refuses 1 7 operationsError "the server wants a login first"
	refuses 12 3 unavailableCriticalExtension "the server does not know what was asked of it"
	refuses 50 4 insufficientAccessRights "use an account that may"
	through 4 answer:bind:1:8 -- audit --user "$LDAP_USER" --password-file "$LDAP_PASSWORD_FILE"
	contains "$err" "strongerAuthRequired (8)"
	contains "$err" "use ldaps://, --start-tls, or Kerberos on ldap://"
}

@test "a busy server is asked once more" {
	local code
	for code in 51 52; do
		: >"$LDAP_LOG"
		through 1 "answer:search:2:$code" -- audit
		equal "$err" ""
		equal "$(accepted)" 2
		through 7 "answer:search:2-9:$code" -- audit
		equal "$out" ""
		contains "$err" "($code)"
	done
}

@test "a control that the server answers with another kind of message" {
	through 3 uncontrolled -- audit --timeout 5
	contains "$err" "unavailableCriticalExtension (12)"
}

@test "a notice of disconnection" {
	let_libldap_forget
	through 1 notice:2 -- audit
	equal "$err" ""
	through 7 notice:1 -- audit
	contains "$err" "unavailable (52)"
}

@test "requests stay small, however much is asked for" {
	local i words=()
	for ((i = 0; i < 3000; i++)); do
		words+=("no such database $i, with a name of some length")
	done
	through 3 windows:receive=65536 -- get-database "${words[@]}"
	contains "$err" "no such database 0,"
	[ "$(searches)" -ge 15 ]
}

# ---- referrals ----

@test "what is on other servers is said to be missing" {
	through 1 references:2 -- audit --rule CAS040
	equal "$err" "casarray: warning: '$PROXY' refers to 'ldap://dc1.contoso.com/DC=child,DC=com' (2 references in all): what is there is not seen"
	through 1 references:2 -- audit --rule CAS040 --quiet
	equal "$err" ""
}

@test "a search that is referred to another server" {
	through 3 answer:search:2:10 -- audit
	contains "$err" ": referral (10): it refers to ldap://dc9.contoso.com/DC=other,DC=com
casarray: the object is held by another server: name a writable domain controller of its domain"
}

@test "a write that is referred to another server is an error that names it" {
	local before
	before=$(databases)
	through 3 answer:modify:all:10 -- set-database "Berlin DB 2" --yes \
		--rpc-client-access-server outlook-berlin.contoso.com
	contains "$err" "referral (10): it refers to ldap://dc9.contoso.com/DC=other,DC=com"
	contains "$err" "nothing was written"
	equal "$(databases)" "$before"
	equal "$(asked MOD)" 0
}
