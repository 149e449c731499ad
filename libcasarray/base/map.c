/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash map with open addressing and no deletion. */
#include "map.h"

#include <stdlib.h>

void casp_map_free(struct casp_map *map)
{
	free(map->slots);
	*map = (struct casp_map){0};
}

static void put(struct casp_map *map, uint64_t hash, void *value)
{
	size_t i = hash & map->mask;

	while (map->slots[i].hash) {
		i = (i + 1) & map->mask;
	}
	map->slots[i].hash = hash;
	map->slots[i].value = value;
}

bool casp_map_reserve(struct casp_map *map, size_t n)
{
	struct casp_map bigger = {.mask = map->slots ? map->mask : 15};

	while (bigger.mask < n + n / 2) {
		bigger.mask = bigger.mask * 2 + 1;
	}
	if (map->slots && bigger.mask == map->mask) {
		return true;
	}
	bigger.slots = calloc(bigger.mask + 1, sizeof(*bigger.slots));
	if (!bigger.slots) {
		return false;
	}
	if (map->slots && map->n) {
		/* From a free slot on, so that values of one hash keep their order. */
		size_t start = 0;

		while (map->slots[start].hash) {
			start++;
		}
		for (size_t k = 1; k <= map->mask; k++) {
			size_t i = (start + k) & map->mask;

			if (map->slots[i].hash) {
				put(&bigger, map->slots[i].hash, map->slots[i].value);
			}
		}
	}
	bigger.n = map->n;
	free(map->slots);
	*map = bigger;
	return true;
}

bool casp_map_add(struct casp_map *map, uint64_t hash, void *value)
{
	if (!casp_map_reserve(map, map->n + 1)) {
		return false;
	}
	put(map, hash, value);
	map->n++;
	return true;
}

void *casp_map_next(const struct casp_map *map, uint64_t hash, size_t *at)
{
	if (!map->slots) {
		return NULL;
	}

	for (size_t i = *at;; i++) {
		const struct casp_map_slot *slot = &map->slots[(hash + i) & map->mask];

		if (!slot->hash) {
			return NULL;
		}
		if (slot->hash == hash) {
			*at = i + 1;
			return slot->value;
		}
	}
}
