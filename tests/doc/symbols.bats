#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the shared library exports is what casarray.h declares, and it needs no library beyond.

load ../cli/common

setup() {
	BUILD=${CASARRAY_BUILD:-$ROOT/build}
	HEADER=$ROOT/libcasarray/casarray.h
	LIBRARY=$BUILD/libcasarray/libcasarray.so.0
	export LC_ALL=C
	cd "$BATS_TEST_TMPDIR"
}

# Every function that the header declares, by the compiler's own list.
declared() {
	gcc -std=c11 -x c -S -o "$BATS_TEST_TMPDIR/header.s" -aux-info "$BATS_TEST_TMPDIR/header.x" "$HEADER"
	sed -n "s|^/\* [^ ]*casarray\.h:.*[ *]\(cas[a-z_]*\) (.*|\1|p" "$BATS_TEST_TMPDIR/header.x" | sort
}

# Dynamic symbols: name and type. The version's own node is no symbol of the library.
exported() {
	nm -D --defined-only --without-symbol-versions "$LIBRARY" | awk '$2 != "A" { print $3, $2 }' | sort
}

# The dynamic linker, which a library with thread-local data names, is the C library's.
needed() {
	readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^ld-' | sort
}

@test "every declaration of casarray.h has CAS_EXPORT, and nothing else has" {
	equal "$(gcc -E -P "$HEADER" | tr '\n' ' ' | tr ';' '\n' | grep 'visibility("default")' |
		grep -o 'cas_[a-z_]*(' | tr -d '(' | sort)" "$(declared)"
}

@test "casarray.map lists the functions of casarray.h, in order, under one version" {
	equal "$(sed -n 's/^\t\(cas.*\);$/\1/p' "$ROOT/libcasarray/casarray.map")" "$(declared)"
	equal "$(sed 's/^\tcas.*;$/F/' "$ROOT/libcasarray/casarray.map" | uniq)" \
		"$(printf '%s\n' '/* SPDX-License-Identifier: LGPL-2.1-or-later */' \
			'/* Every function that casarray.h exports, and no other. */' \
			'CASARRAY_0 {' 'global:' F 'local:' $'\t*;' '};')"
}

@test "the library exports exactly the functions of casarray.h" {
	equal "$(exported)" "$(declared | sed 's/$/ T/')"
}

@test "every exported function has the version CASARRAY_0" {
	equal "$(nm -D --defined-only "$LIBRARY" | awk '$2 == "T" { sub(/.*@@/, ""); print }' |
		sort -u)" CASARRAY_0
}

@test "what the library's files share has the prefix casp_" {
	equal "$(nm --defined-only --extern-only --format=posix "$BUILD/libcasarray/libcasarray-all.a" |
		awk 'NF > 2 && $1 !~ /^casp?_/ { print $1 }')" ''
}

@test "the library needs jansson and the C library" {
	equal "$(needed "$LIBRARY")" 'libc.so.6
libjansson.so.4'
}

@test "the module for servers exports one function" {
	equal "$(nm -D --defined-only "$BUILD/libcasarray/casarray_ldap.so" | awk '{ print $3, $2 }')" \
		'casp_ldap_open T'
}

@test "the module for servers alone needs libldap, and is not needed by the library" {
	needed "$BUILD/libcasarray/casarray_ldap.so" | grep -q '^libldap'
	equal "$(needed "$BUILD/libcasarray/casarray_ldap.so" | grep casarray)" ''
}

@test "the program needs libcasarray, inih, jansson and the C library" {
	equal "$(needed "$BUILD/cmd/casarray")" 'libc.so.6
libcasarray.so.0
libinih.so.1
libjansson.so.4'
}

@test "every function of casarray.h is called by a unit test" {
	equal "$(declared | comm -23 - <(grep -oh 'cas_[a-z_]*' "$ROOT"/tests/unit/*.c | sort -u))" ''
}

@test "casarray.h is C11 by itself" {
	echo '#include "casarray.h"' >only.c
	gcc -std=c11 -Wall -Wextra -pedantic -Wstrict-prototypes -Werror -I "$ROOT/libcasarray" \
		-fsyntax-only only.c
}

@test "casarray.h is C++17 by itself, and its functions have C names" {
	cat >only.cc <<-'END'
		#include "casarray.h"
		const char *version()
		{
			return cas_version();
		}
	END
	g++ -std=c++17 -Wall -Wextra -pedantic -Werror -I "$ROOT/libcasarray" -c only.cc -o only.o
	nm -u only.o | grep -qx ' *U cas_version'
}
