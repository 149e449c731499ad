/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of loading share: an organization of two sites, and looking into it. */
#ifndef LOADED_H
#define LOADED_H

#include "unit.h"

#include "exchange/model.h"
#include "fixture.h"

#define SP3 "14.3.123.4"
/* A name after a replication conflict: a line feed, CNF: and a GUID. */
#define CNF(name) name "\\0ACNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10"

static inline const struct cas_object *find(const struct cas_organization *org,
					    enum cas_kind kind, const char *identity)
{
	const struct cas_object *object = NULL;
	struct cas_error *err = NULL;
	int r = cas_organization_find(org, 1u << kind, identity, &object, &err);

	ck_assert_msg(r == 0, "%s", cas_error_message(err));
	return object;
}

static inline const struct cas_database *database(const struct cas_organization *org,
						  const char *name)
{
	return cas_object_database(find(org, CAS_KIND_DATABASE, name));
}

/* HQ: EX1 and EX2 (all roles) and the array outlook; Branch: BR1 and no array. */
static inline struct fixture *two_sites(void)
{
	struct fixture *f = fixture_new();

	fixture_site(f, "HQ");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HQ", MULTI, SP3);
	fixture_server(f, "EX2", "HQ", MULTI, SP3);
	fixture_server(f, "BR1", "Branch", MULTI, SP3);
	fixture_array(f, "outlook", "outlook.contoso.com", "HQ");
	return f;
}

#endif
