/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Repairs what needs no decision, and leaves alone what is exempt. */
#include <casarray.h>
#include <stdio.h>
#include <time.h>

static const struct cas_exemption exemptions[] = {
	{
		.name = "import",
		.rule = "CAS040",
		.object = "Berlin DB 2",
		.reason = "PST import",
		.owner = "messaging@contoso.com",
	},
};

static int repair(struct cas_directory *directory, struct cas_error **error)
{
	const struct cas_audit_options options = {.now = time(NULL)};
	const struct cas_repair limits = {.max_changes = 100};
	const struct cas_apply how = {.command = "repair"};
	struct cas_organization *organization = NULL;
	struct cas_audit *audit = NULL;
	struct cas_plan *plan = NULL;
	size_t verified = 0;
	int r;

	r = cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &organization,
				  error);
	if (r == 0) {
		r = cas_audit_new(organization, &options, &audit, error);
	}
	if (r == 0) {
		r = cas_plan_repair(audit, &limits, &plan, error);
	}
	if (r == 0) {
		r = cas_plan_preflight(plan, directory, error);
	}
	if (r == 0) {
		r = cas_plan_apply(plan, directory, &how, error);
	}
	if (r == 0) {
		r = cas_plan_verify(plan, directory, &verified, error);
	}
	for (size_t i = 0; plan && i < cas_plan_count(plan); i++) {
		printf("%s %s\n", cas_action_name(cas_step_action(plan, i)),
		       cas_outcome_name(cas_step_outcome(plan, i)));
	}
	if (r == 0 && *cas_plan_run(plan)) {
		printf("run %s, %zu read back\n", cas_plan_run(plan), verified);
	}
	cas_plan_free(plan);
	cas_audit_free(audit);
	cas_organization_free(organization);
	return r;
}

int main(int argc, char **argv)
{
	const struct cas_policy policy = {
		.exemptions = exemptions, .n_exemptions = 1, .now = time(NULL)};
	const struct cas_connect how = {.timeout = 10};
	const char *address = argc > 1 ? argv[1] : "";
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	struct cas_error *error = NULL;
	int r;

	r = cas_context_new(&context, &error);
	if (r == 0) {
		cas_context_set_policy(context, &policy);
		r = cas_directory_connect(context, &address, 1, &how, &directory, &error);
	}
	if (r == 0) {
		r = repair(directory, &error);
	}
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", cas_code_name(r), cas_error_message(error));
	}
	cas_directory_unref(directory);
	cas_context_unref(context);
	cas_error_free(error);
	return r < 0;
}
