#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# complete: words, options, choices and the names of objects; bash asks it.

load common

setup() {
	common_setup
}

# offered WORD...: the candidates for the last word, on one line.
offered() {
	casarray complete -- "$@" | cut -f1 | paste -sd,
}

@test "commands, and the cmdlet form when it is begun" {
	equal "$(offered get)" get-array,get-database,get-server,get-site
	equal "$(offered remo)" remove-array
	equal "$(offered Get-Cl)" Get-ClientAccessArray
	equal "$(offered new-cl)" New-ClientAccessArray
	equal "$(offered nothing)" ""
}

@test "options, with their help beside them" {
	equal "$(offered new-array --fq)" --fqdn
	equal "$(casarray complete -- new-array --fq)" $'--fqdn\tthe host name that Outlook connects to; default: as the policy says'
	equal "$(offered new-array --a)" --all-sites-without,--adopt-databases,--allow-second-array,--anonymous
	equal "$(offered New-ClientAccessArray -A)" -AllSitesWithout,-AdoptDatabases,-AllowSecondArray,-Anonymous
	equal "$(offered New-ClientAccessArray -fq)" -Fqdn
}

@test "choices" {
	equal "$(offered get-array --format '')" text,json,ndjson,csv
	equal "$(offered audit --format '')" text,json,ndjson,csv,sarif,junit,markdown
	equal "$(offered get-array --format=n)" --format=ndjson
	equal "$(offered get-server --role M)" Mailbox
	equal "$(offered audit --fail-on w)" warning
	equal "$(offered Get-ExchangeServer -Role:M)" -Role:Mailbox
}

@test "names of objects, of the kind that is wanted, in any case" {
	equal "$(offered get-array '')" outlook,outlook-berlin
	equal "$(offered new-array --site b)" Berlin,Branch
	equal "$(offered default-server ber)" BER-MBX1,BER-CAS1,BER-CAS2
	equal "$(offered get-database 'Sales')" "Sales DB 1,Sales DB 2"
	equal "$(offered set-database 'Berlin D')" "Berlin DB 1,Berlin DB 2,Berlin DB 3,Berlin DB 4"
	equal "$(offered remove-array outlook-berlin --repoint-to o)" outlook,outlook-berlin
	equal "$(offered get-database --dag d)" DAG1
}

@test "the directory of --directory, also of a file that is named before the command" {
	unset CASARRAY_DIRECTORY
	equal "$(offered get-array '')" ""
	equal "$(offered get-array -d "$LDIF" '')" outlook,outlook-berlin
	equal "$(offered --directory "$LDIF" get-array 'outlook-')" outlook-berlin
}

@test "a directory that cannot be read: nothing, and no message" {
	export CASARRAY_DIRECTORY=/nonexistent
	try 0 complete -- get-array ''
	equal "$out$err" ""
	echo garbage >"$LDIF"
	export CASARRAY_DIRECTORY=$LDIF
	try 0 complete -- get-array ''
	equal "$out$err" ""
}

@test "rules and topics" {
	equal "$(offered help exit)" exit-status
	equal "$(offered help set-d)" set-database
}

# completed LINE: what bash would put in place of the last word.
completed() {
	PATH=$(dirname "$CASARRAY"):$PATH bash --norc -c '
		. "$1/completions/casarray.bash"
		COMP_LINE=$2
		COMP_POINT=${#COMP_LINE}
		read -ra COMP_WORDS <<<"$2"
		[[ $2 == *" " ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_casarray
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$ROOT" "$1" | paste -sd,
}

@test "bash: words, names with blanks are quoted, an empty word" {
	equal "$(completed 'casarray get-s')" get-server,get-site
	equal "$(completed 'casarray new-array --site ')" HeadOffice,Berlin,Lisbon,Branch
	equal "$(completed 'casarray get-database Sales')" 'Sales\ DB\ 1,Sales\ DB\ 2'
}

# filled_in LINE: what zsh makes of a line when the tabulator is pressed.
filled_in() {
	PATH=$(dirname "$CASARRAY"):$PATH TERM=dumb timeout 60 \
		"$BATS_TEST_DIRNAME/zsh-tab" "$ROOT/completions" "$1"
}

@test "zsh: words, names with blanks, in quotes of either kind" {
	equal "$(filled_in 'casarray get-array --format=n')" 'casarray get-array --format=ndjson '
	equal "$(filled_in 'casarray get-site hea')" 'casarray get-site HeadOffice '
	equal "$(filled_in 'casarray get-database Berlin\ A')" 'casarray get-database Berlin\ Archive '
	equal "$(filled_in "casarray get-database 'Berlin A")" "casarray get-database 'Berlin Archive' "
	equal "$(filled_in 'casarray get-database "Berlin A')" 'casarray get-database "Berlin Archive" '
}

# listed LINE: what fish offers, without what it says of each.
listed() {
	PATH=$(dirname "$CASARRAY"):$PATH fish --no-config -c '
		source $argv[1]/completions/casarray.fish
		complete -C $argv[2]' "$ROOT" "$1" | cut -f1 | paste -sd,
}

@test "fish: words, names with blanks, files where nothing else fits" {
	equal "$(listed 'casarray get-array --format=n')" --format=ndjson
	equal "$(listed 'casarray get-site hea')" HeadOffice
	equal "$(listed 'casarray get-database Berlin\ DB\ 1')" 'Berlin DB 1'
	equal "$(listed "casarray get-database 'Berlin DB 1")" 'Berlin DB 1'
	equal "$(listed 'casarray --directory contoso')" contoso.ldif
}

@test "the scripts of all shells are without a syntax error" {
	bash -n "$ROOT/completions/casarray.bash"
	zsh -n "$ROOT/completions/_casarray"
	fish --no-execute "$ROOT/completions/casarray.fish"
}
