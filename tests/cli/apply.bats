#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply: a desired state, lists as CSV, and plans that were saved.

load common

setup() {
	common_setup
}

# state ARRAYS DATABASES: the desired state in wanted.json.
state() {
	printf '{"schema":"casarray.state","version":1,"arrays":[%s],"databases":[%s]}\n' \
		"$1" "$2" >wanted.json
}

# piped STATUS TEXT ARGUMENT...: try with the text (of printf) on stdin.
piped() {
	local expected=$1 text=$2 status=0
	shift 2

	# shellcheck disable=SC2059
	printf "$text" | casarray "$@" >out 2>err || status=$?
	out=$(<out)
	err=$(<err)
	if [ "$status" -ne "$expected" ]; then
		echo "casarray $*: exit status $status: $out $err"
		return 1
	fi
}

# steps: what the plan in out does.
steps() {
	query '[.rows[] | .action + " " + .name] | join(", ")'
}

LISBON='{"name":"outlook-lisbon","fqdn":"outlook-lisbon.contoso.com","site":"Lisbon"}'

@test "arrays are made, and databases pointed at them in the same go; the second time nothing is done" {
	state "$LISBON" '{"name":"Lisbon DB 1","rpc_client_access_server":"outlook-lisbon"},
		{"name":"Sales DB 2","rpc_client_access_server":"OUTLOOK.contoso.com"}'
	try 0 apply wanted.json --format json
	equal "$(steps)" "create outlook-lisbon, modify Lisbon DB 1, modify Sales DB 2"
	points "Lisbon DB 1" outlook-lisbon.contoso.com
	points "Sales DB 2" outlook.contoso.com
	cp "$LDIF" after
	try 0 apply wanted.json
	equal "$out" "note: 2 arrays are not listed, and stay: 'outlook', 'outlook-berlin'; --prune removes them
nothing to do"
	cmp "$LDIF" after
	try 0 undo --yes
	unchanged
}

@test "'auto' is the array that the site has afterwards" {
	state "$LISBON" '{"name":"Lisbon DB 1","rpc_client_access_server":"auto"},
		{"name":"Finance","rpc_client_access_server":"AUTO"}'
	try 0 apply wanted.json
	points "Lisbon DB 1" outlook-lisbon.contoso.com
	points Finance outlook.contoso.com
	try 0 apply wanted.json
	contains "$out" "nothing to do"
}

@test "an array is found by its name, else by its FQDN; only what is said is changed" {
	state '{"name":"OUTLOOK","fqdn":"mail.contoso.com"},
		{"name":"berlin","fqdn":"outlook-berlin.contoso.com","site":null}' ''
	try 0 apply wanted.json --format json
	equal "$(steps)" "modify outlook, rename outlook-berlin"
	try 0 get-array --format json
	equal "$(jq -c '[.rows[] | [.name, .fqdn, .site]]' out)" \
		'[["outlook","mail.contoso.com","HeadOffice"],["berlin","outlook-berlin.contoso.com","Berlin"]]'
	try 0 diff wanted.json
}

@test "an array that leaves a site makes room for another" {
	state '{"name":"outlook-berlin","site":"Branch"},
		{"name":"new","fqdn":"new.contoso.com","site":"Berlin"}' \
		'{"name":"Berlin DB 2","rpc_client_access_server":"auto"}'
	try 0 apply wanted.json
	points "Berlin DB 2" new.contoso.com
	try 0 diff wanted.json
}

@test "comments everywhere, and members that are left out or null" {
	cat >wanted.json <<-'END'
		{"//": "a", "//2": ["b"], "schema": "casarray.state", "version": 1,
		 "organization": "CONTOSO", "exemptions": [],
		 "databases": [{"//": {"why": 1}, "name": "Finance", "rpc_client_access_server": null},
		               {"name": "Executives"}]}
	END
	try 0 apply wanted.json
	equal "$out" "nothing to do"
	unchanged
}

@test "all that is impossible is named at once, in the order of the file, and nothing is done" {
	cat >wanted.json <<-'END'
		{"schema": "casarray.state", "version": 1, "surprise": 1, "exemptions": [{}],
		 "arrays": [{"name": "outlook", "site": "Nowhere"},
		  {"name": "a", "fqdn": "a.contoso.com", "site": "Lisbon"},
		  {"name": "b", "fqdn": "b.contoso.com", "site": "Lisbon"},
		  {"name": "c", "fqdn": "c_d", "site": "Branch"},
		  {"name": "d", "fqdn": "EX1.contoso.com", "site": "Branch"},
		  {"name": "e", "fqdn": "e.contoso.com"},
		  {"name": "OUTLOOK", "fqdn": "f.contoso.com", "site": "Branch"},
		  {"site": "Branch"}, {"name": 7}],
		 "databases": [{"name": "Nothing", "rpc_client_access_server": "auto"},
		  {"name": "Finance", "rpc_client_access_server": "nosuch"},
		  {"name": "Finance", "rpc_client_access_server": "auto"},
		  {"name": "Mailboxes 2013", "rpc_client_access_server": "outlook-berlin"},
		  {"name": "Executives", "rpc_client_access_server": "BER-MBX1"},
		  {"name": "Sales DB 1", "rpc_client_access_server": "c"},
		  {"rpc_client_access_server": "auto"}, []]}
	END
	try 3 apply wanted.json
	equal "$(sed 's/ (CN=[^)]*)[^)]*)//' err)" "casarray: wanted.json: unknown member 'surprise'; known are 'organization', 'arrays', 'databases', 'exemptions'
casarray: wanted.json: arrays[0]: 'outlook': no site 'Nowhere'
casarray: wanted.json: arrays[1]: 'a': the site 'Lisbon' would have 2 arrays: 'a', 'b'
casarray: wanted.json: arrays[2]: 'b': the site 'Lisbon' would have 2 arrays: 'a', 'b'
casarray: wanted.json: arrays[3]: 'c': 'c_d' is not a legal host name: underscore; give a fully qualified name such as outlook.contoso.com
casarray: wanted.json: arrays[4]: 'd': the FQDN 'EX1.contoso.com' is taken: it is the FQDN of the server 'EX1'; choose another FQDN
casarray: wanted.json: arrays[5]: 'e': a new array needs a site
casarray: wanted.json: arrays[6]: 'OUTLOOK': it is the array 'outlook', which is listed already
casarray: wanted.json: arrays[7]: an array needs a name or an FQDN
casarray: wanted.json: arrays[8]: 'name' is no text
casarray: wanted.json: databases[0]: 'Nothing': no database 'Nothing'
casarray: wanted.json: databases[1]: 'Finance': no server or array 'nosuch'
casarray: wanted.json: databases[2]: 'Finance': the database is listed twice
casarray: wanted.json: databases[3]: 'Mailboxes 2013': the database 'Mailboxes 2013' is not changed: it is of Exchange 2013 or later, where clients do not use the value
casarray: wanted.json: databases[4]: 'Executives': no array or Client Access server 'BER-MBX1' was found: 'BER-MBX1' is a server without the Client Access role; 'casarray get-array' and 'casarray get-server' list them
casarray: wanted.json: databases[6]: a database needs a name
casarray: wanted.json: databases[7]: it is no object
casarray: wanted.json: exemptions[0]: an exemption has no name
casarray: 'wanted.json' is refused for 18 reasons
casarray: nothing was written; correct it, and try again"
	equal "$out" ""
	unchanged
}

@test "files that are none" {
	refused 7 "casarray: cannot open 'missing': No such file or directory
casarray: check the path" apply missing
	printf '{"schema": "casarray.state",\n "version": }' >f
	try 3 apply f
	contains "$err" "casarray: 'f' is no JSON: line 2: "
	echo '{"schema": "casarray.state", "version": 2}' >f
	refused 3 "casarray: 'f' has a version that is not understood: it must be 1" apply f
	echo '{"arrays": []}' >f
	refused 3 "casarray: 'f' is no desired state and no plan: its schema is ''
casarray: a desired state has \"schema\": \"casarray.state\", \"version\": 1" apply f
	echo '{"schema": "casarray.state", "version": 1, "arrays": [], "arrays": []}' >f
	try 3 apply f
	contains "$err" "duplicate object key"
	printf '\xff\xfe{\0' >f
	refused 3 "casarray: 'f' is in UTF-16
casarray: save it as UTF-8: in Excel, 'CSV UTF-8'" apply f
	echo '{"schema": "casarray.state", "version": 1, "organization": "Fabrikam"}' >f
	refused 3 "casarray: f: it is of the organization 'Fabrikam', and this one is 'Contoso'
casarray: 'f' is refused for 1 reason
casarray: nothing was written; correct it, and try again" apply f
}

# ---- removals ----

@test "--prune removes arrays that are not listed, when nothing uses them, and asks" {
	state '{"name":"outlook"}' ''
	try 3 apply wanted.json --prune --yes
	equal "$err" "casarray: wanted.json: 'outlook-berlin': the array is not listed, but 2 databases use it: 'Finance', 'Berlin DB 1'; point them at another array
casarray: 'wanted.json' is refused for 1 reason
casarray: nothing was written; correct it, and try again"
	unchanged
	state '{"name":"outlook"}' '{"name":"Berlin DB 1","rpc_client_access_server":"outlook"},
		{"name":"Finance","rpc_client_access_server":"auto"}'
	try 3 apply wanted.json --prune
	contains "$err" "nothing was written: apply asks before it writes"
	unchanged
	try 0 apply wanted.json --prune --yes --format json
	equal "$(steps)" "modify Berlin DB 1, modify Finance, delete outlook-berlin"
	try 0 apply wanted.json --prune
	equal "$out" "nothing to do"
	try 0 undo --yes
	try 0 get-array
	contains "$out" outlook-berlin
}

@test "an array by two names, and files of which a line is impossible" {
	printf 'name,fqdn,site\noutlook,,\nx,outlook.contoso.com,\n' >a.csv
	printf 'database,rpc-client-access-server\nFinance,auto\n' >d.csv
	try 3 apply a.csv d.csv
	equal "$err" "casarray: a.csv:3: 'x': it is the array 'outlook', which is listed already
casarray: 'a.csv' and the other files are refused for 1 reason
casarray: nothing was written; correct it, and try again"
	unchanged
}

@test "a database cannot be pointed at what --prune removes, nor at a name that is taken away" {
	state '{"name":"outlook","fqdn":"mail.contoso.com"}' \
		'{"name":"Berlin DB 1","rpc_client_access_server":"outlook-berlin"},
		{"name":"Sales DB 2","rpc_client_access_server":"outlook.contoso.com"}'
	try 3 apply wanted.json --prune --yes
	contains "$err" "databases[0]: 'Berlin DB 1': --prune removes that array"
	contains "$err" "databases[1]: 'Sales DB 2': the array 'outlook' gets the FQDN 'mail.contoso.com' here; write that, or its name"
	unchanged
}

@test "--prune with files that list no arrays is refused" {
	piped 2 'database,rpc-client-access-server\nFinance,auto\n' apply - --prune --yes
	equal "$err" "casarray: 'standard input' lists no arrays, so none can be pruned"
	unchanged
}

# ---- CSV ----

@test "CSV as Excel writes it: byte order mark, semicolons, CRLF, quotes, columns in any order" {
	printf '\xef\xbb\xbfSite;"FQDN";Name\r\nBranch;outlook-branch.contoso.com;"the ""branch"""\r\n;;\r\n' \
		>arrays.csv
	printf 'RPC Client Access Server,"Database"\nthe "branch", Finance \n"outlook","Sales DB 2"' \
		>databases.csv
	try 0 apply arrays.csv databases.csv
	points Finance outlook-branch.contoso.com
	points "Sales DB 2" outlook.contoso.com
	try 0 get-array 'the*' --format csv --fields name,site
	equal "$(tr -d '\r' <out)" 'name,site
"the ""branch""",Branch'
	try 0 diff arrays.csv databases.csv
}

@test "CSV from stdin, with tabs" {
	piped 0 'rpc-client-access-server\tdatabase\nauto\tFinance\n' apply -
	points Finance outlook.contoso.com
}

@test "standard input is read once" {
	piped 2 'database,rpc-client-access-server\nFinance,auto\n' apply - -
	equal "$err" "casarray: standard input can be read only once
casarray: try 'casarray apply --help'"
	unchanged
}

@test "CSV: what is wrong, by line" {
	piped 3 'database,rpc-client-access-server\nFinance,auto,x\n\nSales DB 1\n,auto\n"a\nb",auto\nExecutives,\nx,"y"z\n\xff,auto\nq,"' \
		apply -
	equal "$err" "casarray: standard input:2: it has more fields than the header
casarray: standard input:4: it has fewer fields than the header
casarray: standard input:5: the name of the database is empty
casarray: standard input:6: 'a"$'\\x0a'"b': no database 'a"$'\\x0a'"b'
casarray: standard input:8: 'Executives': the RpcClientAccessServer is empty
casarray: standard input:9: something follows a quoted field
casarray: standard input:10: it is not UTF-8
casarray: standard input:11: a quoted field has no end
casarray: 'standard input' is refused for 8 reasons
casarray: nothing was written; correct it, and try again"
	unchanged
	piped 3 'name,fqdn,site,color\nx,x.contoso.com,Lisbon,red\n' apply -
	contains "$err" "casarray: standard input:1: 'color': there is no such column"
	piped 3 'name,fqdn,Name,site\nx,x.contoso.com,y,Lisbon\n' apply -
	contains "$err" "casarray: standard input:1: 'Name': the column is there twice"
	piped 3 '' apply -
	contains "$err" "casarray: standard input:1: the header names no list"
	piped 3 'fqdn;name\nx.contoso.com;x\n' apply -
	contains "$err" "casarray: standard input:1: there is no column 'site'; the first line is "
	piped 3 'name,RpcClientAccessServer\nFinance,auto\n' apply -
	contains "$err" "casarray: standard input:1: there is no column 'database'; the first line is "
	unchanged
}

@test "everything that is wrong with a line is told, not only the first" {
	piped 3 'name,fqdn,site\n" x",x_y,Nowhere\noutlook,out look,Nowhere\n' apply -
	equal "$err" "casarray: standard input:2: ' x': ' x' cannot be the name of an array: it begins or ends with a blank; a name has 1 to 64 characters and no blank at either end
casarray: standard input:2: ' x': 'x_y' is not a legal host name: underscore; give a fully qualified name such as outlook.contoso.com
casarray: standard input:2: ' x': no site 'Nowhere'
casarray: standard input:3: 'outlook': 'out look' is not a legal host name: illegal character; give a fully qualified name such as outlook.contoso.com
casarray: standard input:3: 'outlook': no site 'Nowhere'
casarray: 'standard input' is refused for 5 reasons
casarray: nothing was written; correct it, and try again"
	piped 3 'database,rpc-client-access-server\nNope,nobody\n' apply -
	equal "$err" "casarray: standard input:2: 'Nope': no database 'Nope'
casarray: standard input:2: 'Nope': no server or array 'nobody'
casarray: 'standard input' is refused for 2 reasons
casarray: nothing was written; correct it, and try again"
	unchanged
}

@test "a name or FQDN that is taken is told beside what else is wrong with the line" {
	piped 3 'name,fqdn,site\nEX1,EX2.contoso.com,Nowhere\n' apply -
	contains "$err" "standard input:2: 'EX1': the name 'EX1' is taken: it is the name of the server 'EX1'"
	contains "$err" "standard input:2: 'EX1': the FQDN 'EX2.contoso.com' is taken: it is the FQDN of the server 'EX2'"
	contains "$err" "standard input:2: 'EX1': no site 'Nowhere'"
	contains "$err" "refused for 3 reasons"
	state '{"name":"x"},{"name":"y","fqdn":"y.contoso.com","site":"Branch"},{"name":"Y","fqdn":"y_"}' \
		'{"name":"Finance"},{"name":"Finance","rpc_client_access_server":"nobody"}'
	refused 3 "casarray: wanted.json: arrays[0]: 'x': a new array needs a site
casarray: wanted.json: arrays[0]: 'x': a new array needs an FQDN
casarray: wanted.json: arrays[2]: 'Y': 'y_' is not a legal host name: underscore; give a fully qualified name such as outlook.contoso.com
casarray: wanted.json: arrays[2]: 'Y': a new array needs a site
casarray: wanted.json: arrays[2]: 'Y': another array that is listed has that name or FQDN
casarray: wanted.json: databases[1]: 'Finance': no server or array 'nobody'
casarray: wanted.json: databases[1]: 'Finance': the database is listed twice
casarray: 'wanted.json' is refused for 7 reasons
casarray: nothing was written; correct it, and try again" apply wanted.json
	unchanged
}

@test "everything that is wrong with an exemption is told, too" {
	cat >wanted.json <<-'END'
		{"schema": "casarray.state", "version": 1, "exemptions": [
		 {"name": "a", "rule": "CAS040"},
		 {"name": "b", "class": "nope", "object": 7, "expires": "2026-02-30"},
		 {"name": "c", "class": "temporary-override", "rule": "CAS040", "object": "x", "reason": "r", "owner": "o"}]}
	END
	refused 3 "casarray: wanted.json: exemptions[0]: exemption 'a' has no object
casarray: wanted.json: exemptions[0]: exemption 'a' has no owner
casarray: wanted.json: exemptions[0]: exemption 'a' has no reason
casarray: wanted.json: exemptions[1]: 'b': 'expires' is no day such as 2026-12-31: '2026-02-30'
casarray: wanted.json: exemptions[1]: 'b': there is no class 'nope'
casarray: wanted.json: exemptions[1]: 'object' is no text
casarray: wanted.json: exemptions[2]: exemption 'c' does not expire; class temporary-override needs 'expires', the last day on which it holds, such as 2026-12-31
casarray: wanted.json: exemptions[2]: exemption 'c' has no value; class temporary-override needs 'value', the array or Client Access server that the database points at meanwhile
casarray: wanted.json: exemptions[2]: exemption 'c': class temporary-override takes no rule
casarray: 'wanted.json' is refused for 9 reasons
casarray: nothing was written; correct it, and try again" apply wanted.json
}

@test "an array whose line cannot be read is listed all the same: no reason follows from another" {
	state '{"name":"new","fqdn":7,"site":"Lisbon"},{"name":"outlook","fqdn":" "}' \
		'{"name":"Lisbon DB 1","rpc_client_access_server":"new"},
		{"name":"Berlin DB 1","rpc_client_access_server":"outlook"},
		{"name":"Finance","rpc_client_access_server":"outlook"}'
	refused 3 "casarray: wanted.json: arrays[0]: 'fqdn' is no text
casarray: wanted.json: arrays[1]: 'fqdn' is empty
casarray: 'wanted.json' is refused for 2 reasons
casarray: nothing was written; correct it, and try again" apply wanted.json --prune --yes
	unchanged
}

@test "an FQDN with its last dot is the same name, in the list and as a target" {
	state '{"fqdn":"outlook-lisbon.contoso.com.","site":"Lisbon"},{"fqdn":"OUTLOOK.contoso.com."}' \
		'{"name":"Lisbon DB 1","rpc_client_access_server":"outlook-lisbon.contoso.com"},
		{"name":"Finance","rpc_client_access_server":"outlook.contoso.com."}'
	try 0 apply wanted.json
	points "Lisbon DB 1" outlook-lisbon.contoso.com
	points Finance outlook.contoso.com
	try 0 diff wanted.json
}

# ---- plans ----

@test "a saved plan: nothing is done before apply, then what was shown; the second time it is so" {
	try 0 set-database --site Berlin --rpc-client-access-server auto --out p --format json
	unchanged
	[ ! -e "$XDG_STATE_HOME/casarray" ]
	equal "$(query .saved)" p
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.plan <out
	jq -c '[.rows[] | del(.outcome, .outcome_reason)]' out >shown
	/usr/bin/python3 "$ROOT/tests/cli/validate.py" --expect casarray.savedplan <p
	try 0 apply p --format json
	equal "$(jq -c '[.rows[] | del(.outcome, .outcome_reason)]' out)" "$(<shown)"
	equal "$(query '.outcomes | [.done, .skipped] | @csv')" "4,1"
	points "Berlin DB 2" outlook-berlin.contoso.com
	cp "$LDIF" after
	try 0 apply p
	contains "$out" "4 changes already so"
	cmp "$LDIF" after
	try 0 undo "$(run_id 2)" --yes
	unchanged
}

@test "every command's plan, saved and applied, does what the command does" {
	local words

	while read -r words; do
		cp "$ROOT/examples/contoso.ldif" "$LDIF"
		eval "try 0 $words --yes"
		record outlook >expected
		casarray export >expected.json
		cp "$ROOT/examples/contoso.ldif" "$LDIF"
		eval "try 0 $words --out p"
		unchanged
		try 0 apply p
		diff expected <(record outlook)
		diff expected.json <(casarray export)
	done <<-'END'
		new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --adopt-databases
		set-array outlook --name HO --fqdn ho.contoso.com --site Branch
		remove-array outlook-berlin --repoint-to outlook
		set-database --all --rpc-client-access-server auto
		repair
	END
}

@test "the plan of an undo, saved: the history knows what it undid" {
	try 0 remove-array outlook-berlin --repoint-to outlook --yes
	try 0 undo --out p
	try 0 apply p
	diff <(casarray export) <(casarray export --directory "$ROOT/examples/contoso.ldif")
	try 0 history --format json
	equal "$(query '.rows[1].undone_by == .rows[0].run')" true
}

@test "a saved plan on another directory, as the directory itself, or of nothing is refused" {
	try 0 set-database Finance --rpc-client-access-server auto --out p
	cp "$LDIF" other.ldif
	try 3 apply p --directory other.ldif
	equal "$err" "casarray: 'p' is a plan for '$LDIF', not for '$PWD/other.ldif'
casarray: make the plan again on this directory"
	refused 2 "casarray: --prune is for a desired state, not a plan
casarray: try 'casarray apply --help'" apply p --prune
	refused 2 "casarray: 'p' is a plan, which is applied alone" apply p p
	try 3 set-database Finance --rpc-client-access-server auto --out "$LDIF"
	contains "$err" "is the directory itself: the plan would replace it"
	unchanged
	refused 2 "casarray: a plan is written to a file, not to '-'
casarray: try 'casarray set-database --help'" set-database Finance --rpc-client-access-server auto --out -
	[ ! -e - ]
	refused 2 "casarray: a plan is written to a file, not to ''
casarray: try 'casarray set-database --help'" set-database Finance --rpc-client-access-server auto --out ''
	try 0 set-database Finance --rpc-client-access-server auto --out q --what-if
	[ ! -e q ]
	try 7 set-database Finance --rpc-client-access-server auto --out no/such/folder
	unchanged
}

# rejected FILTER MESSAGE: the plan p, changed by a jq filter, is refused.
rejected() {
	jq "$1" p >q
	try 3 apply q
	contains "$err" "$2"
	unchanged
}

@test "a plan that was written by hand cannot do what plans never do" {
	try 0 set-database Finance --rpc-client-access-server auto --out p
	rejected '.version = 2' "has a version that is not understood"
	rejected 'del(.steps)' "is no whole plan"
	rejected 'del(.identity)' "is no whole plan"
	rejected '.steps[0].action = "delete"' "plans do not make or remove databases"
	rejected '.steps[0].action = "x"' "its action or class is not known"
	rejected '.steps[0].class = "site"' "plans do not change objects of that class"
	rejected '.steps[0].dn = "x"' "it does not say which object"
	rejected '.steps[0].values = []' "it has no values"
	rejected '.steps[0].values[0].attribute = "msExchOwningServer"' "plans do not change that attribute"
	rejected '.steps[0].values[0].old_hex = "0"' "a value is not in hexadecimal"
	rejected '.steps[0].new_name = "x"' "only a rename has a new name"
	rejected '.steps[0] = 3' "its action or class is not known"
}

@test "--on-conflict: a value that somebody changed stops everything, or is left out" {
	try 0 set-database 'Berlin DB 2' 'Berlin DB 3' 'Berlin DB 4' --rpc-client-access-server auto --out p
	try 0 set-database 'Berlin DB 3' --rpc-client-access-server outlook
	cp "$LDIF" before
	try 5 apply p
	contains "$err" "Berlin DB 3"
	cmp "$LDIF" before
	try 5 apply p --on-conflict stop
	contains "$err" "casarray: it was changed since the plan was made; nothing was written: make the plan again, or try --on-conflict skip"
	cmp "$LDIF" before
	try 6 apply p --on-conflict skip --format json
	equal "$(query '[.rows[].outcome] | join(",")')" done,conflict,done
	points "Berlin DB 2" outlook-berlin.contoso.com
	points "Berlin DB 3" outlook.contoso.com
	points "Berlin DB 4" outlook-berlin.contoso.com
	try 0 history --format json
	equal "$(query '.rows[0] | [.state, .done, .steps] | @csv')" '"partial",2,3'
}

@test "--on-conflict skip: what needs the step that was not done is not done either" {
	state "$LISBON" '{"name":"Lisbon DB 1","rpc_client_access_server":"outlook-lisbon"},
		{"name":"Sales DB 2","rpc_client_access_server":"outlook"}'
	try 0 apply wanted.json --out p
	try 0 new-array outlook-lisbon --fqdn other.contoso.com --site Branch
	try 6 apply p --on-conflict skip --format json
	equal "$(query '[.rows[] | .outcome + " " + (.outcome_reason // "")] | .[1:] | join(",")')" \
		"not-tried the array that it was to point at was not made,done "
	points "Lisbon DB 1" LIS1
	points "Sales DB 2" outlook.contoso.com
	cp "$ROOT/examples/contoso.ldif" "$LDIF"
	try 0 remove-array outlook-berlin --repoint-to outlook --out p
	try 0 set-database Finance --rpc-client-access-server EX1
	try 6 apply p --on-conflict skip --format json
	equal "$(query '.rows[] | select(.action == "delete") | .outcome_reason')" \
		"a database still points at it"
	try 0 get-array
	contains "$out" outlook-berlin
}

# ---- limits ----

@test "--max-changes: more are shown and refused, as many are not, with every command" {
	local words

	for words in "set-database --site Berlin --rpc-client-access-server auto" \
		"new-array --fqdn x.contoso.com --site Lisbon --adopt-databases" \
		"remove-array outlook-berlin --repoint-to outlook --yes"; do
		# shellcheck disable=SC2086
		try 3 $words --max-changes 1
		contains "$err" "more than the 1 allowed"
		contains "$out" "nothing was written"
		unchanged
		# shellcheck disable=SC2086
		try 3 $words --max-changes 1 --out p
		[ ! -e p ]
	done
	try 0 set-database --site Berlin --rpc-client-access-server auto --max-changes 4
	[ "$(value 'Berlin DB 2')" != "" ]
	! unchanged
}

@test "--max-changes counts what a file, a plan, an undo and a change of an array would do" {
	try 0 set-database Finance --rpc-client-access-server auto --out p
	try 0 set-database Finance --rpc-client-access-server auto
	cp "$LDIF" after
	state "$LISBON" '{"name":"Lisbon DB 1","rpc_client_access_server":"outlook-lisbon"}'
	try 3 apply wanted.json --max-changes 1
	contains "$err" "the plan has 2 changes, more than the 1 allowed"
	try 3 undo --yes --max-changes 0
	try 3 set-array outlook --name HO --max-changes 0
	cmp "$LDIF" after
	try 0 undo --yes --max-changes 1
	unchanged
	try 3 apply p --max-changes 0
	unchanged
}

@test "--max-changes 0: any change is refused, and none is not" {
	try 3 set-database 'Berlin DB 2' --rpc-client-access-server auto --max-changes 0
	contains "$err" "the plan has 1 change, more than the 0 allowed"
	try 3 repair --yes --max-changes 0
	unchanged
	try 0 set-database 'Berlin DB 1' --rpc-client-access-server auto --max-changes 0
	unchanged
}

@test "a plan that is saved does not replace what it is made from" {
	local before

	casarray export >wanted.json
	before=$(<wanted.json)
	refused 2 "casarray: './wanted.json' is to be read: --out would replace it
casarray: try 'casarray apply --help'" apply wanted.json --out ./wanted.json
	equal "$(<wanted.json)" "$before"
}
