/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens the directory: files as they are, servers as the options say. */
#include <string.h>
#include <strings.h>

#include "session.h"

bool cli_is_server(const char *address)
{
	static const char *const schemes[] = {"ldap://", "ldaps://", "ldapi://"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (!strncasecmp(address, schemes[i], strlen(schemes[i]))) {
			return true;
		}
	}
	return false;
}

/* "ldap://dc1 ldap://dc2" as two; what is no server may have blanks in its name. */
static int split(struct cli_session *session, const struct opt_list *addresses,
		 struct opt_list *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < addresses->n; i++) {
		n += strlen(addresses->v[i]) + 1;
	}
	ret->v = opt_pool_alloc(session->pool, n * sizeof(*ret->v));
	if (!ret->v) {
		return -1;
	}
	for (size_t i = 0; i < addresses->n; i++) {
		const char *p = addresses->v[i];

		if (!cli_is_server(p)) {
			ret->v[ret->n++] = p;
			continue;
		}
		for (; *p; p += strspn(p, " ")) {
			size_t length = strcspn(p, " ");

			ret->v[ret->n] = opt_pool_copy(session->pool, p, length);
			if (!ret->v[ret->n++]) {
				return -1;
			}
			p += length;
		}
	}
	return 0;
}

static int get_password(void *closure, char **ret)
{
	return cli_password(closure, ret);
}

static int check(struct cli_session *session)
{
	const struct cli_global *global = &session->global;

	if (global->password_file && !global->user) {
		return cli_problem(session, CAS_E_USAGE, NULL,
				   "'--password-file' needs '--user'");
	}
	if (global->anonymous && (global->user || global->mechanism)) {
		return cli_problem(session, CAS_E_USAGE, NULL,
				   "'--anonymous' and '--%s' exclude each other",
				   global->user ? "user" : "sasl-mech");
	}
	if (global->user && global->mechanism) {
		return cli_problem(session, CAS_E_USAGE,
				   "with Kerberos the ticket says who you are",
				   "'--user' and '--sasl-mech' exclude each other");
	}
	return 0;
}

int cli_connect(struct cli_session *session, const struct opt_list *addresses,
		struct cas_error **err)
{
	const struct cli_global *global = &session->global;
	struct cas_connect how = {
		.bind = global->anonymous ? CAS_BIND_ANONYMOUS : CAS_BIND_AUTO,
		.user = global->user,
		.password = get_password,
		.password_closure = session,
		.mechanism = global->mechanism,
		.ca_file = global->ca_file,
		.start_tls = global->start_tls,
		.tls_legacy = global->tls_legacy,
		.timeout = global->timeout > 86400 ? 86400 : (unsigned)global->timeout,
	};
	struct opt_list list = {0};
	int code = check(session);

	if (code < 0) {
		return code;
	}
	if (split(session, addresses, &list)) {
		return cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
	}
	if (global->tls_legacy) {
		cli_warn(session,
			 "--tls-legacy: the connection may be read and changed by "
			 "others on its way");
	}
	return cas_directory_connect(session->context, list.v, list.n, &how,
				     &session->directory, err);
}
