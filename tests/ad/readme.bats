#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What README shows of a live directory is what a domain controller's brings.

bats_require_minimum_version 1.5.0
load ../cli/common
load common

setup_file() {
	ad_start dc
}

teardown_file() {
	ad_stop
}

setup() {
	common_setup
	unset CASARRAY_DIRECTORY
}

# The block of README's chapter.
block() {
	sed -n '/^## A live directory/,/^## What/p' "$BATS_TEST_DIRNAME/../../README.md" |
		sed -n '/^```text$/,/^```$/p' | sed '1d;$d'
}

# What its commands print, in a namespace where the resolver is the domain controller.
printed() {
	local line

	while read -r line; do
		printf '$ %s\n' "$line"
		# shellcheck disable=SC2016 # expanded by the shell that is started
		PATH=$(dirname "$CASARRAY"):$PATH unshare --mount bash -c '
			mount --bind "$0/resolv.conf" /etc/resolv.conf &&
				mount --bind "$0/hosts" /etc/hosts && eval "$1"' \
			"$AD_FOLDER" "$line" 2>&1 </dev/null
	done < <(block | sed -n 's/^\$ //p')
}

# Without what differs from run to run: to Samba an address of loopback is in every subnet.
same_runs() {
	sed -E 's/[0-9]{8}-[0-9]{6}-[0-9a-f]{4}/RUN/g; s/your own site is [A-Z][a-z]+/SITE/'
}

# shows FILE: every line of the block is there, in its order; "..." stands for others.
shows() {
	block | same_runs | awk -v file="$1" '
		$0 == "..." { skip = 1; next }
		{
			do {
				if ((getline line < file) <= 0) {
					print "not printed: " $0
					exit 1
				}
			} while (skip && line != $0)
			if (line != $0) {
				print "printed: " line "\nshown:   " $0
				exit 1
			}
			skip = 0
		}'
}

@test "README's live example" {
	unshare --mount true 2>/dev/null || skip "unshare is not permitted"
	[ "$(block | grep -c '^\$ ')" -eq 2 ]
	printed | same_runs >printed
	shows printed
	# The comparison sees a difference.
	sed 's/verified: 1/verified: 2/' printed >other
	run shows other
	[ "$status" -eq 1 ]
}
