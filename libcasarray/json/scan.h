/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON text that may be too large to be loaded: read from the front, value by value, with
 * one small value in memory. */
#ifndef CASP_SCAN_H
#define CASP_SCAN_H

#include "../base/error.h"
#include "json.h"

struct casp_scan {
	const char *path;
	int fd;
	char *buffer;
	size_t at, n, size; /* what is in the buffer and not taken yet is [at, n) */
	size_t line;        /* where `at` is, from 1 on */
	uint64_t total;     /* bytes that were read */
	uint64_t limit;
	bool ended;
};

/* limit: of the file's size in bytes. casp_scan_close() in either case. */
int casp_scan_open(struct casp_scan *scan, const char *path, uint64_t limit,
		   struct cas_error **err);
void casp_scan_close(struct casp_scan *scan);
/* CAS_E_REFUSED, "'file', line 12: what". */
int casp_scan_fail(const struct casp_scan *scan, struct cas_error **err,
		   const char *what);
/* The next byte that is no white space, which is not taken; 0: the end of the file;
 * negative: an error. */
int casp_scan_peek(struct casp_scan *scan, struct cas_error **err);

/* The value that is next, for json_decref(): of a few kilobytes at most. */
int casp_scan_load(struct casp_scan *scan, json_t **ret, struct cas_error **err);
/* Over the value that is next, of whatever size; only its brackets and quotes are looked
 * at. */
int casp_scan_skip(struct casp_scan *scan, struct cas_error **err);

/* Takes the value: one of the two above, or one of the two below. */
typedef int (*casp_scan_fn)(void *closure, const char *key, struct cas_error **err);
/* Each member of the object that is next, with its key; each element of the list that is
 * next, with NULL. CAS_E_REFUSED: something else is next. */
int casp_scan_members(struct casp_scan *scan, casp_scan_fn each, void *closure,
		      struct cas_error **err);
int casp_scan_elements(struct casp_scan *scan, casp_scan_fn each, void *closure,
		       struct cas_error **err);

#endif
