/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit engine's side of a rule. */
#ifndef CASP_RULE_H
#define CASP_RULE_H

#include "policy.h"

enum casp_need {
	CASP_NEED_AD = 0,
	CASP_NEED_DATABASES = 1 << 0,
	CASP_NEED_SERVICES = 1 << 1,
	CASP_NEED_MAILBOXES = 1 << 2,
	CASP_NEED_AGE = 1 << 3, /* as of when the directory is */
	/* What this directory cannot answer: a rule with one of these is not evaluated.
	 */
	CASP_NEED_GC = 1 << 8,
	CASP_NEED_DNS = 1 << 9,
	CASP_NEED_EXTERNAL_DNS = 1 << 10,
	CASP_NEED_AD_DNS = 1 << 11,
	CASP_NEED_PROBE = 1 << 12,
	CASP_NEED_CONFIG = 1 << 13,
	CASP_NEED_JOURNAL = 1 << 14,
	CASP_NEED_DELETED = 1 << 15, /* deleted objects */
	CASP_NEED_SEVERAL_DCS = 1 << 16,
	CASP_NEED_LATER = 1 << 17,  /* the rule is not written yet */
	CASP_NEED_SCHEMA = 1 << 18, /* the schema partition */
};

enum casp_verdict {
	CASP_NOT_APPLICABLE,
	CASP_PASS,
	CASP_FINDING,
	CASP_NOT_EVALUATED, /* of this object */
};

/* Filled by a rule's check when it is asked for (details is not NULL); severity and fix
 * are preset with the rule's. Text goes to the arena; NULL means that memory ran out. */
struct casp_details {
	struct casp_arena *arena;
	const char *observed;
	const char *expected;
	const char *message; /* one sentence, lower case, no full stop */
	const char *fix;     /* the exact command, or a step; "" for none */
};

/* casp_say(details, message, "array '%s' ...", name) */
#define casp_say(details, field, ...)                                                    \
	((details)->field = casp_arena_printf((details)->arena, __VA_ARGS__))

/* What checks share: computed once an object, before the rules. */
struct casp_subject {
	const struct cas_organization *org;
	const struct cas_object *object;
	struct casp_expectation expectation;   /* of a database */
	enum casp_reference reference;         /* of a database */
	const struct casp_defect *defect;      /* of an entry that is no object */
	size_t more;                           /* entries like that, of the same name */
	const struct cas_exemption *exemption; /* of what stands for one; or NULL */
	struct casp_facts *facts;
	int64_t now;
	/* Preset, of a rule that has one: the policy's, or else the rule's own. */
	int64_t threshold;
	bool threshold_set;         /* it is the policy's */
	enum cas_severity severity; /* preset; a check may change it */
	enum cas_fix fix;
};

typedef enum casp_verdict (*casp_check_fn)(struct casp_subject *subject,
					   struct casp_details *details);

struct cas_rule {
	const char *id;
	const char *name;
	const char *family;
	enum cas_severity severity;
	enum cas_fix fix;
	enum cas_kind kind; /* it is asked about every object of this kind */
	unsigned needs;
	/* Of databases: asked only about those with one of these references (1 << enum
	 * casp_reference, or-ed); 0: all that are not exempt. */
	unsigned references;
	/* From where on it finds something, of a rule that has a unit for it; 0: it is
	 * not evaluated unless the policy sets one. */
	int64_t threshold;
	const char *threshold_unit; /* "mailboxes for each server"; NULL: it has none */
	bool off;                   /* by default */
	casp_check_fn check; /* NULL: with a need that nothing answers, or an exemption */
	const char *why;     /* one paragraph */
	const char *remedy;  /* how to fix it, one sentence or two */
	const char *source;
};

/* rules.c: one table of tables, one file a family. */
struct casp_family {
	const char *name;
	const struct cas_rule *rules;
	size_t n;
};
extern const struct casp_family casp_family_arrays, casp_family_servers,
	casp_family_databases, casp_family_names, casp_family_dns, casp_family_rpc,
	casp_family_kerberos, casp_family_dag, casp_family_proxy, casp_family_capacity,
	casp_family_quality;

#define CASP_FAMILY(family_name, table)                                                  \
	const struct casp_family casp_family_##family_name = {                           \
		.name = #family_name,                                                    \
		.rules = table,                                                          \
		.n = sizeof(table) / sizeof(*(table)),                                   \
	}

/* true for a family's name. */
bool casp_family_known(const char *name);
/* The id, name or (with families) family nearest to a text that is none; NULL: nothing
 * near. */
const char *casp_rule_nearest(const char *text, bool families);
#define CASP_RULE_HINT                                                                   \
	"a rule has an id such as CAS040, a name such as database-points-at-server and " \
	"a family such as databases"
/* As cas_rule_find(), with an error that names the nearest. CAS_E_USAGE. */
int casp_rule_look_up(const char *id_or_name, const struct cas_rule **ret,
		      struct cas_error **err);
/* Why a rule cannot be evaluated on this organization; NULL: it can. */
const char *casp_rule_unmet(const struct cas_rule *rule,
			    const struct cas_organization *org);

#endif
