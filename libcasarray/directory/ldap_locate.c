/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the domain controllers of a domain as Windows does ([MS-ADTS] 6.3.6): DNS names
 * them all; the first that answers an LDAP ping says in which site we are; those of that
 * site come first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ldap_netlogon.h"
#include "ldap_way.h"

/* Seconds that a controller may take to answer a ping, and DNS to name those of a site.
 */
#define PING_TIMEOUT 5
/* Of a domain, that are looked at: as many as an answer of DNS has room for. */
#define CONTROLLERS_MAX 2000
#define TEXT_MAX 640

enum state {
	GOOD, /* answers, writes, is up to date */
	UNKNOWN,
	LIMITED,
	DEAD,
};

struct controller {
	char *host;
	unsigned port;
	bool is_near; /* in our own site */
	enum state state;
	size_t rank; /* by RFC 2782 */
};

struct locator {
	struct casp_ldap_way *way;
	const char *domain;
	struct casp_resolver *resolver; /* way->resolver, or that of the system */
	int64_t deadline;               /* of all of it, on the monotonic clock */
	struct controller v[CONTROLLERS_MAX];
	size_t n;
	char site[CASP_NETLOGON_NAME];
	struct cas_error *last; /* why a controller is dead */
	char *outside;          /* the host that must not get the password */
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t time_left(const struct locator *locator)
{
	return locator->deadline - now();
}

/* ---- domain ---- */

static int unknown_domain(struct cas_error **err)
{
	casp_error(err, CAS_E_USAGE, "no directory is named");
	return casp_error_hint(err, "try --directory FILE, --directory ldap://HOST or "
				    "--domain DOMAIN, or set CASARRAY_DIRECTORY");
}

static int find_domain(struct casp_ldap_way *way, struct cas_error **err)
{
	if (!way->domain) {
		way->domain = casp_ldap_kerberos_domain();
	}
	return way->domain ? 0 : unknown_domain(err);
}

/* ---- DNS ---- */

static int no_answer(struct locator *locator, const struct casp_resolver_query *query,
		     struct cas_error **err)
{
	const char *who = casp_resolver_name(locator->resolver);

	switch (query->status) {
	case CASP_RESOLVER_SILENT:
		casp_error(err, CAS_E_IO,
			   "cannot find a domain controller of '%s': no answer from %s "
			   "within %u seconds",
			   locator->domain, who, locator->way->timeout);
		break;
	case CASP_RESOLVER_NO_NAME:
	case CASP_RESOLVER_NO_RECORD:
		casp_error(err, CAS_E_IO,
			   "cannot find a domain controller of '%s': %s: no '%s'",
			   locator->domain, who, query->name);
		return casp_error_hint(
			err, "is the domain's name right? Ask a DNS server of the domain "
			     "with --dns-server, or name a server with "
			     "--domain-controller");
	default:
		casp_error(
			err, CAS_E_IO, "cannot find a domain controller of '%s': %s: %s",
			locator->domain, who, casp_resolver_status_text(query->status));
		break;
	}
	return casp_error_hint(err, "ask another DNS server with --dns-server, or name a "
				    "server with --domain-controller");
}

/*
 * DNS may be forged. Kerberos gives no ticket for a host of somebody else's; but TLS only
 * shows that a host has the name that DNS gave it: a password goes to names of the domain
 * alone.
 */
static bool may_be_used(struct locator *locator, const char *host)
{
	size_t n = strlen(host), m = strlen(locator->domain);

	if (casp_ldap_way_bind(locator->way) != CAS_BIND_SIMPLE ||
	    (n > m && host[n - m - 1] == '.' &&
	     casp_iequal(host + n - m, locator->domain))) {
		return true;
	}
	if (!locator->outside) {
		locator->outside = strdup(host);
	}
	return false;
}

/* A record "host:port", which may be known already. */
static void add_controller(struct locator *locator,
			   const struct casp_resolver_target *target, bool is_near,
			   size_t rank, bool *no_memory)
{
	struct controller *at = locator->v, *end = locator->v + locator->n;

	while (at < end &&
	       !(at->port == target->port && casp_iequal(at->host, target->host))) {
		at++;
	}
	if (at == locator->v + CONTROLLERS_MAX) {
		return;
	}
	if (at == end) {
		*at = (struct controller){.port = target->port, .state = UNKNOWN};
		at->host = strdup(target->host);
		if (!at->host) {
			*no_memory = true;
			return;
		}
		locator->n++;
	}
	at->is_near = is_near;
	at->rank = rank;
}

static void take_targets(struct locator *locator, struct casp_resolver_query *query,
			 bool is_near, bool *no_memory)
{
	casp_resolver_order(query->targets, query->n_targets, NULL, NULL);
	for (size_t i = 0; i < query->n_targets; i++) {
		if (may_be_used(locator, query->targets[i].host)) {
			add_controller(locator, &query->targets[i], is_near, i,
				       no_memory);
		}
	}
}

/* Of a site, or of all. */
static int ask(struct locator *locator, const char *site, struct cas_error **err)
{
	char name[TEXT_MAX];
	struct casp_resolver_query query = {.type = CASP_RESOLVER_SRV, .name = name};
	int64_t left = time_left(locator);
	bool no_memory = false;
	int r;

	snprintf(name, sizeof(name), "_ldap._tcp.%s%sdc._msdcs.%s", site ? site : "",
		 site ? "._sites." : "", locator->domain);
	r = casp_resolver_ask(
		locator->resolver, locator->way->context, &query, 1,
		site && left > PING_TIMEOUT * 1000 ? PING_TIMEOUT * 1000 : left, err);
	if (r == 0 && query.status == CASP_RESOLVER_FOUND) {
		take_targets(locator, &query, site != NULL, &no_memory);
	} else if (r == 0 && !site) {
		r = no_answer(locator, &query, err);
	}
	casp_resolver_query_clear(&query);
	return no_memory ? casp_error_nomem(err) : r;
}

/* ---- ping ---- */

static void take_netlogon(struct locator *locator, LDAP *ld, LDAPMessage *entry)
{
	struct berval **values = ldap_get_values_len(ld, entry, "netlogon");
	struct casp_netlogon netlogon;

	if (values && values[0] &&
	    casp_netlogon_parse((struct casp_str){values[0]->bv_val, values[0]->bv_len},
				&netlogon)) {
		memcpy(locator->site, netlogon.client_site, sizeof(locator->site));
	}
	ldap_value_free_len(values);
}

/*
 * In which site are we? The version (NtVer) asks for the extended answer, with the sites
 * ([MS-ADTS] 6.3.1.1). A server that does not know is still a server.
 */
static void ask_site(struct locator *locator, struct casp_ldap *ldap)
{
	char *attributes[] = {(char *)"netlogon", NULL};
	char filter[TEXT_MAX];
	struct cas_error *error = NULL;
	LDAPMessage *message = NULL;
	int id, type = LDAP_RES_SEARCH_ENTRY;
	CASP_LDAP_GUARD(ldap);

	snprintf(filter, sizeof(filter), "(&(DnsDomain=%s)(NtVer=\\16\\00\\00\\00))",
		 locator->domain);
	if (ldap_search_ext(ldap->ld, "", LDAP_SCOPE_BASE, filter, attributes, 0, NULL,
			    NULL, NULL, 0, &id) != LDAP_SUCCESS) {
		return;
	}
	/* one entry, and the result */
	for (int i = 0; i < 2 && type == LDAP_RES_SEARCH_ENTRY; i++) {
		if (casp_ldap_wait(ldap, id, &message, &error) < 0) {
			break;
		}
		type = ldap_msgtype(message);
		if (type == LDAP_RES_SEARCH_ENTRY) {
			take_netlogon(locator, ldap->ld, message);
		}
		ldap_msgfree(message);
	}
	cas_error_free(error);
}

/* Whether it answers, what it says of itself and of us; nobody logs in for that. */
static enum state ping_server(struct locator *locator, struct casp_ldap_way *way)
{
	struct casp_ldap ldap = {.way = way};
	struct cas_error *error = NULL;
	enum state state = DEAD;
	int r;

	ldap.directory.context = (struct cas_context *)way->context;
	ldap.directory.address = way->servers->address;
	r = casp_ldap_connect(&ldap, &error);
	if (r == 0) {
		state = casp_ldap_is_limited(&ldap) ? LIMITED : GOOD;
		if (!*locator->site) {
			ask_site(locator, &ldap);
		}
	} else if (r == CAS_E_AUTH || r == CAS_E_RIGHTS) {
		/* it has something against us without a login, but it is there */
		state = GOOD;
	}
	if (state == DEAD) {
		casp_log(ldap.directory.context, CAS_LOG_INFO, "%s",
			 cas_error_message(error));
		cas_error_free(locator->last);
		locator->last = error;
		error = NULL;
	}
	cas_error_free(error);
	casp_ldap_clear(&ldap);
	return state;
}

static int ping(struct locator *locator, struct controller *controller,
		struct cas_error **err)
{
	struct casp_ldap_server server = {0};
	int64_t left = time_left(locator);
	struct casp_ldap_way way = {
		.servers = &server,
		.n_servers = 0,
		.bind = CAS_BIND_ANONYMOUS,
		.context = locator->way->context,
		.resolver = locator->way->resolver,
		.is_ping = true,
		.timeout = left < PING_TIMEOUT * 1000 ? (unsigned)(left + 999) / 1000
						      : PING_TIMEOUT,
	};
	int r = casp_ldap_way_add(&way, controller->host, controller->port, err);

	if (r == 0) {
		controller->state = ping_server(locator, &way);
	}
	free(server.host);
	free(server.address);
	return r;
}

/* The best first: of those that may be good the near ones, and then those known to be. */
static int compare(const void *a, const void *b)
{
	const struct controller *x = a, *y = b;

	if ((x->state >= LIMITED || y->state >= LIMITED) && x->state != y->state) {
		return x->state < y->state ? -1 : 1;
	}
	if (x->is_near != y->is_near) {
		return x->is_near ? -1 : 1;
	}
	if (x->state != y->state) {
		return x->state < y->state ? -1 : 1;
	}
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* The first is the one to take, unless the time is over before that is known. */
static int ping_until_good(struct locator *locator, struct cas_error **err)
{
	for (;;) {
		struct controller *first = locator->v;
		int r;

		qsort(locator->v, locator->n, sizeof(*locator->v), compare);
		if (first->state != UNKNOWN || time_left(locator) <= 0) {
			return 0;
		}
		r = ping(locator, first, err);
		if (r < 0) {
			return r;
		}
		if (locator->way->context && casp_interrupted(locator->way->context)) {
			return casp_error(err, CAS_E_INTERRUPTED,
					  "interrupted while looking for a domain "
					  "controller of '%s'",
					  locator->domain);
		}
	}
}

/* ---- all of it ---- */

static int all_dead(struct locator *locator, struct cas_error **err)
{
	const char *hint = cas_error_hint(locator->last);

	casp_error(err, CAS_E_IO, "no domain controller of '%s' answers, of %zu: %s",
		   locator->domain, locator->n,
		   locator->last ? cas_error_message(locator->last) : "no time was left");
	return casp_error_hint(err, "%s", hint ? hint : "try a longer --timeout");
}

/* When the time is over, those that could not be asked count as those that are silent. */
static void drop_unknown(struct locator *locator)
{
	for (size_t i = 0; i < locator->n; i++) {
		if (locator->v[i].state == UNKNOWN) {
			locator->v[i].state = DEAD;
		}
	}
	qsort(locator->v, locator->n, sizeof(*locator->v), compare);
}

/* Those that do not answer are left out. */
static int hand_over(struct locator *locator, struct cas_error **err)
{
	struct casp_ldap_way *way = locator->way;
	int r = 0;

	if (locator->v->state == UNKNOWN) {
		drop_unknown(locator);
	}
	for (size_t i = 0; r == 0 && i < locator->n && locator->v[i].state != DEAD; i++) {
		r = casp_ldap_way_add(way, locator->v[i].host, locator->v[i].port, err);
	}
	if (r == 0 && way->n_servers == 0) {
		r = all_dead(locator, err);
	}
	if (r == 0 && asprintf(&way->found, "%zu domain controller%s of %s", locator->n,
			       locator->n == 1 ? "" : "s", locator->domain) < 0) {
		way->found = NULL;
		r = casp_error_nomem(err);
	}
	if (r == 0 && *locator->site) {
		way->site = strdup(locator->site);
		r = way->site ? 0 : casp_error_nomem(err);
	}
	return r;
}

static int all_outside(struct locator *locator, struct cas_error **err)
{
	casp_error(err, CAS_E_REFUSED,
		   "'%s' is not in the domain '%s': it would get the password of '%s'",
		   locator->outside ? locator->outside : "", locator->domain,
		   locator->way->user);
	return casp_error_hint(err, "name a server that you trust with "
				    "--domain-controller, or use a Kerberos ticket");
}

static int locate(struct locator *locator, struct cas_error **err)
{
	int r = ask(locator, NULL, err);

	if (r == 0 && locator->n == 0) {
		r = all_outside(locator, err);
	}
	if (r == 0) {
		r = ping_until_good(locator, err);
	}
	if (r == 0 && *locator->site && time_left(locator) > 0) {
		r = ask(locator, locator->site, err);
		if (r == 0) {
			r = ping_until_good(locator, err);
		}
	}
	return r < 0 ? r : hand_over(locator, err);
}

int casp_ldap_locate(struct casp_ldap_way *way, struct cas_error **err)
{
	struct locator *locator = calloc(1, sizeof(*locator));
	int r;

	if (!locator) {
		return casp_error_nomem(err);
	}
	locator->way = way;
	r = find_domain(way, err);
	locator->domain = way->domain;
	locator->deadline = now() + (int64_t)way->timeout * 1000;
	locator->resolver = way->resolver;
	if (r == 0 && !way->resolver) {
		r = casp_resolver_new(NULL, &locator->resolver, err);
	}
	if (r == 0) {
		r = locate(locator, err);
	}
	for (size_t i = 0; i < locator->n; i++) {
		free(locator->v[i].host);
	}
	if (locator->resolver != way->resolver) {
		casp_resolver_free(locator->resolver);
	}
	cas_error_free(locator->last);
	free(locator->outside);
	free(locator);
	return r;
}
