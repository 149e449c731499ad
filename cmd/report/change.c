/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What changed since an earlier report: a row's member "change". */
#include <string.h>

#include "out.h"

static bool has_change(const json_t *row, const char *change)
{
	return !strcmp(out_text(row, "change"), change);
}

bool out_appeared(const json_t *row)
{
	return has_change(row, "appeared");
}

bool out_went(const json_t *row)
{
	return has_change(row, "went");
}

bool out_stayed(const json_t *row)
{
	return has_change(row, "stayed");
}

const char *out_change_sign(const json_t *row)
{
	if (out_appeared(row)) {
		return "+ ";
	}
	return out_went(row) ? "- " : "";
}
