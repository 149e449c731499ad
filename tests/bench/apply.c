/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points databases at an array, or makes a desired state so, and says how long the parts
 * of that take. */
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

/* What is to be done. */
struct work {
	const char *array; /* that the databases of those names are pointed at */
	struct names names;
	struct cas_desired *desired; /* or this; NULL: not */
};

static void read_work(struct work *work, char **argv)
{
	struct cas_error *error = NULL;

	if (strcmp(argv[0], "--state") != 0) {
		work->array = argv[0];
		read_names(&work->names);
	} else if (cas_desired_new(&work->desired, &error) ||
		   cas_desired_read(work->desired, argv[1], &error)) {
		fail(error);
	}
}

static void free_work(struct work *work)
{
	free_names(&work->names);
	cas_desired_free(work->desired);
}

static struct cas_plan *repoint(const struct cas_organization *org,
				const struct work *work)
{
	const struct names *names = &work->names;
	struct cas_set_database what = {.rpc_client_access_server = work->array};
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

static struct cas_plan *make_plan(const struct cas_organization *org,
				  const struct work *work)
{
	struct cas_error *error = NULL;
	struct cas_plan *plan;

	if (!work->desired) {
		return repoint(org, work);
	}
	if (cas_plan_desired(org, work->desired, false, &plan, &error)) {
		fail(error);
	}
	return plan;
}

int main(int argc, char **argv)
{
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	struct cas_organization *org;
	struct cas_error *error = NULL;
	struct cas_plan *plan;
	struct cas_apply how = {0};
	struct work work = {0};
	size_t verified;
	double time;

	if (argc < 4 || argc != (strcmp(argv[3], "--state") == 0 ? 5 : 4)) {
		fputs("usage: apply ADDRESS JOURNAL-FOLDER ARRAY <NAMES\n"
		      "       apply ADDRESS JOURNAL-FOLDER --state FILE\n",
		      stderr);
		return EXIT_FAILURE;
	}
	how.journal = argv[2];
	time = now();
	read_work(&work, argv + 3);
	tell("read", &time);
	if (cas_context_new(&context, &error) ||
	    cas_directory_open(context, (const char *const *)&argv[1], 1, &directory,
			       &error) ||
	    cas_organization_load(directory, CAS_SCOPE_DATABASES | CAS_SCOPE_MAILBOXES,
				  (const char *const *)work.names.v, work.names.n, &org,
				  &error)) {
		fail(error);
	}
	tell("load", &time);
	plan = make_plan(org, &work);
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
	free_work(&work);
	return EXIT_SUCCESS;
}
