#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files that are not what they should be, or cannot be read or written: each error names the
# file, the line or the object, says what to do, and leaves every byte as it was.

load common

setup() {
	common_setup
	mkdir "$BATS_TEST_TMPDIR/in"
	bad=$BATS_TEST_TMPDIR/in/bad.ldif
	shopt -s dotglob
}

teardown() {
	if mountpoint -q "$BATS_TEST_TMPDIR/mount" 2>/dev/null; then
		umount "$BATS_TEST_TMPDIR/mount"
	fi
	if [ -n "${place:-}" ]; then
		rm -r "$place"
	fi
}

to_array=(--rpc-client-access-server auto --yes)

# says STATUS MESSAGE HINT ARGUMENT...: this on stderr and nothing else anywhere.
says() {
	local status=$1 message=$2 hint=$3
	shift 3

	try "$status" "$@"
	equal "$out" ""
	equal "$err" "casarray: $message
casarray: $hint"
}

# refused STATUS MESSAGE HINT: for the file in $bad, by a command that reads and by one that
# would write; neither leaves anything behind.
refused() {
	local before after

	before=$(cd in && sha256sum -- *)
	says "$1" "$2" "$3" audit --directory in/bad.ldif
	says "$1" "$2" "$3" set-database --directory in/bad.ldif "Sales DB 2" "${to_array[@]}"
	after=$(cd in && sha256sum -- *)
	equal "$after" "$before"
	[ ! -e state ]
}

# damaged MESSAGE HINT: it is no LDIF file that can be read.
damaged() {
	refused 7 "$1" "$2"
}

# entry LINE...: an entry in $bad, its lines as printf takes them.
entry() {
	printf 'dn: CN=x,DC=contoso,DC=com\nobjectClass: top\n' >"$bad"
	# shellcheck disable=SC2059
	printf "$1" >>"$bad"
}

# flat: the example without folds.
flat() {
	perl -0pe 's/\r\n //g' "$LDIF"
}

# ---- what is no file ----

@test "a missing file" {
	says 7 "cannot open 'none.ldif': No such file or directory" \
		"name an LDIF file that exists, or a server as ldap://dc1.contoso.com" audit --directory none.ldif
	says 7 "cannot open 'none.ldif': No such file or directory" \
		"name an LDIF file that exists, or a server as ldap://dc1.contoso.com" \
		set-database --directory none.ldif "Sales DB 2" "${to_array[@]}"
	[ ! -e none.ldif ]
	[ ! -e state ]
}

@test "an address of another kind is not taken for a file" {
	says 2 "'https://dc1' is neither a file nor an LDAP server" \
		"name an LDIF file, or a server as ldap://dc1.contoso.com" audit --directory https://dc1
}

@test "a folder" {
	says 7 "cannot read 'in': it is a folder, not a file" "name an LDIF file in it" \
		audit --directory in
}

@test "a FIFO is not waited for" {
	mkfifo fifo
	says 7 "cannot read 'fifo': it is a pipe, not a file" \
		"write what comes out of it to a file and name that" audit --directory fifo
	[ -p fifo ]
}

@test "a device" {
	says 7 "cannot read '/dev/null': it is a device, not a file" \
		"write what comes out of it to a file and name that" audit --directory /dev/null
}

@test "a symbolic link: to a file, to nothing, to itself" {
	local before

	ln -s contoso.ldif link
	ln -s nowhere dangling
	ln -s loop loop
	try 1 audit --directory link
	contains "$out" "directory     $LDIF"
	says 7 "cannot open 'dangling': No such file or directory" \
		"name an LDIF file that exists, or a server as ldap://dc1.contoso.com" audit --directory dangling
	says 7 "cannot open 'loop': Too many levels of symbolic links" \
		"its symbolic links form a loop" audit --directory loop
	before=$(stat -c %i link)
	try 0 set-database --directory link "Sales DB 2" "${to_array[@]}"
	[ -L link ]
	equal "$(stat -c %i link)" "$before"
	contains "$(value "Sales DB 2")" "cn=outlook.contoso.com/"
}

# ---- what is no LDIF ----

@test "an empty file, and one without entries" {
	: >"$bad"
	damaged "'in/bad.ldif' is empty" "export the directory again"
	printf '\n\n# nothing but this\n' >"$bad"
	damaged "'in/bad.ldif' holds no entries" "export the directory again"
}

@test "text" {
	echo "hello world" >"$bad"
	damaged "in/bad.ldif:1: not LDIF: 'hello world'" \
		"export the directory with ldifde or ldapsearch"
	printf 'Dear all:\n\nhello\n' >"$bad"
	damaged "in/bad.ldif:1: 'Dear all:' is not of the form 'name: value'" "is it LDIF?"
	printf 'Subject: all\n\nhello\n' >"$bad"
	damaged "in/bad.ldif:1: a record begins with 'Subject: all', not with its 'dn'" \
		"is there an empty line in the middle of a record?"
}

@test "JSON" {
	printf '{\n  "a": 1\n}\n' >"$bad"
	damaged "in/bad.ldif:1: not LDIF: '{'" "export the directory with ldifde or ldapsearch"
	printf '{"a": 1}\n' >"$bad"
	damaged "in/bad.ldif:1: '{\"a\": 1}' is not of the form 'name: value'" "is it LDIF?"
}

@test "binary files reach the terminal as text" {
	printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >"$bad"
	damaged "in/bad.ldif:1: not LDIF: '\\x89PNG'" \
		"export the directory with ldifde or ldapsearch"
	printf '\x1b[31m\x07\xff\n' >"$bad"
	damaged "in/bad.ldif:1: not LDIF: '\\x1b[31m\\x07\\xff'" \
		"export the directory with ldifde or ldapsearch"
	printf '\x7fELF\x02\x01\0:\x1b\n' >"$bad"
	damaged "in/bad.ldif:1: '\\x7fELF\\x02\\x01\\x00:\\x1b' is not of the form 'name: value'" \
		"is it LDIF?"
}

@test "another version of LDIF" {
	printf 'version: 2\n\ndn: DC=com\nobjectClass: top\n' >"$bad"
	damaged "in/bad.ldif:1: LDIF of version '2' is not known, only version 1" \
		"export the directory with ldifde or ldapsearch"
}

# ---- damage ----

@test "cut off inside a record" {
	flat | head -c 60000 | sed '$d' >"$bad"
	printf 'msExchOwn' >>"$bad"
	damaged "in/bad.ldif:$(wc -l <"$bad" | awk '{ print $1 + 1 }'): the file ends in the middle of a line, 'msExchOwn'" \
		"the file was cut off: export it again"
}

@test "cut off inside a value: it is not known whether it is whole" {
	flat | head -n 60 | head -c -5 >"$bad"
	try 3 audit --directory in/bad.ldif
	contains "$err" "casarray: warning: in/bad.ldif: the last line has no line end: was the file cut off?"
}

@test "cut off inside base64" {
	entry 'objectGUID:: AAECAwQ'
	damaged "in/bad.ldif:3: the value of 'objectGUID' is not base64" \
		"the file was cut off or damaged: export it again"
	entry 'objectGUID:: AAEC!wQ=\n'
	damaged "in/bad.ldif:3: the value of 'objectGUID' is not base64" \
		"the file was cut off or damaged: export it again"
}

@test "UTF-16 that was cut in half" {
	(
		printf '\xff\xfe'
		iconv -t UTF-16LE "$LDIF"
	) | head -c 5001 >"$bad"
	damaged "'in/bad.ldif' begins as UTF-16 but is not" \
		"the file was cut off or damaged: export it again"
}

@test "NUL bytes" {
	entry 'description: a\0b\n'
	damaged "in/bad.ldif:3: a NUL byte at byte 59" "the file is damaged: export it again"
	iconv -t UTF-16BE "$LDIF" >"$bad"
	damaged "in/bad.ldif:1: a NUL byte at byte 1" \
		"is it UTF-16 without a byte order mark? save it as UTF-8"
}

@test "a line that continues nothing, and a second dn" {
	entry '\n x: y\n'
	damaged "in/bad.ldif:4: ' x: y' is not of the form 'name: value'" \
		"a line that begins with a space continues the line before it, and there is none"
	entry 'dn: CN=y\n'
	damaged "in/bad.ldif:3: a second 'dn' in the record that begins at line 1" \
		"put an empty line before it"
}

# ---- what is refused for good ----

@test "other files are not read" {
	printf 'include: file:///etc/passwd\n' >"$bad"
	damaged "in/bad.ldif:1: 'include' of another file is not followed" \
		"name all files on the command line"
	entry 'description:< file:///etc/passwd\n'
	damaged "in/bad.ldif:3: the value of 'description' is a reference to another file, which is not read" \
		"export the directory with the values in the file"
}

@test "change files" {
	local kind

	for kind in modify delete modrdn moddn; do
		printf 'dn: CN=x\nchangetype: %s\nreplace: a\na: b\n-\n' "$kind" >"$bad"
		damaged "in/bad.ldif:2: 'changetype: $kind' is a change, not an entry" \
			"change files cannot be read: export entries"
	done
}

# ---- size ----

@test "100 MB on one line: time and memory are bounded" {
	local kinds kind kb

	declare -A kinds=(
		[value]="in/bad.ldif:3: the line is longer than 64 MB"
		[text]="in/bad.ldif:3: '$(printf 'x%.0s' {1..40})...' is not of the form 'name: value'"
	)
	for kind in value text; do
		entry ''
		if [ "$kind" = value ]; then
			printf 'description: ' >>"$bad"
		fi
		head -c 100000000 /dev/zero | tr '\0' x >>"$bad"
		printf '\n' >>"$bad"
		kb=$(timeout 20 python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' \
			"$CASARRAY" audit --directory in/bad.ldif)
		# The file is mapped once, and not copied.
		if [ -z "${CASARRAY_SANITIZED:-}" ] && [ "$kb" -ge 150000 ]; then
			echo "$kb KB"
			return 1
		fi
		try 7 audit --directory in/bad.ldif
		equal "$(head -n 1 <<<"$err")" "casarray: ${kinds[$kind]}"
		equal "$(wc -l <err)" 2
		[ "$(wc -c <err)" -lt 300 ]
	done
	rm "$bad"
}

@test "10 000 values of one attribute are kept" {
	flat | awk '{ print }
		/^dn: CN=Sales DB 2,/ { inside = 1 }
		inside && /^objectClass: msExchPrivateMDB/ {
			for (i = 0; i < 10000; i++)
				printf "msExchBlob: value %d\r\n", i
			inside = 0
		}' >"$bad"
	equal "$(grep -c msExchBlob "$bad")" 10000
	try 1 audit --format ndjson
	jq -c 'select(.type == "row") | .row | del(.fix, .exempt, .location)' out >expected
	[ -s expected ]
	try 1 audit --directory in/bad.ldif --format ndjson
	equal "$(jq -c 'select(.type == "row") | .row | del(.fix, .exempt, .location)' out)" "$(<expected)"
	cp "$bad" before
	try 0 set-database --directory in/bad.ldif "Sales DB 2" "${to_array[@]}"
	run diff before "$bad"
	equal "$(grep -c '^[<>]' <<<"$output")" 2
}

# ---- entries that cannot be used ----

# finds RULE SEVERITY NAME: for the file in $bad, with "line N" in the observation.
finds() {
	try 1 audit --directory in/bad.ldif --rule "$1" --format ndjson --fail-on info
	run jq -r --arg rule "$1" 'select(.type == "row") | .row |
		select(.rule == $rule and .result == "finding") |
		.severity + " " + .object.name + " @ " + (.observed)
			+ " | " + .fix' out
	equal "$output" "$2"
}

@test "an entry without objectClass" {
	(
		cat "$LDIF"
		printf 'dn: CN=odd,CN=Sites,CN=Configuration,DC=contoso,DC=com\r\ncn: odd\r\n\r\n'
	) >"$bad"
	finds CAS210 "error CN=odd,CN=Sites,CN=Configuration,DC=contoso,DC=com @ in/bad.ldif:2683 | export the directory again, and repair the entry where it comes from"
}

@test "DN syntax errors" {
	(
		cat "$LDIF"
		printf 'dn: CN=x,,DC=com\r\nobjectClass: msExchMDB\r\n\r\n'
		printf 'dn: CN=bad\\zz,DC=com\r\nobjectClass: msExchMDB\r\n\r\n'
		printf 'dn: none\r\nobjectClass: msExchMDB\r\n\r\n'
		printf 'dn: \r\nobjectClass: msExchMDB\r\n\r\n'
	) >"$bad"
	finds CAS210 "error CN=x,,DC=com @ in/bad.ldif:2683 | export the directory again, and repair the entry where it comes from
error CN=bad\\zz,DC=com @ in/bad.ldif:2686 | export the directory again, and repair the entry where it comes from
error none @ in/bad.ldif:2689 | export the directory again, and repair the entry where it comes from
error  @ in/bad.ldif:2692 | export the directory again, and repair the entry where it comes from"
}

@test "two entries of one DN: reported, and not changed" {
	(
		cat "$LDIF"
		flat | sed -n '/^dn: CN=Sales DB 2,/,/^\r$/p'
	) >"$bad"
	finds CAS213 "warning CN=Sales DB 2,CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com @ in/bad.ldif:2683 | export the directory again, and repair the entry where it comes from"
	cp "$bad" before
	try 3 set-database --directory in/bad.ldif "Sales DB 2" "${to_array[@]}"
	contains "$err" "cannot change 'CN=Sales DB 2,CN=Databases,"
	contains "$err" "the file has it twice, at lines 1343 and 2683"
	contains "$err" "casarray: nothing was written"
	cmp "$bad" before
	equal "$(echo in/*)" in/bad.ldif
}

@test "no organization" {
	sed -n '/^dn: CN=Sites,/,/^\r$/p' "$LDIF" >"$bad"
	refused 3 "no Exchange organization in '$bad'" \
		"the whole configuration naming context is needed: of a file, export it with ldifde -d \"CN=Configuration,DC=contoso,DC=com\" -f FILE; of a server, use an account that may read it"
}

@test "two organizations" {
	(
		cat "$LDIF"
		flat | sed 's/DC=contoso,/DC=fabrikam,/g; s/Contoso/Fabrikam/g; s/contoso/fabrikam/g'
	) >"$bad"
	try 1 audit --directory in/bad.ldif --rule CAS215 --format ndjson --fail-on info
	equal "$(jq -r 'select(.type == "row") | .row | select(.result == "finding") | .message' out)" \
		"there is a second Exchange organization 'Fabrikam' beside 'Contoso', and a forest can have only one"
	cp "$bad" before
	try 3 set-database --directory in/bad.ldif "Sales DB 2" "${to_array[@]}"
	contains "$err" "casarray: several objects answer to database 'Sales DB 2'"
	contains "$err" "casarray: name it by distinguished name or GUID"
	cmp "$bad" before
}

@test "a name that is not UTF-8" {
	flat | sed 's/^cn: Sales DB 2/cn: Sales \xff DB 2/
		s/^name: Sales DB 2/name: Sales \xff DB 2/
		s/CN=Sales DB 2,/CN=Sales \xff DB 2,/g' >"$bad"
	try 1 audit --directory in/bad.ldif --rule CAS210 --fail-on info
	contains "$out" "at in/bad.ldif:1083 has a name that is not UTF-8 and was not read"
	# The command that fixes it cannot name it: JSON would show another name.
	try 1 audit --directory in/bad.ldif --rule CAS040 --format ndjson
	guid=$(jq -r 'select(.row.object.name // "" | startswith("Sales ")) | .row.object.guid' out)
	[ -n "$guid" ]
	equal "$(jq -r "select(.row.object.guid == \"$guid\") | .row.fix" out)" \
		"casarray set-database $guid --rpc-client-access-server outlook.contoso.com --directory in/bad.ldif"
	try 0 get-database --directory in/bad.ldif --format json
	jq -e . out >/dev/null
	iconv -f UTF-8 -t UTF-8 out >/dev/null
	cp "$bad" before
	# Every byte that is not changed stays, also those that are not UTF-8.
	try 0 set-database --directory in/bad.ldif "Sales DB 1" --rpc-client-access-server EX1 --yes
	run diff --text before "$bad"
	equal "$(grep -a '^[<>]' <<<"$output" | sed 's/.*cn=\([^/]*\).cn=Micro.*/\1/')" "outlook.contoso.com
EX1"
}

# ---- what could reach a terminal ----

# controls: bytes below space other than line ends, DEL, and C1.
controls() {
	LC_ALL=C grep -a -c -P '[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]' "$1" || true
}

# on_terminal ARGUMENT...: what a terminal gets, in out; without the colours that casarray has.
on_terminal() {
	local words

	printf -v words '%q ' "$CASARRAY" "$@"
	TERM=xterm script -qec "$words --color never" /dev/null >out </dev/null || true
	[ -s out ]
}

evil() {
	EVIL=$'\e]0;owned\a\e[31m' python3 - "$LDIF" >"$bad" <<'END'
import base64, os, re, sys
text = open(sys.argv[1], "rb").read().replace(b"\r\n ", b"")
name = b"Sales " + os.environ["EVIL"].encode() + b" \xc2\x9b DB"
dn = name.replace(b";", b"\\;").replace(b"\x1b", b"\\1B").replace(b"\x07", b"\\07")
text = text.replace(b"CN=Sales DB 2,", b"CN=" + dn + b",")
text = re.sub(rb"\r\n(cn|name|adminDisplayName|displayName): Sales DB 2(?=\r)",
              lambda m: b"\r\n" + m[1] + b":: " + base64.b64encode(name), text)
text = re.sub(rb"^(dn|distinguishedName): (CN=[^\r]*Sales .*?)\r$",
              lambda m: m[1] + b":: " + base64.b64encode(m[2]) + b"\r", text, flags=re.M)
sys.stdout.buffer.write(text)
END
}

@test "escape sequences in names do not reach a terminal" {
	local format

	evil
	for format in text csv json ndjson; do
		on_terminal audit --directory in/bad.ldif --format "$format"
		contains "$(<out)" "owned"
		equal "$(controls out)" 0
		on_terminal get-database --directory in/bad.ldif --format "$format"
		contains "$(<out)" "owned"
		equal "$(controls out)" 0
	done
	on_terminal explain --directory in/bad.ldif 'Sales *DB'
	equal "$(controls out)" 0
	on_terminal set-database --directory in/bad.ldif --all --rpc-client-access-server EX1 --what-if
	contains "$(<out)" "owned"
	equal "$(controls out)" 0
	on_terminal get-database --directory in/bad.ldif $'no\e[31m such'
	equal "$(controls out)" 0
}

@test "escape sequences in names do not reach error messages" {
	evil
	try 3 set-database --directory in/bad.ldif 'Sales' --rpc-client-access-server EX1 --yes
	equal "$(controls err)" 0
	try 3 get-database --directory in/bad.ldif $'x\e[31m'
	equal "$err" "casarray: no database 'x\\x1b[31m'"
}

@test "a legacyExchangeDN with control characters" {
	python3 - "$LDIF" >"$bad" <<'END'
import base64, re, sys
text = open(sys.argv[1], "rb").read().replace(b"\r\n ", b"")
start = text.index(b"dn: CN=Sales DB 2,")
head, tail = text[:start], text[start:]
def spoil(m):
    return b"\r\nlegacyExchangeDN:: " + base64.b64encode(m[1].replace(b"cn=EX2", b"cn=EX\x01\x1b[31m2"))
sys.stdout.buffer.write(head + re.sub(rb"\r\nlegacyExchangeDN: ([^\r]*)", spoil, tail, count=1))
END
	try 1 audit --directory in/bad.ldif --rule CAS049
	contains "$out" "error      CAS049 database-legacy-dn-malformed  Sales DB 2  (site HeadOffice)"
	contains "$out" 'cn=EX\x01\x1b[31m2/cn=Microsoft Private MDB'
	cp "$bad" before
	try 0 set-database --directory in/bad.ldif "Sales DB 2" "${to_array[@]}"
	contains "$out" 'RpcClientAccessServer: EX\x01\x1b[31m2 -> outlook.contoso.com'
	try 0 undo --directory in/bad.ldif --yes
	cmp "$bad" before
}

# ---- several files ----

@test "several files are read only" {
	cp "$LDIF" in/bad.ldif
	sed -n '/^dn: CN=Sites,/,/^\r$/p' "$LDIF" >in/more.ldif
	sed -i '/^dn: CN=Sites,/,/^\r$/d' in/bad.ldif
	cp -r in before
	try 2 set-database --directory in/bad.ldif --directory in/more.ldif "Sales DB 2" \
		"${to_array[@]}"
	equal "$err" "casarray: a directory of several files is read only
casarray: name the file that is to be changed alone"
	diff -r in before
	says 2 "'in/bad.ldif' is named twice" "name each file once" \
		audit --directory in/bad.ldif --directory in/bad.ldif
}

# ---- rights and room ----

# nobodys: a folder in $place, with a copy of the program and of the example, that a user
# without rights can reach.
nobodys() {
	local build

	build=$(dirname "$(dirname "$(realpath "$CASARRAY")")")
	if [ "$(id -u)" -ne 0 ]; then
		skip "needs root, to become another user"
	fi
	place=$(mktemp -d)
	chmod 755 "$place"
	mkdir "$place/cmd" "$place/libcasarray" "$place/own"
	cp "$CASARRAY" "$place/cmd/casarray"
	cp -P "$build"/libcasarray/libcasarray.so* "$place/libcasarray/" 2>/dev/null || true
	cp contoso.ldif "$place/own/x.ldif"
	mkdir "$place/state"
	chown -R 65534 "$place/own" "$place/state"
	cd "$place" || return 1
}

# as_nobody ARGUMENT...: casarray as that user; its status in $status, its stderr in $err.
as_nobody() {
	status=0
	XDG_STATE_HOME=$place/state XDG_CONFIG_HOME=$place/config setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$place/cmd/casarray" "$@" 2>"$BATS_TEST_TMPDIR/err" >/dev/null </dev/null ||
		status=$?
	err=$(<"$BATS_TEST_TMPDIR/err")
}

@test "a file that must not be read" {
	nobodys
	chmod 000 own/x.ldif
	as_nobody audit --directory own/x.ldif
	equal "$err" "casarray: cannot open 'own/x.ldif': Permission denied
casarray: run it as a user who may, or work on a copy elsewhere"
	equal "$status" 4
}

@test "a file that is read only" {
	nobodys
	chmod 444 own/x.ldif
	as_nobody set-database --directory own/x.ldif "Sales DB 2" "${to_array[@]}"
	equal "$err" "casarray: cannot write '$place/own/x.ldif': Permission denied
casarray: run it as a user who may, or work on a copy elsewhere"
	equal "$status" 4
	cmp own/x.ldif "$ROOT/examples/contoso.ldif"
	equal "$(echo own/*)" own/x.ldif
	chmod 644 own/x.ldif
	as_nobody set-database --directory own/x.ldif "Sales DB 2" "${to_array[@]}"
	equal "$status" 0
}

@test "a folder that is read only" {
	nobodys
	chmod 555 own
	as_nobody set-database --directory own/x.ldif "Sales DB 2" "${to_array[@]}"
	equal "$err" "casarray: cannot create lock file '$place/own/x.ldif.lock': Permission denied
casarray: run it as a user who may, or work on a copy elsewhere"
	equal "$status" 4
	cmp own/x.ldif "$ROOT/examples/contoso.ldif"
	equal "$(echo own/*)" own/x.ldif
}

@test "a journal that must not be written: nothing is changed" {
	nobodys
	as_nobody set-database --directory own/x.ldif "Sales DB 2" "${to_array[@]}" \
		--journal "$place/journal"
	equal "$err" "casarray: cannot create folder '$place/journal': Permission denied
casarray: run it as a user who may, or work on a copy elsewhere"
	equal "$status" 4
	cmp own/x.ldif "$ROOT/examples/contoso.ldif"
	equal "$(echo own/*)" own/x.ldif
}

# small SIZE: a file system of that size on mount/.
small() {
	mkdir mount
	mount -t tmpfs -o "size=$1" tmpfs mount 2>/dev/null ||
		skip "needs root and the right to mount a tmpfs"
}

@test "a file system that is read only" {
	small 1m
	cp contoso.ldif mount/x.ldif
	mount -o remount,ro mount
	try 4 set-database --directory mount/x.ldif "Sales DB 2" "${to_array[@]}"
	equal "$err" "casarray: cannot create lock file '$PWD/mount/x.ldif.lock': Read-only file system
casarray: the file system is read only: work on a copy elsewhere"
	try 0 history --directory mount/x.ldif --format json
	equal "$(jq -r '.rows[] | .state, .done' out)" "failed
0"
	cmp mount/x.ldif "$ROOT/examples/contoso.ldif"
}

@test "a full disk: the directory's" {
	small 256k
	cp contoso.ldif mount/x.ldif
	dd if=/dev/zero of=mount/fill bs=1k count=500 2>/dev/null || true
	try 7 set-database --directory mount/x.ldif "Sales DB 2" "${to_array[@]}"
	equal "$err" "casarray: cannot write '$PWD/mount/x.ldif': No space left on device
casarray: free some space on that file system, then try again"
	cmp mount/x.ldif "$ROOT/examples/contoso.ldif"
	equal "$(cd mount && echo *)" "fill x.ldif"
	try 0 history --directory mount/x.ldif --format json
	equal "$(jq -r '.rows[] | .state, .done, .message' out)" "failed
0
cannot write '$PWD/mount/x.ldif': No space left on device"
	rm mount/fill
	try 0 set-database --directory mount/x.ldif "Sales DB 2" "${to_array[@]}"
	contains "$(value "Sales DB 2" mount/x.ldif)" "cn=outlook.contoso.com/"
}

@test "a full disk: the journal's" {
	small 64k
	dd if=/dev/zero of=mount/fill bs=1k count=100 2>/dev/null || true
	try 7 set-database "Sales DB 2" "${to_array[@]}" --journal mount/journal
	[[ $err == "casarray: cannot write the journal 'mount/journal/"*".journal': No space left on device
casarray: free some space on that file system, then try again" ]]
	cmp "$LDIF" "$ROOT/examples/contoso.ldif"
	equal "$(echo mount/journal/*)" "mount/journal/*"
	equal "$(echo contoso.ldif*)" contoso.ldif
}

@test "a full disk: the output's" {
	if [ ! -w /dev/full ]; then
		skip "there is no /dev/full"
	fi
	status=0
	casarray audit >/dev/full 2>err || status=$?
	equal "$status" 7
	equal "$(<err)" "casarray: cannot write the output: No space left on device
casarray: free some space on that file system, then try again"
	small 4k
	dd if=/dev/zero of=mount/fill bs=1k count=8 2>/dev/null || true
	try 7 audit --output mount/report
	equal "$err" "casarray: cannot write 'mount/report': No space left on device
casarray: free some space on that file system, then try again"
	equal "$(cd mount && echo *)" fill
}

@test "a limit on the size of files" {
	status=0
	(
		ulimit -f 20
		exec "$CASARRAY" set-database "Sales DB 2" "${to_array[@]}"
	) >out 2>err </dev/null || status=$?
	equal "$(<err)" "casarray: cannot write '$LDIF': File too large
casarray: the file would be larger than the system or 'ulimit -f' allows"
	equal "$status" 7
	cmp "$LDIF" "$ROOT/examples/contoso.ldif"
	equal "$(echo contoso.ldif*)" contoso.ldif
}
