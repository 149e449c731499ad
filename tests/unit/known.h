/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of baselines share: one that is read from a text. */
#ifndef KNOWN_H
#define KNOWN_H

#include "folder.h"

#define GUID "81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f1"
#define BASELINE(findings)                                                               \
	"{\"schema\":\"casarray.baseline\",\"version\":1,\"findings\":[" findings "]}"
#define FINDING(key) "{\"key\":\"" key "\"}"

static struct cas_baseline *baseline;
static struct cas_error *err;

static inline int read_text(const char *text)
{
	write_file(at("known.json"), text, 0600);
	cas_baseline_free(baseline);
	baseline = NULL;
	return cas_baseline_read(at("known.json"), &baseline, &err);
}

static inline void end(void)
{
	cas_baseline_free(baseline);
	baseline = NULL;
	teardown();
}

/* The keys that were read, joined by blanks. */
static inline const char *keys(void)
{
	static char text[4096];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < cas_baseline_count(baseline); i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? " " : "",
				      cas_known_key(cas_baseline_get(baseline, i)));
	}
	ck_assert_ptr_null(cas_baseline_get(baseline, cas_baseline_count(baseline)));
	return text;
}

#endif
