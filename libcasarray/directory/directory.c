/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory that an address names, and the way to its store. */
#include "directory.h"

#include <stdlib.h>
#include <string.h>

#include "../names/dn.h"
#include "module.h"

/* What is in front of the address of a server. */
static const char *const schemes[] = {"ldap://", "ldaps://", "ldapi://"};

static bool is_server(const char *address)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (casp_str_istarts(casp_str(address), casp_str(schemes[i]))) {
			return true;
		}
	}
	return false;
}

static const char *file_of(const char *address)
{
	return strncmp(address, "ldif:", 5) == 0 ? address + 5 : address;
}

/* "https://dc1": no file is called so by chance. One that is, is named as ldif:FILE. */
static bool is_foreign(const char *address)
{
	size_t letters = strspn(address, "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return letters > 0 && strncmp(address + letters, "://", 3) == 0 &&
	       file_of(address) == address && !is_server(address);
}

static int say_how(struct cas_error **err)
{
	return casp_error_hint(err, "name an LDIF file, or a server as "
				    "ldap://dc1.contoso.com");
}

static int check_addresses(const char *const *addresses, size_t n, struct cas_error **err)
{
	for (size_t i = 0; i < n; i++) {
		if (!addresses[i] || !*file_of(addresses[i])) {
			casp_error(err, CAS_E_USAGE, "the directory's address is empty");
			return say_how(err);
		}
		if (is_foreign(addresses[i])) {
			casp_error(err, CAS_E_USAGE,
				   "'%s' is neither a file nor an LDAP server",
				   addresses[i]);
			return say_how(err);
		}
		if (is_server(addresses[i]) != is_server(addresses[0])) {
			casp_error(err, CAS_E_USAGE,
				   "'%s' and '%s' are not one directory: a server and a "
				   "file",
				   addresses[0], addresses[i]);
			return casp_error_hint(err, "name servers or files");
		}
	}
	return 0;
}

static int open_files(struct cas_context *context, const char *const *addresses, size_t n,
		      struct cas_directory **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) const char **paths = calloc(n, sizeof(*paths));

	if (!paths) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < n; i++) {
		paths[i] = file_of(addresses[i]);
	}
	return casp_ldif_open(context, paths, n, ret, err);
}

int cas_directory_connect(struct cas_context *context, const char *const *addresses,
			  size_t n_addresses, const struct cas_connect *how,
			  struct cas_directory **ret, struct cas_error **err)
{
	casp_ldap_open_fn open_servers;
	int r;

	if (!context || !ret || (n_addresses > 0 && !addresses)) {
		return casp_error(err, CAS_E_USAGE, "no directory is named");
	}
	r = check_addresses(addresses, n_addresses, err);
	if (r < 0) {
		return r;
	}
	if (n_addresses > 0 && !is_server(addresses[0])) {
		return open_files(context, addresses, n_addresses, ret, err);
	}
	r = casp_module_ldap(&open_servers, err);
	return r < 0 ? r : open_servers(context, addresses, n_addresses, how, ret, err);
}

int cas_directory_open(struct cas_context *context, const char *const *addresses,
		       size_t n_addresses, struct cas_directory **ret,
		       struct cas_error **err)
{
	if (n_addresses == 0) {
		return casp_error(err, CAS_E_USAGE, "no directory is named");
	}
	return cas_directory_connect(context, addresses, n_addresses, NULL, ret, err);
}

struct cas_directory *cas_directory_ref(struct cas_directory *directory)
{
	if (directory) {
		directory->references++;
	}
	return directory;
}

struct cas_directory *cas_directory_unref(struct cas_directory *directory)
{
	if (directory && --directory->references == 0) {
		struct cas_context *context = directory->context;

		free(directory->address);
		directory->store->close(directory);
		cas_context_unref(context);
	}
	return NULL;
}

const char *cas_directory_address(const struct cas_directory *directory)
{
	return directory->address;
}

int casp_directory_search(struct cas_directory *directory,
			  const struct casp_query *queries, size_t n_queries,
			  casp_entry_fn each, void *closure, struct cas_error **err)
{
	return directory->store->search(directory, queries, n_queries, each, closure,
					err);
}

const struct casp_values *casp_entry_values(const struct casp_entry *entry,
					    const char *attribute)
{
	for (size_t i = 0; i < entry->n_names; i++) {
		if (casp_iequal(entry->names[i], attribute)) {
			return &entry->values[i];
		}
	}
	return NULL;
}

bool casp_directory_broke_off(const struct cas_directory *directory)
{
	return directory->broke_off;
}

void casp_directory_where(struct cas_directory *directory, uint64_t origin,
			  struct casp_buf *out)
{
	directory->store->where(directory, origin, out);
}

bool casp_directory_place(struct cas_directory *directory, uint64_t origin,
			  const char **ret_file, size_t *ret_line)
{
	if (!directory->store->place) {
		return false;
	}
	directory->store->place(directory, origin, ret_file, ret_line);
	return true;
}

int64_t casp_directory_as_of(const struct cas_directory *directory)
{
	return directory->store->as_of ? directory->store->as_of(directory) : 0;
}

size_t casp_directory_defects(struct cas_directory *directory,
			      const struct casp_defect **ret)
{
	return directory->store->defects(directory, ret);
}

int casp_directory_commit(struct cas_directory *directory,
			  const struct casp_change *changes, size_t n,
			  struct casp_result *results, struct cas_error **err)
{
	for (size_t i = 0; i < n; i++) {
		results[i] = (struct casp_result){CAS_OUTCOME_NOT_TRIED, NULL};
	}
	return directory->store->commit(directory, changes, n, results, err);
}

void casp_directory_tidy(struct cas_directory *directory)
{
	if (directory->store->tidy) {
		directory->store->tidy(directory);
	}
}

const struct casp_server_facts *
casp_directory_server(const struct cas_directory *directory)
{
	return directory->store->server ? directory->store->server(directory) : NULL;
}

int casp_directory_check_writable(struct cas_directory *directory, struct cas_error **err)
{
	return directory->store->check_writable
		       ? directory->store->check_writable(directory, err)
		       : 0;
}

int casp_directory_whoami(struct cas_directory *directory, char **ret,
			  struct cas_error **err)
{
	*ret = NULL;
	return directory->store->whoami ? directory->store->whoami(directory, ret, err)
					: 0;
}

const char *casp_directory_identity(const struct cas_directory *directory)
{
	const struct casp_server_facts *server = casp_directory_server(directory);

	return server && *server->configuration ? server->configuration
						: directory->address;
}

bool casp_directory_has_identity(const struct cas_directory *directory,
				 const char *identity)
{
	const char *own = casp_directory_identity(directory);

	/* Servers of one forest may differ in how they spell a DN. */
	return casp_directory_server(directory)
		       ? casp_dn_equal(casp_str(identity), casp_str(own))
		       : strcmp(identity, own) == 0;
}

bool casp_directory_owns(const struct cas_directory *directory, const char *attribute)
{
	return directory->store->owns && directory->store->owns(directory, attribute);
}
