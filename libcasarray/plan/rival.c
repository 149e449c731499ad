/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that somebody else makes or changes at the same time. */
#include "rival.h"

#include <stdlib.h>

#include "../names/dn.h"
#include "../names/exchange_version.h"
#include "../names/fqdn.h"

#define TCP "ncacn_ip_tcp:"

/* What a step wants for its array alone; NULL: nothing. */
struct casp_claim {
	size_t step;
	struct casp_str arrays_dn; /* the container */
	const char *address;       /* "ncacn_ip_tcp:x" */
	const char *legacy_dn;
	const char *site_dn, *site;
	const char *renamed_dn; /* of a rename */
};

enum share {
	SHARES_FQDN = 1 << 0,
	SHARES_LEGACY_DN = 1 << 1,
	SHARES_SITE = 1 << 2,
};

static const char *const attributes[] = {
	"networkAddress", "legacyExchangeDN", "msExchServerSite",
	"msExchVersion",  "objectGUID",
};
#define N_ATTRIBUTES (sizeof(attributes) / sizeof(*attributes))

void casp_rivals_free(struct casp_rivals *rivals)
{
	casp_vec_free(&rivals->claims);
	casp_vec_free(&rivals->of_arrays);
	casp_vec_free(&rivals->of_servers);
	casp_vec_free(&rivals->found);
}

/* ---- claims ---- */

static void take_delta(struct casp_claim *claim, const struct casp_delta *delta)
{
	struct casp_str value = casp_delta_new(delta);

	if (!delta->new_value) {
		return;
	}
	if (casp_iequal(delta->attribute, "networkAddress") &&
	    casp_str_istarts(value, CASP_STR(TCP))) {
		claim->address = delta->new_value;
	} else if (casp_iequal(delta->attribute, "legacyExchangeDN")) {
		claim->legacy_dn = delta->new_value;
	} else if (casp_iequal(delta->attribute, "msExchServerSite")) {
		claim->site_dn = delta->new_value;
		claim->site = delta->new_shown ? delta->new_shown : delta->new_value;
	}
}

static bool add_equality(struct casp_rivals *rivals, const char *attribute,
			 const char *value, bool servers)
{
	struct casp_equality equality = {attribute, casp_str(value)};

	return !value || (casp_vec_push(&rivals->of_arrays, equality) &&
			  (!servers || casp_vec_push(&rivals->of_servers, equality)));
}

static bool add_claim(struct casp_rivals *rivals, size_t index)
{
	const struct casp_step *step = &rivals->plan->steps.v[index];
	struct casp_claim *claim =
		casp_arena_zalloc(&rivals->plan->arena, sizeof(*claim));

	if (!claim) {
		return false;
	}
	claim->step = index;
	claim->arrays_dn = casp_dn_parent(casp_str(step->dn));
	for (size_t i = 0; i < step->n_deltas; i++) {
		take_delta(claim, &step->deltas[i]);
	}
	if (!claim->address && !claim->legacy_dn && !claim->site_dn) {
		return true;
	}
	if (step->new_name) {
		claim->renamed_dn =
			casp_renamed_dn(&rivals->plan->arena, step->dn, step->new_name);
	}
	return add_equality(rivals, "networkAddress", claim->address, true) &&
	       add_equality(rivals, "legacyExchangeDN", claim->legacy_dn, true) &&
	       add_equality(rivals, "msExchServerSite", claim->site_dn, false) &&
	       casp_vec_push(&rivals->claims, claim);
}

/* Arrays are in one container, and what else has an FQDN and a legacyExchangeDN of this
 * kind is a server, in another one. */
static bool make_queries(struct casp_rivals *rivals)
{
	struct casp_query query = {
		.scope = CASP_SCOPE_CHILDREN,
		.attributes = attributes,
		.n_attributes = N_ATTRIBUTES,
	};
	struct casp_str arrays = rivals->claims.v[0]->arrays_dn;
	struct casp_str group = casp_dn_parent(arrays);
	const char *servers = casp_arena_printf(&rivals->plan->arena, "CN=Servers,%.*s",
						CASP_STR_ARG(group));

	query.base = arrays;
	query.any = rivals->of_arrays.v;
	query.n_any = rivals->of_arrays.n;
	rivals->queries[rivals->n_queries++] = query;
	query.base = casp_str(servers);
	query.any = rivals->of_servers.v;
	query.n_any = rivals->of_servers.n;
	if (query.n_any) {
		rivals->queries[rivals->n_queries++] = query;
	}
	return servers;
}

int casp_rivals_prepare(struct casp_rivals *rivals, struct cas_plan *plan,
			bool (*wants)(const struct casp_step *step),
			struct cas_error **err)
{
	bool ok = true;

	rivals->plan = plan;
	for (size_t i = 0; ok && i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];

		if (step->kind == CAS_KIND_ARRAY && casp_step_acts(step) &&
		    step->action != CAS_ACTION_DELETE && wants(step)) {
			ok = add_claim(rivals, i);
		}
	}
	if (ok && rivals->claims.n) {
		ok = make_queries(rivals);
	}
	return ok ? 0 : casp_error_nomem(err);
}

/* ---- what was known to the plan ---- */

static const struct cas_object *known_object(const struct cas_plan *plan,
					     struct casp_str dn)
{
	static const enum cas_kind kinds[] = {CAS_KIND_ARRAY, CAS_KIND_SERVER};
	const struct cas_organization *org = plan->org;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		for (size_t i = 0; i < CASP_COUNT(org, kinds[k]); i++) {
			const struct cas_object *object = org->objects[kinds[k]].v[i];

			if (casp_dn_equal(casp_str(object->dn), dn)) {
				return object;
			}
		}
	}
	return NULL;
}

static bool same_dn(const char *a, const char *b)
{
	return a && b && casp_dn_equal(casp_str(a), casp_str(b));
}

/* What the object shared already when the plan was made: that was allowed then. */
static unsigned known_shares(const struct cas_plan *plan, const struct casp_claim *claim,
			     struct casp_str dn)
{
	const struct cas_object *object = known_object(plan, dn);
	unsigned shares = 0;

	/* A resumed plan was made before the organization was loaded. */
	if (!object ||
	    (plan->since && (!object->created || object->created > plan->since))) {
		return 0;
	}
	if (claim->address && casp_fqdn_equal(casp_str(casp_object_fqdn(object)),
					      casp_str(claim->address + strlen(TCP)))) {
		shares |= SHARES_FQDN;
	}
	if (claim->legacy_dn && casp_iequal(object->legacy_dn, claim->legacy_dn)) {
		shares |= SHARES_LEGACY_DN;
	}
	if (object->kind == CAS_KIND_ARRAY &&
	    same_dn(cas_object_array(object)->site_dn, claim->site_dn)) {
		shares |= SHARES_SITE;
	}
	return shares;
}

/* ---- what is there now ---- */

static bool holds(const struct casp_entry *entry, const char *attribute,
		  const char *wanted)
{
	const struct casp_values *values = casp_entry_values(entry, attribute);

	for (size_t i = 0; wanted && values && i < values->n; i++) {
		if (casp_str_iequal(values->v[i], casp_str(wanted)) ||
		    casp_value_equal(values->v[i], casp_str(wanted))) {
			return true;
		}
	}
	return false;
}

static bool is_2013(const struct casp_entry *entry)
{
	const struct casp_values *values = casp_entry_values(entry, "msExchVersion");
	int64_t format;

	return values && values->n == 1 && casp_str_int(values->v[0], &format) &&
	       format >= CASP_FORMAT_2013;
}

static unsigned shares_of(const struct casp_entry *entry, const struct casp_claim *claim)
{
	unsigned shares = 0;

	if (holds(entry, "networkAddress", claim->address)) {
		shares |= SHARES_FQDN;
	}
	if (holds(entry, "legacyExchangeDN", claim->legacy_dn)) {
		shares |= SHARES_LEGACY_DN;
	}
	if (holds(entry, "msExchServerSite", claim->site_dn) && !is_2013(entry) &&
	    casp_dn_equal(casp_dn_parent(entry->dn), claim->arrays_dn)) {
		shares |= SHARES_SITE;
	}
	return shares;
}

/* "CN=name\0ACNF:guid" ([MS-ADTS] 3.1.1.1.6: a line feed, CNF: and the objectGUID). */
static bool has_conflict_name(struct casp_str dn)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};

	return casp_dn_rdn_value(dn, &name) && name.n &&
	       memmem(name.p, name.n, "\nCNF:", 5);
}

static void read_guid(const struct casp_entry *entry, char text[CASP_GUID_TEXT])
{
	const struct casp_values *values = casp_entry_values(entry, "objectGUID");
	struct casp_guid guid;

	text[0] = '\0';
	if (values && values->n == 1 && values->v[0].n == sizeof(guid.b)) {
		memcpy(guid.b, values->v[0].p, sizeof(guid.b));
		casp_guid_format(&guid, text);
	}
}

/* Is the entry the step's own object? */
static bool is_own(const struct casp_step *step, const struct casp_claim *claim,
		   const struct casp_entry *entry, const char *guid)
{
	bool known = step->made || step->action != CAS_ACTION_CREATE;

	if (known && *step->guid && *guid) {
		return casp_iequal(step->guid, guid);
	}
	return casp_dn_equal(entry->dn, casp_str(step->dn)) ||
	       (claim->renamed_dn &&
		casp_dn_equal(entry->dn, casp_str(claim->renamed_dn)));
}

/* An FQDN and the legacyExchangeDN that is made of it are one thing to people. */
static const char *shares_text(struct casp_arena *arena, const struct casp_claim *claim,
			       unsigned shares)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};

	if (shares & SHARES_FQDN) {
		casp_buf_addf(&buf, "the FQDN '%s'", claim->address + strlen(TCP));
	} else if (shares & SHARES_LEGACY_DN) {
		casp_buf_addf(&buf, "the legacyExchangeDN '%s'", claim->legacy_dn);
	}
	if (shares & SHARES_SITE) {
		casp_buf_addf(&buf, "%sthe site '%s'", buf.n ? " and " : "", claim->site);
	}
	return buf.failed ? NULL : casp_arena_dup_str(arena, casp_buf_str(&buf));
}

static bool add_rival(struct casp_rivals *rivals, const struct casp_claim *claim,
		      const struct casp_entry *entry, const char *guid, unsigned shares,
		      bool own)
{
	struct casp_arena *arena = &rivals->plan->arena;
	struct casp_rival rival = {
		.step = claim->step,
		.dn = casp_arena_dup_str(arena, entry->dn),
		.shares = shares_text(arena, claim, shares),
		.is_conflict_object = has_conflict_name(entry->dn),
		.is_own = own,
	};

	memcpy(rival.guid, guid, strlen(guid) + 1);
	return rival.dn && rival.shares && casp_vec_push(&rivals->found, rival);
}

int casp_rivals_see(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	struct casp_rivals *rivals = closure;
	char guid[CASP_GUID_TEXT];

	read_guid(entry, guid);
	for (size_t i = 0; i < rivals->claims.n; i++) {
		const struct casp_claim *claim = rivals->claims.v[i];
		const struct casp_step *step = &rivals->plan->steps.v[claim->step];
		unsigned shares = shares_of(entry, claim);
		bool own = is_own(step, claim, entry, guid);

		if (own && !has_conflict_name(entry->dn)) {
			continue;
		}
		if (!own) {
			shares &= ~known_shares(rivals->plan, claim, entry->dn);
		}
		if (shares && !add_rival(rivals, claim, entry, guid, shares, own)) {
			return casp_error_nomem(err);
		}
	}
	return 0;
}

/* ---- in words ---- */

static void before_hint(struct cas_error **err)
{
	casp_error_hint(err,
			"somebody made or changed it meanwhile; nothing was written: "
			"look again with 'casarray get-array'");
}

/* Both have one legacyExchangeDN: databases that refer to the one refer to the other. */
static void conflict_hint(const struct casp_rival *rival, const char *kept,
			  struct cas_error **err)
{
	casp_error_hint(err,
			"Active Directory keeps the name for one of two objects that "
			"domain controllers make at once, and renames the other\n"
			"keep '%s', and remove the conflict object; databases that use "
			"one use both, hence --force:\n"
			"'casarray remove-array %s --force'",
			kept, *rival->guid ? rival->guid : rival->dn);
}

static int written_error(const struct casp_rivals *rivals, const struct casp_rival *rival,
			 struct cas_error **err)
{
	const struct casp_step *step = &rivals->plan->steps.v[rival->step];

	if (rival->is_own) {
		casp_error(err, CAS_E_CONFLICT,
			   "the array '%s' was made on another domain controller at the "
			   "same time, which won: the one that was made here is now the "
			   "conflict object '%s'",
			   step->name, rival->dn);
		conflict_hint(rival, step->dn, err);
	} else if (rival->is_conflict_object) {
		casp_error(err, CAS_E_CONFLICT,
			   "the array '%s' was made on another domain controller at the "
			   "same time: that one is now the conflict object '%s'",
			   step->name, rival->dn);
		conflict_hint(rival, step->dn, err);
	} else {
		casp_error(err, CAS_E_CONFLICT,
			   "the array '%s' is not the only one: '%s' was made or changed "
			   "at the same time and has %s, too",
			   step->name, rival->dn, rival->shares);
		casp_error_hint(err,
				"decide which one stays; 'casarray undo %s' takes this "
				"one back",
				rivals->plan->run);
	}
	return CAS_E_CONFLICT;
}

/* What explains most: an array that lost its name says why there is another one. */
static const struct casp_rival *telling(const struct casp_rivals *rivals)
{
	const struct casp_rival *best = &rivals->found.v[0];

	for (size_t i = 0; i < rivals->found.n; i++) {
		const struct casp_rival *rival = &rivals->found.v[i];

		if (rival->is_own > best->is_own ||
		    (rival->is_own == best->is_own &&
		     rival->is_conflict_object > best->is_conflict_object)) {
			best = rival;
		}
	}
	return best;
}

int casp_rivals_error(const struct casp_rivals *rivals, bool written,
		      struct cas_error **err)
{
	const struct casp_rival *rival = telling(rivals);

	if (written) {
		return written_error(rivals, rival, err);
	}
	casp_error(err, CAS_E_CONFLICT,
		   "'%s' has %s by now, which the array '%s' was to have alone",
		   rival->dn, rival->shares, rivals->plan->steps.v[rival->step].name);
	before_hint(err);
	return CAS_E_CONFLICT;
}
