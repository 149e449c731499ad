#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The server of a benchmark: slapd, in a folder of its own.
#
# Usage: server.bash start FOLDER EXPORT    loads the export; the server logs what it is asked
#        server.bash restart FOLDER         without a log
#        server.bash restart FOLDER DISK    likewise, with the database in that new folder, where
#                                           each change is on the disk before it is answered
#        server.bash stop FOLDER            removes the folder, too
#
# Prints how to reach it: NAME=VALUE.
set -euo pipefail
. "$(dirname "$0")/../directory/slapd.bash"

show() {
	local name

	for name in "${!LDAP@}"; do
		printf '%s=%s\n' "$name" "${!name}"
	done
}

kill_server() {
	local pid

	pid=$(<"$1/pid")
	kill "$pid"
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.05
	done
}

start() {
	local folder=$1 export=$2

	slapd_start "$folder" "$export" >&2
	show | tee "$folder/reach"
}

restart() {
	local folder=$1 disk=${2:-} name value

	kill_server "$folder"
	while IFS='=' read -r name value; do
		export "$name=$value"
	done <"$folder/reach"
	if [ -n "$disk" ]; then
		cp -r --sparse=always "$folder/db" "$disk"
		sync "$disk"/*
		sed -i "/^dbnosync/d; s,^directory .*,directory $disk," "$folder/slapd.conf"
	fi
	SLAPD_LOG=none
	slapd_run "$folder" >&2
	show
}

case $1 in
start) start "$2" "$3" ;;
restart) restart "$2" "${3:-}" ;;
stop) slapd_stop "$2" ;;
*) exit 2 ;;
esac
