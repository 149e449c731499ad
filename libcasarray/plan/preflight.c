/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rights that a plan needs, asked for before anything is written. */
#include <stdlib.h>

#include "../exchange/rights.h"
#include "../names/dn.h"
#include "array_check.h"
#include "rival.h"

/* Rights of so many steps are no burden beside something else that is asked. */
#define FEW 64

struct preflight {
	struct cas_plan *plan;
	struct casp_right *rights;
	size_t *step; /* of each right */
	size_t n;
	CASP_VEC(const struct casp_step *) renames; /* so far */
	struct casp_arena *arena;                   /* of the rights */
	struct casp_arena own;
};

/* ---- what a step needs ---- */

/* The class that tells most comes last in objectClass ([MS-ADTS] 3.1.1.1.4). */
static const char *class_of(const struct casp_step *step)
{
	const char *class = NULL;

	for (size_t i = 0; i < step->n_deltas; i++) {
		if (casp_iequal(step->deltas[i].attribute, "objectClass")) {
			class = step->deltas[i].new_value;
		}
	}
	return class;
}

static bool need_attribute(struct casp_right *right, const char **names, const char *name)
{
	for (size_t i = 0; i < right->n_attributes; i++) {
		if (casp_iequal(names[i], name)) {
			return true;
		}
	}
	if (right->n_attributes == CASP_RIGHTS_MAX) {
		return false;
	}
	names[right->n_attributes++] = name;
	return true;
}

/*
 * A rename writes the attribute of the RDN, and "name": that one Samba never lists, so
 * nothing follows from its absence.
 */
static bool need_rdn(struct preflight *preflight, struct casp_right *right,
		     const char **names, const char *dn)
{
	char *type = casp_arena_dup(preflight->arena, dn, strcspn(dn, "= "));

	for (char *p = type; p && *p; p++) {
		*p = (char)casp_lower((unsigned char)*p);
	}
	return type && need_attribute(right, names, type);
}

/* What the object of a step is called before the plan renames it. NULL: out of memory. */
static const char *present_dn(struct preflight *preflight, const struct casp_step *step)
{
	for (size_t i = 0; i < preflight->renames.n; i++) {
		const struct casp_step *rename = preflight->renames.v[i];
		const char *dn =
			casp_renamed_dn(preflight->arena, rename->dn, rename->new_name);

		if (!dn) {
			return NULL;
		}
		if (casp_dn_equal(casp_str(dn), casp_str(step->dn))) {
			return rename->dn;
		}
	}
	return step->dn;
}

static bool need_attributes(struct preflight *preflight, const struct casp_step *step,
			    struct casp_right *right)
{
	const char **names =
		casp_arena_alloc(preflight->arena, CASP_RIGHTS_MAX * sizeof(*names));

	if (!names) {
		return false;
	}
	right->dn = present_dn(preflight, step);
	right->attributes = names;
	if (!right->dn) {
		return false;
	}
	if (step->action == CAS_ACTION_RENAME &&
	    (!need_rdn(preflight, right, names, step->dn) ||
	     !casp_vec_push(&preflight->renames, step))) {
		return false;
	}
	for (size_t i = 0; i < step->n_deltas; i++) {
		/* of more than can be asked about, the server tells in the end */
		need_attribute(right, names, step->deltas[i].attribute);
	}
	return true;
}

/* A node of DNS does not go, it is marked. */
static void need_mark(const struct casp_step *step, struct casp_right *right)
{
	static const char *const names[] = {"dnsRecord", "dNSTombstoned"};

	right->dn = step->dn;
	right->attributes = names;
	right->n_attributes = sizeof(names) / sizeof(*names);
}

/*
 * What a removal needs, the right to delete the object or any child of its container, is
 * no attribute of either: the server alone can tell, when it is asked to.
 */
static bool need(struct preflight *preflight, const struct casp_step *step,
		 struct casp_right *right)
{
	if (step->action == CAS_ACTION_DELETE) {
		if (step->kind == CAS_KIND_DNS_RECORD) {
			need_mark(step, right);
		}
		return true;
	}
	if (step->action != CAS_ACTION_CREATE) {
		return need_attributes(preflight, step, right);
	}
	right->child = class_of(step);
	right->dn = right->child ? casp_arena_dup_str(preflight->arena,
						      casp_dn_parent(casp_str(step->dn)))
				 : NULL;
	return right->dn || !right->child;
}

static bool need_all(struct preflight *preflight)
{
	const struct cas_plan *plan = preflight->plan;

	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];
		struct casp_right *right = &preflight->rights[preflight->n];

		if (!casp_step_acts(step) || step->outcome != CAS_OUTCOME_PLANNED) {
			continue;
		}
		if (!need(preflight, step, right)) {
			return false;
		}
		preflight->step[preflight->n] = i;
		preflight->n += right->dn != NULL;
	}
	return true;
}

/* ---- what is denied ---- */

struct message {
	struct casp_buf text;
	struct casp_buf what; /* of the names that were added last */
	size_t n_names;       /* of those */
	size_t n_steps;
};

/* "write legacyExchangeDN of 'DB 1', 'DB 2'; create msExchClientAccessArray 'x'" */
static void add_name(struct message *message, const char *what, const char *name)
{
	if (!message->n_steps || strcmp(message->what.p, what) != 0) {
		casp_names_end(&message->text, message->n_names);
		casp_buf_addf(&message->text, "%s%s ", message->n_steps ? "; " : "",
			      what);
		casp_buf_clear(&message->what);
		casp_buf_adds(&message->what, what);
		message->n_names = 0;
	}
	casp_name_add(&message->text, &message->n_names, name);
	message->n_steps++;
}

/* The step is marked, for whoever shows the plan. */
static bool mark(struct cas_plan *plan, struct casp_step *step,
		 const struct casp_right *right, struct message *message)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf what = {0};

	casp_right_describe(right, &what);
	if (what.failed) {
		return false;
	}
	add_name(message, what.p, step->name);
	step->denied =
		right->child_denied
			? casp_arena_printf(&plan->arena,
					    "would be refused: no right to %s in '%s'",
					    what.p, right->dn)
			: casp_arena_printf(&plan->arena,
					    "would be refused: no right to %s it",
					    what.p);
	return step->denied && !message->text.failed && !message->what.failed;
}

static int refuse(struct preflight *preflight, struct message *message,
		  struct cas_error **err)
{
	struct cas_plan *plan = preflight->plan;

	for (size_t i = 0; i < preflight->n; i++) {
		if (casp_right_is_denied(&preflight->rights[i]) &&
		    !mark(plan, &plan->steps.v[preflight->step[i]], &preflight->rights[i],
			  message)) {
			return casp_error_nomem(err);
		}
	}
	if (!message->n_steps) {
		return 0;
	}
	casp_names_end(&message->text, message->n_names);
	if (message->text.failed) {
		return casp_error_nomem(err);
	}
	casp_error(err, CAS_E_RIGHTS,
		   "%zu of %zu change%s would be refused; nothing was written: no right "
		   "to %s",
		   message->n_steps, casp_plan_changes(plan),
		   casp_plan_changes(plan) == 1 ? "" : "s", message->text.p);
	casp_error_hint(err, "'casarray doctor' shows what this account may do; use one "
			     "that has the rights, or have them delegated to it");
	return CAS_E_RIGHTS;
}

/* ---- asking ---- */

static bool prepare(struct preflight *preflight)
{
	size_t n = preflight->plan->steps.n + 1;

	preflight->rights =
		casp_arena_zalloc(preflight->arena, n * sizeof(*preflight->rights));
	preflight->step = calloc(n, sizeof(*preflight->step));
	return preflight->rights && preflight->step && need_all(preflight);
}

static void clear(struct preflight *preflight)
{
	casp_vec_free(&preflight->renames);
	casp_arena_free(&preflight->own);
	free(preflight->step);
}

/* Is what is asked beside the object of the right itself? */
static bool is_beside(const struct casp_right *right, const struct casp_beside *beside)
{
	for (size_t i = 0; i < beside->n; i++) {
		const struct casp_query *query = &beside->queries[i];

		if (query->scope == CASP_SCOPE_BASE &&
		    casp_dn_equal(query->base, casp_str(right->dn))) {
			return true;
		}
	}
	return false;
}

int casp_plan_ask_beside(struct cas_plan *plan, const struct casp_beside *beside,
			 struct cas_error **err)
{
	struct preflight preflight = {.plan = plan, .arena = &plan->arena};
	struct cas_directory *directory = plan->org->directory;
	int r;

	if (!casp_rights_offered(directory) || plan->steps.n > FEW) {
		return casp_directory_search(directory, beside->queries, beside->n,
					     beside->see, beside->closure, err);
	}
	r = prepare(&preflight) ? 0 : casp_error_nomem(err);
	for (size_t i = 0; r == 0 && i < preflight.n; i++) {
		preflight.rights[i].is_beside = is_beside(&preflight.rights[i], beside);
	}
	if (r == 0) {
		r = casp_rights_ask(directory, preflight.rights, preflight.n, beside,
				    err);
	}
	if (r == 0) {
		plan->asked = preflight.rights;
		plan->n_asked = preflight.n;
	}
	clear(&preflight);
	return r;
}

/* The bit of an attribute in what was asked; 0: it was not. */
static uint32_t bit_of(const struct casp_right *asked, const char *attribute)
{
	for (size_t i = 0; i < asked->n_attributes; i++) {
		if (casp_iequal(asked->attributes[i], attribute)) {
			return UINT32_C(1) << i;
		}
	}
	return 0;
}

/* false: what was asked does not answer it. */
static bool answer(const struct casp_right *asked, struct casp_right *right)
{
	uint32_t denied = 0;

	if (!casp_dn_equal(casp_str(asked->dn), casp_str(right->dn)) ||
	    (right->child &&
	     !(asked->child && casp_iequal(asked->child, right->child)))) {
		return false;
	}
	for (size_t i = 0; i < right->n_attributes; i++) {
		uint32_t bit = bit_of(asked, right->attributes[i]);

		if (!bit) {
			return false;
		}
		denied |= asked->denied & bit ? UINT32_C(1) << i : 0;
	}
	right->found = asked->found;
	right->child_denied = right->child && asked->child_denied;
	right->denied = denied;
	return true;
}

static bool take_answer(const struct cas_plan *plan, struct casp_right *right)
{
	for (size_t i = 0; i < plan->n_asked; i++) {
		if (answer(&plan->asked[i], right)) {
			return true;
		}
	}
	return false;
}

/* Were all asked for when the plan was made? */
static bool take_answers(struct preflight *preflight)
{
	bool all = preflight->plan->n_asked;

	for (size_t i = 0; all && i < preflight->n; i++) {
		all = take_answer(preflight->plan, &preflight->rights[i]);
	}
	preflight->plan->n_asked = 0;
	return all;
}

/* With the rights it is asked who else has what an array is to have alone, which has to
 * be looked for anyhow before the write. */
static int ask(struct preflight *preflight, struct cas_directory *directory,
	       struct cas_error **err)
{
	struct casp_rivals rivals = {0};
	struct casp_beside beside = {.see = casp_rivals_see, .closure = &rivals};
	int r = casp_rivals_prepare(&rivals, preflight->plan, casp_step_is_planned, err);

	beside.queries = rivals.queries;
	beside.n = rivals.n_queries;
	if (r == 0) {
		r = casp_rights_ask(directory, preflight->rights, preflight->n, &beside,
				    err);
	}
	if (r == 0 && rivals.found.n == 0) {
		casp_plan_looked(preflight->plan, directory);
	}
	casp_rivals_free(&rivals);
	return r;
}

int cas_plan_preflight(struct cas_plan *plan, struct cas_directory *directory,
		       struct cas_error **err)
{
	struct preflight preflight = {.plan = plan, .arena = &preflight.own};
	struct message message = {0};
	int r = 0;

	for (size_t i = 0; i < plan->steps.n; i++) {
		plan->steps.v[i].denied = NULL;
	}
	if (plan->applied || !casp_rights_offered(directory)) {
		return 0;
	}
	if (!prepare(&preflight)) {
		r = casp_error_nomem(err);
	} else if (!take_answers(&preflight)) {
		r = ask(&preflight, directory, err);
	}
	if (r == 0) {
		r = refuse(&preflight, &message, err);
	}
	casp_buf_free(&message.text);
	casp_buf_free(&message.what);
	clear(&preflight);
	return r;
}
