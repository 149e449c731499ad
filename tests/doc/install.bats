#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is installed, where, and that a program can be built with it and with nothing else.

load common

setup_file() {
	load common
	export INSTALLED=$BATS_FILE_TMPDIR/installed
	DESTDIR=$INSTALLED meson install -C "$CASARRAY_BUILD" --no-rebuild --quiet
}

# Folders as meson has them: datadir is below the prefix.
option() {
	meson introspect --buildoptions "$CASARRAY_BUILD" | jq -r --arg name "$1" '.[] | select(.name == $name).value'
}

# Files and links below a folder.
files() {
	(cd "$1" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort)
}

# expected LIBDIR: every file below the prefix.
expected() {
	local libdir=$1 page
	{
		echo bin/casarray
		echo include/casarray.h
		printf "$libdir/%s\n" libcasarray.so libcasarray.so.0 libcasarray.so.0.0.0 pkgconfig/libcasarray.pc \
			casarray/casarray_ldap.so
		echo share/bash-completion/completions/casarray
		echo share/fish/vendor_completions.d/casarray.fish
		echo share/zsh/site-functions/_casarray
		echo share/doc/casarray/examples/contoso.ldif
		(cd "$ROOT/examples" && printf 'share/doc/casarray/examples/%s\n' ci/*)
		printf 'lib/systemd/system/casarray-audit@.%s\n' service timer
		(cd "$ROOT/schemas" && printf 'share/casarray/schemas/%s\n' *.schema.json)
		for page in "$ROOT"/man/*.[1-9]; do
			echo "share/man/man${page##*.}/${page##*/}"
		done
	} | LC_ALL=C sort
}

# build_program FOLDER [SOURCE]: a program of tests/data, as somebody else would build it.
build_program() {
	local flags source=${2:-ten-lines.c}

	flags=$(pkg-config --cflags --libs libcasarray)
	cp "$ROOT/tests/data/$source" "$1"
	# shellcheck disable=SC2086
	(cd "$1" && gcc -std=c11 -Wall -Wextra -pedantic -Werror "$source" -o program $flags)
}

# checked COMMAND...: under valgrind; its status, or 99.
checked() {
	valgrind --quiet --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all \
		--error-exitcode=99 "$@"
}

@test "exactly these files are installed" {
	local libdir prefix
	libdir=$(option libdir)
	prefix=$(option prefix)
	diff <(expected "$libdir") <(files "$INSTALLED$prefix")
	# Nothing beside the prefix.
	diff <(files "$INSTALLED$prefix" | wc -l) <(files "$INSTALLED" | wc -l)
	[ -x "$INSTALLED$prefix/bin/casarray" ]
	[ "$(readlink "$INSTALLED$prefix/$libdir/libcasarray.so")" = libcasarray.so.0 ]
	[ "$(readlink "$INSTALLED$prefix/$libdir/libcasarray.so.0")" = libcasarray.so.0.0.0 ]
}

@test "what is installed is what is in the tree" {
	local root=$INSTALLED$(option prefix)
	cmp "$root/include/casarray.h" "$ROOT/libcasarray/casarray.h"
	cmp "$root/share/doc/casarray/examples/contoso.ldif" "$ROOT/examples/contoso.ldif"
	diff -r "$root/share/doc/casarray/examples/ci" "$ROOT/examples/ci"
	[ -x "$root/share/doc/casarray/examples/ci/casarray-check" ]
	cmp "$root/share/bash-completion/completions/casarray" "$ROOT/completions/casarray.bash"
	diff -r "$root/share/casarray/schemas" "$ROOT/schemas" | diff - \
		<(echo "Only in $ROOT/schemas: meson.build")
}

@test "the installed program finds the installed library, and has its version" {
	local root=$INSTALLED$(option prefix)
	export LD_LIBRARY_PATH=$root/$(option libdir)
	ldd "$root/bin/casarray" | grep -qF "libcasarray.so.0 => $LD_LIBRARY_PATH/libcasarray.so.0 "
	# No folder of the machine that built it.
	[ -z "$(readelf -d "$root/bin/casarray" | grep -E 'R(UN)?PATH')" ]
	local version
	version=$(pkg-config --with-path="$root/$(option libdir)/pkgconfig" --modversion libcasarray)
	[ "$version" = "$(meson introspect --projectinfo "$CASARRAY_BUILD" | jq -r .version)" ]
	[ "$("$root/bin/casarray" version)" = "casarray $version" ]
}

@test "a program of ten lines audits with the installed library" {
	local root=$INSTALLED$(option prefix) out
	export PKG_CONFIG_SYSROOT_DIR=$INSTALLED
	export PKG_CONFIG_LIBDIR=$root/$(option libdir)/pkgconfig
	export LD_LIBRARY_PATH=$root/$(option libdir)
	cd "$BATS_TEST_TMPDIR"
	build_program .
	out=$(./program "$ROOT/examples/contoso.ldif")
	[ "$(head -n 1 <<<"$out")" = error ]
	[ "$(wc -l <<<"$out")" -gt 10 ]
	"$CASARRAY" audit --directory "$ROOT/examples/contoso.ldif" --fail-on never --format json |
		jq -r '.rows[] | select(.result == "finding").key' | diff - <(tail -n +2 <<<"$out")
	checked ./program "$ROOT/examples/contoso.ldif" >checked
	diff checked <(echo "$out")
}

@test "a program of ten lines says what is wrong" {
	local root=$INSTALLED$(option prefix) status=0
	export PKG_CONFIG_SYSROOT_DIR=$INSTALLED
	export PKG_CONFIG_LIBDIR=$root/$(option libdir)/pkgconfig
	export LD_LIBRARY_PATH=$root/$(option libdir)
	cd "$BATS_TEST_TMPDIR"
	build_program .
	checked ./program nosuch.ldif >out 2>err || status=$?
	[ "$status" -eq 1 ]
	[ ! -s out ]
	[ "$(cat err)" = "cannot open 'nosuch.ldif': No such file or directory" ]
}

@test "a program repairs a file under a policy of its own" {
	local root=$INSTALLED$(option prefix)
	export PKG_CONFIG_SYSROOT_DIR=$INSTALLED
	export PKG_CONFIG_LIBDIR=$root/$(option libdir)/pkgconfig
	export LD_LIBRARY_PATH=$root/$(option libdir) XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	cd "$BATS_TEST_TMPDIR"
	build_program . repair.c
	cp "$ROOT/examples/contoso.ldif" .
	checked ./program contoso.ldif >out
	[ "$(sort out | uniq -c | sed 's/^ *//' | head -n 1)" = "4 modify done" ]
	[[ "$(tail -n 1 out)" == "run "*-*-*", 0 read back" ]]
	# All that can be repaired, but for what is exempt.
	[ "$("$CASARRAY" repair --directory contoso.ldif --what-if --format csv --fields name |
		tail -n +2 | tr -d '\r')" = "Berlin DB 2" ]
	checked ./program contoso.ldif >out
	[ ! -s out ]
}

@test "another prefix: installed, found by pkg-config, used, and moved" {
	local prefix=$BATS_TEST_TMPDIR/prefix folder=$BATS_TEST_TMPDIR/build moved=$BATS_TEST_TMPDIR/moved
	meson setup "$folder" "$ROOT" --prefix "$prefix" -Dtests=false >/dev/null
	meson install -C "$folder" --quiet >/dev/null
	diff <(expected lib) <(files "$prefix")
	export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig
	[ "$(pkg-config --variable=includedir libcasarray)" = "$prefix/include" ]
	[ "$(pkg-config --variable=libdir libcasarray)" = "$prefix/lib" ]
	cd "$BATS_TEST_TMPDIR"
	build_program .
	[ "$(LD_LIBRARY_PATH=$prefix/lib ./program "$prefix/share/doc/casarray/examples/contoso.ldif" | head -n 1)" = error ]
	unset LD_LIBRARY_PATH
	"$prefix/bin/casarray" version | grep -q '^casarray '

	mv "$prefix" "$moved"
	# What is found now is found from the program's own folder.
	rm -r "$folder"
	run "$moved/bin/casarray" audit --directory "$moved/share/doc/casarray/examples/contoso.ldif"
	[ "$status" -eq 1 ]
	run "$moved/bin/casarray" audit --directory ldap://127.0.0.1:1 --anonymous
	[ "$status" -eq 7 ]
	[[ "$output" == *"cannot connect to 'ldap://127.0.0.1:1'"* ]]
}
