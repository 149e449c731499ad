#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Configuration files, the environment and the command line: which of them wins, and mistakes.

load common

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
	own=$XDG_CONFIG_HOME/casarray/casarray.conf
	system=$BATS_TEST_TMPDIR/system.conf
	export CASARRAY_SYSTEM_CONFIG=$system
	umask 022
	mkdir -p "$XDG_CONFIG_HOME/casarray"
	: >"$system"
}

# lines FILE LINE...: the file has these lines.
lines() {
	local file=$1
	shift

	printf '%s\n' "$@" >"$file"
}

# origins [ARGUMENT]...: "key=value from" of each setting that is no default, with the files' names
# as "own" and "system".
origins() {
	try 0 config show --format csv --fields section,key,value,origin "$@"
	/usr/bin/python3 -c '
import csv, sys
for row in list(csv.reader(open(sys.argv[1], newline="")))[1:]:
    section, key, value, origin = row
    origin = origin.replace(sys.argv[2], "own").replace(sys.argv[3], "system")
    if origin not in ("default", "--format", "--fields"):
        print(f"{section}: {key}={value} {origin}")' "$BATS_TEST_TMPDIR/out" "$own" "$system"
}

# wrong MESSAGE [ARGUMENT]...: the configuration is refused with that on stderr, nothing is done.
wrong() {
	local message=$1
	shift

	try 2 get-array "$@"
	equal "$err" "$message"
	equal "$out" ""
}

# ---- which one wins ----

@test "options win over the environment, that over the user's file, that over the one of all users" {
	lines "$system" '[defaults]' "directory = a" 'color = never' 'timeout = 4' 'journal = j4'
	equal "$(origins)" "defaults: directory=a system:2
defaults: timeout=4 system:4
defaults: color=never system:3
defaults: journal=j4 system:5"
	lines "$own" '[defaults]' 'timeout = 3' 'color = always' 'journal = j3'
	export CASARRAY_TIMEOUT=2 CASARRAY_COLOR=auto
	equal "$(origins --timeout 1)" "defaults: directory=a system:2
defaults: timeout=1 --timeout
defaults: color=auto CASARRAY_COLOR
defaults: journal=j3 own:4"
}

@test "they work: the directory, the format, the journal" {
	lines "$own" '[defaults]' "directory = $LDIF" 'format = csv' 'journal = kept' 'quiet = yes'
	try 0 get-array --fields name
	equal "$out" $'name\r\noutlook\r\noutlook-berlin\r'
	CASARRAY_FORMAT=json try 0 get-array
	equal "$(names)" outlook,outlook-berlin
	try 0 set-database "Sales DB 2" --rpc-client-access-server auto --yes --format text
	[ -e kept ]
	[ ! -e "$XDG_STATE_HOME" ]
}

@test "--config and CASARRAY_CONFIG: instead of the user's own, over that of all users" {
	lines "$system" '[defaults]' 'timeout = 3' 'color = always'
	lines "$own" '[defaults]' 'timeout = 2' 'verbose = yes'
	lines one '[defaults]' 'timeout = 1'
	lines two '[defaults]' 'timeout = 4'
	equal "$(CASARRAY_CONFIG=one origins)" "defaults: timeout=1 one:2
defaults: color=always system:3"
	equal "$(CASARRAY_CONFIG=one origins --config two)" "defaults: timeout=4 two:2
defaults: color=always system:3"
	equal "$(origins --config /dev/null)" "defaults: timeout=3 system:2
defaults: color=always system:3"
}

@test "the user's own is in XDG_CONFIG_HOME, or in ~/.config; nothing in the current folder is read" {
	mkdir -p "$HOME/.config/casarray" here/casarray
	lines "$HOME/.config/casarray/casarray.conf" '[defaults]' 'timeout = 7'
	lines here/casarray/casarray.conf '[nonsense]'
	lines casarray.conf '[nonsense]'
	equal "$(origins)" ""
	contains "$(XDG_CONFIG_HOME='' origins)" "timeout=7"
	contains "$(XDG_CONFIG_HOME=here origins)" "timeout=7"
}

@test "a profile: over [defaults] of both files, under the environment" {
	lines "$system" '[defaults]' 'timeout = 4' 'color = never' '[profile berlin]' 'timeout = 3' \
		'journal = there'
	lines "$own" '[profile berlin]' 'verbose = yes' '[defaults]' 'timeout = 2'
	equal "$(origins)" "defaults: timeout=2 own:4
defaults: color=never system:3"
	equal "$(origins --profile BERLIN)" "defaults: timeout=3 system:5
defaults: color=never system:3
defaults: journal=there system:6
defaults: verbose=yes own:2"
	export CASARRAY_PROFILE=berlin
	contains "$(origins)" "timeout=3 system:5"
	contains "$(CASARRAY_TIMEOUT=1 origins)" "timeout=1 CASARRAY_TIMEOUT"
	wrong "casarray: no profile 'berlni'
casarray: did you mean 'berlin'?" --profile berlni
	: >"$own" >"$system"
	wrong "casarray: no profile 'berlin'
casarray: write a section [profile berlin] in '$own'"
}

@test "what excludes each other: a nearer one replaces the group, and the password goes with the user" {
	lines "$system" '[defaults]' 'domain = contoso.com' 'user = admin' 'password-file = p' 'start-tls = yes'
	equal "$(origins)" "defaults: domain=contoso.com system:2
defaults: user=admin system:3
defaults: password-file=p system:4
defaults: start-tls=yes system:5"
	lines "$own" '[defaults]' 'directory = a' 'directory = b'
	equal "$(origins --anonymous)" "defaults: directory=a own:2
defaults: directory=b own:3
defaults: anonymous=yes --anonymous
defaults: start-tls=yes system:5"
	equal "$(CASARRAY_DOMAIN_CONTROLLER=dc1 CASARRAY_USER=me origins)" \
		"defaults: domain-controller=dc1 CASARRAY_DOMAIN_CONTROLLER
defaults: user=me CASARRAY_USER
defaults: start-tls=yes system:5"
	# A flag that is off replaces nothing, and a password of one's own keeps the user.
	equal "$(CASARRAY_ANONYMOUS=no origins --password-file q --directory c | grep -v start-tls)" \
		"defaults: directory=c --directory
defaults: user=admin system:3
defaults: password-file=q --password-file
defaults: anonymous=no CASARRAY_ANONYMOUS"
}

@test "the environment: several files, servers, and which of those that say where counts" {
	equal "$(CASARRAY_DIRECTORY=a::ldif:b:c CASARRAY_DOMAIN=d origins)" \
		"defaults: directory=a CASARRAY_DIRECTORY
defaults: directory=ldif:b CASARRAY_DIRECTORY
defaults: directory=c CASARRAY_DIRECTORY"
	equal "$(CASARRAY_DIRECTORY='ldap://a:1 ldap://b' origins)" \
		"defaults: directory=ldap://a:1 ldap://b CASARRAY_DIRECTORY"
	equal "$(CASARRAY_DIRECTORY='' CASARRAY_DOMAIN=d CASARRAY_DOMAIN_CONTROLLER=e origins)" \
		"defaults: domain=d CASARRAY_DOMAIN"
	CASARRAY_FORMAT=xml CASARRAY_QUIET=perhaps try 2 get-array
	equal "$err" "casarray: 'CASARRAY_FORMAT' is 'xml', and not one of text, json, ndjson, csv, sarif, junit, markdown
casarray: 'CASARRAY_QUIET' is 'perhaps', and not yes or no"
}

@test "a flag of a file is turned off by the environment, or as a cmdlet's" {
	lines "$own" '[defaults]' "directory = $LDIF" 'verbose = on'
	contains "$(origins)" "verbose=yes own:3"
	contains "$(CASARRAY_VERBOSE=OFF origins)" "verbose=no CASARRAY_VERBOSE"
	try 0 Get-ClientAccessArray -Verbose:false
}

@test "a path below the home folder" {
	lines "$own" '[defaults]' 'journal = ~/journal' 'user = ~/me'
	equal "$(origins)" "defaults: user=~/me own:3
defaults: journal=$HOME/journal own:2"
}

# ---- policy ----

@test "the policy of both files by key, rules and exemptions as a whole" {
	lines "$system" '[policy]' 'home = owner' 'gate = warning' '[rule CAS040]' 'severity = info' \
		'enabled = no' '[exemption one]' 'rule = CAS040' 'object = EX1' 'reason = r' 'owner = o' \
		'[exemption two]' 'rule = CAS040' 'object = EX2' 'reason = r' 'owner = o'
	lines "$own" '[policy]' 'home = preferred' 'array-fqdn = outlook-{site}.contoso.com' \
		'[rule database-points-at-server]' 'severity = warning' '[exemption ONE]' 'rule = CAS041' \
		'object = EX3' 'reason = s' 'owner = p'
	equal "$(origins)" "policy: home=preferred own:2
policy: gate=warning system:3
policy: array-fqdn=outlook-{site}.contoso.com own:3
rule database-points-at-server: severity=warning own:5
exemption ONE: rule=CAS041 own:7
exemption ONE: object=EX3 own:8
exemption ONE: reason=s own:9
exemption ONE: owner=p own:10
exemption two: rule=CAS040 system:13
exemption two: object=EX2 system:14
exemption two: reason=r system:15
exemption two: owner=o system:16"
}

@test "the gate: the exit status of audits, unless --fail-on says otherwise" {
	try 1 audit --directory "$LDIF" --rule CAS040
	lines "$own" '[policy]' 'gate = never'
	try 0 audit --directory "$LDIF" --rule CAS040
	try 1 audit --directory "$LDIF" --rule CAS040 --fail-on info
	lines "$own" '[policy]' 'gate = warning' '[rule CAS040]' 'severity = info'
	try 0 audit --directory "$LDIF" --rule CAS040
}

@test "home: which site a database is judged by" {
	try 0 explain Finance --directory "$LDIF" --format json
	equal "$(query '.rows[0].home_rule')" preferred-copy
	lines "$own" '[policy]' 'home = owner'
	try 0 explain Finance --directory "$LDIF" --format json
	equal "$(query '.rows[0].home_rule')" owning-server
}

@test "an exemption: until its day, in its profile" {
	lines "$own" '[profile berlin]' 'color = never' '[exemption e]' 'rule = CAS040' \
		'object = Sales DB 2' 'reason = r' 'owner = o'
	audit=(audit --directory "$LDIF" --rule CAS040 --site HeadOffice)
	try 0 "${audit[@]}"
	echo 'profile = berlin' >>"$own"
	try 1 "${audit[@]}"
	try 0 "${audit[@]}" --profile berlin
	echo "expires = $(date -u +%F -d yesterday)" >>"$own"
	try 1 "${audit[@]}" --profile berlin
	sed -i "s/^expires.*/expires = $(date -u +%F)/" "$own"
	try 0 "${audit[@]}" --profile berlin
}

@test "what commands tell people to type names the configuration again" {
	lines my.conf '[profile lab]' "directory = $LDIF"
	try 1 audit --config my.conf --profile lab --rule CAS040 --site HeadOffice
	contains "$out" "casarray set-database 'Sales DB 2' --rpc-client-access-server outlook.contoso.com --config my.conf --profile lab"
	CASARRAY_CONFIG=my.conf CASARRAY_PROFILE=lab try 1 audit --rule CAS040 --site HeadOffice
	contains "$out" "outlook.contoso.com"
	[[ $out != *my.conf* ]]
}

# ---- config ----

@test "config show: a file that says the same, with its origins in comments" {
	lines "$own" '[defaults]' 'directory = "a ;b"' 'journal = "\" \\ "' '[exemption e f]' \
		'rule = CAS040' 'object = x' 'reason = it is; so' 'owner = "; me"'
	try 0 config show --origin --color never
	equal "$out" "[defaults]
directory = \"a ;b\"  ; $own:2
format = text  ; default
color = never  ; --color
journal = \"\\\" \\\\ \"  ; $own:3

[policy]
home = preferred  ; default
gate = error  ; default

[exemption e f]
rule = CAS040  ; $own:5
object = x  ; $own:6
reason = it is; so  ; $own:7
owner = \"; me\"  ; $own:8"
	cp "$BATS_TEST_TMPDIR/out" again
	try 0 config show
	cp "$BATS_TEST_TMPDIR/out" first
	try 0 config show --config again
	equal "$out" "$(sed 's/^color = auto/color = never/' first)"
}

@test "config path: the files that are looked for" {
	try 0 config path
	rm -f "$own"
	equal "$out" "FILE$(printf '%*s' $((${#own} - 2)) '')STATE
$own  not there
$system$(printf '%*s' $((${#own} - ${#system} + 2)) '')read"
	lines "$own" '[defaults]'
	try 0 config path --format csv
	equal "$(sed -n 2p "$BATS_TEST_TMPDIR/out")" "$own,read"$'\r'
}

@test "the name of a file that is not UTF-8, shown with a replacement" {
	local named=$'named\xff.conf'

	printf '[policy]\ngate = never\n' >"$named"
	cp "$LDIF" $'contoso\xff.ldif'
	try 0 config show --origin --config "$named" --directory $'contoso\xff.ldif'
	contains "$out" $'directory = contoso\ufffd.ldif  ; --directory'
	contains "$out" $'gate = never  ; named\ufffd.conf:2'
	try 0 config path --config "$named" --format json
	equal "$(jq -r '.rows[0].file' <<<"$out")" $'named\ufffd.conf'
}

@test "the example of casarray.conf(5) is right" {
	sed -n '/^\[defaults\]$/,/^\.Ed$/p' "$ROOT/man/casarray.conf.5" | sed '$d' >"$own"
	[ "$(wc -l <"$own")" -gt 30 ]
	try 0 config show --profile lab
	contains "$out" "directory = ldaps://dc1.lab.contoso.com"
	contains "$out" 'value = ber-cas1.contoso.com'
	[[ $out != *"domain ="* ]]
}

@test "the example of README.md is right" {
	sed -n '/^```ini$/,/^```$/p' "$ROOT/README.md" | sed '1d; $d' >"$own"
	equal "$(origins --profile lab)" "defaults: directory=lab.ldif own:5
policy: gate=warning own:8
policy: array-fqdn=outlook-{site}.contoso.com own:9
rule CAS051: enabled=no own:12
exemption import: rule=CAS040 own:15
exemption import: object=Berlin DB 2 own:16
exemption import: reason=PST import own:17
exemption import: owner=messaging@contoso.com own:18
exemption import: expires=2026-12-31 own:19"
}

@test "help and version do not need a configuration that is right" {
	lines "$own" nonsense
	try 0 --help
	try 0 help audit
	try 0 audit --help
	try 0 version
	try 2 get-array
}

@test "completion: profiles, and names out of the directory of a profile; mistakes say nothing" {
	lines my.conf '[profile berlin]' "directory = $LDIF" '[profile bonn]' 'directory = nowhere'
	equal "$(casarray complete -- --config my.conf --profile '' | paste -sd,)" berlin,bonn
	equal "$(casarray complete -- get-array --config=my.conf --profile=b | paste -sd,)" \
		--profile=berlin,--profile=bonn
	equal "$(casarray complete -- --config my.conf --profile berlin get-array '' | cut -f1 | paste -sd,)" \
		outlook,outlook-berlin
	lines "$own" '[profile berlin]' "directory = $LDIF" nonsense
	try 0 complete -- --profile berlin get-array ''
	equal "$err" ""
	# Nobody is asked for a password.
	lines "$own" '[defaults]' "directory = $LDIF" 'user = me'
	try 0 complete -- get-array ''
	equal "$out" ""
}

# ---- mistakes ----

@test "every mistake in a file, with its line, in one go" {
	lines "$own" 'early = 1' '[defaults]' 'directry = x' 'format = xml' 'format = json' 'timeout = -1' \
		'output = x' 'user = a' 'anonymous = yes' 'journal =' 'only words' '= x' '[defaults]' '[polcy]' \
		'[profile]' '[policy x]' '[open' '[policy] more'
	wrong "casarray: $own:1: a key stands before the first section
casarray: begin with a line [defaults]
casarray: $own:3: unknown key 'directry' in [defaults]
casarray: did you mean 'directory'?
casarray: $own:4: 'format' is 'xml', and not one of text, json, ndjson, csv, sarif, junit, markdown
casarray: $own:6: 'timeout' is '-1', and not a number from 1 on
casarray: $own:7: 'output' cannot be configured
casarray: give it on the command line
casarray: $own:9: 'user' and 'anonymous' exclude each other
casarray: $own:10: 'journal' has no value
casarray: $own:11: the line is no [section], and no key with a value: key = value
casarray: a comment begins with ';'
casarray: $own:12: there is no key before the '='
casarray: $own:13: section [defaults] is there already, in line 2
casarray: $own:14: unknown section [polcy]
casarray: did you mean [policy]?
casarray: $own:15: [profile] needs the name of a profile
casarray: $own:16: [policy] has no name
casarray: $own:17: the section has no ']'
casarray: $own:17: unknown section [open]
casarray: $own:18: there is something behind the section's ']'"
}

@test "a key and a rule twice; a list may be" {
	lines "$own" '[defaults]' 'directory = a' 'directory = b' 'timeout = 1' 'timeout = 1' '[rule CAS040]' \
		'enabled = yes' '[rule database-points-at-server]' 'enabled = yes'
	wrong "casarray: $own:5: 'timeout' is there already, in line 4
casarray: $own:8: section [rule database-points-at-server] is there already, in line 6"
}

@test "mistakes in the policy" {
	lines "$own" '[policy]' 'home = here' 'gate = none' 'array-fqdn = {sites}' '[rule CAS999]' \
		'enabled = maybe' '[rule CAS040]' 'severity = none' 'threshold = 0' '[rule CAS041]' 'threshold = 3' \
		'[exemption a]' 'class = pf-prox' 'expires = 2026-02-30' 'profile = b' '[exemption c]' 'rule = CAS040' \
		'object = x' 'reason = r' '[exemption d]' 'reson = x' '[rule CAS200]' 'threshold = -1'
	try 2 get-array
	equal "$(grep -o ':[0-9]*: .*' <<<"$err")" ":2: 'home' is 'here', and not one of preferred, owner
:3: 'gate' is 'none', and not one of error, warning, info, never
:4: the template '{sites}' has the unknown placeholder '{sites}'
:5: no such rule: 'CAS999'
:6: 'enabled' is 'maybe', and not yes or no
:8: 'severity' is 'none', and not one of info, warning, error
:9: 'threshold' is '0', and not a number from 1 on
:10: rule CAS041 has no threshold that could be set
:13: 'class' is 'pf-prox', and not one of plain, pf-proxy, temporary-override, decommission, hide-name, switchover
:14: 'expires' is '2026-02-30', and not a day like 2026-12-31
:15: no profile 'b'
:16: exemption 'c' has no owner
:21: unknown key 'reson' in [exemption d]
:23: 'threshold' is '-1', and not a number from 1 on"
	contains "$err" "casarray: did you mean 'reason'?"
}

@test "what is no text: other encodings, control characters, a line that is too long" {
	printf '\xff\xfe[\0d\0' >"$own"
	wrong "casarray: $own:1: the file is UTF-16
casarray: save it as UTF-8"
	printf '[defaults]\njournal = a\0b\nuser = M\xfcller\n' >"$own"
	wrong "casarray: $own:2: there is a control character in the line
casarray: a file of configuration is plain text in UTF-8
casarray: $own:3: the line is not UTF-8
casarray: a file of configuration is plain text in UTF-8"
	{
		echo '[defaults]'
		printf 'user = %70000s\n' x
	} >"$own"
	wrong "casarray: $own:2: the line is longer than 64 KiB
casarray: a file of configuration is plain text in UTF-8"
	head -c 17000000 /dev/zero | tr '\0' '\n' >"$own"
	wrong "casarray: $own: is larger than 16 MiB"
}

@test "a byte order mark, CRLF, indented lines, long values and names are taken as they are" {
	local long
	long=$(printf '%0300d' 1)
	printf '\xef\xbb\xbf[defaults]\r\n  timeout = 5 ; seconds\r\n\tjournal: %s\r\n# end\r\n[profile %s] ; long\r\n  color=never' \
		"$long" "$long" >"$own"
	equal "$(origins --profile "$long")" "defaults: timeout=5 own:2
defaults: color=never own:6
defaults: journal=$long own:3"
}

@test "an unknown key that is near none: the known ones" {
	lines "$own" '[rule CAS040]' 'gate = warning' '[policy]' 'zzzzzz = 1'
	wrong "casarray: $own:2: unknown key 'gate' in [rule CAS040]
casarray: known are 'enabled', 'severity', 'threshold'
casarray: $own:4: unknown key 'zzzzzz' in [policy]
casarray: known are 'home', 'gate', 'array-fqdn', 'array-name'"
}

@test "many mistakes: the first ones, and how many more" {
	{
		echo '[defaults]'
		seq -f 'k%g = 1' 30
	} >"$own"
	try 2 get-array
	equal "$(grep -c 'unknown key' <<<"$err")" 20
	equal "$(tail -n 1 <<<"$err")" "casarray: $own: and 10 more"
}

@test "millions of mistakes take no more than reading them" {
	(echo '[defaults]'; yes k=1 | head -n 3000000) >"$own"
	(ulimit -t 10 && ! casarray get-array 2>err)
	equal "$(tail -n 1 err)" "casarray: $own: and 2999980 more"
}

# ---- files that cannot be read, or trusted ----

@test "a file that is named must be there; a default one need not" {
	rm "$system"
	wrong "casarray: $system: cannot be read: No such file or directory"
	export CASARRAY_SYSTEM_CONFIG=/dev/null
	try 0 get-array --directory "$LDIF"
	wrong "casarray: nothing.conf: cannot be read: No such file or directory" --config nothing.conf
	mkdir "$own"
	wrong "casarray: $own: is a folder"
}

@test "a file that others may write, or that is another's, is refused" {
	lines "$own" '[defaults]' "directory = $LDIF"
	try 0 get-array
	chmod 664 "$own"
	wrong "casarray: $own: others may write it (mode 664)
casarray: try chmod go-w $own"
	chmod 602 "$own"
	wrong "casarray: $own: others may write it (mode 602)
casarray: try chmod go-w $own"
	chmod 644 "$own"
	if [ "$(id -u)" -eq 0 ]; then
		chown 12345 "$own"
		wrong "casarray: $own: belongs to another user (uid 12345)
casarray: make a copy of it that is yours"
		chown 0 "$own"
	fi
	chmod 666 "$own"
	try 0 get-array --config "$own"
	CASARRAY_CONFIG=$own try 0 get-array
	wrong "casarray: $own: others may write it (mode 666)
casarray: try chmod go-w $own"
}

@test "a configuration may come through a pipe" {
	equal "$(origins --config <(printf '%s\n' '[defaults]' 'timeout = 5') | sed 's|/dev/fd/[0-9]*|pipe|')" \
		"defaults: timeout=5 pipe:2"
}

@test "nothing replaces the files of the configuration, nor that of the password" {
	local file

	export CASARRAY_DIRECTORY=$LDIF
	echo '[policy]' >"$own"
	echo secret >password
	chmod 600 password
	ln -s "$own" link
	sha256sum "$own" "$system" password >before
	for file in "$own" "$system" link; do
		refused 2 "casarray: '$file' is the configuration: --output would replace it
casarray: try 'casarray get-array --help'" get-array --output "$file"
		refused 2 "casarray: '$file' is the configuration: --report would replace it
casarray: try 'casarray audit --help'" audit --report json="$file"
		refused 2 "casarray: '$file' is the configuration: --create-baseline would replace it
casarray: try 'casarray audit --help'" audit --create-baseline "$file"
		try 3 repair --out "$file"
		equal "$err" "casarray: '$file' is the configuration: the plan would replace it"
	done
	try 2 get-array --user x --password-file password --output password
	contains "$err" "'password' is the password file: --output would replace it"
	try 0 get-array --config /dev/null --output /dev/null
	sha256sum --check --quiet before
}
