/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which the targets of SRV records are tried. */
#include <stdlib.h>
#include <sys/random.h>

#include "resolver.h"

static uint32_t kernel_random(void *closure, uint32_t limit)
{
	uint64_t number = 0;

	/* 64 bits: what the remainder favours is beyond notice; without any the first
	 * wins */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0) {
		return 0;
	}
	return (uint32_t)(number % limit);
}

/* Those of weight 0 come first, so that they have a small chance beside others. */
static int compare(const void *a, const void *b)
{
	const struct casp_resolver_target *x = a, *y = b;

	if (x->priority != y->priority) {
		return x->priority < y->priority ? -1 : 1;
	}
	return (x->weight > 0) - (y->weight > 0);
}

/* Which of the n is next: each with the chance that its weight has in their sum. */
static size_t draw(const struct casp_resolver_target *targets, size_t n,
		   casp_resolver_random_fn random, void *closure)
{
	uint32_t sum = 0, running = 0, number;
	size_t i = 0;

	for (size_t k = 0; k < n; k++) {
		sum += targets[k].weight;
	}
	number = random(closure, sum + 1);
	for (; i + 1 < n; i++) {
		running += targets[i].weight;
		if (running >= number) {
			break;
		}
	}
	return i;
}

/* The order of the others stays: of those left, weight 0 is in front again. */
static void move_to_front(struct casp_resolver_target *targets, size_t i)
{
	struct casp_resolver_target chosen = targets[i];

	for (; i > 0; i--) {
		targets[i] = targets[i - 1];
	}
	targets[0] = chosen;
}

void casp_resolver_order(struct casp_resolver_target *targets, size_t n,
			 casp_resolver_random_fn random, void *closure)
{
	random = random ? random : kernel_random;
	qsort(targets, n, sizeof(*targets), compare);
	for (size_t i = 0; i < n; i++) {
		size_t end = i + 1;

		while (end < n && targets[end].priority == targets[i].priority) {
			end++;
		}
		move_to_front(&targets[i], draw(&targets[i], end - i, random, closure));
	}
}
