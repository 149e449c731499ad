/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads the module for LDAP servers from the folder of the library. */
#include "module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/error.h"
#include "../base/str.h"

/*
 * Beside the library, never by a search path: installed in a folder of its own, in a
 * build folder next to it. No environment variable can put another one in its place.
 */
static const char *const places[] = {"casarray/casarray_ldap.so", "casarray_ldap.so"};

static bool add_folder(struct casp_buf *path)
{
	CASP_CLEANUP(casp_freep) char *library = NULL;
	Dl_info info;

	if (!dladdr((void *)&casp_module_ldap, &info) || !info.dli_fname) {
		return false;
	}
	library = realpath(info.dli_fname, NULL);
	if (!library) {
		return false;
	}
	casp_buf_add(path, library, (size_t)(strrchr(library, '/') + 1 - library));
	return !path->failed;
}

/* The first place that has it; the last one when none has. */
static bool find(struct casp_buf *path)
{
	size_t folder;

	if (!add_folder(path)) {
		return false;
	}
	folder = path->n;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		path->n = folder;
		casp_buf_adds(path, places[i]);
		if (!path->failed && access(path->p, F_OK) == 0) {
			break;
		}
	}
	return !path->failed;
}

int casp_module_ldap(casp_ldap_open_fn *ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf path = {0};
	const char *reason = "the folder of libcasarray is not known";
	casp_ldap_open_fn open_servers;
	void *module;

	if (find(&path)) {
		/* libldap and what it loads cannot be taken out of a process again */
		module = dlopen(path.p, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
		*(void **)&open_servers = module ? dlsym(module, "casp_ldap_open") : NULL;
		if (open_servers) {
			*ret = open_servers;
			return 0;
		}
		reason = dlerror();
	}
	if (path.failed) {
		return casp_error_nomem(err);
	}
	casp_error(err, CAS_E_IO, "cannot load the module for LDAP servers: %s", reason);
	return casp_error_hint(err,
			       "install all of casarray, and libldap-2.5-0 or later");
}
