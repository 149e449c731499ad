/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The example organization, for targets that hold something against it. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include "casarray.h"
#include "fuzz.h"

struct example {
	struct cas_context *context;
	struct cas_directory *directory;
	struct cas_organization *org;
};

static inline void example_load(struct example *example, unsigned scope)
{
	const char *path = FUZZ_EXAMPLE;

	REQUIRE(cas_context_new(&example->context, NULL) == 0);
	REQUIRE(cas_directory_open(example->context, &path, 1, &example->directory,
				   NULL) == 0);
	REQUIRE(cas_organization_load(example->directory, scope, NULL, 0, &example->org,
				      NULL) == 0);
}

#endif
