#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# repair: what it mends, what it asks, and what it leaves and why.

load common

setup() {
	common_setup
}

LEFT_ALWAYS="  CAS019 array-created-after-databases  outlook-berlin  (site Berlin)
    needs work by hand: see the findings of CAS040 for the databases that still do not use it
  CAS027 mailbox-before-cas-order  Berlin  (site Berlin)
    needs work by hand: see the findings of CAS043 for the databases that still point there
  CAS045 database-uses-other-site-array  Finance  (site HeadOffice)
    needs a decision, or --include-cross-site: casarray set-database Finance --rpc-client-access-server outlook.contoso.com
  CAS048 mixed-values-in-site  HeadOffice  (site HeadOffice)
    needs a decision: casarray set-database --site HeadOffice --rpc-client-access-server auto
  CAS019 array-created-after-databases  outlook  (site HeadOffice)
    needs work by hand: see the findings of CAS040 for the databases that still do not use it
  CAS001 site-without-array  Lisbon  (site Lisbon)
    needs a decision: casarray new-array --fqdn '<FQDN>' --site Lisbon --adopt-databases
  CAS041 database-points-at-server-no-array  Lisbon DB 1  (site Lisbon)
    needs a decision: casarray new-array --fqdn '<FQDN>' --site Lisbon --adopt-databases"

PLAN="~ database Sales DB 2  (site HeadOffice)
    RpcClientAccessServer: EX2.contoso.com -> outlook.contoso.com
    CAS040
~ database Berlin DB 2  (site Berlin)
    RpcClientAccessServer: BER-CAS1.contoso.com -> outlook-berlin.contoso.com
    CAS040
~ database Berlin DB 3  (site Berlin)
    RpcClientAccessServer: BER-MBX1.contoso.com -> outlook-berlin.contoso.com
    CAS043
~ database Berlin DB 4  (site Berlin)
    RpcClientAccessServer: EX1.contoso.com -> outlook-berlin.contoso.com
    CAS046
~ database Berlin Archive  (site Berlin)
    RpcClientAccessServer: OLDCAS -> outlook-berlin.contoso.com
    CAS042
note: clients of 5 databases (9 mailboxes) will reconnect
note: Outlook profiles keep the old name: 'EX2.contoso.com', 'BER-CAS1.contoso.com', 'BER-MBX1.contoso.com', 'EX1.contoso.com', 'OLDCAS' must stay resolvable and reachable until profiles have been updated"

@test "text, in full: plan, what is left and why, what was done" {
	try 0 repair --yes
	equal "$(sed 's/[0-9]\{8\}-[0-9]\{6\}-[0-9a-f]*/RUN/g' <<<"$out")" "$PLAN
left: 7 findings
$LEFT_ALWAYS
run RUN; undo with: casarray undo RUN
5 changes done"
	equal "$err" ""
}

@test "--what-if shows what would be left, and writes nothing" {
	try 0 repair --what-if
	equal "$out" "$PLAN
left: 8 findings
  CAS048 mixed-values-in-site  Berlin  (site Berlin)
    needs a decision: casarray set-database --site Berlin --rpc-client-access-server auto
$LEFT_ALWAYS
what if: 5 changes planned; nothing was written"
	unchanged
	[ ! -e "$XDG_STATE_HOME/casarray/journal" ]
}

@test "each thing is said once" {
	try 0 repair --what-if
	equal "$(grep -c 'reconnect' <<<"$out")" 1
	equal "$(grep -c 'profiles' <<<"$out")" 1
}

@test "nothing to do: what is left is said all the same" {
	try 0 repair --yes
	cp "$LDIF" before
	try 0 repair --yes
	equal "$out" "left: 7 findings
$LEFT_ALWAYS
nothing to do"
	cmp "$LDIF" before
	equal "$(casarray history --format json | jq '.rows | length')" 1
}

@test "it asks: y applies, n does not" {
	terminal n repair --color never
	equal "$status" 3
	contains "$screen" "apply 5 changes? [y/N] n"
	equal "$(tail -1 <<<"$screen")" "casarray: nothing was written"
	unchanged
	terminal y repair --color never
	equal "$status" 0
	equal "$(tail -1 <<<"$screen")" "5 changes done"
	points "Berlin DB 2" outlook-berlin.contoso.com
}

@test "without a terminal and without --yes it is refused" {
	try 3 repair
	equal "$err" "casarray: nothing was written: repair asks before it writes
casarray: try --yes, or --what-if to see the plan"
	unchanged
	try 3 repair --format json
	equal "$(query '.outcomes.planned')" 5
	unchanged
}

@test "--max-changes: more are refused, as many are not" {
	refused 3 "casarray: the repair would make 5 changes, more than the 4 allowed
casarray: raise --max-changes, or repair one --site or --rule at a time" \
		repair --yes --max-changes 4
	refused 2 "casarray: '--max-changes' is '-1', and not a number from 0 on
casarray: try 'casarray repair --help'" repair --yes --max-changes=-1
	try 0 repair --yes --max-changes 5
}

@test "--rule and --site: what they leave out is left, and so said" {
	try 0 repair --rule cas040 --site Berlin --yes --format json
	equal "$(query '[.rows[].name] | join(",")')" "Berlin DB 2"
	equal "$(query '.left | [.count, .not_selected, .fix_classes.auto] | join(" ")')" "12 4 4"
	equal "$(query '.left.findings[] | select(.why == "left out by --rule or --site") | .rule + " " + .object.name')" \
		"CAS042 Berlin Archive
CAS043 Berlin DB 3
CAS046 Berlin DB 4
CAS040 Sales DB 2"
	points "Sales DB 2" EX2
}

@test "--rule of a rule that repair does not mend: nothing to do" {
	try 0 repair --rule CAS045 --yes --format json
	equal "$(query '.rows | length')" 0
	try 0 repair --rule CAS045 --include-cross-site --yes --format json
	equal "$(query '[.rows[].name] | join(",")')" Finance
	points Finance outlook.contoso.com
}

@test "text lists 20 of what is left and counts the rest, JSON lists 100" {
	local i

	for i in {1..120}; do
		printf '\r\n'
		record "Lisbon DB 1" | sed "s/Lisbon DB 1/Lisbon DB $((i + 1))/g
			s/^objectGUID:.*/objectGUID:: $(printf '%016d' "$i" | base64 -w0)/;s/\$/\r/"
	done >more
	cat more >>"$LDIF"
	try 0 repair --what-if
	equal "$(sed -n '/^left:/,$p' <<<"$out" | grep -c '^  CAS')" 20
	equal "$(grep '^left:\|^  and' <<<"$out")" "left: 128 findings
  and 108 more: audit lists them"
	try 0 repair --what-if --format json
	equal "$(query '.left | [.count, (.findings | length), .complete] | join(" ")')" "128 100 false"
}

@test "commands carry --directory and --journal when they were given" {
	try 0 repair --yes -d "$LDIF" --journal "$PWD/my journal"
	run=$(casarray history -d "$LDIF" --journal "my journal" --format json | jq -r '.rows[0].run')
	contains "$out" "run $run; undo with: casarray undo $run --directory $LDIF --journal '$PWD/my journal'"
	contains "$out" ": casarray set-database --site HeadOffice --rpc-client-access-server auto --directory $LDIF --journal '$PWD/my journal'"
	eval "try 0 ${run:+undo $run --directory $LDIF --journal '$PWD/my journal' --yes}"
	unchanged
}

@test "refusals" {
	refused 2 "casarray: no such rule: 'CAS999'
casarray: did you mean 'CAS099'?" repair --rule CAS999 --yes
	refused 3 "casarray: no site 'Nowhere'" repair --site Nowhere --yes
	refused 3 "casarray: no object fits the wildcards that were given" \
		repair --site 'Nowhere*' --yes
	refused 2 "casarray: '--confirm' and '--yes' exclude each other
casarray: try 'casarray repair --help'" repair --yes --confirm
}
