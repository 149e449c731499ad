/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sites of an audit: their order, and what is counted in each. */
#include <stdlib.h>

#include "pass.h"

static int compare_sites(const void *a, const void *b)
{
	const struct cas_site *const *x = a, *const *y = b;
	int order = casp_str_icompare(casp_str((*x)->object.name),
				      casp_str((*y)->object.name));

	if (order == 0) {
		order = ((*x)->object.index > (*y)->object.index) -
			((*x)->object.index < (*y)->object.index);
	}
	return order;
}

bool casp_audit_order_sites(struct cas_audit *audit)
{
	size_t n = CASP_COUNT(audit->org, CAS_KIND_SITE);

	audit->sites = calloc(n + 1, sizeof(*audit->sites));
	audit->ranks = calloc(n + 1, sizeof(*audit->ranks));
	audit->summaries = calloc(n + 1, sizeof(*audit->summaries));
	if (!audit->sites || !audit->ranks || !audit->summaries) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		audit->sites[i] = CASP_SITE(audit->org, i);
	}
	qsort(audit->sites, n, sizeof(*audit->sites), compare_sites);
	for (size_t i = 0; i < n; i++) {
		audit->ranks[audit->sites[i]->object.index] = (uint32_t)i;
		audit->summaries[i].site = audit->sites[i];
	}
	audit->ranks[n] = (uint32_t)n;
	return true;
}

uint32_t casp_audit_rank(const struct cas_audit *audit, const struct cas_site *site)
{
	return audit->ranks[site ? site->object.index
				 : CASP_COUNT(audit->org, CAS_KIND_SITE)];
}

void casp_audit_sum_database(struct cas_audit *audit, const struct cas_database *database)
{
	struct casp_site_summary *summary =
		&audit->summaries[casp_audit_rank(audit, database->home)];

	summary->databases++;
	switch (audit->facts.references[database->object.index]) {
	case CASP_REFERENCE_FINE:
		summary->fine++;
		break;
	case CASP_REFERENCE_DECLARED:
		/* As it should be for now; one that is declared is of another site. */
		if (database->target->kind == CAS_KIND_ARRAY) {
			summary->elsewhere++;
		} else {
			summary->at_server++;
		}
		break;
	case CASP_REFERENCE_ARRAY_ELSEWHERE:
	case CASP_REFERENCE_ARRAY_NO_SITE:
	case CASP_REFERENCE_ARRAY_NO_HOME:
		summary->elsewhere++;
		break;
	case CASP_REFERENCE_SERVER:
	case CASP_REFERENCE_SERVER_NO_ARRAY:
	case CASP_REFERENCE_SERVER_NO_HOME:
	case CASP_REFERENCE_CAS_ELSEWHERE:
	case CASP_REFERENCE_NOT_CAS:
		summary->at_server++;
		break;
	default:
		summary->nowhere++;
	}
}

static void sum_topology(struct cas_audit *audit)
{
	static const enum cas_kind kinds[] = {CAS_KIND_ARRAY, CAS_KIND_SERVER};

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < CASP_COUNT(audit->org, kinds[k]); i++) {
			const struct cas_object *object =
				audit->org->objects[kinds[k]].v[i];
			struct casp_site_summary *summary =
				&audit->summaries[casp_audit_rank(
					audit, casp_object_site(object))];

			if (!casp_selection_has(&audit->selection, object)) {
				continue;
			}
			if (kinds[k] == CAS_KIND_SERVER) {
				summary->servers++;
			} else if (!((const struct cas_array *)object)->is_2013) {
				summary->arrays++;
			}
		}
	}
}

/* Sites of nothing but domain controllers do not matter here. */
static void pack_summaries(struct cas_audit *audit)
{
	size_t n = CASP_COUNT(audit->org, CAS_KIND_SITE) + 1;

	for (size_t i = 0; i < n; i++) {
		const struct casp_site_summary *s = &audit->summaries[i];

		if (s->arrays || s->servers || s->databases ||
		    s->findings[CAS_SEVERITY_INFO] || s->findings[CAS_SEVERITY_WARNING] ||
		    s->findings[CAS_SEVERITY_ERROR]) {
			audit->summaries[audit->n_summaries++] = *s;
		}
	}
}

void casp_audit_sum(struct cas_audit *audit)
{
	sum_topology(audit);
	pack_summaries(audit);
}

size_t casp_audit_sites(const struct cas_audit *audit,
			const struct casp_site_summary **ret)
{
	*ret = audit->summaries;
	return audit->n_summaries;
}
