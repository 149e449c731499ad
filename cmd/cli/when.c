/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times and ages as people write them. */
#include "when.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t seconds_of(char unit)
{
	switch (unit) {
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	default:
		return 0;
	}
}

bool cli_age(const char *text, int64_t *ret)
{
	char *end;
	long long n;

	if (!isdigit((unsigned char)*text)) {
		return false;
	}
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || n > INT64_MAX / seconds_of('w') || !seconds_of(*end) || end[1]) {
		return false;
	}
	*ret = n * seconds_of(*end);
	return true;
}

bool cli_day(const char *text, int64_t *ret)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	int day = tm.tm_mday;
	time_t seconds;

	if (!end || *end || strlen(text) != strlen("2026-11-21")) {
		return false;
	}
	seconds = timegm(&tm);
	/* the 31st of February became the 3rd of March */
	if (tm.tm_mday != day || seconds < 0) {
		return false;
	}
	*ret = seconds;
	return true;
}

bool cli_when(const char *text, int64_t now, int64_t *ret)
{
	static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%dT%H:%M",
					    "%Y-%m-%dT%H:%M:%S"};
	int64_t age;

	if (cli_age(text, &age)) {
		*ret = now - age;
		return true;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = {0};
		const char *end = strptime(text, forms[i], &tm);

		if (end && (!*end || (!strcmp(end, "Z") && i))) {
			*ret = timegm(&tm);
			return true;
		}
	}
	return false;
}
