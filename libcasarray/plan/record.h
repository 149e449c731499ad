/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line of a journal: "<crc> <sequence> <type> <field>\t<field>...\n". The checksum
 * covers what follows it up to the end of the line. In fields TAB, LF, backslash and NUL
 * are "\t", "\n", "\\", "\0"; an absent one is "\-".
 *
 * The types, with their fields:
 *
 * run: format, id, time, who, address, identity, host, command, title, undoes, "whole" or
 * "part"
 *
 * step: index, action, kind, name, dn, guid, site, reason, shown, new name, mailboxes,
 * outcome, outcome reason, number of deltas
 *
 * delta: step, attribute, old value, new value, old shown, new shown
 *
 * planned: number of steps: the plan is complete; nothing is changed before this is on
 * disk
 *
 * result: first step, last step, outcome, reason
 *
 * end: state, message
 */
#ifndef CASP_RECORD_H
#define CASP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/str.h"

#define CASP_JOURNAL_FORMAT 2

/* ---- writing: begin, fields, end ---- */

struct casp_record_writer {
	struct casp_buf buf;
	uint64_t sequence; /* of the next record */
	size_t start;
	bool first_field;
};

void casp_record_begin(struct casp_record_writer *writer, const char *type);
void casp_record_text(struct casp_record_writer *writer, const char *text); /* or NULL */
/* p NULL: absent. */
void casp_record_bytes(struct casp_record_writer *writer, struct casp_str bytes);
void casp_record_number(struct casp_record_writer *writer, int64_t number);
void casp_record_end(struct casp_record_writer *writer);

/* ---- reading ---- */

struct casp_record {
	uint64_t sequence;
	struct casp_str type;
	char *next, *end; /* of the fields */
	bool bad;         /* a field was missing or malformed */
};

/* A line without its LF; fields are decoded in place, so it is used up. false: not a
 * whole record. */
bool casp_record_parse(char *line, size_t n, struct casp_record *ret);
/* The next field, NUL-terminated; p NULL: absent. */
struct casp_str casp_record_field(struct casp_record *record);
int64_t casp_record_int(struct casp_record *record);

#endif
