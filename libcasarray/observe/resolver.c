/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks resolvers through c-ares. Nothing else in the library knows of c-ares. */
#include "resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "../base/str.h"

/* The first wait for an answer, which doubles with each try: what ends it is the time
 * limit of the caller. */
#define FIRST_WAIT 1000
#define TRIES 12
/* How long an interruption may stay unnoticed. */
#define TICK 200

struct casp_resolver {
	ares_channel channel;
	char *name;
};

/* ---- sockets ---- */

/*
 * As c-ares opens them itself, but closed in child processes; and a server that ends a
 * TCP connection does not kill the process with SIGPIPE.
 */
static ares_socket_t open_socket(int family, int type, int protocol, void *closure)
{
	return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int close_socket(ares_socket_t fd, void *closure)
{
	return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *address,
			  ares_socklen_t n, void *closure)
{
	return connect(fd, address, n);
}

static ares_ssize_t receive(ares_socket_t fd, void *buffer, size_t n, int flags,
			    struct sockaddr *from, ares_socklen_t *from_n, void *closure)
{
	return recvfrom(fd, buffer, n, flags, from, from_n);
}

static ares_ssize_t send_all(ares_socket_t fd, const struct iovec *parts, int n,
			     void *closure)
{
	struct msghdr message = {.msg_iov = (struct iovec *)parts,
				 .msg_iovlen = (size_t)n};

	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static const struct ares_socket_functions socket_functions = {
	open_socket, close_socket, connect_socket, receive, send_all};

/* ---- resolvers ---- */

/* The port at `text`, which may be empty (53). */
static bool parse_port(const char *text, int *ret)
{
	int64_t port = 53;

	if (*text && (!casp_str_int(casp_str(text), &port) || port < 1 || port > 65535)) {
		return false;
	}
	*ret = (int)port;
	return true;
}

static bool parse_server(const char *text, struct ares_addr_port_node *ret)
{
	bool bracket = *text == '[';
	bool is_v6 =
		bracket || (strchr(text, ':') && strchr(text, ':') != strrchr(text, ':'));
	size_t n = bracket ? strcspn(text, "]")
		   : is_v6 ? strlen(text)
			   : strcspn(text, ":");
	const char *port = text + n + (bracket && text[n] == ']');
	char address[INET6_ADDRSTRLEN];

	text += bracket;
	n -= bracket;
	if ((*port && (*port != ':' || !port[1])) || n >= sizeof(address) ||
	    (bracket && port == text + n)) {
		return false;
	}
	memcpy(address, text, n);
	address[n] = '\0';
	ret->family = is_v6 ? AF_INET6 : AF_INET;
	if (inet_pton(ret->family, address, &ret->addr) != 1 ||
	    !parse_port(port + (*port == ':'), &ret->udp_port)) {
		return false;
	}
	ret->tcp_port = ret->udp_port;
	return true;
}

/*
 * A server that was chosen shall be heard, also when it fails or refuses; of several any
 * that knows better is asked.
 */
static int open_channel(struct casp_resolver *resolver,
			const struct ares_addr_port_node *server)
{
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS |
			 (server ? ARES_FLAG_NOCHECKRESP : 0),
		.timeout = FIRST_WAIT,
		.tries = TRIES,
		.lookups = (char *)"b",
	};
	int status =
		ares_init_options(&resolver->channel, &options,
				  ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					  ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS);

	if (status == ARES_SUCCESS && server) {
		status = ares_set_servers_ports(resolver->channel,
						(struct ares_addr_port_node *)server);
	}
	if (status == ARES_SUCCESS) {
		ares_set_socket_functions(resolver->channel, &socket_functions, NULL);
	}
	return status;
}

static void init_library(void)
{
	ares_library_init(ARES_LIB_INIT_ALL);
}

int casp_resolver_new(const char *server, struct casp_resolver **ret,
		      struct cas_error **err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct ares_addr_port_node node = {0};
	struct casp_resolver *resolver;
	int status;

	if (server && !parse_server(server, &node)) {
		casp_error(err, CAS_E_USAGE, "'%s' is no address of a DNS server",
			   server);
		return casp_error_hint(err,
				       "try 10.0.0.53, 10.0.0.53:5353 or [fd00::53]:53");
	}
	pthread_once(&once, init_library);
	resolver = calloc(1, sizeof(*resolver));
	if (!resolver ||
	    asprintf(&resolver->name,
		     server ? "the DNS server '%s'" : "the DNS servers of this machine",
		     server) < 0) {
		free(resolver);
		return casp_error_nomem(err);
	}
	status = open_channel(resolver, server ? &node : NULL);
	if (status != ARES_SUCCESS) {
		casp_resolver_free(resolver);
		return status == ARES_ENOMEM
			       ? casp_error_nomem(err)
			       : casp_error(err, CAS_E_IO, "cannot use DNS: %s",
					    ares_strerror(status));
	}
	*ret = resolver;
	return 0;
}

void casp_resolver_free(struct casp_resolver *resolver)
{
	if (!resolver) {
		return;
	}
	if (resolver->channel) {
		ares_destroy(resolver->channel);
	}
	free(resolver->name);
	free(resolver);
}

const char *casp_resolver_name(const struct casp_resolver *resolver)
{
	return resolver->name;
}

/* ---- answers ---- */

/* One of the questions under way. */
struct ask {
	struct casp_resolver_query *query;
	size_t *n_open;
	bool *no_memory;
};

static enum casp_resolver_status status_of(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return CASP_RESOLVER_FOUND;
	case ARES_ENODATA:
		return CASP_RESOLVER_NO_RECORD;
	case ARES_ENOTFOUND:
	case ARES_EBADNAME:
		return CASP_RESOLVER_NO_NAME;
	case ARES_EREFUSED:
		return CASP_RESOLVER_REFUSED;
	case ARES_ECONNREFUSED:
		return CASP_RESOLVER_UNREACHABLE;
	case ARES_ETIMEOUT:
	case ARES_ECANCELLED:
		return CASP_RESOLVER_SILENT;
	default:
		return CASP_RESOLVER_FAILED;
	}
}

/* The question is answered; what an answer lacks is known by its count. */
static void finish(struct ask *ask, int status, size_t n)
{
	if (status == ARES_ENOMEM) {
		*ask->no_memory = true;
	}
	ask->query->status = status_of(status);
	if (ask->query->status == CASP_RESOLVER_FOUND && n == 0) {
		ask->query->status = CASP_RESOLVER_NO_RECORD;
	}
	--*ask->n_open;
}

static bool is_host(const char *host)
{
	size_t n = strlen(host);

	if (n == 0 || n > 253 || *host == '.') {
		return false;
	}
	for (; *host; host++) {
		if (!casp_is_alnum((unsigned char)*host) && !strchr("-_.", *host)) {
			return false;
		}
	}
	return true;
}

static int add_target(struct casp_resolver_query *query,
		      const struct ares_srv_reply *reply)
{
	struct casp_resolver_target *target = &query->targets[query->n_targets];

	if (!is_host(reply->host) || reply->port == 0) {
		return ARES_SUCCESS;
	}
	*target = (struct casp_resolver_target){
		.host = strdup(reply->host),
		.port = reply->port,
		.priority = reply->priority,
		.weight = reply->weight,
	};
	if (!target->host) {
		return ARES_ENOMEM;
	}
	query->n_targets++;
	return ARES_SUCCESS;
}

static int add_targets(struct casp_resolver_query *query,
		       const struct ares_srv_reply *replies)
{
	int status = ARES_SUCCESS;
	size_t n = 0;

	for (const struct ares_srv_reply *at = replies; at; at = at->next) {
		n++;
	}
	query->targets = calloc(n + 1, sizeof(*query->targets));
	if (!query->targets) {
		return ARES_ENOMEM;
	}
	for (const struct ares_srv_reply *at = replies; at && status == ARES_SUCCESS;
	     at = at->next) {
		status = add_target(query, at);
	}
	return status;
}

static void take_srv(void *closure, int status, int n_timeouts, unsigned char *answer,
		     int n)
{
	struct ask *ask = closure;
	struct ares_srv_reply *replies = NULL;

	if (status == ARES_SUCCESS) {
		status = ares_parse_srv_reply(answer, n, &replies);
	}
	if (status == ARES_SUCCESS) {
		status = add_targets(ask->query, replies);
	}
	ares_free_data(replies);
	finish(ask, status, ask->query->n_targets);
}

static void add_address(struct casp_resolver_query *query, const struct sockaddr *address)
{
	struct casp_resolver_address *ret = &query->addresses[query->n_addresses];

	if (address->sa_family == AF_INET) {
		memcpy(ret->bytes,
		       &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
	} else if (address->sa_family == AF_INET6) {
		memcpy(ret->bytes,
		       &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
		       16);
	} else {
		return;
	}
	ret->family = address->sa_family;
	query->n_addresses++;
}

static void take_addresses(void *closure, int status, int n_timeouts,
			   struct ares_addrinfo *answer)
{
	struct ask *ask = closure;
	size_t n = 0;

	for (struct ares_addrinfo_node *at = answer ? answer->nodes : NULL; at;
	     at = at->ai_next) {
		n++;
	}
	ask->query->addresses = calloc(n + 1, sizeof(*ask->query->addresses));
	if (!ask->query->addresses) {
		status = ARES_ENOMEM;
	}
	for (struct ares_addrinfo_node *at = answer ? answer->nodes : NULL;
	     at && status == ARES_SUCCESS; at = at->ai_next) {
		add_address(ask->query, at->ai_addr);
	}
	ares_freeaddrinfo(answer);
	finish(ask, status, ask->query->n_addresses);
}

void casp_resolver_query_clear(struct casp_resolver_query *query)
{
	for (size_t i = 0; i < query->n_targets; i++) {
		free(query->targets[i].host);
	}
	free(query->targets);
	free(query->addresses);
	*query = (struct casp_resolver_query){.type = query->type, .name = query->name};
}

/* ---- asking ---- */

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Waits for the next answer, or for the time of the next try. */
static void step(ares_channel channel, int64_t left)
{
	struct timeval most = {left / 1000, left % 1000 * 1000}, wait;
	struct pollfd polls[ARES_GETSOCK_MAXNUM];
	ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
	/* the macros of c-ares for it shift a signed number out of its range */
	unsigned mask = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
	nfds_t n = 0;

	for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		short events = 0;

		events |= mask >> i & 1 ? POLLIN : 0;
		events |= mask >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0;
		if (events) {
			polls[n++] = (struct pollfd){.fd = sockets[i], .events = events};
		}
	}
	wait = *ares_timeout(channel, &most, &wait);
	/* rounded up: waking too early would mean waking again and again */
	if (poll(polls, n, (int)(wait.tv_sec * 1000 + wait.tv_usec / 1000 + 1)) < 0) {
		n = 0;
	}
	for (nfds_t i = 0; i < n; i++) {
		short events = polls[i].revents;

		if (events) {
			ares_process_fd(channel,
					events & ~POLLOUT ? polls[i].fd : ARES_SOCKET_BAD,
					events & POLLOUT ? polls[i].fd : ARES_SOCKET_BAD);
		}
	}
	/* tries whose time is up */
	ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void begin(struct casp_resolver *resolver, struct ask *ask)
{
	static const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC,
							 .ai_socktype = SOCK_STREAM};

	if (ask->query->type == CASP_RESOLVER_SRV) {
		ares_query(resolver->channel, ask->query->name, ns_c_in, ns_t_srv,
			   take_srv, ask);
	} else {
		ares_getaddrinfo(resolver->channel, ask->query->name, NULL, &hints,
				 take_addresses, ask);
	}
}

int casp_resolver_ask(struct casp_resolver *resolver, const struct cas_context *context,
		      struct casp_resolver_query *queries, size_t n, int64_t milliseconds,
		      struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) struct ask *asks = calloc(n + 1, sizeof(*asks));
	int64_t deadline = now() + milliseconds, left = milliseconds;
	size_t n_open = n;
	bool no_memory = false, interrupted = false;

	if (!asks) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < n; i++) {
		asks[i] = (struct ask){&queries[i], &n_open, &no_memory};
		begin(resolver, &asks[i]);
	}
	while (n_open > 0 && left > 0 && !interrupted) {
		step(resolver->channel, left < TICK ? left : TICK);
		interrupted = context && casp_interrupted(context);
		left = deadline - now();
	}
	/* each that is open gets its callback */
	ares_cancel(resolver->channel);
	if (interrupted) {
		return casp_error(err, CAS_E_INTERRUPTED, "interrupted while asking %s",
				  resolver->name);
	}
	return no_memory ? casp_error_nomem(err) : 0;
}

const char *casp_resolver_status_text(enum casp_resolver_status status)
{
	static const char *const texts[] = {
		[CASP_RESOLVER_FOUND] = "found",
		[CASP_RESOLVER_NO_NAME] = "there is no such name",
		[CASP_RESOLVER_NO_RECORD] = "the name has no such record",
		[CASP_RESOLVER_FAILED] = "the answer is a failure",
		[CASP_RESOLVER_REFUSED] = "the question is refused",
		[CASP_RESOLVER_UNREACHABLE] = "no server gives a usable answer",
		[CASP_RESOLVER_SILENT] = "no answer",
	};

	return texts[status];
}
