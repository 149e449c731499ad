/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rules want to know of the organization as a whole, computed once an audit. */
#ifndef CASP_FACTS_H
#define CASP_FACTS_H

#include "rule.h"

struct casp_site_facts {
	size_t references[CASP_N_REFERENCES]; /* databases with their home here */
	size_t n_recovery;                    /* recovery databases of Exchange 2010 */
	const struct cas_database *first;     /* of those judged */
	bool mixed;                           /* they carry different values */
	int64_t oldest_database;              /* when it was created; 0: unknown */
	uint64_t mailboxes;                   /* of those judged; 0: also unknown */
	bool internet_facing; /* a Client Access server of it has an external URL */
};

/* The databases of a site that carry one name which is no array's. */
struct casp_concentration {
	size_t n;
	const struct cas_database *database; /* the first of them; NULL: none */
};

/* An object that rules of quality are asked about. */
struct casp_other {
	const struct cas_object *object;
	const struct casp_defect *defect; /* of an entry that is no object; or NULL */
	const struct cas_exemption *exemption; /* that it stands for; or NULL */
	size_t more;   /* entries of the same name, with a defect of the same rule */
	uint64_t last; /* where the last of them is */
};

/* What an audit knows of an exemption of the policy. */
struct casp_exemption_use {
	size_t n; /* findings that it covers */
	/* Every rule that it concerns was asked about everything it could cover, so that
	 * it is known whether it is needed. */
	bool judged;
	const char *unmet; /* why one of them could not be evaluated; NULL: all were */
};

struct casp_facts {
	const struct cas_organization *org;
	struct casp_site_facts *sites; /* by index; the last one: no site */
	const struct cas_site *
		*array_users;      /* the home of the first database that uses it */
	unsigned char *references; /* enum casp_reference, by database */
	struct casp_map hosts;     /* first labels of the FQDNs of arrays and CAS */
	struct casp_map array_fqdns;
	struct casp_map array_names;
	struct casp_map public_databases; /* by DN */
	const char *public_dn;            /* what was looked up last, and what it was */
	const struct cas_database *public_database;
	const struct cas_server
		*oldest_facing; /* Internet-facing CAS of the lowest version */
	size_t n_outside; /* servers, arrays, databases outside of the administrative
			     group */
	size_t n_2013;    /* servers of Exchange 2013 and later */
	size_t n_2010;
	CASP_VEC(struct casp_other) others;
	struct cas_object *entries; /* what stands for the entries with defects */
	size_t n_entries;
	/* A bit for each database that has a finding: commands name no others. */
	unsigned char *found;
	/* By kind, a bit for each object whose name another one of the kind has; made
	 * when first needed. */
	unsigned char *shared_names[CAS_N_KINDS];
	/* By site; made when first needed. */
	struct casp_concentration *concentrations;
	/* By the index in the policy; filled by the audit. */
	struct casp_exemption_use *uses;
	bool failed; /* memory ran out in a check that cannot say so */
};

static inline void casp_set_bit(unsigned char *bits, size_t i)
{
	bits[i / 8] |= (unsigned char)(1 << i % 8);
}

/* false: out of memory; casp_facts_free() all the same. */
bool casp_facts_init(struct casp_facts *facts, const struct cas_organization *org);
void casp_facts_free(struct casp_facts *facts);

static inline struct casp_site_facts *casp_facts_site(const struct casp_facts *facts,
						      const struct cas_site *site)
{
	return &facts->sites[site ? site->object.index
				  : CASP_COUNT(facts->org, CAS_KIND_SITE)];
}
/* Databases of Exchange 2010 that are judged, with their home in the site. */
size_t casp_site_facts_judged(const struct casp_site_facts *facts);
/* The array or CAS whose FQDN begins with that label; or NULL. */
const struct cas_object *casp_facts_host(const struct casp_facts *facts,
					 struct casp_str label);
/* The public folder database with that DN, or NULL. */
const struct cas_database *casp_facts_public_database(struct casp_facts *facts,
						      const char *dn);

/* "'a', 'b' and 3 more", of the first n; NULL: out of memory. */
const char *casp_name_list(struct casp_arena *arena,
			   const struct cas_object *const *objects, size_t n);

/* ---- command.c: what findings tell people to type ---- */

/* What an object is best called on a command line, quoted: its name, when that is
 * unambiguous and readable, else its GUID, else its DN. NULL: out of memory. */
const char *casp_identity(struct casp_facts *facts, struct casp_arena *arena,
			  const struct cas_object *object);
/* What --rpc-client-access-server takes: the FQDN, else as casp_identity(). */
const char *casp_target_identity(struct casp_facts *facts, struct casp_arena *arena,
				 const struct cas_object *object);
/* "casarray set-database DB --rpc-client-access-server TARGET" */
const char *casp_command_repoint(struct casp_facts *facts, struct casp_arena *arena,
				 const struct cas_database *database,
				 const struct cas_object *target);
/* "casarray new-array --fqdn '<FQDN>' --site SITE --adopt-databases"; without an FQDN
 * when the policy has one. */
const char *casp_command_new_array(struct casp_facts *facts, struct casp_arena *arena,
				   const struct cas_site *site);
/* "casarray set-array ARRAY OPTION VALUE" */
const char *casp_command_set_array(struct casp_facts *facts, struct casp_arena *arena,
				   const struct cas_array *array, const char *option,
				   const char *value);
/* "casarray remove-array ARRAY --repoint-to OTHER" */
const char *casp_command_replace_array(struct casp_facts *facts, struct casp_arena *arena,
				       const struct cas_array *array,
				       const struct cas_array *by);
/* "casarray remove-array ARRAY" */
const char *casp_command_remove_array(struct casp_facts *facts, struct casp_arena *arena,
				      const struct cas_array *array);

#endif
