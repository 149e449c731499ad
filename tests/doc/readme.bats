#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# README.md shows what the program prints.

load common

@test "the transcripts of README.md print what is shown" {
	transcript check "$ROOT/README.md"
}

@test "every transcript of README.md shows what its last command prints" {
	# Each block has a line that is no command.
	awk '
		/^```console$/ { inside = 1; shown = 0; next }
		inside && /^```$/ { inside = 0; blocks++; if (!shown) { print "nothing is shown in block " blocks; bad = 1 } }
		inside && !/^\$ / { shown = 1 }
		END { exit bad || !blocks }' "$ROOT/README.md"
}

@test "the folders of README.md exist" {
	local path failed=0

	while read -r path; do
		if [ ! -e "$ROOT/$path" ]; then
			echo "there is no $path"
			failed=1
		fi
	done < <(sed -n 's/^| `\([^`]*\)`.*/\1/p' "$ROOT/README.md")
	[ "$failed" -eq 0 ]
}

# mentioned FILE: the commands that it has in its sentences, without what is around them.
mentioned() {
	tr '\n' ' ' <"$1" | grep -oE '`casarray [^`]*`' | tr -d '`'
}

@test "commands in the sentences of README.md files exist, and have the options named" {
	local file command option words n=0 failed=0

	for file in README.md examples/ci/README.md; do
		while read -r command; do
			read -ra words <<<"$command"
			"$CASARRAY" help "${words[1]}" >"$BATS_TEST_TMPDIR/help" || failed=1
			for option in $(grep -oE -- '--[a-z-]+' <<<"$command"); do
				n=$((n + 1))
				if ! grep -qE -- "^ .*$option( |$)" "$BATS_TEST_TMPDIR/help"; then
					echo "$file: $command: no $option"
					failed=1
				fi
			done
		done < <(mentioned "$ROOT/$file")
	done
	[ "$n" -ge 5 ]
	[ "$failed" -eq 0 ]
}
