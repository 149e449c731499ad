/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes desired states and saved plans, read and compared with the example organization.
 */
#include "example.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static char path[64];
static struct example example;

static void remove_file(void)
{
	unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	snprintf(path, sizeof(path), "/dev/shm/casarray-fuzz-%ld.json", (long)getpid());
	atexit(remove_file);
	example_load(&example, CAS_SCOPE_ALL);
	return 0;
}

static void write_file(const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0 && casp_write_all(fd, data, size) == 0);
	close(fd);
}

static void compare(struct cas_desired *desired, bool prune)
{
	const struct cas_policy *policy = NULL;
	struct cas_organization *declared = NULL;
	struct cas_plan *plan = NULL;
	struct cas_error *error = NULL;
	const char *problem;
	int r;

	REQUIRE(cas_desired_policy(desired, NULL, &policy, NULL) == 0);
	if (policy) {
		cas_context_set_policy(example.context, policy);
		REQUIRE(cas_organization_load(example.directory, CAS_SCOPE_ALL, NULL, 0,
					      &declared, NULL) == 0);
		cas_context_set_policy(example.context, NULL);
	}
	r = cas_plan_desired(declared ? declared : example.org, desired, prune, &plan,
			     &error);

	REQUIRE((r == 0) == (plan != NULL));
	REQUIRE((r == 0) == (error == NULL));
	REQUIRE(r == 0 || *cas_error_message(error));
	for (size_t i = 0; (problem = cas_desired_problem(desired, i)); i++) {
		REQUIRE(*problem && !strchr(problem, '\n'));
	}
	cas_plan_free(plan);
	cas_organization_free(declared);
	cas_error_free(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cas_desired *desired = NULL;
	struct cas_error *error = NULL;
	size_t n = 0;

	write_file(data, size);
	REQUIRE(cas_desired_new(&desired, NULL) == 0);
	if (cas_desired_read(desired, path, &error) == 0) {
		REQUIRE(!error);
		cas_desired_databases(desired, &n);
		compare(desired, size % 2);
	} else {
		REQUIRE(error && *cas_error_message(error));
	}
	cas_error_free(error);
	cas_desired_free(desired);
	return 0;
}
