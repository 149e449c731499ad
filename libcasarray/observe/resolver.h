/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The domain name system: what a resolver answers. Many questions are asked at once,
 * within one time limit.
 */
#ifndef CASP_RESOLVER_H
#define CASP_RESOLVER_H

#include "../base/context.h"
#include "../base/error.h"

/* A resolver. */
struct casp_resolver;

enum casp_resolver_type {
	CASP_RESOLVER_SRV,
	CASP_RESOLVER_ADDRESS, /* A and AAAA */
};

enum casp_resolver_status {
	CASP_RESOLVER_FOUND,
	CASP_RESOLVER_NO_NAME,     /* NXDOMAIN, or no name that can be asked for */
	CASP_RESOLVER_NO_RECORD,   /* the name is there, without such a record */
	CASP_RESOLVER_FAILED,      /* SERVFAIL, or an answer of no use */
	CASP_RESOLVER_REFUSED,     /* by the server's policy */
	CASP_RESOLVER_UNREACHABLE, /* no server is there, or, of several, none is of use
				    */
	CASP_RESOLVER_SILENT,      /* no answer in time */
};

/* Of an SRV record (RFC 2782). A host that is "." offers nothing, and is left out. */
struct casp_resolver_target {
	char *host; /* letters, digits, '-', '_', '.'; without a dot at the end */
	unsigned port;
	unsigned priority;
	unsigned weight;
};

struct casp_resolver_address {
	int family; /* AF_INET, AF_INET6 */
	unsigned char bytes[16];
};

/* A question, and its answer. */
struct casp_resolver_query {
	enum casp_resolver_type type;
	const char *name;
	enum casp_resolver_status status;
	struct casp_resolver_target *targets; /* in no order */
	size_t n_targets;
	struct casp_resolver_address *addresses; /* the best first (RFC 6724) */
	size_t n_addresses;
};

/* `server` is an IP address, "10.0.0.53", "10.0.0.53:5353", "fd00::53" or
 * "[fd00::53]:5353"; NULL: those of this machine. CAS_E_USAGE: it is none. */
int casp_resolver_new(const char *server, struct casp_resolver **ret,
		      struct cas_error **err);
void casp_resolver_free(struct casp_resolver *resolver);
/* "the DNS server '10.0.0.53'", "the DNS servers of this machine". */
const char *casp_resolver_name(const struct casp_resolver *resolver);

/*
 * Asks all of them; 0 when each has its status. What no server answered within so many
 * milliseconds is CASP_RESOLVER_SILENT. The hosts file and search domains play no part.
 * CAS_E_INTERRUPTED: the context was (it may be NULL).
 */
int casp_resolver_ask(struct casp_resolver *resolver, const struct cas_context *context,
		      struct casp_resolver_query *queries, size_t n, int64_t milliseconds,
		      struct cas_error **err);
/* What an answer holds. */
void casp_resolver_query_clear(struct casp_resolver_query *query);
/* "there is no such name", for messages. */
const char *casp_resolver_status_text(enum casp_resolver_status status);

/* resolver_order.c: a number below `limit`, which is not 0. */
typedef uint32_t (*casp_resolver_random_fn)(void *closure, uint32_t limit);
/* The order in which a client tries them: lowest priority first, within one by weight and
 * chance (RFC 2782). `random` NULL: the kernel's. */
void casp_resolver_order(struct casp_resolver_target *targets, size_t n,
			 casp_resolver_random_fn random, void *closure);

#endif
