#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Faults at every point of a change: what is reported is what happened, and what is left over can be
# completed and taken back.

load common
bats_require_minimum_version 1.5.0

SERVERS=8

# The first server is loaded once; each test has copies of it.
setup_file() {
	common_setup
	export SLAPD_GLOBAL="allow update_anon" SLAPD_EXTRA="access to * by * write"
	FIRST=$(slapd_folder)
	export FIRST
	slapd_tls "$FIRST"
	slapd_load "$FIRST" "$LDIF"
}

teardown_file() {
	slapd_stop "$FIRST"
}

setup() {
	local i
	common_setup
	FARM=()
	for ((i = 0; i < SERVERS; i++)); do
		FARM+=("$(slapd_folder)")
		slapd_copy "$FIRST" "${FARM[i]}" &
	done
	wait
}

teardown() {
	local folder
	for folder in "${FARM[@]}"; do
		slapd_stop "$folder"
	done
}

# slapd_copy FROM TO: a second server that holds what the first one was loaded with.
slapd_copy() {
	local from=$1 to=$2

	cp -r "$from"/db "$from"/*.pem "$from"/*.key "$from/ad.schema" "$to"
	sed "s,$from,$to,g" "$from/slapd.conf" >"$to/slapd.conf"
	LDAPI=ldapi://$(sed 's,/,%2F,g' <<<"$to/ldapi")
	LDAP_LOG=$to/slapd.log
	read -r LDAP_PORT LDAPS_PORT < <(free_ports 2)
	LDAP=ldap://127.0.0.1:$LDAP_PORT
	LDAPS=ldaps://127.0.0.1:$LDAPS_PORT
	echo "127.0.0.1:$LDAP_PORT" >"$to/ldap"
	slapd_run "$to"
}

# points SCENARIO FAULT...: all that the file "points" holds to be true is so.
points() {
	local faults=("${@:2}")
	# What is slow with a sanitizer was tried without it.
	if [ -n "${CASARRAY_SANITIZED:-}" ]; then
		faults=(cut garbage)
	fi
	/usr/bin/python3 "$BATS_TEST_DIRNAME/points" "$CASARRAY" "$1" "${faults[@]}" \
		-- "${FARM[@]}"
}

ALL=(cut half reset gone stall drop garbage lose busy unavailable split)

@test "at each point of new-array" {
	points new-array "${ALL[@]}"
}

@test "at each point of set-array, with a new name" {
	points set-array "${ALL[@]}"
}

@test "at each point of remove-array" {
	points remove-array "${ALL[@]}"
}

@test "at each point of undo" {
	points undo "${ALL[@]}"
}

@test "at each point of resume" {
	points resume "${ALL[@]}"
}

@test "at each point of set-database, of twenty databases" {
	points set-database "${ALL[@]}"
}
