#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Faults at every point of what goes on from an earlier run.

load points
bats_require_minimum_version 1.5.0

@test "at each point of undo" {
	points undo "${MOST[@]}"
}

@test "at each point of resume" {
	points resume "${MOST[@]}"
}
