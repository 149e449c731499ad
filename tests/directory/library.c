/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program of somebody else that uses the library: unlike casarray it lets libldap read
 * its configuration files.
 *
 * Usage: library ADDRESS [CA-FILE [USER PASSWORD]]: how many databases there are, or the
 * error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <casarray.h>

static int hand_over(void *closure, char **ret)
{
	*ret = strdup(closure);
	return *ret ? 0 : CAS_E_NOMEM;
}

static int count(const char *address, const struct cas_connect *how,
		 struct cas_error **err)
{
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	struct cas_organization *organization = NULL;
	int r = cas_context_new(&context, err);

	if (r == 0) {
		r = cas_directory_connect(context, &address, 1, how, &directory, err);
	}
	if (r == 0) {
		r = cas_organization_load(directory, CAS_SCOPE_DATABASES, NULL, 0,
					  &organization, err);
	}
	if (r == 0) {
		printf("%zu\n", cas_organization_count(organization, CAS_KIND_DATABASE));
	}
	cas_organization_free(organization);
	cas_directory_unref(directory);
	cas_context_unref(context);
	return r;
}

int main(int argc, char **argv)
{
	struct cas_error *error = NULL;
	struct cas_connect how = {.timeout = 20};
	int r;

	if (argc < 2) {
		return EXIT_FAILURE;
	}
	how.ca_file = argc > 2 ? argv[2] : NULL;
	if (argc > 4) {
		how.user = argv[3];
		how.password = hand_over;
		how.password_closure = argv[4];
	} else if (strncmp(argv[1], "ldapi:", strlen("ldapi:")) != 0) {
		how.bind = CAS_BIND_ANONYMOUS;
	}
	r = count(argv[1], &how, &error);
	if (r < 0) {
		puts(cas_error_message(error));
	}
	cas_error_free(error);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
