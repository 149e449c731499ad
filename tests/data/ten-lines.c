/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the worst severity of the audit of an LDIF file, and the key of each finding. */
#include <casarray.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "";
	const struct cas_audit_options options = {0};
	const struct cas_finding *finding;
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	struct cas_organization *organization = NULL;
	struct cas_audit *audit = NULL;
	struct cas_error *error = NULL;
	int failed;

	if (cas_context_new(&context, &error) == 0 &&
	    cas_directory_open(context, &path, 1, &directory, &error) == 0 &&
	    cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &organization,
				  &error) == 0 &&
	    cas_audit_new(organization, &options, &audit, &error) == 0) {
		puts(cas_severity_name(cas_audit_worst(audit)));
		while (cas_audit_next(audit, &finding, &error) == 1) {
			if (cas_finding_evaluated(finding)) {
				puts(cas_finding_key(finding));
			}
		}
	}
	failed = error != NULL;
	if (failed) {
		fprintf(stderr, "%s\n", cas_error_message(error));
	}
	cas_audit_free(audit);
	cas_organization_free(organization);
	cas_directory_unref(directory);
	cas_context_unref(context);
	cas_error_free(error);
	return failed;
}
