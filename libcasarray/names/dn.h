/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names, RFC 4514, in any case, spacing and escaping. */
#ifndef CASP_DN_H
#define CASP_DN_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/str.h"

/* Is it one? On failure *why is a static phrase ("empty attribute type", "bad escape").
 * The empty DN is none. */
bool casp_dn_check(struct casp_str dn, const char **why);
/*
 * A hash and an equality that ignore case (ASCII; and what UTF-8 bytes there are compare
 * exactly), spaces around separators, and the form of escapes. Of malformed text: the
 * text itself, ignoring case.
 */
uint64_t casp_dn_hash(struct casp_str dn);
bool casp_dn_equal(struct casp_str a, struct casp_str b);

/*
 * The DNs seen last. Neighbours in a directory share their parents, which need not be
 * looked at again. A zeroed struct is empty; it points into the texts it was given.
 */
struct casp_dn_memory {
	struct casp_dn_known {
		struct casp_str dn;
		uint64_t hash, power;
		bool ascii;
	} last, parents[2];
};
/* What the other functions say of a DN, in one look. */
struct casp_dn_summary {
	uint64_t hash;
	uint64_t parent_hash; /* 0: no parent */
	bool good;            /* casp_dn_check() */
	bool ascii;
};
void casp_dn_summarize(struct casp_str dn, struct casp_dn_memory *memory,
		       struct casp_dn_summary *ret);

/* What follows the first unescaped comma, without leading spaces; empty when there is
 * none. */
struct casp_str casp_dn_parent(struct casp_str dn);
/* The first RDN as written, "CN=a\,b". */
struct casp_str casp_dn_rdn(struct casp_str dn);
/* The decoded value of the first RDN, appended to out. false: malformed. */
bool casp_dn_rdn_value(struct casp_str dn, struct casp_buf *out);
/* Is dn below (or, with self, equal to) base? */
bool casp_dn_is_below(struct casp_str dn, struct casp_str base, bool self);
/* The number of RDNs; 0 for malformed text. */
unsigned casp_dn_depth(struct casp_str dn);
/* A value escaped as Active Directory writes it, appended: "\," "\+" "\"" "\\" "\<" "\>"
 * "\;" "\=", a leading "#" or space, a trailing space, controls as "\0A"; UTF-8 as it is.
 */
void casp_dn_escape(struct casp_str value, struct casp_buf *out);

#endif
