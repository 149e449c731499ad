# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Several servers that hold the same, for tests that break many commands side by side.
#
#	setup_file() { farm_load; }
#	setup() { farm_start 8; }
#	teardown() { farm_stop; }
#	teardown_file() { farm_forget; }
#
# FARM: their folders. Each has a file "ldap" with the server's address for anonymous clients, who
# may do everything.

# Loads one server, of which each test has copies.
farm_load() {
	common_setup
	export SLAPD_GLOBAL="allow update_anon" SLAPD_EXTRA="access to * by * write"
	FARM_FIRST=$(slapd_folder)
	export FARM_FIRST
	slapd_tls "$FARM_FIRST"
	slapd_load "$FARM_FIRST" "$LDIF"
}

farm_forget() {
	rm -rf "$FARM_FIRST"
}

farm_start() {
	local i
	common_setup
	FARM=()
	for ((i = 0; i < $1; i++)); do
		FARM+=("$(slapd_folder)")
		farm_add "${FARM[i]}" &
	done
	wait
}

farm_add() {
	local folder=$1

	cp -r "$FARM_FIRST"/db "$FARM_FIRST"/*.pem "$FARM_FIRST"/*.key "$FARM_FIRST/ad.schema" \
		"$folder"
	sed "s,$FARM_FIRST,$folder,g" "$FARM_FIRST/slapd.conf" >"$folder/slapd.conf"
	slapd_listen "$folder"
	echo "127.0.0.1:$LDAP_PORT" >"$folder/ldap"
}

farm_stop() {
	local folder
	for folder in "${FARM[@]}"; do
		slapd_stop "$folder"
	done
}
