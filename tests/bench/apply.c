/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points databases at an array, and says how long the parts of that take. */
#include <casarray.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct names {
	char **v;
	size_t n;
};

__attribute__((noreturn)) static void fail(const struct cas_error *error)
{
	fprintf(stderr, "apply: %s\n",
		error ? cas_error_message(error) : "out of memory");
	exit(EXIT_FAILURE);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Prints how long it was since *since, and begins anew. */
static void tell(const char *what, double *since)
{
	double time = now();

	printf("%s %.6f\n", what, time - *since);
	*since = time;
}

static void read_names(struct names *names)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		names->v = realloc(names->v, (names->n + 1) * sizeof(*names->v));
		if (!names->v) {
			fail(NULL);
		}
		names->v[names->n++] = line;
		line = NULL;
	}
	free(line);
}

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		free(names->v[i]);
	}
	free(names->v);
}

static struct cas_plan *make_plan(const struct cas_organization *org,
				  const struct names *names, const char *target)
{
	struct cas_set_database what = {.rpc_client_access_server = target};
	struct cas_objects *databases = NULL;
	struct cas_error *error = NULL;
	struct cas_plan *plan;
	int r = cas_objects_new(&databases, &error);

	for (size_t i = 0; r == 0 && i < names->n; i++) {
		r = cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE,
				      names->v[i], &error);
	}
	what.databases = databases;
	if (r < 0 || cas_plan_set_database(org, &what, &plan, &error)) {
		fail(error);
	}
	cas_objects_free(databases);
	return plan;
}

int main(int argc, char **argv)
{
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	struct cas_organization *org;
	struct cas_error *error = NULL;
	struct cas_plan *plan;
	struct cas_apply how = {.journal = argc == 4 ? argv[3] : NULL};
	struct names names = {0};
	size_t verified;
	double time;

	if (argc != 4) {
		fputs("usage: apply ADDRESS ARRAY JOURNAL-FOLDER <NAMES\n", stderr);
		return EXIT_FAILURE;
	}
	read_names(&names);
	time = now();
	if (cas_context_new(&context, &error) ||
	    cas_directory_open(context, (const char *const *)&argv[1], 1, &directory,
			       &error) ||
	    cas_organization_load(directory, CAS_SCOPE_DATABASES | CAS_SCOPE_MAILBOXES,
				  (const char *const *)names.v, names.n, &org, &error)) {
		fail(error);
	}
	tell("load", &time);
	plan = make_plan(org, &names, argv[2]);
	tell("plan", &time);
	if (cas_plan_apply(plan, directory, &how, &error)) {
		fail(error);
	}
	tell("apply", &time);
	if (cas_plan_verify(plan, directory, &verified, &error)) {
		fail(error);
	}
	tell("verify", &time);
	printf("changes %zu\nverified %zu\n", cas_plan_count(plan), verified);
	cas_plan_free(plan);
	cas_organization_free(org);
	cas_directory_unref(directory);
	cas_context_unref(context);
	free_names(&names);
	return EXIT_SUCCESS;
}
