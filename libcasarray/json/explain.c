/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a database has the value that it has, and what it should be, as JSON. */
#include "../names/date.h"
#include "../policy/exemption.h"
#include "json.h"

static const struct {
	enum casp_expectation_case which;
	const char *name;
} cases[] = {
	{CASP_EXPECT_EXEMPT, "exempt"},
	{CASP_EXPECT_PROXY, "public-folder-proxy"},
	{CASP_EXPECT_DECLARED, "temporary-override"},
	{CASP_EXPECT_ARRAY, "array-of-home-site"},
	{CASP_EXPECT_ANY_ARRAY, "any-array-of-home-site"},
	{CASP_EXPECT_CAS, "client-access-server-of-home-site"},
	{CASP_EXPECT_NOTHING, "nothing-correct-exists"},
	{CASP_EXPECT_NO_HOME, "home-site-unknown"},
};

static const char *case_name(enum casp_expectation_case which)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (cases[i].which == which) {
			return cases[i].name;
		}
	}
	return "unknown";
}

/* Home(db): the copy with the lowest activation preference, else the owning server. */
static void add_home(struct casp_json *json, const struct cas_database *database)
{
	const struct cas_server *by = database->owner;

	for (size_t i = 0; database->home_by_copy && i < database->n_copies; i++) {
		if (database->copies[i]->host) {
			by = database->copies[i]->host;
			break;
		}
	}
	casp_json_text(json, "home_rule",
		       !database->home          ? "unknown"
		       : database->home_by_copy ? "preferred-copy"
						: "owning-server");
	casp_json_name(json, "home_server", database->home && by ? &by->object : NULL);
}

static void add_expectation(struct casp_json *json, const struct cas_organization *org,
			    const struct cas_database *database)
{
	struct casp_expectation expectation = {0};

	casp_expect(org, database, &expectation);
	casp_json_plain(json, "expected_rule", case_name(expectation.which));
	casp_json_text(json, "expected_reason", expectation.reason);
	casp_json_bool(json, "as_expected", expectation.met);
}

static void add_assignment(struct casp_json *json, const struct cas_organization *org,
			   const struct cas_database *database)
{
	struct cas_assignment *assignment = NULL;
	struct cas_error *error = NULL;
	const char *reason = "its owning server is unknown";
	json_t *candidates;
	size_t n = 0;

	if (database->type != CASP_DATABASE_MAILBOX_2010) {
		reason = "only mailbox databases of Exchange 2010 get a value by default";
	} else if (database->owner) {
		reason = cas_assignment_new(org, &database->owner->object, 0, &assignment,
					    &error) == 0
				 ? cas_assignment_reason(assignment)
				 : cas_error_message(error);
	}
	casp_json_text(json, "default_reason", reason);
	candidates = casp_json_list(json, "default_candidates");
	n = assignment ? cas_assignment_n_candidates(assignment) : 0;
	for (size_t i = 0; i < n; i++) {
		casp_json_push_text(
			json, candidates,
			casp_object_fqdn(cas_assignment_candidate(assignment, i)));
	}
	cas_assignment_free(assignment);
	cas_error_free(error);
}

static int audit_one(const struct cas_organization *org, const struct cas_object *object,
		     struct cas_audit **ret)
{
	struct cas_audit_options options = {0};
	struct cas_objects *objects = NULL;
	int code = cas_objects_new(&objects, NULL);

	if (code == 0) {
		code = cas_objects_add(objects, object, NULL);
	}
	if (code == 0) {
		options.objects = objects;
		code = cas_audit_new(org, &options, ret, NULL);
	}
	cas_objects_free(objects);
	return code;
}

/* The rules that find fault with this very database. */
static void add_findings(struct casp_json *json, const struct cas_organization *org,
			 const struct cas_object *object)
{
	json_t *list = casp_json_list(json, "findings");
	const struct cas_finding *finding;
	struct cas_audit *audit = NULL;
	int code = audit_one(org, object, &audit);

	while (code >= 0 && (code = cas_audit_next(audit, &finding, NULL)) == 1) {
		if (cas_finding_evaluated(finding) &&
		    cas_finding_object(finding) == object) {
			casp_json_push(json, list, cas_json_finding(finding));
		}
	}
	json->failed |= code < 0;
	cas_audit_free(audit);
}

static void add_exemption(struct casp_json *json, json_t *list,
			  const struct cas_organization *org,
			  const struct cas_exemption *exemption)
{
	char day[CASP_DATE_TEXT] = "";
	struct casp_json item;

	if (exemption->expires) {
		casp_date_text(exemption->expires - 1, day);
	}
	casp_json_start(&item);
	casp_json_text(&item, "name", exemption->name);
	casp_json_text(&item, "class", cas_exemption_class_name(exemption->which));
	casp_json_text(&item, "rule", exemption->rule);
	casp_json_text(&item, "value", exemption->value);
	casp_json_text(&item, "reason", exemption->reason);
	casp_json_text(&item, "owner", exemption->owner);
	casp_json_text(&item, "expires", day);
	casp_json_bool(&item, "expired", casp_exemption_expired(org, exemption));
	json->replaced |= item.replaced;
	item.replaced = false;
	casp_json_push(json, list, casp_json_finish(&item));
}

/* What people declare of it, of its home site or of its DAG. */
static void add_exemptions(struct casp_json *json, const struct cas_organization *org,
			   const struct cas_database *database)
{
	const struct cas_object *const objects[] = {
		&database->object,
		database->home ? &database->home->object : NULL,
		database->dag ? &database->dag->object : NULL,
	};
	json_t *list = casp_json_list(json, "exemptions");

	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
		const struct casp_declaration *declarations;
		size_t n = 0;

		declarations = objects[i] ? casp_declared_of(org, objects[i], &n) : NULL;
		for (size_t k = 0; k < n; k++) {
			const struct cas_exemption *exemption =
				declarations[k].declared->exemption;

			if (casp_exemption_means(exemption, objects[i], i > 0)) {
				add_exemption(json, list, org, exemption);
			}
		}
	}
}

json_t *cas_json_explain(const struct cas_organization *org,
			 const struct cas_database *database)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_identity(&json, &database->object);
	casp_json_database(&json, org, database);
	casp_json_text(&json, "legacy_dn", database->object.legacy_dn);
	add_home(&json, database);
	add_expectation(&json, org, database);
	add_exemptions(&json, org, database);
	add_assignment(&json, org, database);
	add_findings(&json, org, &database->object);
	return casp_json_finish(&json);
}
