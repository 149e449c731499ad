/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times and ages as people write them. */
#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* "90d": seconds; the units are m, h, d and w. */
bool cli_age(const char *text, int64_t *ret);
/* The first second of a day in UTC, "2026-11-21". false: there is no such day. */
bool cli_day(const char *text, int64_t *ret);
/* An age before now, or a time in UTC, "2026-11-21", "2026-11-21T18:45:00Z": seconds
 * since 1970. */
bool cli_when(const char *text, int64_t now, int64_t *ret);

#endif
