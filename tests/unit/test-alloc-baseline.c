/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory runs out at each allocation in turn: baselines, read, compared and written. */
#include "alloc.h"

#include <stdio.h>

#include <jansson.h>

#include "audited.h"
#include "folder.h"

#define GUID "81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f1"

static struct fixture *f;
static const struct cas_organization *org;
static struct cas_baseline *baseline;
static struct cas_audit *audit;

static void begin(void)
{
	setup();
	write_file(
		file,
		"{\"type\":\"head\",\"schema\":\"casarray.audit\",\"version\":1}\n"
		"{\"type\":\"row\",\"row\":{\"result\":\"finding\",\"key\":\"CAS040/" GUID
		"0\",\"object\":{\"class\":\"database\",\"name\":\"DB\"}}}\n"
		"{\"type\":\"row\",\"row\":{\"result\":\"finding\",\"name\":\"new\","
		"\"suppression\":{\"kind\":\"baseline\"},\"key\":\"XYZ999/" GUID "1\"}}\n"
		"{\"type\":\"tail\"}\n",
		0600);
	f = fixture_new();
	script(f, HQ "db DB1 EX1 EX1;db DB2 EX1 EX1");
	org = fixture_load(f);
}

static void drop(void)
{
	cas_audit_free(audit);
	audit = NULL;
	cas_baseline_free(baseline);
	baseline = NULL;
}

static void end(void)
{
	drop();
	fixture_free(f);
	teardown();
}

static int run_read(struct cas_error **err)
{
	int code = cas_baseline_read(file, &baseline, err);

	drop();
	return code;
}

static void prepare(void)
{
	drop();
	ck_assert_int_eq(cas_baseline_read(file, &baseline, NULL), 0);
}

static int compare(struct cas_error **err)
{
	const struct cas_audit_options how = {.baseline = baseline, .suppressed = true};

	return cas_audit_new(org, &how, &audit, err);
}

static int run_compare(struct cas_error **err)
{
	int code = compare(err);

	drop();
	return code;
}

static void prepare_audit(void)
{
	prepare();
	ck_assert_int_eq(compare(NULL), 0);
}

static int put(void *closure, const char *text, struct cas_error **err)
{
	*(size_t *)closure += strlen(text);
	return 0;
}

static int run_write(struct cas_error **err)
{
	size_t bytes = 0, n;
	int code = cas_baseline_write(audit, put, &bytes, &n, err);

	drop();
	return code;
}

static int run_row(struct cas_error **err)
{
	json_t *row = cas_json_known(cas_baseline_get(baseline, 0));
	int code = row ? 0 : casp_error_nomem(err);

	json_decref(row);
	drop();
	return code;
}

static const struct alloc_case cases[] = {
	{"read", NULL, run_read, NULL, 5, false, true},
	{"compare", prepare, run_compare, NULL, 5, false},
	{"write", prepare_audit, run_write, NULL, 20, false},
	{"row", prepare, run_row, NULL, 10, false},
};

int main(void)
{
	return alloc_main("alloc-baseline", begin, end, cases, COUNT(cases));
}
