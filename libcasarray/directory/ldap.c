/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The LDAP store: one server of those that are named serves a whole run. */
#include <stdlib.h>

#include "../base/context.h"
#include "ldap_way.h"
#include "ldap_write.h"

static void ldap_close(struct cas_directory *directory)
{
	struct casp_ldap *ldap = (struct casp_ldap *)directory;

	casp_ldap_clear(ldap);
	casp_ldap_way_free(ldap->way);
	free(ldap);
}

/* What the server holds it has parsed and checked itself. */
static size_t ldap_defects(struct cas_directory *directory,
			   const struct casp_defect **ret)
{
	*ret = NULL;
	return 0;
}

static bool ldap_owns(const struct cas_directory *directory, const char *attribute)
{
	return casp_ldap_owns((const struct casp_ldap *)directory, attribute);
}

static const struct casp_store store = {
	.search = casp_ldap_search,
	.commit = casp_ldap_commit,
	.where = casp_ldap_where,
	.defects = ldap_defects,
	.server = casp_ldap_server_facts,
	.owns = ldap_owns,
	.whoami = casp_ldap_whoami,
	.close = ldap_close,
};

static int connect_current(struct casp_ldap *ldap, struct cas_error **err)
{
	free(ldap->directory.address);
	ldap->directory.address = strdup(casp_ldap_server(ldap->way)->address);
	return ldap->directory.address ? casp_ldap_connect(ldap, err)
				       : casp_error_nomem(err);
}

/*
 * Only what another server may do better is tried there: a wrong password, sent to each
 * of them, would lock the account out.
 */
static int connect_first(struct casp_ldap *ldap, struct cas_error **err)
{
	struct casp_ldap_way *way = ldap->way;

	for (way->server = 0;; way->server++) {
		struct cas_error *error = NULL;
		int r = connect_current(ldap, &error);

		if (r == 0) {
			return 0;
		}
		if (r != CAS_E_IO || way->server + 1 == way->n_servers) {
			casp_error_pass(err, error);
			return r;
		}
		casp_log(ldap->directory.context, CAS_LOG_WARNING, "%s",
			 cas_error_message(error));
		cas_error_free(error);
	}
}

/* Of a server that nobody named. */
static void tell_choice(const struct casp_ldap *ldap)
{
	const struct casp_ldap_way *way = ldap->way;
	const char *site = ldap->site;
	bool elsewhere = way->site && *site && !casp_iequal(way->site, site);

	if (!way->found) {
		return;
	}
	casp_log(ldap->directory.context, CAS_LOG_NOTICE,
		 "using %s%s%s, found by DNS (%s%s%s)",
		 *ldap->root.host ? ldap->root.host : casp_ldap_server(way)->host,
		 *site ? " in site " : "", site, way->found,
		 elsewhere ? "; your own site is " : "", elsewhere ? way->site : "");
}

int casp_ldap_open(struct cas_context *context, const char *const *addresses,
		   size_t n_addresses, const struct cas_connect *how,
		   struct cas_directory **ret, struct cas_error **err)
{
	struct casp_ldap *ldap = calloc(1, sizeof(*ldap));
	int r;

	if (!ldap) {
		return casp_error_nomem(err);
	}
	r = casp_ldap_way_new(addresses, n_addresses, how, &ldap->way, err);
	ldap->directory.context = context;
	if (r == 0) {
		ldap->way->context = context;
	}
	if (r == 0 && n_addresses == 0) {
		r = casp_ldap_locate(ldap->way, err);
	}
	if (r == 0) {
		r = casp_ldap_ask(ldap->way, err);
	}
	if (r == 0) {
		r = connect_first(ldap, err);
	}
	if (r < 0) {
		free(ldap->directory.address);
		ldap_close(&ldap->directory);
		return r;
	}
	ldap->directory.store = &store;
	ldap->directory.references = 1;
	ldap->directory.context = cas_context_ref(context);
	*ret = &ldap->directory;
	tell_choice(ldap);
	return 0;
}
