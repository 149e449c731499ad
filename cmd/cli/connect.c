/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens the directory: files as they are, servers as the options say. */
#include <string.h>
#include <strings.h>

#include "session.h"

static const char blanks[] = " \t\r\n";

/* Of an address, or of several with blanks between them. */
bool cli_is_server(const char *address)
{
	static const char *const schemes[] = {"ldap://", "ldaps://", "ldapi://"};

	address += strspn(address, blanks);
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
		p += strspn(p, blanks);
		for (; *p; p += strspn(p, blanks)) {
			size_t length = strcspn(p, blanks);

			ret->v[ret->n] = opt_pool_copy(session->pool, p, length);
			if (!ret->v[ret->n++]) {
				return -1;
			}
			p += length;
		}
	}
	return 0;
}

/* ---- which directory ---- */

/* Of two options that name the directory. */
static int check_names(struct cli_session *session)
{
	const struct cli_global *global = &session->global;
	const char *other = global->domain ? "domain" : "domain-controller";

	if (global->domain && global->domain_controller) {
		return cli_problem(session, CAS_E_USAGE, NULL,
				   "'--domain' and '--domain-controller' exclude each "
				   "other");
	}
	if (global->directory.n && (global->domain || global->domain_controller)) {
		return cli_problem(session, CAS_E_USAGE, NULL,
				   "'--directory' and '--%s' exclude each other", other);
	}
	if (global->domain_controller && strchr(global->domain_controller, '/')) {
		return cli_problem(session, CAS_E_USAGE, "--directory takes addresses",
				   "'%s' is no name of a domain controller",
				   global->domain_controller);
	}
	return 0;
}

bool cli_names_directory(struct cli_session *session)
{
	const struct cli_global *global = &session->global;

	return global->directory.n || global->domain || global->domain_controller;
}

static int add_controller(struct cli_session *session, struct opt_list *ret)
{
	ret->v = opt_pool_alloc(session->pool, sizeof(*ret->v));
	if (!ret->v) {
		return -1;
	}
	ret->v[0] = opt_pool_printf(session->pool, "ldap://%s",
				    session->global.domain_controller);
	ret->n = 1;
	return ret->v[0] ? 0 : -1;
}

/* None: a controller of the domain is looked for. */
static int find_addresses(struct cli_session *session, struct opt_list *ret)
{
	const struct cli_global *global = &session->global;

	return global->domain_controller ? add_controller(session, ret)
					 : split(session, &global->directory, ret);
}

/* ---- how to log in ---- */

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

static unsigned seconds(int64_t timeout)
{
	return timeout > 86400 ? 86400 : (unsigned)timeout;
}

static struct cas_connect how_to(struct cli_session *session)
{
	const struct cli_global *global = &session->global;

	return (struct cas_connect){
		.bind = global->anonymous ? CAS_BIND_ANONYMOUS : CAS_BIND_AUTO,
		.user = global->user,
		.password = get_password,
		.password_closure = session,
		.mechanism = global->mechanism,
		.ca_file = global->ca_file,
		.start_tls = global->start_tls,
		.tls_legacy = global->tls_legacy,
		.timeout = seconds(global->timeout),
		.domain = global->domain,
		.resolver = global->dns_server,
	};
}

int cli_connect(struct cli_session *session, struct cas_error **err)
{
	struct cas_connect how;
	struct opt_list list = {0};
	int code = check_names(session);

	if (code == 0) {
		code = check(session);
	}
	if (code < 0) {
		return code;
	}
	if (find_addresses(session, &list)) {
		return cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
	}
	how = how_to(session);
	if (session->global.tls_legacy) {
		cli_warn(session,
			 "--tls-legacy: the connection may be read and changed by "
			 "others on its way");
	}
	code = cas_directory_connect(session->context, list.v, list.n, &how,
				     &session->directory, err);
	if (code < 0) {
		cli_password_forget(session);
	}
	return code;
}

int cli_connect_other(struct cli_session *session, const char *name,
		      struct cas_directory **ret, struct cas_error **err)
{
	static const char tls[] = "ldaps://";
	bool is_tls =
		!strncmp(cas_directory_address(session->directory), tls, strlen(tls));
	struct cas_connect how = how_to(session);
	const char *address = cli_is_server(name)
				      ? name
				      : opt_pool_printf(session->pool, "%s%s",
							is_tls ? tls : "ldap://", name);

	if (!address) {
		return cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
	}
	return cas_directory_connect(session->context, &address, 1, &how, ret, err);
}
