/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calendar days: to and from "2026-12-31". */
#include "date.h"

#include <time.h>

#define DAY_9999_END ((int64_t)253402300800)

static bool number(struct casp_str text, size_t at, size_t n, int *ret)
{
	*ret = 0;
	for (size_t i = at; i < at + n; i++) {
		if (!casp_is_digit((unsigned char)text.p[i])) {
			return false;
		}
		*ret = *ret * 10 + (text.p[i] - '0');
	}
	return true;
}

bool casp_date_parse(struct casp_str text, int64_t *ret)
{
	char again[CASP_DATE_TEXT];
	struct tm tm = {0};
	int64_t time;

	if (text.n != CASP_DATE_TEXT - 1 || text.p[4] != '-' || text.p[7] != '-' ||
	    !number(text, 0, 4, &tm.tm_year) || !number(text, 5, 2, &tm.tm_mon) ||
	    !number(text, 8, 2, &tm.tm_mday)) {
		return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	time = timegm(&tm);
	/* timegm() takes the 31st of February for a day of March. */
	if (time < 0 || !casp_str_equal(text, casp_str(casp_date_text(time, again)))) {
		return false;
	}
	*ret = time;
	return true;
}

const char *casp_date_text(int64_t time, char text[CASP_DATE_TEXT])
{
	time_t seconds = (time_t)time;
	struct tm tm;

	if (time < 0 || time >= DAY_9999_END || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, CASP_DATE_TEXT, "%Y-%m-%d", &tm)) {
		strcpy(text, "unknown");
	}
	return text;
}
