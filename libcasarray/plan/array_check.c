/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an array's name, FQDN and site must be, whether it is made or changed. */
#include "array_check.h"

#include "../names/fqdn.h"

#define NAME_LIMIT 64 /* the schema's limit of a common name */
#define NAMES_SHOWN 10

void casp_name_add(struct casp_buf *out, size_t *n, const char *name)
{
	if ((*n)++ < NAMES_SHOWN) {
		casp_buf_addf(out, "%s'%s'", *n > 1 ? ", " : "", name);
	}
}

void casp_names_end(struct casp_buf *out, size_t n)
{
	if (n > NAMES_SHOWN) {
		casp_buf_addf(out, " and %zu more", n - NAMES_SHOWN);
	}
}

/* In UTF-16 units, as Active Directory counts; a character beyond the BMP has two. */
static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		n += (c & 0xc0) != 0x80;
		n += c >= 0xf0;
	}
	return n;
}

static const char *name_fault(const char *name)
{
	size_t n = strlen(name);

	if (strspn(name, " ") == n) {
		return "it is blank";
	}
	if (name[0] == ' ' || name[n - 1] == ' ') {
		return "it begins or ends with a blank";
	}
	if (characters(name) > NAME_LIMIT) {
		return "it is longer than 64 characters";
	}
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f) {
			return "it holds a control character";
		}
	}
	return NULL;
}

int casp_array_check_name(const char *name, struct cas_error **err)
{
	const char *fault = name_fault(name);

	if (!fault) {
		return 0;
	}
	casp_error(err, CAS_E_REFUSED, "'%s' cannot be the name of an array: %s", name,
		   fault);
	casp_error_hint(err, "a name has 1 to 64 characters and no blank at either end");
	return CAS_E_REFUSED;
}

int casp_array_check_fqdn(const char *fqdn, struct casp_str *ret, struct cas_error **err)
{
	struct casp_str text = casp_fqdn_trim(casp_str(fqdn));
	const char *why = NULL;

	if (!casp_fqdn_check(text, &why)) {
		casp_error(err, CAS_E_REFUSED, "'%s' is not a legal host name: %s", fqdn,
			   why);
		casp_error_hint(err, "give a fully qualified name such as "
				     "outlook.contoso.com");
		return CAS_E_REFUSED;
	}
	*ret = text;
	return 0;
}

static int in_the_way(const struct cas_object *object, const char *what,
		      struct casp_str text, const char *field, struct cas_error **err)
{
	casp_error(err, CAS_E_REFUSED,
		   "the %s '%.*s' is taken: it is the %s of the %s '%s' (%s)", what,
		   CASP_STR_ARG(text), field, cas_kind_name(object->kind), object->name,
		   object->dn);
	casp_error_hint(err, "choose another %s", what);
	return CAS_E_REFUSED;
}

static int check_object(const struct cas_object *object, const char *what,
			struct casp_str text, struct cas_error **err)
{
	if (casp_str_iequal(casp_str(object->name), text)) {
		return in_the_way(object, what, text, "name", err);
	}
	if (casp_fqdn_equal(casp_str(casp_object_fqdn(object)), text)) {
		return in_the_way(object, what, text, "FQDN", err);
	}
	return 0;
}

int casp_array_check_free(const struct cas_organization *org,
			  const struct cas_array *self, const char *what,
			  struct casp_str text, struct cas_error **err)
{
	static const enum cas_kind kinds[] = {CAS_KIND_ARRAY, CAS_KIND_SERVER};

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		for (size_t i = 0; i < CASP_COUNT(org, kinds[k]); i++) {
			const struct cas_object *object = org->objects[kinds[k]].v[i];
			int code;

			if (self && object == &self->object) {
				continue;
			}
			code = check_object(object, what, text, err);
			if (code) {
				return code;
			}
		}
	}
	return 0;
}

int casp_array_check_site(const struct cas_site *site, const struct cas_array *self,
			  struct cas_error **err)
{
	for (size_t i = 0; i < site->arrays.n; i++) {
		const struct cas_array *array = site->arrays.v[i];

		if (array == self) {
			continue;
		}
		casp_error(err, CAS_E_REFUSED,
			   "the site '%s' has an array already: '%s' (%s)",
			   site->object.name, array->object.name, array->object.dn);
		casp_error_hint(err,
				"a site has one array; --allow-second-array overrides "
				"this");
		return CAS_E_REFUSED;
	}
	return 0;
}

int casp_array_find(const struct cas_organization *org, const char *identity,
		    const struct cas_array **ret, struct cas_error **err)
{
	const struct cas_object *object;
	int code;

	code = cas_organization_find(org, 1u << CAS_KIND_ARRAY, identity, &object, err);
	if (code) {
		return code;
	}
	if (cas_object_array(object)->is_2013) {
		casp_error(err, CAS_E_REFUSED,
			   "'%s' is an array of Exchange 2013 or later: it is not "
			   "managed here",
			   object->name);
		casp_error_hint(err, "use the tools of that version");
		return CAS_E_REFUSED;
	}
	*ret = cas_object_array(object);
	return 0;
}

/* ---- warnings ---- */

/* The host of "https://host:443/path", or of "host". */
static struct casp_str url_host(const char *url)
{
	const char *start = strstr(url, "://");
	size_t n;

	start = start ? start + 3 : url;
	n = strcspn(start, "/:?#");
	return casp_fqdn_trim((struct casp_str){start, n});
}

static bool names_host(const char *url, struct casp_str fqdn)
{
	return url && *url && casp_fqdn_equal(url_host(url), fqdn);
}

static const char *service_uses(const struct casp_service *service, struct casp_str fqdn)
{
	if (service->type == CASP_SERVICE_SCP) {
		return names_host(service->binding, fqdn)
			       ? "the Autodiscover service connection point"
			       : NULL;
	}
	if (!names_host(service->internal_url, fqdn) &&
	    !names_host(service->external_url, fqdn)) {
		return NULL;
	}
	return service->type == CASP_SERVICE_OUTLOOK_ANYWHERE
		       ? "the Outlook Anywhere host name"
		       : "a URL of the virtual directory";
}

static bool warn_services(struct cas_plan *plan, struct casp_str fqdn)
{
	const struct cas_organization *org = plan->org;

	if (!(org->scope & CAS_SCOPE_SERVICES)) {
		return casp_plan_warn(
			plan, "the FQDN was not compared with virtual directories "
			      "and Autodiscover: they were not loaded");
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SERVICE); i++) {
		const struct casp_service *service = CASP_SERVICE(org, i);
		const char *use = service_uses(service, fqdn);

		if (use &&
		    !casp_plan_warn(
			    plan,
			    "the FQDN '%.*s' is also %s '%s'%s%s: a name that is both "
			    "the RPC endpoint and a web name cannot be moved apart later",
			    CASP_STR_ARG(fqdn), use, service->object.name,
			    service->server ? " on " : "",
			    service->server ? service->server->object.name : "")) {
			return false;
		}
	}
	return true;
}

static bool warn_dags(struct cas_plan *plan, struct casp_str fqdn)
{
	const struct cas_organization *org = plan->org;
	struct casp_str host = casp_fqdn_host(fqdn);

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DAG); i++) {
		const struct cas_object *dag = org->objects[CAS_KIND_DAG].v[i];

		if (casp_str_iequal(casp_str(dag->name), host) &&
		    !casp_plan_warn(
			    plan,
			    "the FQDN '%.*s' is the network name of the DAG '%s': the "
			    "cluster registers that name for itself",
			    CASP_STR_ARG(fqdn), dag->name)) {
			return false;
		}
	}
	return true;
}

static bool warn_shape(struct cas_plan *plan, const char *fqdn)
{
	if (casp_fqdn_is_single_label(casp_str(fqdn)) &&
	    !casp_plan_warn(plan,
			    "the FQDN '%s' is a single label, not a fully qualified name",
			    fqdn)) {
		return false;
	}
	return strlen(fqdn) <= NAME_LIMIT ||
	       casp_plan_warn(
		       plan,
		       "the FQDN '%s' is longer than 64 characters and may not fit into "
		       "a legacyExchangeDN",
		       fqdn);
}

int casp_array_warn_fqdn(struct cas_plan *plan, const char *fqdn, struct cas_error **err)
{
	struct casp_str text = casp_str(fqdn);

	return warn_shape(plan, fqdn) && warn_services(plan, text) &&
			       warn_dags(plan, text)
		       ? 0
		       : casp_error_nomem(err);
}

int casp_array_note_dns(struct cas_plan *plan, const char *fqdn,
			const struct cas_site *site, struct cas_error **err)
{
	return casp_plan_note(
		       plan,
		       "DNS: '%s' must resolve inside to the address of the load "
		       "balancer of the site '%s' (%s. %d IN A <address>), and must "
		       "not resolve outside",
		       fqdn, site ? site->object.name : "", fqdn, CAS_DNS_TTL)
		       ? 0
		       : casp_error_nomem(err);
}
