/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats by name. */
#include <string.h>

#include "out.h"

/* In the order of out_formats. */
static const struct out_format *const known[] = {
	NULL, /* text: by the view */
	&out_format_json,
	&out_format_ndjson,
	&out_format_csv,
	&out_format_sarif,
	&out_format_junit,
	&out_format_markdown,
};

const char *const out_formats[] = {"text",  "json",  "ndjson",   "csv",
				   "sarif", "junit", "markdown", NULL};

static const struct out_format *const text[] = {
	[OUT_TABLE] = &out_format_table,       [OUT_RECORDS] = &out_format_records,
	[OUT_FINDINGS] = &out_format_findings, [OUT_PLAN] = &out_format_plan,
	[OUT_CHECKS] = &out_format_checks,     [OUT_TEXT] = &out_format_plain,
};

static size_t find(const char *name, size_t n)
{
	size_t i = 0;

	while (out_formats[i] &&
	       (strlen(out_formats[i]) != n || strncmp(out_formats[i], name, n) != 0)) {
		i++;
	}
	return i;
}

const char *out_format_name(const char *name, size_t n)
{
	return out_formats[find(name, n)];
}

bool out_format_fits(const char *name, enum out_view_kind kind)
{
	const struct out_format *format = known[find(name, strlen(name))];

	return !format || !format->findings_only || kind == OUT_FINDINGS;
}

bool out_format_has_every(const char *name)
{
	const struct out_format *format = known[find(name, strlen(name))];

	return format && format->every;
}

bool out_format_has_fields(const char *name)
{
	const struct out_format *format = known[find(name, strlen(name))];

	return !format || !format->findings_only;
}

const struct out_format *out_format_find(const char *name, enum out_view_kind kind,
					 bool fields)
{
	const struct out_format *format = known[find(name, strlen(name))];

	if (format) {
		return format;
	}
	return fields && kind != OUT_RECORDS ? &out_format_table : text[kind];
}
