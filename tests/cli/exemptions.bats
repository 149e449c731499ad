#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Exemptions: what the commands leave alone because people declared it.

load common

setup() {
	common_setup
	export CASARRAY_CONFIG=$BATS_TEST_TMPDIR/casarray.conf
	: >casarray.conf
}

# exempt NAME CLASS OBJECT [KEY VALUE]...: one more section of the configuration.
exempt() {
	printf '[exemption %s]\nclass = %s\nobject = %s\nreason = agreed\nowner = ops\n' "$1" "$2" "$3"
	shift 3
	while [ $# -gt 0 ]; do
		printf '%s = %s\n' "$1" "$2"
		shift 2
	done
}

proxy() {
	exempt pf pf-proxy "Sales DB 2" >>casarray.conf
}

# override [LAST-DAY]
override() {
	exempt import temporary-override "Berlin DB 2" value BER-CAS1 expires "${1:-2999-12-31}" >>casarray.conf
}

# found RULE...: "RULE OBJECT" of each finding.
found() {
	local rules=() status=0

	for rule; do
		rules+=(--rule "$rule")
	done
	casarray audit "${rules[@]}" --format json >found.json 2>err || status=$?
	[ "$status" -le 1 ]
	jq -r '.rows[] | select(.result == "finding") | "\(.rule) \(.object.name)"' found.json
}

# steps ARGUMENT...: "ACTION OBJECT: REASON" of each step that is planned.
steps() {
	try 0 "$@" --what-if --format json
	jq -r '.rows[] | "\(.action) \(.name): \(.reason)"' out
}

# dn DATABASE
dn() {
	echo "CN=$1,CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
}

# state DATABASES EXEMPTIONS: a desired state of these lists.
state() {
	jq -n --argjson databases "$1" --argjson exemptions "$2" \
		'{schema: "casarray.state", version: 1, databases: $databases, exemptions: $exemptions}' >wanted.json
}

@test "a public folder proxy is right at its own server, and wrong anywhere else" {
	equal "$(found CAS040 CAS048 CAS061)" "CAS040 Berlin DB 2
CAS048 Berlin
CAS040 Sales DB 2
CAS048 HeadOffice"
	proxy
	equal "$(found CAS040 CAS061)" "CAS040 Berlin DB 2"
	try 0 set-database "Sales DB 2" --rpc-client-access-server EX1 --force --yes
	equal "$(found CAS040 CAS061)" "CAS040 Berlin DB 2
CAS061 Sales DB 2"
	try 1 audit --rule CAS061 --format csv --fields severity,fix_class,observed,expected,message,fix
	equal "$(tail -n 1 out | tr -d '\r')" "error,plan,EX1.contoso.com,EX2.contoso.com,\"database 'Sales DB 2' is a public folder proxy by exemption 'pf' of ops, and points at server 'EX1' and not at its own server\",casarray set-database 'Sales DB 2' --rpc-client-access-server EX2.contoso.com"
	try 0 set-database "Sales DB 2" --rpc-client-access-server auto
	equal "$(found CAS061)" ""
}

@test "no command points a public folder proxy at an array" {
	proxy
	refused 3 "casarray: the database 'Sales DB 2' ($(dn "Sales DB 2")) is never pointed at an array: it is a public folder proxy by exemption 'pf' of ops: agreed
casarray: 'auto' is its own server" set-database --site HeadOffice --rpc-client-access-server outlook
	refused 3 "casarray: the database 'Sales DB 2' ($(dn "Sales DB 2")) is never pointed at an array: it is a public folder proxy by exemption 'pf' of ops: agreed
casarray: 'auto' is its own server" set-database "Sales DB 2" --rpc-client-access-server outlook --force
	equal "$(steps set-database --server EX2 --rpc-client-access-server auto | grep Sales)" \
		"skip Sales DB 1: already so
skip Sales DB 2: already so"
	equal "$(steps repair | grep Sales)" ""
}

@test "a temporary override that holds: fine, and left alone" {
	override
	equal "$(found CAS040 CAS057)" "CAS040 Sales DB 2"
	equal "$(steps set-database --site Berlin --rpc-client-access-server auto | grep 'DB 2')" \
		"skip Berlin DB 2: it has its value by exemption 'import' of ops, until 2999-12-31: agreed"
	refused 3 "casarray: the database 'Berlin DB 2' ($(dn "Berlin DB 2")) is not changed: it has its value by exemption 'import' of ops, until 2999-12-31: agreed
casarray: --force sets it all the same" set-database "Berlin DB 2" --rpc-client-access-server auto
	equal "$(steps repair | grep 'DB 2')" "modify Sales DB 2: CAS040"
	try 0 set-database "Berlin DB 2" --rpc-client-access-server auto --force --yes
	contains "$out$err" "the database 'Berlin DB 2' is changed although it has its value by exemption 'import' of ops, until 2999-12-31: agreed"
	points "Berlin DB 2" outlook-berlin.contoso.com
}

@test "a temporary override that is over is found beside what is wrong, and repaired in one step" {
	override 2020-01-31
	equal "$(found CAS040 CAS057 CAS218)" "CAS040 Berlin DB 2
CAS057 Berlin DB 2
CAS040 Sales DB 2"
	equal "$(jq -r '.rows[] | select(.rule == "CAS057").message' found.json)" \
		"database 'Berlin DB 2' still points at 'BER-CAS1', which exemption 'import' of ops allowed until 2020-01-31: agreed"
	equal "$(steps repair | grep 'Berlin DB 2')" "modify Berlin DB 2: CAS040, CAS057"
	try 0 set-database "Berlin DB 2" --rpc-client-access-server auto
	equal "$(found CAS040 CAS057)" "CAS040 Sales DB 2"
}

@test "the other classes: a site that goes, a switchover, one rule on one object" {
	equal "$(found CAS001 CAS041 CAS045 CAS042)" "CAS042 Berlin Archive
CAS045 Finance
CAS001 Lisbon
CAS041 Lisbon DB 1"
	{
		exempt lisbon decommission Lisbon
		exempt night switchover HeadOffice expires 2999-12-31
		exempt archive plain "Berlin Archive" rule database-points-nowhere
	} >casarray.conf
	equal "$(found CAS001 CAS041 CAS045 CAS042)" ""
	equal "$(steps repair --include-cross-site)" "modify Sales DB 2: CAS040
modify Berlin DB 2: CAS040
modify Berlin DB 3: CAS043
modify Berlin DB 4: CAS046"
}

@test "new-array --adopt-databases leaves what is declared" {
	exempt lisbon temporary-override "Lisbon DB 1" value LIS1 expires 2999-12-31 >>casarray.conf
	equal "$(steps new-array --fqdn lisbon.contoso.com --site Lisbon --adopt-databases)" \
		"create lisbon: new array
skip Lisbon DB 1: it has its value by exemption 'lisbon' of ops, until 2999-12-31: agreed"
}

@test "explain and get-database" {
	proxy
	override
	exempt night switchover Berlin expires 2020-01-31 >>casarray.conf
	try 0 explain "Berlin DB 2"
	contains "$out" "expected:        BER-CAS1.contoso.com
expected by:     temporary-override
because:         a temporary override declares the value
exemption:       temporary-override 'import' of ops, until 2999-12-31: agreed
                 switchover 'night' of ops, expired after 2020-01-31: agreed"
	try 0 explain "Sales DB 2"
	contains "$out" "expected:        EX2.contoso.com
expected by:     public-folder-proxy
because:         a public folder proxy points at its own server
exemption:       pf-proxy 'pf' of ops: agreed"
	try 0 explain "Berlin DB 2" --format json
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.explanation <out
	try 0 set-database "Sales DB 2" --rpc-client-access-server EX1 --force --yes
	try 0 get-database --status not-own-server --fields name,rpc_client_access_server,expected,status --format csv
	equal "$(tr -d '\r' <out)" "name,rpc_client_access_server,expected,status
Sales DB 2,EX1.contoso.com,EX2.contoso.com,not-own-server"
}

@test "export has them in the order of their names, and nothing differs from it" {
	proxy
	override
	try 0 export -o wanted.json
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.state <wanted.json
	equal "$(sed -n '/"exemptions"/,$p' wanted.json)" '"exemptions":[
{"name":"import","class":"temporary-override","rule":null,"object":"Berlin DB 2","value":"BER-CAS1","reason":"agreed","owner":"ops","expires":"2999-12-31"},
{"name":"pf","class":"pf-proxy","rule":null,"object":"Sales DB 2","value":null,"reason":"agreed","owner":"ops","expires":null}
]}'
	try 0 diff wanted.json --prune
	equal "$out$err" "no differences"
	# without the configuration: those of the file
	: >casarray.conf
	try 0 diff wanted.json --prune
	equal "$out$err" "no differences"
	try 0 export --auto -o wanted.json
	try 0 apply wanted.json --prune
	equal "$out$err" "nothing to do"
	unchanged
}

@test "exemptions of a desired state hold for its lines" {
	local import='{"name":"import","class":"temporary-override","object":"Berlin DB 2","value":"BER-CAS1","reason":"agreed","owner":"ops","expires":"2999-12-31"}'
	local pf='{"name":"pf","class":"pf-proxy","object":"Sales DB 2","reason":"agreed","owner":"ops"}'

	state '[{"name":"Berlin DB 2","rpc_client_access_server":"auto"},
		{"name":"Sales DB 2","rpc_client_access_server":"auto"}]' "[$import,$pf]"
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.state <wanted.json
	try 0 apply wanted.json
	equal "$out$err" "nothing to do"
	state '[{"name":"Berlin DB 2","rpc_client_access_server":"auto"},
		{"name":"Sales DB 2","rpc_client_access_server":"outlook"}]' "[$pf,{\"name\":\"x\",\"rule\":\"CAS040\",\"reason\":\"y\"}]"
	refused 3 "casarray: wanted.json: databases[1]: 'Sales DB 2': the database 'Sales DB 2' ($(dn "Sales DB 2")) is never pointed at an array: it is a public folder proxy by exemption 'pf' of ops: agreed; 'auto' is its own server
casarray: wanted.json: exemptions[1]: exemption 'x' has no object
casarray: wanted.json: exemptions[1]: exemption 'x' has no owner
casarray: 'wanted.json' is refused for 3 reasons
casarray: nothing was written; correct it, and try again" apply wanted.json
	# they are of that file only
	equal "$(steps repair | grep 'Berlin DB 2')" "modify Berlin DB 2: CAS040"
}

@test "of one name, the exemption of the file wins over the configuration's, and that is said" {
	override
	state '[{"name":"Berlin DB 2","rpc_client_access_server":"auto"}]' \
		'[{"name":"IMPORT","class":"temporary-override","object":"Berlin DB 2","value":"BER-CAS1","reason":"agreed","owner":"ops","expires":"2020-01-31"}]'
	try 1 diff wanted.json
	contains "$out" "note: exemption 'IMPORT' of 'wanted.json' takes the place of that of $BATS_TEST_TMPDIR/casarray.conf:1"
	try 0 apply wanted.json
	points "Berlin DB 2" outlook-berlin.contoso.com
}

@test "a plan warns of exemptions that mean no object, as it would change what they were for" {
	exempt pf pf-proxy "Salles DB 2" >>casarray.conf
	try 0 set-database --site HeadOffice --rpc-client-access-server auto --what-if
	grep -qxF "warning: exemption 'pf' of ops keeps nothing as it is: no database 'Salles DB 2'; did you mean \
'Sales DB 2' or 'Sales DB 1'?" out err
	: >casarray.conf
	exempt old pf-proxy "Salles DB 2" expires 2020-01-01 >>casarray.conf
	exempt name hide-name nothing >>casarray.conf
	proxy
	try 0 set-database --site HeadOffice --rpc-client-access-server auto --what-if
	run grep -h 'keeps nothing' out err
	equal "$output" ""
}

@test "a plan names five such exemptions, and counts the others" {
	local i

	for i in 1 2 3 4 5 6 7; do
		exempt "e$i" pf-proxy "none $i" >>casarray.conf
	done
	try 0 repair --what-if --format json
	equal "$(jq -r '.warnings | length' out)" 6
	equal "$(jq -r '.warnings[5]' out)" "and so do 2 other exemptions; see CAS219 of 'casarray audit'"
	try 0 new-array --fqdn lisbon.contoso.com --site Lisbon --what-if --format json
	equal "$(jq -r '.warnings[] | select(contains("keeps nothing"))' out)" ""
}
