/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules of a kind are asked about. */
#include "pass.h"

size_t casp_audit_count(const struct cas_audit *audit, enum cas_kind kind)
{
	switch (kind) {
	case CAS_KIND_OTHER:
		return audit->facts.others.n;
	case CAS_KIND_ORGANIZATION:
		return audit->org->n_containers;
	default:
		return CASP_COUNT(audit->org, kind);
	}
}

const struct cas_object *casp_audit_object(const struct cas_audit *audit,
					   enum cas_kind kind, size_t index)
{
	switch (kind) {
	case CAS_KIND_OTHER:
		return audit->facts.others.v[index].object;
	case CAS_KIND_ORGANIZATION:
		return &audit->org->containers[index];
	default:
		return audit->org->objects[kind].v[index];
	}
}

void casp_audit_subject(struct cas_audit *audit, enum cas_kind kind, size_t index,
			struct casp_subject *subject)
{
	*subject = (struct casp_subject){.org = audit->org,
					 .object = casp_audit_object(audit, kind, index),
					 .facts = &audit->facts,
					 .now = audit->now};
	if (kind == CAS_KIND_OTHER) {
		subject->defect = audit->facts.others.v[index].defect;
		subject->more = audit->facts.others.v[index].more;
		subject->exemption = audit->facts.others.v[index].exemption;
	}
	if (kind == CAS_KIND_DATABASE) {
		subject->reference = audit->facts.references[index];
		casp_expect(audit->org, (const struct cas_database *)subject->object,
			    &subject->expectation);
	}
}
