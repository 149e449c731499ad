#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# One licence, and every file that somebody wrote says it.

load common

license=LGPL-2.1-or-later

# Files that are written by hand and have comments: no data, no prose, no lists of a packager.
sources() {
	local file

	cd "$ROOT" || return 1
	find . \( -path './build*' -o -path ./.git -o -name __pycache__ -o -path ./tests/fuzz/corpus \) -prune -o \
		-type f -printf '%P\n' | sort | while read -r file; do
		case $file in
		*.md | *.json | *.ldif | *.csv | *.orig | LICENSE) ;;
		debian/rules | debian/*.postrm) echo "$file" ;;
		debian/*) ;;
		*) echo "$file" ;;
		esac
	done
}

@test "every source file names the licence in its first lines" {
	local file
	sources >"$BATS_TEST_TMPDIR/sources"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/sources")" -gt 200 ]
	while read -r file; do
		if ! head -n 3 "$ROOT/$file" | grep -qE "SPDX-License-Identifier: $license( \*/| -->)?$"; then
			echo "$file"
		fi
	done <"$BATS_TEST_TMPDIR/sources" >"$BATS_TEST_TMPDIR/without"
	diff /dev/null "$BATS_TEST_TMPDIR/without"
}

@test "LICENSE, README.md, the build and the packages name the same" {
	cmp "$ROOT/LICENSE" /usr/share/common-licenses/LGPL-2.1
	sed -n '/^## License/,$p' "$ROOT/README.md" | grep -q "^$license, library and program alike (\[LICENSE\](LICENSE))\.$"
	grep -q "^  license: '$license',$" "$ROOT/meson.build"
	[ "$(grep -c '^License: ' "$ROOT/debian/copyright")" -eq 2 ]
	[ "$(grep -c "^License: $license$" "$ROOT/debian/copyright")" -eq 2 ]
}
