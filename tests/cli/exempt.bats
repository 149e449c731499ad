#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# exempt: what becomes of the configuration file, and what is refused.

bats_require_minimum_version 1.5.0
load common

GUID=ca5a-4e2a-9c01-2010c0a70501
SALES=CAS040/60000003-$GUID   # Sales DB 2 points at a server
BERLIN=CAS040/60000009-$GUID  # so does Berlin DB 2, at BER-CAS1
FINANCE=CAS045/60000004-$GUID # Finance uses the array of another site
LISBON=CAS001/10000003-$GUID  # Lisbon has no array

setup() {
	common_setup
	CONF=$XDG_CONFIG_HOME/casarray/casarray.conf
	export CASARRAY_SYSTEM_CONFIG=/dev/null
	unset CASARRAY_CONFIG CASARRAY_PROFILE
}

exempt() {
	local status=$1
	shift

	try "$status" exempt "$@" --reason 'as agreed' --owner jdoe
}

# conf TEXT: the configuration is that.
conf() {
	mkdir -p "$(dirname "$CONF")"
	printf '%s\n' "$1" >"$CONF"
	chmod 600 "$CONF"
}

# kept STATUS MESSAGE ARGUMENT...: what was said; nothing was printed, and the file is as it was.
kept() {
	local status=$1 message=$2
	shift 2

	cp "$CONF" before 2>/dev/null || rm -f before
	try "$status" exempt "$@"
	equal "$err" "$message"
	equal "$out" ""
	if [ -e before ]; then
		cmp before "$CONF"
	else
		[ ! -e "$XDG_CONFIG_HOME" ]
	fi
}

# keys: of the findings that count.
keys() {
	try "$1" audit --format csv --fields key
	tr -d '\r' <<<"$out" | grep / | sort
}

@test "a section at the end of a file that was not there" {
	try 0 exempt "$SALES" --reason 'moves with EX2' --owner jdoe --expires 2999-12-31
	equal "$out" "[exemption cas040-60000003]
rule = CAS040
; Sales DB 2
object = 60000003-$GUID
reason = moves with EX2
owner = jdoe
expires = 2999-12-31

1 exemption added to $CONF"
	equal "$err" ""
	equal "$(cat "$CONF")" "[exemption cas040-60000003]
rule = CAS040
; Sales DB 2
object = 60000003-$GUID
reason = moves with EX2
owner = jdoe
expires = 2999-12-31"
	equal "$(stat -c '%a %n' "$CONF" "$XDG_CONFIG_HOME/casarray" "$XDG_CONFIG_HOME")" "600 $CONF
700 $XDG_CONFIG_HOME/casarray
700 $XDG_CONFIG_HOME"
}

@test "an audit counts the finding no more, and the others as before" {
	keys 1 >before
	grep "$SALES" before
	exempt 0 "$SALES"
	diff <(grep -v "$SALES" before) <(keys 1)
}

@test "the command that audit --verbose and JSON have makes an exemption" {
	try 1 audit --database 'Sales DB 2' --rule CAS040 --verbose --directory "$LDIF"
	command=$(sed -n 's/^ *accept *//p' <<<"$out")
	equal "$command" \
		"casarray exempt $SALES --reason '<TEXT>' --owner '<WHO>' --directory $LDIF"
	try 1 audit --database 'Sales DB 2' --rule CAS040 --directory "$LDIF" --format json
	equal "$(query '.rows[0].exempt')" "$command"
	eval "$command"
	try 0 audit --database 'Sales DB 2' --rule CAS040 --show-exempt --format json
	equal "$(query '.rows[0] | [.suppression.kind, .exempt] | @json')" '["exemption",null]'
	try 0 audit --database 'Sales DB 2' --rule CAS040 --show-exempt --verbose
	run ! grep -F 'casarray exempt' <<<"$out"
}

@test "what only a distinguished name tells has no such command" {
	sed -i '/^dn: CN=Sales DB 2,/,/^\r*$/{/^objectGUID/d}' "$LDIF"
	try 1 audit --rule CAS040 --format json
	equal "$(query '.rows[] | select(.object.name == "Sales DB 2") | [.key[0:10], .exempt] | @json')" \
		'["CAS040/dn:",null]'
}

@test "in the forms for programs" {
	try 0 exempt "$SALES" "$BERLIN" --reason r --owner o --format csv --what-if \
		--fields key,name,class,rule,object_name,value,expires
	equal "$(tr -d '\r' <<<"$out")" "key,name,class,rule,object_name,value,expires
$SALES,cas040-60000003,plain,CAS040,Sales DB 2,,
$BERLIN,cas040-60000009,plain,CAS040,Berlin DB 2,,"
	try 0 exempt "$SALES" --reason r --owner o --format json
	equal "$(query '[.file, .written, .count, .summary] | @json')" \
		"[\"$CONF\",true,1,\"1 exemption added to $CONF\"]"
	equal "$(query '.rows[0].text')" "$(cat "$CONF")"
}

@test "--what-if writes nothing, and makes no folder" {
	exempt 0 "$SALES" --what-if
	equal "$(tail -1 <<<"$out")" "what if: 1 exemption would be added to $CONF"
	[ ! -e "$XDG_CONFIG_HOME" ]
	conf '; mine'
	exempt 0 "$SALES" --what-if
	equal "$(cat "$CONF")" '; mine'
}

@test "what is in the file stays, byte for byte, with its mode and line ends" {
	conf x
	printf '\xef\xbb\xbf; mine \r\n\r\n[policy]\r\n  gate = error ; or so\r\n\r\n\r\n' >"$CONF"
	chmod 640 "$CONF"
	cp "$CONF" before
	exempt 0 "$SALES" --no-lookup
	cmp before <(head -c "$(stat -c %s before)" "$CONF")
	equal "$(tail -c "+$(($(stat -c %s before) + 1))" "$CONF" | od -c)" "$(printf '%s\r\n' \
		'[exemption cas040-60000003]' 'rule = CAS040' "object = 60000003-$GUID" \
		'reason = as agreed' 'owner = jdoe' | od -c)"
	equal "$(stat -c %a "$CONF")" 640
}

@test "an empty line comes before the section, and only one" {
	local end

	for end in '' '\n' '\n\n' '\n \t\n'; do
		conf x
		printf '; mine%b' "$end" >"$CONF"
		exempt 0 "$SALES" --no-lookup
		equal "$(sed -n '2s/[ \t]*//p;3p' "$CONF")" "
[exemption cas040-60000003]"
	done
	: >"$CONF"
	exempt 0 "$SALES" --no-lookup
	equal "$(head -1 "$CONF")" "[exemption cas040-60000003]"
}

@test "a symbolic link stays one" {
	conf '; mine'
	mv "$CONF" elsewhere.conf
	ln -s "$PWD/elsewhere.conf" "$CONF"
	exempt 0 "$SALES"
	[ -L "$CONF" ]
	grep -F '[exemption cas040-60000003]' elsewhere.conf
}

@test "a symbolic link that leads nowhere is neither followed nor replaced" {
	ln -s nowhere.conf x.conf
	CASARRAY_CONFIG=x.conf exempt 3 "$SALES"
	contains "$err" "'x.conf' is a link to what does not exist"
	try 7 audit --output x.conf
	contains "$err" 'No such file or directory'
	equal "$(readlink x.conf)" nowhere.conf
	[ ! -e nowhere.conf ]
}

@test "exempt by different links at once: all of them are there" {
	local pids=() pid name key

	mkdir real a b
	echo '; mine' >real/x.conf
	ln -s ../real/x.conf a/x.conf
	ln -s ../real/x.conf b/x.conf
	exec 9<real
	flock 9
	while read -r name key; do
		CASARRAY_CONFIG=$name/x.conf casarray exempt "$key" --reason r --owner o \
			--no-lookup >/dev/null 9<&- &
		pids+=($!)
	done <<<"real $SALES
a $BERLIN
b $FINANCE"
	sleep 0.5
	equal "$(cat real/x.conf)" '; mine'
	exec 9<&-
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	equal "$(grep -c '^\[exemption' real/x.conf)" 3
}

@test "what may not be written is not replaced, and what is another's stays so" {
	[ "$(id -u)" -eq 0 ] || skip 'needs another user'
	conf '; mine'
	chmod 666 "$CONF"
	chown 65534:65534 "$CONF"
	exempt 2 "$SALES"
	contains "$err" "belongs to another user (uid 65534)"
	exempt 0 "$SALES" --config "$CONF"
	equal "$(stat -c %u:%g:%a "$CONF")" 65534:65534:666
	chmod 444 "$CONF"
	chown 65534:65534 "${CONF%/*}"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$XDG_CONFIG_HOME" "${CONF%/*}"
	cp "$CONF" before
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$CASARRAY" exempt "$BERLIN" \
		--reason r --owner o --no-lookup --config "$CONF"
	equal "$status" 4
	contains "$output" "cannot write '$CONF': Permission denied"
	cmp before "$CONF"
}

@test "another file: --config, which need not be there, and CASARRAY_CONFIG" {
	exempt 0 "$SALES" --config new/folder/x.conf
	equal "$(tail -1 <<<"$out")" "1 exemption added to new/folder/x.conf"
	equal "$(stat -c %a new/folder new/folder/x.conf)" "700
600"
	CASARRAY_CONFIG=y.conf exempt 0 "$BERLIN"
	grep -F cas040-60000009 y.conf
	[ ! -e "$CONF" ]
}

@test "a file with a name that is not UTF-8" {
	try 0 exempt "$SALES" --reason r --owner o --config $'mine\xff.conf'
	equal "$(tail -n 1 <<<"$out")" $'1 exemption added to mine\ufffd.conf'
	try 0 exempt "$SALES" --reason r --owner o --config $'yours\xff.conf' --format json
	equal "$(jq -r .file,.count <<<"$out")" $'yours\ufffd.conf\n1'
	cmp $'mine\xff.conf' $'yours\xff.conf'
}

@test "several keys: all or none" {
	exempt 0 "$SALES" "$BERLIN"
	equal "$(grep -c '^\[exemption' "$CONF")" 2
	equal "$(grep -c '^$' "$CONF")" 1
	kept 3 "casarray: an audit of '$LDIF' does not find 'CAS040/60000012-$GUID'
casarray: see the keys: casarray audit --format csv --fields key,object.name
casarray: or try --no-lookup" "$FINANCE" "CAS040/60000012-$GUID" --reason r --owner o
	kept 2 "casarray: '$FINANCE' is named twice
casarray: try 'casarray exempt --help'" "$FINANCE" "$FINANCE" --reason r --owner o
	kept 2 "casarray: '--name' is for one key
casarray: try 'casarray exempt --help'" "$FINANCE" "$LISBON" --name n --reason r --owner o
}

@test "keys from standard input" {
	printf '%s\n' "$SALES" '' "$BERLIN" >list
	casarray exempt - --reason r --owner o --format csv --fields key <list >out
	equal "$(tr -d '\r' <out)" "key
$SALES
$BERLIN"
	kept 2 "casarray: standard input has no key
casarray: try 'casarray exempt --help'" - --reason r --owner o
}

@test "a key in other letters is the same key" {
	exempt 0 "database-points-at-server/60000003-${GUID^^}"
	grep -Fx "object = 60000003-$GUID" "$CONF"
	grep -Fx 'rule = CAS040' "$CONF"
}

@test "what is no key" {
	local bad

	kept 3 "casarray: 'CAS040/dn:0123456789abcdef' is of an object without a GUID, of which the key has no more than a checksum
casarray: write a section of your own, with the object's distinguished name: casarray.conf(5)" \
		CAS040/dn:0123456789abcdef --reason r --owner o
	for bad in CAS040 CAS040/ "CAS040/60000003" "CAS040/60000003-$GUID " "CAS040/60000003_$GUID" \
		"60000003-$GUID"; do
		kept 2 "casarray: '$bad' is no key of a finding: they are like CAS040/81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10
casarray: try 'casarray exempt --help'" "$bad" --reason r --owner o
	done
	kept 2 "casarray: 'CAS940/60000003-$GUID': no such rule: 'CAS940'
casarray: try 'casarray exempt --help'" "CAS940/60000003-$GUID" --reason r --owner o
	kept 2 "casarray: exemption 'CAS060/60000003-$GUID': rule CAS060 finds nothing that could be exempt" \
		"CAS060/60000003-$GUID" --reason r --owner o
}

@test "a reason and an owner have to be given, in one line" {
	kept 2 "casarray: missing: --reason
casarray: try 'casarray exempt --help'" "$SALES" --owner o
	kept 2 "casarray: exemption '$SALES' has no owner" "$SALES" --reason r --owner ' '
	kept 2 "casarray: '--reason' has a line end or another control character, and has to be one line of text
casarray: try 'casarray exempt --help'" "$SALES" --reason $'r\nrule = CAS001' --owner o
	kept 2 "casarray: exemption 'cas040-60000003' cannot be written: the line is not UTF-8" \
		"$SALES" --reason $'r\xff' --owner o
}

@test "every other text comes back as it was given" {
	local reason n=0

	for reason in 'plain; text' 'a ; b' '; c' '"quoted"' 'end"' ' blanks ' 'back\slash' '"\"' '=' '[x]' \
		'# hash' 'Größe 测试' "$(printf 'x%.0s' {1..5000})"; do
		rm -rf "$XDG_CONFIG_HOME"
		try 0 exempt "$SALES" --reason "$reason" --owner o --no-lookup
		try 0 config show --format json
		equal "$(query '.rows[] | select(.key == "reason").value')" "$reason"
		n=$((n + 1))
	done
	[ "$n" -eq 13 ]
}

@test "the last day on which it holds" {
	kept 2 "casarray: '--expires' is 'soon', and not a day like 2026-12-31
casarray: try 'casarray exempt --help'" "$SALES" --expires soon --reason r --owner o
	kept 2 "casarray: '--expires' is '2999-02-30', and not a day like 2026-12-31
casarray: try 'casarray exempt --help'" "$SALES" --expires 2999-02-30 --reason r --owner o
	kept 2 "casarray: '--expires' is 2020-12-31, which is over
casarray: try 'casarray exempt --help'" "$SALES" --expires 2020-12-31 --reason r --owner o
	exempt 0 "$SALES" --expires "$(date -u +%F)"
	run ! grep "$SALES" <<<"$(keys 1)"
}

@test "what is exempt already is refused, whatever names the object" {
	exempt 0 "$SALES"
	kept 3 "casarray: '$SALES' is exempt already: 'cas040-60000003'
casarray: $CONF:1 has it" "$SALES" --no-lookup --reason r --owner o
	conf "; one line
[exemption sales]
rule = database-points-at-server
object = {60000003-${GUID^^}}
reason = r
owner = o"
	kept 3 "casarray: '$SALES' is exempt already: 'sales'
casarray: $CONF:2 has it" "$SALES" --no-lookup --reason r --owner o
	conf "[exemption sales]
rule = CAS040
object = Sales DB 2
reason = r
owner = o"
	kept 3 "casarray: '$SALES' is exempt already: 'sales'
casarray: $CONF:1 has it" "$SALES" --reason r --owner o
	# another rule, and another object
	exempt 0 "CAS048/10000001-$GUID" "$BERLIN"
}

@test "one that has expired gets another date in the file" {
	conf "[exemption sales]
rule = CAS040
object = 60000003-$GUID
reason = r
owner = o
expires = 2020-12-31"
	kept 3 "casarray: '$SALES' has an exemption that has expired: 'sales'
casarray: give it another date: 'expires' in the section at $CONF:1" "$SALES" --reason r --owner o
}

@test "names: by rule and GUID, as long as it takes; or as one wishes" {
	local first=12345678-0000-0000-0000

	exempt 0 --no-lookup CAS040/$first-000000000001 CAS040/$first-000000000002 \
		CAS040/$first-000000000003 CAS041/$first-000000000001
	exempt 0 --no-lookup CAS040/$first-000000000004
	equal "$(sed -n 's/^\[exemption \(.*\)\]/\1/p' "$CONF")" "cas040-12345678
cas040-12345678-0000
cas040-$first-000000000003
cas041-12345678
cas040-$first-000000000004"
	exempt 0 --no-lookup "$SALES" --name 'Sales, until EX2 is gone'
	grep -Fx '[exemption Sales, until EX2 is gone]' "$CONF"
	kept 3 "casarray: there is an exemption 'SALES, until EX2 is gone' already
casarray: give it another --name" --no-lookup "$BERLIN" --name 'SALES, until EX2 is gone' --reason r --owner o
	kept 2 "casarray: exemption 'a]b' cannot be written: there is something behind the section's ']'" \
		--no-lookup "$BERLIN" --name 'a]b' --reason r --owner o
	kept 2 "casarray: exemption ' a' cannot be written: it would not be read as it is" \
		--no-lookup "$BERLIN" --name ' a' --reason r --owner o
}

@test "a name that the configuration of all users has is taken" {
	cat >system.conf <<END
[exemption cas040-60000003]
rule = CAS001
object = Lisbon
reason = r
owner = o
END
	CASARRAY_SYSTEM_CONFIG=system.conf exempt 0 "$SALES"
	grep -Fx '[exemption cas040-60000003-ca5a]' "$CONF"
}

@test "classes: the object and the value, by what the class is" {
	exempt 0 "$BERLIN" --class temporary-override --value BER-CAS1 --expires 2999-12-31
	equal "$(cat "$CONF")" "[exemption cas040-60000009]
class = temporary-override
; Berlin DB 2
object = 60000009-$GUID
value = BER-CAS1
reason = as agreed
owner = jdoe
expires = 2999-12-31"
	exempt 0 "$FINANCE" --class switchover --expires 2999-12-31
	equal "$(sed -n '10,12p' "$CONF")" "[exemption cas045-60000004]
class = switchover
rule = CAS045"
	exempt 0 "$LISBON" --class decommission
	run ! grep -E "$BERLIN|$FINANCE|$LISBON" <<<"$(keys 1)"
}

@test "a class that does not cover the finding is refused" {
	kept 3 "casarray: an exemption of class temporary-override does not cover '$BERLIN': database 'Berlin DB 2' points at server 'BER-CAS1' and not at the array of its home site 'Berlin' (by the copy with activation preference 1 on BER-MBX1): its clients stop when that server does
casarray: --value is what the database points at now" "$BERLIN" --class temporary-override --value EX1 \
		--expires 2999-12-31 --reason r --owner o
	kept 2 "casarray: exemption '$BERLIN': class hide-name does not exempt from rule CAS040
casarray: class plain does" "$BERLIN" --class hide-name --reason r --owner o
	kept 2 "casarray: exemption '$FINANCE' does not expire
casarray: class switchover needs 'expires', the last day on which it holds, such as 2026-12-31" \
		"$FINANCE" --class switchover --reason r --owner o
	kept 2 "casarray: exemption '$SALES': class plain takes no value" "$SALES" --value EX1 --reason r --owner o
}

@test "without a directory there is no comment, and nothing is looked up" {
	unset CASARRAY_DIRECTORY
	exempt 0 CAS040/81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10
	equal "$(cat "$CONF")" "[exemption cas040-81b752f8]
rule = CAS040
object = 81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10
reason = as agreed
owner = jdoe"
}

@test "a name of an object never ends its comment" {
	sed -i 's/^dn: CN=Sales DB 2,/dn: CN=Sales\\0Arule = x,/' "$LDIF"
	exempt 0 "$SALES"
	equal "$(sed -n 3p "$CONF")" "; Sales?rule = x"
}

@test "with a profile in force it is for that profile" {
	conf "[profile berlin]
directory = $LDIF"
	unset CASARRAY_DIRECTORY
	exempt 0 "$BERLIN" --profile berlin
	equal "$(tail -1 "$CONF")" "profile = berlin"
	try 1 audit --profile berlin --format csv --fields key
	run ! grep "$BERLIN" <<<"$out"
	try 1 audit --directory "$LDIF" --format csv --fields key
	grep "$BERLIN" <<<"$out"
}

@test "a file that is wrong is left alone" {
	conf "[polcy]
gate = error"
	kept 2 "casarray: $CONF:1: unknown section [polcy]
casarray: did you mean [policy]?" "$SALES" --reason r --owner o
}

@test "what is no file is not replaced" {
	CASARRAY_CONFIG=/dev/null kept 3 "casarray: '/dev/null' is no file that could be replaced
casarray: --config names a file" "$SALES" --reason r --owner o
	[ -c /dev/null ]
	conf '; mine'
	kept 2 "casarray: '$CONF' is the configuration: --output would replace it
casarray: try 'casarray exempt --help'" "$SALES" --reason r --owner o --output "$CONF"
}

@test "a file that cannot be written stays as it is, and nothing is left beside it" {
	conf '; mine'
	run -7 bash -c 'ulimit -f 0; exec "$@"' - "$CASARRAY" exempt "$SALES" --reason r --owner o
	equal "$output" "casarray: cannot write '$CONF': File too large
casarray: --config names another file"
	equal "$(cat "$CONF")" '; mine'
	equal "$(ls -A "$XDG_CONFIG_HOME/casarray")" casarray.conf
}

@test "a field that does not exist is refused before anything is written" {
	kept 2 "casarray: unknown field 'nme'; the fields are key, name, class, rule, object, object_name, value, reason, owner, expires, text
casarray: try 'casarray exempt --help'" "$SALES" --reason r --owner o --fields nme
}

@test "many at once: every one is there afterwards" {
	local i pids=()

	for i in {10..29}; do
		casarray exempt "CAS040/123456$i-dfaf-4c5e-8b1c-0d3c6d2a9f10" --reason r --owner o \
			--no-lookup >"out.$i" 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	equal "$(grep -c '^\[exemption cas040-123456' "$CONF")" 20
	try 0 config show
	equal "$(ls -A "$XDG_CONFIG_HOME/casarray")" casarray.conf
}

@test "tens of thousands of keys, in a profile: ten times the time they take, and no square of it" {
	/usr/bin/python3 -c '
for i in range(40000):
    print("CAS040/%08x-dfaf-4c5e-8b1c-0d3c6d2a9f10" % (i * 65537))' >keys
	conf '[profile lab]' 'format = text'
	(ulimit -t 10 && casarray exempt - --reason r --owner o --no-lookup --profile lab <keys >printed)
	equal "$(tail -n 1 printed)" "40000 exemptions added to $CONF"
	(ulimit -t 10 && casarray config show --profile lab >shown)
	equal "$(grep -c '^\[exemption ' shown)" 40000
	status=0
	(ulimit -t 10 && casarray exempt - --reason r --owner o --no-lookup --profile lab <keys >refused) 2>err || status=$?
	equal "$status $(head -n 1 err)" "3 casarray: 'CAS040/00000000-dfaf-4c5e-8b1c-0d3c6d2a9f10' is exempt already: 'cas040-00000000'"
}

@test "while somebody else changes it: a conflict" {
	conf '; mine'
	exec 9<"$XDG_CONFIG_HOME/casarray"
	flock 9
	kept 5 "casarray: '$CONF' is being changed
casarray: try again" "$SALES" --reason r --owner o
	exec 9<&-
	exempt 0 "$SALES"
}
