/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exemptions, and the findings that there are. */
#include <string.h>

#include "exemption.h"

typedef int (*finding_fn)(struct cli_session *session, struct cli_exemption *exemption,
			  const struct cas_finding *finding);

static int walk(struct cli_session *session, struct cli_exemptions *all,
		struct cas_audit *audit, finding_fn each)
{
	const struct cas_finding *finding;
	struct cas_error *error = NULL;
	int more, status = EXIT_DONE;

	while (!status && (more = cas_audit_next(audit, &finding, &error))) {
		const struct cli_exemption *found;

		if (more < 0) {
			return cli_fail(session, error);
		}
		found = cas_finding_evaluated(finding)
				? opt_index_find(&all->keys, cas_finding_key(finding))
				: NULL;
		if (found) {
			status = each(session, &all->v[found - all->v], finding);
		}
	}
	return status;
}

/* Audits the directory by a policy, for the rules of the exemptions. */
static int audit(struct cli_session *session, struct cli_exemptions *all,
		 const struct cas_policy *policy, finding_fn each)
{
	const char **rules = opt_pool_alloc(session->pool, all->n * sizeof(*rules));
	struct cas_audit_options options = {
		.rules = rules, .now = policy->now, .suppressed = true};
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	struct cas_audit *made = NULL;
	int status;

	if (!rules) {
		return cli_no_memory(session);
	}
	/* keys of one rule often stand together */
	for (size_t i = 0; i < all->n; i++) {
		if (!i || all->v[i].rule != all->v[i - 1].rule) {
			rules[options.n_rules++] = all->v[i].rule;
		}
	}
	cas_context_set_policy(session->context, policy);
	if (cli_load(session, CAS_SCOPE_ALL, NULL, 0, &org, &error) ||
	    cas_audit_new(org, &options, &made, &error)) {
		return cli_fail(session, error);
	}
	status = walk(session, all, made, each);
	cas_audit_free(made);
	return status;
}

static int take_finding(struct cli_session *session, struct cli_exemption *exemption,
			const struct cas_finding *finding)
{
	const struct cas_exemption *other = cas_finding_exemption(finding);
	const char *name = cas_object_name(cas_finding_object(finding));

	if (other) {
		const char *hint = opt_pool_printf(session->pool, "%s:%zu has it",
						   other->file, other->line);

		cli_problem(session, CAS_E_REFUSED, hint, "'%s' is exempt already: '%s'",
			    exemption->key, other->name);
		return cli_fail(session, NULL);
	}
	exemption->found = true;
	exemption->object_name = opt_pool_copy(session->pool, name, strlen(name));
	return exemption->object_name ? EXIT_DONE : cli_no_memory(session);
}

static int refuse_missing(struct cli_session *session,
			  const struct cli_exemption *exemption)
{
	cli_problem(session, CAS_E_REFUSED,
		    "see the keys: casarray audit --format csv --fields key,object.name\n"
		    "or try --no-lookup",
		    "an audit of '%s' does not find '%s'",
		    cas_directory_address(session->directory), exemption->key);
	return cli_fail(session, NULL);
}

/* What is left with the exemptions. */
static int refuse_left(struct cli_session *session, struct cli_exemption *exemption,
		       const struct cas_finding *finding)
{
	enum cas_exemption_class which = exemption->what.which;

	if (cas_finding_suppression(finding)) {
		return EXIT_DONE;
	}
	cli_problem(session, CAS_E_REFUSED,
		    which == CAS_EXEMPTION_TEMPORARY_OVERRIDE
			    ? "--value is what the database points at now"
			    : "leave --class out to exempt the object from the rule "
			      "alone",
		    "an exemption of class %s does not cover '%s': %s",
		    cas_exemption_class_name(which), exemption->key,
		    cas_finding_message(finding));
	return cli_fail(session, NULL);
}

/* A plain exemption covers its finding, another one by what it is. */
static int check_effect(struct cli_session *session, struct cli_exemptions *all)
{
	const struct cas_policy *now = &all->settings.policy;
	struct cas_policy *then = opt_pool_alloc(session->pool, sizeof(*then));
	struct cas_exemption *exemptions = opt_pool_alloc(
		session->pool, (now->n_exemptions + all->n) * sizeof(*exemptions));

	if (all->v[0].what.which == CAS_EXEMPTION_PLAIN) {
		return EXIT_DONE;
	}
	if (!then || !exemptions) {
		return cli_no_memory(session);
	}
	*then = *now;
	then->exemptions = exemptions;
	if (now->n_exemptions) {
		memcpy(exemptions, now->exemptions,
		       now->n_exemptions * sizeof(*exemptions));
	}
	for (size_t i = 0; i < all->n; i++) {
		exemptions[then->n_exemptions++] = all->v[i].what;
	}
	return audit(session, all, then, refuse_left);
}

int cli_exemptions_look_up(struct cli_session *session, struct cli_exemptions *all)
{
	int status = audit(session, all, &all->settings.policy, take_finding);

	for (size_t i = 0; i < all->n && !status; i++) {
		if (!all->v[i].found) {
			status = refuse_missing(session, &all->v[i]);
		}
	}
	return status ? status : check_effect(session, all);
}
