/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of a change: the object is read, and compared with before and after. */
#include "ldap_write.h"

#include <stdlib.h>

#include "../names/dn.h"
#include "ldap_query.h"

struct look {
	const struct casp_ldap *ldap;
	const struct casp_change *change;
	bool asked; /* the server may have done it already, for us */
	struct casp_arena *arena;
	struct casp_ldap_judgement *ret;
	bool found;
};

/* ---- values ---- */

static bool holds(const struct casp_entry *entry, const char *attribute,
		  const struct casp_str *value)
{
	const struct casp_values *values = casp_entry_values(entry, attribute);

	for (size_t i = 0; value && values && i < values->n; i++) {
		if (casp_value_equal(values->v[i], *value)) {
			return true;
		}
	}
	return false;
}

/* ---- what differs ---- */

static int differs(struct look *look, const struct casp_entry *entry,
		   const char *attribute, const struct casp_str *expected,
		   struct cas_error **err)
{
	const struct casp_values *values = casp_entry_values(entry, attribute);
	struct casp_buf buf = {0};

	casp_value_differs(&buf, attribute, values && values->n ? &values->v[0] : NULL,
			   expected);
	if (buf.failed) {
		casp_buf_free(&buf);
		return casp_error_nomem(err);
	}
	look->ret->verdict = CASP_LDAP_DIFFERS;
	free(look->ret->differs);
	look->ret->differs = buf.p;
	return 0;
}

/* ---- kinds of changes ---- */

/*
 * Is the modification still to be done? It can be, or *done. That one of several values
 * is gone may be somebody's change to it, unless its removal was asked for.
 */
static bool is_open(const struct look *look, const struct casp_entry *entry,
		    const struct casp_mod *mod, bool *done)
{
	const struct casp_values *values = casp_entry_values(entry, mod->attribute);
	bool any = values && values->n;
	bool wanted = holds(entry, mod->attribute, mod->new_value);

	*done = mod->new_value ? wanted : !any || (mod->beside && look->asked);
	return holds(entry, mod->attribute, mod->old_value) ||
	       (!mod->old_value && mod->new_value && (!any || (mod->beside && !wanted)));
}

static int judge_mods(struct look *look, const struct casp_entry *entry,
		      struct cas_error **err)
{
	const struct casp_change *change = look->change;
	size_t n_open = 0;

	for (size_t i = 0; i < change->n_mods; i++) {
		const struct casp_mod *mod = &change->mods[i];
		bool done, open = is_open(look, entry, mod, &done);

		if (!open && !done) {
			return differs(look, entry, mod->attribute, mod->old_value, err);
		}
		look->ret->apply[i] = open;
		n_open += open;
	}
	look->ret->verdict = n_open == 0                ? CASP_LDAP_DONE
			     : n_open == change->n_mods ? CASP_LDAP_OPEN
							: CASP_LDAP_PARTLY;
	return 0;
}

static int judge_add(struct look *look, const struct casp_entry *entry,
		     struct cas_error **err)
{
	const struct casp_change *change = look->change;

	for (size_t i = 0; i < change->n_attributes; i++) {
		const struct casp_attribute *attribute = &change->attributes[i];

		for (size_t k = 0; k < attribute->n_values; k++) {
			if (!casp_iequal(attribute->name, "objectGUID") &&
			    !casp_ldap_owns(look->ldap, attribute->name) &&
			    !holds(entry, attribute->name, &attribute->values[k])) {
				return differs(look, entry, attribute->name,
					       &attribute->values[k], err);
			}
		}
	}
	look->ret->verdict = CASP_LDAP_DONE;
	return 0;
}

static int judge_delete(struct look *look, const struct casp_entry *entry,
			struct cas_error **err)
{
	const struct casp_change *change = look->change;

	for (size_t i = 0; i < change->n_mods; i++) {
		const struct casp_mod *mod = &change->mods[i];
		const struct casp_values *values =
			casp_entry_values(entry, mod->attribute);

		if (casp_ldap_owns(look->ldap, mod->attribute)) {
			continue;
		}
		if (mod->old_value ? !holds(entry, mod->attribute, mod->old_value)
				   : values && values->n) {
			return differs(look, entry, mod->attribute, mod->old_value, err);
		}
	}
	look->ret->verdict = CASP_LDAP_OPEN;
	return 0;
}

/* Exactly: a rename may change no more than the case. */
static bool has_new_name(const struct look *look, const struct casp_entry *entry)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf is = {0}, wanted = {0};

	return casp_dn_rdn_value(entry->dn, &is) &&
	       casp_dn_rdn_value(look->change->new_rdn, &wanted) &&
	       casp_str_equal(casp_buf_str(&is), casp_buf_str(&wanted));
}

static void judge_rename(struct look *look, const struct casp_entry *entry)
{
	look->ret->verdict = has_new_name(look, entry) ? CASP_LDAP_DONE : CASP_LDAP_OPEN;
}

static int judge_entry(void *closure, const struct casp_entry *entry,
		       struct cas_error **err)
{
	struct look *look = closure;

	look->found = true;
	switch (look->change->op) {
	case CASP_CHANGE_ADD:
		return judge_add(look, entry, err);
	case CASP_CHANGE_DELETE:
		return judge_delete(look, entry, err);
	case CASP_CHANGE_RENAME:
		judge_rename(look, entry);
		return 0;
	case CASP_CHANGE_MODIFY:
		break;
	}
	return judge_mods(look, entry, err);
}

/* ---- reading ---- */

static const char **attributes_of(const struct casp_change *change,
				  struct casp_arena *arena, size_t *n)
{
	const char **names = casp_arena_alloc(
		arena, (change->n_mods + change->n_attributes + 1) * sizeof(*names));

	*n = 0;
	for (size_t i = 0; names && i < change->n_mods; i++) {
		const char *name = change->mods[i].attribute;

		/* Values of one attribute follow each other. */
		if (*n == 0 || !casp_iequal(names[*n - 1], name)) {
			names[(*n)++] = name;
		}
	}
	for (size_t i = 0; names && i < change->n_attributes; i++) {
		names[(*n)++] = change->attributes[i].name;
	}
	return names;
}

static int read_object(struct casp_ldap *ldap, struct look *look, struct casp_str dn,
		       struct cas_error **err)
{
	struct casp_query query = {.base = dn, .scope = CASP_SCOPE_BASE};

	query.attributes = attributes_of(look->change, look->arena, &query.n_attributes);
	if (!query.attributes) {
		return casp_error_nomem(err);
	}
	return casp_ldap_read(ldap, &query, judge_entry, look, err);
}

static int read_renamed(struct casp_ldap *ldap, struct look *look, struct cas_error **err)
{
	struct casp_str parent = casp_dn_parent(look->change->dn);
	char *dn = casp_arena_printf(look->arena, "%.*s,%.*s",
				     CASP_STR_ARG(look->change->new_rdn),
				     CASP_STR_ARG(parent));

	return dn ? read_object(ldap, look, casp_str(dn), err) : casp_error_nomem(err);
}

int casp_ldap_judge(struct casp_ldap *ldap, const struct casp_change *change, bool asked,
		    struct casp_arena *arena, struct casp_ldap_judgement *ret,
		    struct cas_error **err)
{
	struct look look = {
		.ldap = ldap,
		.change = change,
		.asked = asked,
		.arena = arena,
		.ret = ret,
	};
	int r;

	*ret = (struct casp_ldap_judgement){
		.verdict = CASP_LDAP_GONE,
		.apply = casp_arena_zalloc(arena, change->n_mods + 1),
	};
	if (!ret->apply) {
		return casp_error_nomem(err);
	}
	r = read_object(ldap, &look, change->dn, err);
	if (r == 0 && change->op == CASP_CHANGE_RENAME && !look.found) {
		r = read_renamed(ldap, &look, err);
	}
	return r;
}
