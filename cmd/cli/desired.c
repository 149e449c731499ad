/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that read what should be from files. */
#include "desired.h"

#include <string.h>

#include "session.h"
#include "settings.h"

/* Every reason, a line each. */
static void report(struct cli_session *session, const struct cas_desired *desired)
{
	const char *text;

	for (size_t i = 0; (text = cas_desired_problem(desired, i)); i++) {
		cli_message(session->err, "", text);
	}
}

static const struct cas_policy *own_policy(const struct cli_session *session)
{
	return session->settings ? &session->settings->policy : NULL;
}

/* The exemptions of the files hold as those of the configuration do. */
static int use_policy(struct cli_session *session, struct cas_desired *desired,
		      struct cas_error **err)
{
	const struct cas_policy *policy;
	int code = cas_desired_policy(desired, own_policy(session), &policy, err);

	if (code == 0) {
		cas_context_set_policy(session->context, policy);
	}
	return code;
}

/* For more databases than that, all are read in less time. */
#define MAX_NAMED 1000

/* No more than the files and the question need. */
static int load(struct cli_session *session, struct cas_desired *desired, bool prune,
		const struct cas_organization **ret, struct cas_error **err)
{
	unsigned scope = CAS_SCOPE_TOPOLOGY;
	const char *const *names;
	bool all;
	size_t n;

	names = cas_desired_databases(desired, &n);
	all = prune || n > MAX_NAMED;
	if (n || prune) {
		scope |= CAS_SCOPE_DATABASES | CAS_SCOPE_MAILBOXES;
	}
	if (cas_desired_lists_arrays(desired)) {
		scope |= CAS_SCOPE_SERVICES;
	}
	return cli_load(session, scope, all || !n ? NULL : names, all ? 0 : n, ret, err);
}

int cli_desired_read(struct cli_session *session, const struct opt_list *files,
		     struct cas_desired **ret)
{
	struct cas_desired *desired;
	struct cas_error *error = NULL;
	size_t n_stdin = 0;
	int code;

	for (size_t i = 0; i < files->n; i++) {
		int status = cli_refuse_written(session, files->v[i]);

		if (status) {
			return status;
		}
		n_stdin += !strcmp(files->v[i], "-");
	}
	if (n_stdin > 1) {
		return cli_usage(session, "standard input can be read only once");
	}
	code = cas_desired_new(&desired, &error);
	if (code) {
		return cli_fail(session, error);
	}
	for (size_t i = 0; code == 0 && i < files->n; i++) {
		code = cas_desired_read(desired, files->v[i], &error);
	}
	if (code) {
		cli_desired_free(session, desired);
		return cli_fail(session, error);
	}
	*ret = desired;
	return EXIT_DONE;
}

int cli_desired_plan(struct cli_session *session, struct cas_desired *desired, bool prune,
		     struct cas_plan **ret)
{
	const struct cas_organization *org;
	struct cas_error *error = NULL;

	if (use_policy(session, desired, &error) ||
	    load(session, desired, prune, &org, &error)) {
		return cli_fail(session, error);
	}
	if (cas_plan_desired(org, desired, prune, ret, &error)) {
		out_flush(session->out);
		report(session, desired);
		return cli_fail(session, error);
	}
	return EXIT_DONE;
}

void cli_desired_free(struct cli_session *session, struct cas_desired *desired)
{
	if (desired) {
		cas_organization_free(session->organization);
		session->organization = NULL;
		cas_context_set_policy(session->context, own_policy(session));
	}
	cas_desired_free(desired);
}
