/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of runs share: one file that plans change, its journals, and what is in
 * hand. */
#ifndef RUNS_H
#define RUNS_H

#include "planned.h"

static struct fixture *f;
static struct cas_directory *directory;
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_error *err;
static struct journals journals;
static struct cas_history *history;

static inline void runs_drop(void)
{
	cas_plan_free(plan);
	plan = NULL;
	cas_organization_free(org);
	org = NULL;
	directory = cas_directory_unref(directory);
}

/* The organization as the file has it now. The plan in hand is of the one before. */
static inline void reload(void)
{
	const char *path = fixture_path(f);

	runs_drop();
	expect_done(cas_directory_open(journals.context, &path, 1, &directory, &err),
		    err);
	expect_done(cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, &err),
		    err);
}

/* The run as its journal has it now; the one in hand is gone. */
static inline const struct cas_run *run_of(const char *id)
{
	const struct cas_run *run;

	cas_history_free(history);
	history = NULL;
	expect_done(cas_history_open(journals.context, journals.folder, directory,
				     &history, &err),
		    err);
	expect_done(cas_history_find(history, id, &run, &err), err);
	return run;
}

/* Somebody else changes the file. */
static inline void edit(const char *what, const char *with)
{
	char *text = file_text(fixture_path(f)), *at = strstr(text, what), *changed;

	ck_assert_ptr_nonnull(at);
	ck_assert_int_gt(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, with,
				  at + strlen(what)),
			 0);
	file_write(fixture_path(f), changed, strlen(changed));
	free(text);
	free(changed);
}

static inline void runs_end(void)
{
	cas_history_free(history);
	history = NULL;
	runs_drop();
	journals_close(&journals);
	fixture_free(f);
}

#endif
