/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Other names for names: the same for the same word, wherever it stands. */
#ifndef CASP_PSEUDONYM_H
#define CASP_PSEUDONYM_H

#include "../base/error.h"
#include "../base/str.h"
#include "../base/vec.h"
#include "../names/guid.h"

/*
 * A text keeps its shape: letters become letters of the same case, digits digits, other
 * characters stay, and so do names that are the same in every organization
 * ("Configuration", "Microsoft Private MDB"). Two words never share a pseudonym, so what
 * was equal stays equal, ignoring case, and what differed differs. The key is made up
 * anew each time and kept nowhere.
 */
struct casp_pseudonyms;

struct casp_pseudonym {
	struct casp_str word;
	const char *pseudonym; /* in lower case; NULL: not needed so far */
};

/* At first texts are only looked at: nothing is appended anywhere. CAS_E_IO: the system
 * has no random numbers. */
int casp_pseudonyms_new(struct casp_pseudonyms **ret, struct cas_error **err);
void casp_pseudonyms_free(struct casp_pseudonyms *names);
/* From now on words get pseudonyms: such that are none of the words seen so far, unless
 * those are so short that there are too few others. */
void casp_pseudonyms_begin(struct casp_pseudonyms *names);

/* The text in pseudonyms, appended. Out of memory: out->failed. */
void casp_pseudonyms_text(struct casp_pseudonyms *names, struct casp_str text,
			  struct casp_buf *out);
/* The same of an entry's name: that of a subnet, "10.20.0.0/16", stays one with as many
 * bits. */
void casp_pseudonyms_name(struct casp_pseudonyms *names, struct casp_str text,
			  struct casp_buf *out);
/* The null GUID stays what it is. */
void casp_pseudonyms_guid(const struct casp_pseudonyms *names,
			  const struct casp_guid *guid, struct casp_guid *ret);
/* All words, in the order in which they were seen. */
size_t casp_pseudonyms_all(const struct casp_pseudonyms *names,
			   const struct casp_pseudonym *const **ret);

#endif
