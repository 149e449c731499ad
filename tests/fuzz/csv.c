/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes lists of arrays and databases as CSV. */
#include "fuzz.h"

#include <string.h>

#include "plan/desired.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cas_desired *desired = NULL;
	struct cas_error *error = NULL;
	char *text = malloc(size + 1);
	const char *problem;
	int r;

	REQUIRE(text && cas_desired_new(&desired, NULL) == 0);
	memcpy(text, data, size);
	text[size] = '\0';
	r = casp_desired_csv(desired, "list.csv", text, size, &error);
	/* What is kept are copies. */
	memset(text, 'x', size);
	free(text);
	REQUIRE((r == 0) == (error == NULL));
	REQUIRE(!error || *cas_error_message(error));
	for (size_t i = 0; i < desired->arrays.n; i++) {
		REQUIRE(desired->arrays.v[i].where.number > 0);
		REQUIRE(desired->arrays.v[i].name || desired->arrays.v[i].fqdn);
	}
	for (size_t i = 0; i < desired->databases.n; i++) {
		REQUIRE(desired->databases.v[i].name && desired->databases.v[i].target);
	}
	for (size_t i = 0; (problem = cas_desired_problem(desired, i)); i++) {
		REQUIRE(*problem && !strchr(problem, '\n'));
	}
	cas_error_free(error);
	cas_desired_free(desired);
	return 0;
}
