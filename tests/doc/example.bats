#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The example organization is what its script writes.

root=$BATS_TEST_DIRNAME/../..

@test "examples/contoso.ldif equals what tests/data/make-contoso writes" {
	/usr/bin/python3 "$root/tests/data/make-contoso" "$BATS_TEST_TMPDIR/contoso.ldif"
	cmp "$BATS_TEST_TMPDIR/contoso.ldif" "$root/examples/contoso.ldif"
}

@test "examples/contoso.ldif is in ldifde's style: CRLF, 80 columns, changetype: add" {
	local file=$root/examples/contoso.ldif
	[ "$(grep -c -v $'\r$' "$file")" -eq 0 ]
	[ "$(LC_ALL=C awk '{ sub(/\r$/, "") } length > 80' "$file" | wc -l)" -eq 0 ]
	[ "$(grep -c '^dn: ' "$file")" -eq "$(grep -c $'^changetype: add\r$' "$file")" ]
}

@test "tests/data/dns-zones.ldif equals what tests/data/make-dns-zones writes" {
	/usr/bin/python3 "$root/tests/data/make-dns-zones" | cmp - "$root/tests/data/dns-zones.ldif"
}
