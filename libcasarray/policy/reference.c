/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the legacyExchangeDN of a database refers to. */
#include "../names/fqdn.h"
#include "../names/legacy_dn.h"
#include "exemption.h"
#include "facts.h"

static struct casp_str after(struct casp_str text, size_t n)
{
	return (struct casp_str){text.p + n, text.n - n};
}

/* Where the last "/cn=" begins; text.n when there is none. */
static size_t last_section(struct casp_str text)
{
	for (size_t i = text.n; i-- > 0;) {
		if (text.p[i] == '/') {
			return casp_str_istarts(after(text, i), CASP_STR("/cn="))
				       ? i
				       : text.n;
		}
	}
	return text.n;
}

/*
 * The name in "<group>/cn=Configuration/cn=Servers/cn=NAME/cn=LEAF", which may hold what
 * a legacy DN must not. The leaf does not matter: Exchange reads only its parent.
 */
static bool cut_name(const struct cas_organization *org, struct casp_str text,
		     struct casp_str *name)
{
	static const struct casp_str middle = {"/cn=Configuration/cn=Servers/cn=", 32};
	struct casp_str group = casp_str(org->group ? org->group->object.legacy_dn : "");
	size_t end;

	if (group.n) {
		if (!casp_str_istarts(text, group)) {
			return false;
		}
		text = after(text, group.n);
	} else {
		while (text.n && !casp_str_istarts(text, middle)) {
			text = after(text, 1);
		}
	}
	if (!casp_str_istarts(text, middle)) {
		return false;
	}
	text = after(text, middle.n);
	end = last_section(text);
	if (end == text.n || end == 0 || end + 4 == text.n) {
		return false;
	}
	*name = (struct casp_str){text.p, end};
	return last_section(*name) == name->n;
}

/* What somebody typed or pasted around a host name. */
static bool has_junk(struct casp_str name)
{
	if (name.p[0] == ' ' || name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '.') {
		return true;
	}
	return memchr(name.p, '/', name.n) || memchr(name.p, ':', name.n);
}

static bool begins_host(struct casp_str label, const char *fqdn)
{
	return !casp_fqdn_is_single_label(casp_str(fqdn)) &&
	       casp_str_iequal(label, casp_fqdn_host(casp_str(fqdn)));
}

static bool is_known_host(const struct cas_organization *org,
			  const struct casp_facts *facts, struct casp_str label)
{
	if (facts) {
		return casp_facts_host(facts, label);
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		if (begins_host(label, CASP_ARRAY(org, i)->fqdn)) {
			return true;
		}
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SERVER); i++) {
		if (casp_server_is_cas10(CASP_SERVER(org, i)) &&
		    begins_host(label, CASP_SERVER(org, i)->fqdn)) {
			return true;
		}
	}
	return false;
}

static enum casp_reference dangling(const struct cas_organization *org,
				    const struct casp_facts *facts,
				    const struct cas_database *database)
{
	struct casp_str name;

	if (!cut_name(org, casp_str(database->object.legacy_dn), &name)) {
		return CASP_REFERENCE_MALFORMED;
	}
	if (has_junk(name)) {
		return CASP_REFERENCE_JUNK;
	}
	if (database->object.defects & CASP_OBJECT_LEGACY_DN_BAD) {
		return CASP_REFERENCE_MALFORMED;
	}
	if (!memchr(name.p, '.', name.n) && is_known_host(org, facts, name)) {
		return CASP_REFERENCE_SHORT_NAME;
	}
	return CASP_REFERENCE_NOWHERE;
}

static enum casp_reference to_array(const struct cas_array *array,
				    const struct cas_site *home)
{
	if (array->is_2013 || array->object.defects & CASP_OBJECT_LOST) {
		return CASP_REFERENCE_NOWHERE;
	}
	if (!array->site) {
		return CASP_REFERENCE_ARRAY_NO_SITE;
	}
	if (!home) {
		return CASP_REFERENCE_ARRAY_NO_HOME;
	}
	return array->site == home ? CASP_REFERENCE_FINE : CASP_REFERENCE_ARRAY_ELSEWHERE;
}

static enum casp_reference to_server(const struct cas_server *server,
				     const struct cas_site *home)
{
	if (!casp_server_is_cas10(server)) {
		return CASP_REFERENCE_NOT_CAS;
	}
	if (!home) {
		return CASP_REFERENCE_SERVER_NO_HOME;
	}
	if (server->site && server->site != home) {
		return CASP_REFERENCE_CAS_ELSEWHERE;
	}
	return home->arrays.n ? CASP_REFERENCE_SERVER : CASP_REFERENCE_SERVER_NO_ARRAY;
}

/* What people declare comes first. EXEMPT: nothing is declared. */
static enum casp_reference declared(const struct cas_organization *org,
				    const struct cas_database *database)
{
	const struct cas_exemption *exemption = casp_declared_value(org, database);

	if (!exemption) {
		return CASP_REFERENCE_EXEMPT;
	}
	if (exemption->which != CAS_EXEMPTION_PF_PROXY) {
		return CASP_REFERENCE_DECLARED;
	}
	return casp_proxy_is_right(database) ? CASP_REFERENCE_PROXY
					     : CASP_REFERENCE_PROXY_WRONG;
}

enum casp_reference casp_reference(const struct cas_organization *org,
				   const struct casp_facts *facts,
				   const struct cas_database *database)
{
	const struct cas_object *target = database->target;

	if (database->type != CASP_DATABASE_MAILBOX_2010) {
		return CASP_REFERENCE_EXEMPT;
	}
	if (org->declarations) {
		enum casp_reference reference = declared(org, database);

		if (reference != CASP_REFERENCE_EXEMPT) {
			return reference;
		}
	}
	if (!target) {
		return dangling(org, facts, database);
	}
	if (target->kind == CAS_KIND_ARRAY) {
		return to_array((const struct cas_array *)target, database->home);
	}
	return to_server((const struct cas_server *)target, database->home);
}
