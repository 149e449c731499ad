/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries without the names that are in them. */
#ifndef CASP_REDACT_H
#define CASP_REDACT_H

#include "pseudonym.h"
#include "schema.h"

struct casp_redact {
	struct casp_pseudonyms *names;
	struct casp_buf value, escaped; /* scratch */
	size_t n_mailboxes;             /* those are only counted */
};

int casp_redact_new(struct casp_redact **ret, struct cas_error **err);
void casp_redact_free(struct casp_redact *redact);
/* From looking at names to replacing them. */
void casp_redact_begin(struct casp_redact *redact);

/* All appended; out of memory: out->failed. */

/* What is no DN is treated as text. */
void casp_redact_dn(struct casp_redact *redact, struct casp_str dn, struct casp_buf *out);
/* A DN that no other has, for a mailbox whose own does not matter. */
void casp_redact_mailbox(struct casp_redact *redact, struct casp_buf *out);
/* A value of an attribute that `read` takes into the model. What is neither a name nor
 * what that reader understands becomes "redacted". */
void casp_redact_value(struct casp_redact *redact, casp_read_fn read,
		       struct casp_str value, struct casp_buf *out);

#endif
