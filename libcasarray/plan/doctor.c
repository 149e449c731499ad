/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Examines a directory: what is there that changes need, and what is in their way. */
#include "doctor.h"

#include <stdlib.h>

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void check_organization(struct cas_doctor *doctor)
{
	const struct cas_organization *org = doctor->org;
	size_t sites = CASP_COUNT(org, CAS_KIND_SITE);
	size_t servers = CASP_COUNT(org, CAS_KIND_SERVER);
	size_t arrays = CASP_COUNT(org, CAS_KIND_ARRAY);
	size_t databases = CASP_COUNT(org, CAS_KIND_DATABASE);

	casp_check(doctor, "organization", CAS_CHECK_OK,
		   "'%s': %zu site%s, %zu Exchange server%s, %zu array%s, %zu database%s",
		   cas_organization_name(org), sites, plural(sites), servers,
		   plural(servers), arrays, plural(arrays), databases, plural(databases));
	casp_check_value(doctor, "%s", cas_organization_name(org));
}

static int load(struct cas_doctor *doctor, struct cas_error **err)
{
	struct cas_error *error = NULL;
	int r = cas_organization_load(doctor->directory, CAS_SCOPE_DATABASES, NULL, 0,
				      &doctor->org, &error);

	if (r == 0) {
		check_organization(doctor);
		return 0;
	}
	return casp_check_error(doctor, "organization", error, err);
}

/* The sites that have an array of Exchange 2010. */
static size_t sites_with_arrays(const struct cas_organization *org, struct casp_buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SITE); i++) {
		if (CASP_SITE(org, i)->arrays.n && n++ < 5) {
			casp_buf_addf(out, "%s'%s'", n > 1 ? ", " : "",
				      CASP_SITE(org, i)->object.name);
		}
	}
	if (n > 5) {
		casp_buf_addf(out, " and %zu more", n - 5);
	}
	return n;
}

static bool has_array(const struct cas_organization *org, const char *site)
{
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SITE); i++) {
		if (casp_iequal(CASP_SITE(org, i)->object.name, site)) {
			return CASP_SITE(org, i)->arrays.n;
		}
	}
	return false;
}

/* Is a change seen where the arrays are before it is replicated? */
static void check_site(struct cas_doctor *doctor)
{
	const struct casp_server_facts *server = casp_directory_server(doctor->directory);
	const char *site = server ? server->site : "";
	CASP_CLEANUP(casp_buf_free) struct casp_buf sites = {0};
	size_t n;

	if (!*site) {
		casp_check(doctor, "site", CAS_CHECK_NOT_EVALUATED,
			   server ? "the server is in no site: it is no domain "
				    "controller"
				  : "a file is in no site");
		return;
	}
	n = doctor->org ? sites_with_arrays(doctor->org, &sites) : 0;
	doctor->failed |= sites.failed;
	if (doctor->failed || !n || has_array(doctor->org, site)) {
		casp_check(doctor, "site", CAS_CHECK_OK,
			   "the domain controller is in the site '%s'%s", site,
			   n ? ", which has an array" : "");
	} else {
		casp_check(doctor, "site", CAS_CHECK_WARNING,
			   "the domain controller is in the site '%s', arrays are in %s: "
			   "changes are seen there only once they are replicated",
			   site, sites.p);
		casp_check_hint(doctor, "name a domain controller in the site that is "
					"changed");
	}
	casp_check_value(doctor, "%s", site);
}

/* New arrays are made in CN=Arrays, which PrepareAD makes. */
static void check_container(struct cas_doctor *doctor)
{
	static const char name[] = "array-container";

	if (!doctor->org) {
		casp_check(doctor, name, CAS_CHECK_NOT_EVALUATED,
			   "there is no organization to look in");
	} else if (doctor->org->arrays_dn) {
		casp_check(doctor, name, CAS_CHECK_OK,
			   "the container for arrays is there");
		casp_check_value(doctor, "%s", doctor->org->arrays_dn);
	} else {
		casp_check(doctor, name, CAS_CHECK_FAILED,
			   "there is no container 'Arrays' for arrays below the "
			   "administrative group of Exchange 2007 and later");
		casp_check_hint(doctor, "Exchange's own setup makes it: setup.com "
					"/PrepareAD");
	}
}

static int found_class(void *closure, const struct casp_entry *entry,
		       struct cas_error **err)
{
	*(bool *)closure = true;
	return 0;
}

#define ARRAY_CLASS "msExchClientAccessArray"

/* Does the forest know what an array is? */
static int check_schema(struct cas_doctor *doctor, struct cas_error **err)
{
	static const char *const classes[] = {"classSchema"};
	const struct casp_equality name = {"lDAPDisplayName", CASP_STR(ARRAY_CLASS)};
	const struct casp_server_facts *server = casp_directory_server(doctor->directory);
	/* what the server said may be read anew during the search */
	const char *schema =
		casp_arena_printf(&doctor->arena, "%s", server ? server->schema : "");
	const struct casp_query query = {
		.base = casp_str(schema),
		.scope = CASP_SCOPE_CHILDREN,
		.classes = classes,
		.n_classes = 1,
		.any = &name,
		.n_any = 1,
	};
	struct cas_error *error = NULL;
	bool found = false;

	if (!schema) {
		return casp_error_nomem(err);
	}
	if (!*schema) {
		casp_check(doctor, "schema", CAS_CHECK_NOT_EVALUATED,
			   server ? "the server names no schema of Active "
				    "Directory"
				  : "a file does not say which classes there are");
		return 0;
	}
	if (casp_directory_search(doctor->directory, &query, 1, found_class, &found,
				  &error) < 0) {
		return casp_check_error(doctor, "schema", error, err);
	}
	if (found) {
		casp_check(doctor, "schema", CAS_CHECK_OK, "the class %s is there",
			   ARRAY_CLASS);
		casp_check_value(doctor, ARRAY_CLASS);
	} else {
		casp_check(doctor, "schema", CAS_CHECK_FAILED,
			   "there is no class %s: no array can be made", ARRAY_CLASS);
		casp_check_hint(doctor,
				"the schema is that of Exchange 2007 or earlier, or of "
				"none: Exchange 2010's setup.com /PrepareSchema");
	}
	return 0;
}

/* ---- the examination ---- */

static int examine(struct cas_doctor *doctor, struct cas_error **err)
{
	int r = casp_doctor_server(doctor, err);

	if (r == 0) {
		r = load(doctor, err);
	}
	if (r == 0) {
		check_site(doctor);
		r = check_schema(doctor, err);
	}
	if (r == 0) {
		check_container(doctor);
		r = casp_doctor_rights(doctor, err);
	}
	return r == 0 && doctor->failed ? casp_error_nomem(err) : r;
}

int cas_doctor_new(struct cas_directory *directory, struct cas_doctor **ret,
		   struct cas_error **err)
{
	struct cas_doctor *doctor = calloc(1, sizeof(*doctor));
	int r;

	if (!doctor) {
		return casp_error_nomem(err);
	}
	doctor->directory = cas_directory_ref(directory);
	r = examine(doctor, err);
	if (r < 0) {
		cas_doctor_free(doctor);
		return r;
	}
	*ret = doctor;
	return 0;
}

void cas_doctor_free(struct cas_doctor *doctor)
{
	if (!doctor) {
		return;
	}
	cas_organization_free(doctor->org);
	cas_directory_unref(doctor->directory);
	casp_vec_free(&doctor->checks);
	casp_arena_free(&doctor->arena);
	free(doctor);
}

size_t cas_doctor_count(const struct cas_doctor *doctor, enum cas_check_result result)
{
	return (size_t)result < CASP_N_CHECK_RESULTS ? doctor->counts[result] : 0;
}

const struct cas_check *cas_doctor_check(const struct cas_doctor *doctor, size_t index)
{
	return index < doctor->checks.n ? &doctor->checks.v[index] : NULL;
}
