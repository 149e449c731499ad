/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operations that carry a change out. */
#include "ldap_write.h"

#include <stdlib.h>

#include "../names/guid.h"

/* What Active Directory fills in by itself, and takes from nobody. */
static const char *const owned_by_server[] = {
	"distinguishedName", "dSCorePropagationData",
	"instanceType",      "name",
	"objectGUID",        "objectSid",
	"uSNChanged",        "uSNCreated",
	"whenChanged",       "whenCreated",
};

bool casp_ldap_owns(const struct casp_ldap *ldap, const char *attribute)
{
	size_t n = strlen(attribute);

	if (!casp_ldap_is_ad(ldap)) {
		return casp_iequal(attribute, "distinguishedName");
	}
	/* Back links: the other end has the value. */
	if (n > 2 && strcmp(attribute + n - 2, "BL") == 0) {
		return true;
	}
	for (size_t i = 0; i < sizeof(owned_by_server) / sizeof(*owned_by_server); i++) {
		if (casp_iequal(attribute, owned_by_server[i])) {
			return true;
		}
	}
	return false;
}

/* ---- modifications ---- */

struct list {
	LDAPMod **v; /* NULL-terminated */
	size_t n;
};

static bool list_new(struct casp_arena *arena, size_t n, struct list *ret)
{
	ret->n = 0;
	ret->v = casp_arena_zalloc(arena, (n + 1) * sizeof(LDAPMod *));
	return ret->v;
}

static bool list_add(struct list *list, struct casp_arena *arena, int op,
		     const char *attribute, const struct casp_str *values, size_t n)
{
	LDAPMod *mod = casp_arena_zalloc(arena, sizeof(*mod));
	struct berval *raw = casp_arena_zalloc(arena, (n + 1) * sizeof(*raw));
	struct berval **all = casp_arena_zalloc(arena, (n + 1) * sizeof(struct berval *));

	if (!mod || !raw || !all) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		raw[i].bv_val = (char *)(uintptr_t)values[i].p;
		raw[i].bv_len = values[i].n;
		all[i] = &raw[i];
	}
	mod->mod_op = op | LDAP_MOD_BVALUES;
	mod->mod_type = (char *)(uintptr_t)attribute;
	mod->mod_bvalues = all;
	list->v[list->n++] = mod;
	return true;
}

/* ---- sending ---- */

static int failed(struct casp_ldap *ldap, int r, const char *what, const char *dn,
		  struct cas_error **err)
{
	return r == LDAP_SUCCESS ? 0 : casp_ldap_error(err, ldap, r, NULL, what, dn);
}

static bool has_guid(const struct casp_change *change)
{
	for (size_t i = 0; i < change->n_attributes; i++) {
		if (casp_iequal(change->attributes[i].name, "objectGUID")) {
			return true;
		}
	}
	return false;
}

/* Only Active Directory makes one up. */
static bool add_guid(const struct casp_ldap *ldap, const struct casp_change *change,
		     struct casp_arena *arena, struct list *list)
{
	struct casp_guid *guid;
	struct casp_str value;

	if (casp_ldap_is_ad(ldap) || has_guid(change)) {
		return true;
	}
	guid = casp_arena_alloc(arena, sizeof(*guid));
	if (!guid || !casp_guid_new(guid)) {
		return false;
	}
	value = (struct casp_str){(const char *)guid->b, sizeof(guid->b)};
	return list_add(list, arena, 0, "objectGUID", &value, 1);
}

int casp_ldap_send_add(struct casp_ldap *ldap, const struct casp_change *change,
		       struct casp_arena *arena, int *id, struct cas_error **err)
{
	char *dn = casp_arena_dup_str(arena, change->dn);
	struct list list;
	bool ok = dn && list_new(arena, change->n_attributes + 1, &list);

	for (size_t i = 0; ok && i < change->n_attributes; i++) {
		const struct casp_attribute *attribute = &change->attributes[i];

		ok = casp_ldap_owns(ldap, attribute->name) || !attribute->n_values ||
		     list_add(&list, arena, 0, attribute->name, attribute->values,
			      attribute->n_values);
	}
	if (!ok || !add_guid(ldap, change, arena, &list)) {
		return casp_error_nomem(err);
	}
	return failed(ldap, ldap_add_ext(ldap->ld, dn, list.v, NULL, NULL, id),
		      "cannot add", dn, err);
}

/*
 * Old values are deleted by value, so that the modification fails when they are not there
 * any more. Deletes come first: an attribute of one value has to be free for the new one.
 */
int casp_ldap_send_modify(struct casp_ldap *ldap, const struct casp_change *change,
			  const bool *apply, struct casp_arena *arena, int *id,
			  struct cas_error **err)
{
	char *dn = casp_arena_dup_str(arena, change->dn);
	struct list list;
	bool ok = dn && list_new(arena, 2 * change->n_mods, &list);

	for (size_t i = 0; ok && i < change->n_mods; i++) {
		const struct casp_mod *mod = &change->mods[i];

		ok = (apply && !apply[i]) || !mod->old_value ||
		     list_add(&list, arena, LDAP_MOD_DELETE, mod->attribute,
			      mod->old_value, 1);
	}
	for (size_t i = 0; ok && i < change->n_mods; i++) {
		const struct casp_mod *mod = &change->mods[i];

		ok = (apply && !apply[i]) || !mod->new_value ||
		     list_add(&list, arena, LDAP_MOD_ADD, mod->attribute, mod->new_value,
			      1);
	}
	if (!ok) {
		return casp_error_nomem(err);
	}
	return failed(ldap, ldap_modify_ext(ldap->ld, dn, list.v, NULL, NULL, id),
		      "cannot modify", dn, err);
}

int casp_ldap_send_rename(struct casp_ldap *ldap, const struct casp_change *change,
			  struct casp_arena *arena, int *id, struct cas_error **err)
{
	char *dn = casp_arena_dup_str(arena, change->dn);
	char *rdn = casp_arena_dup_str(arena, change->new_rdn);

	if (!dn || !rdn) {
		return casp_error_nomem(err);
	}
	return failed(ldap, ldap_rename(ldap->ld, dn, rdn, NULL, 1, NULL, NULL, id),
		      "cannot rename", dn, err);
}

int casp_ldap_send_delete(struct casp_ldap *ldap, const struct casp_change *change,
			  struct casp_arena *arena, int *id, struct cas_error **err)
{
	char *dn = casp_arena_dup_str(arena, change->dn);

	if (!dn) {
		return casp_error_nomem(err);
	}
	return failed(ldap, ldap_delete_ext(ldap->ld, dn, NULL, NULL, id),
		      "cannot delete", dn, err);
}
