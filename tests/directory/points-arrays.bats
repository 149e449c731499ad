#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Faults at every point of what makes, changes and removes an array.

load points
bats_require_minimum_version 1.5.0

@test "at each point of new-array" {
	points new-array "${ALL[@]}"
}

@test "at each point of set-array, with a new name" {
	points set-array "${ALL[@]}"
}

@test "at each point of remove-array" {
	points remove-array "${ALL[@]}"
}
