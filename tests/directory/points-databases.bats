#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Faults at every point of a change of databases.

load points
bats_require_minimum_version 1.5.0

@test "at each point of set-database, of twenty databases" {
	points set-database "${MOST[@]}"
}
