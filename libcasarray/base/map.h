/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_MAP_H
#define CASP_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From 64-bit hashes to pointers, several under one hash: the caller compares what it
 * finds. A zeroed struct is an empty map. Hash 0 is not a key.
 */
struct casp_map {
	struct casp_map_slot {
		uint64_t hash;
		void *value;
	} * slots;
	size_t n;
	size_t mask;
};

void casp_map_free(struct casp_map *map);
/* Room for n in all without growing. false: out of memory. */
bool casp_map_reserve(struct casp_map *map, size_t n);
bool casp_map_add(struct casp_map *map, uint64_t hash, void *value);
/* The values under a hash, in the order in which they were added: *at starts at 0; NULL:
 * no more. */
void *casp_map_next(const struct casp_map *map, uint64_t hash, size_t *at);

#endif
