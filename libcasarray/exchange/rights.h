/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the account that asks may do to objects, as its domain controller works it out. */
#ifndef CASP_RIGHTS_H
#define CASP_RIGHTS_H

#include "../directory/directory.h"

/* Constructed by the domain controller: the attributes that may be written. */
#define CASP_RIGHTS_TO_WRITE "allowedAttributesEffective"
/* Attributes of one object that can be asked about. */
#define CASP_RIGHTS_MAX 32

struct casp_right {
	const char *dn;                /* of the object */
	const char *child;             /* class of what is to be made in it, or NULL */
	const char *const *attributes; /* that are to be written */
	size_t n_attributes;
	/* Asked for beside, with CASP_RIGHTS_TO_WRITE. */
	bool is_beside;
	/* the answer */
	bool found; /* false: it is not there, or not shown; nothing is denied then */
	bool child_denied;
	uint32_t denied; /* bits: of the attributes */
};

static inline bool casp_right_is_denied(const struct casp_right *right)
{
	return right->child_denied || right->denied;
}

/* What else is wanted in the same go. It sees every entry, those of the rights, too. */
struct casp_beside {
	const struct casp_query *queries;
	size_t n;
	casp_entry_fn see;
	void *closure;
};

/* Does the directory tell? Only domain controllers do. */
bool casp_rights_offered(const struct cas_directory *directory);
/* Asks for all of them in one go; only of a directory that tells. beside may be NULL. */
int casp_rights_ask(struct cas_directory *directory, struct casp_right *rights, size_t n,
		    const struct casp_beside *beside, struct cas_error **err);
/* "create msExchClientAccessArray", "write networkAddress and cn of": what is denied,
 * appended. */
void casp_right_describe(const struct casp_right *right, struct casp_buf *out);

#endif
