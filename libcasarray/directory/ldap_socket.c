/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connected socket within the time limit. libldap bounds the connection, but not the
 * look-up of the name; and its asynchronous connect waits for ever (OpenLDAP 2.5).
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ldap_way.h"

/* Of a name, that are tried. */
#define PEERS_MAX 32
/* Milliseconds that an interruption may stay unnoticed. */
#define TICK 200

struct peer {
	struct sockaddr_storage address;
	socklen_t size;
};

struct peers {
	struct peer v[PEERS_MAX];
	size_t n;
};

/* Milliseconds on the monotonic clock. */
static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int remaining(int64_t deadline)
{
	int64_t left = deadline - now();

	return left > 0 ? (int)left : 0;
}

static int too_late(const struct casp_ldap_way *way, const char *what,
		    struct cas_error **err)
{
	casp_error(err, CAS_E_IO, "cannot connect to '%s': %s within %u seconds",
		   casp_ldap_server(way)->address, what, way->timeout);
	return casp_error_hint(err,
			       "is it up, and does a firewall let this port through? "
			       "Try another server, or a longer --timeout");
}

static bool interrupted(const struct casp_ldap_way *way)
{
	return way->context && casp_interrupted(way->context);
}

static int failed(const struct casp_ldap_way *way, const char *why,
		  struct cas_error **err)
{
	return casp_error(err, CAS_E_IO, "cannot connect to '%s': %s",
			  casp_ldap_server(way)->address, why);
}

static int was_interrupted(const struct casp_ldap_way *way, struct cas_error **err)
{
	return casp_error(err, CAS_E_INTERRUPTED, "interrupted while connecting to '%s'",
			  casp_ldap_server(way)->address);
}

/* ---- name look-up ---- */

static void add_peer(struct peers *peers, const void *address, socklen_t size)
{
	if (peers->n < PEERS_MAX && size <= sizeof(peers->v->address)) {
		memcpy(&peers->v[peers->n].address, address, size);
		peers->v[peers->n++].size = size;
	}
}

static void add_all(struct peers *peers, struct addrinfo *list)
{
	for (const struct addrinfo *at = list; at; at = at->ai_next) {
		add_peer(peers, at->ai_addr, at->ai_addrlen);
	}
	if (list) {
		freeaddrinfo(list);
	}
}

static void add_address(struct peers *peers, const struct casp_resolver_address *address,
			unsigned port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
				  .sin6_port = htons((uint16_t)port)};

	if (address->family == AF_INET) {
		memcpy(&v4.sin_addr, address->bytes, sizeof(v4.sin_addr));
		add_peer(peers, &v4, sizeof(v4));
	} else {
		memcpy(&v6.sin6_addr, address->bytes, sizeof(v6.sin6_addr));
		add_peer(peers, &v6, sizeof(v6));
	}
}

/* Of the DNS server that was chosen. */
static int ask_dns(const struct casp_ldap_way *way, int64_t deadline, struct peers *peers,
		   struct cas_error **err)
{
	const struct casp_ldap_server *server = casp_ldap_server(way);
	struct casp_resolver_query query = {.type = CASP_RESOLVER_ADDRESS,
					    .name = server->host};
	char why[160];
	int r = casp_resolver_ask(way->resolver, way->context, &query, 1,
				  remaining(deadline), err);

	for (size_t i = 0; i < query.n_addresses; i++) {
		add_address(peers, &query.addresses[i], server->port);
	}
	snprintf(why, sizeof(why), "%s: %s", casp_resolver_name(way->resolver),
		 casp_resolver_status_text(query.status));
	if (r == 0 && query.status == CASP_RESOLVER_SILENT) {
		r = too_late(way, why, err);
	} else if (r == 0 && peers->n == 0) {
		failed(way, why, err);
		r = casp_error_hint(err, "check the name, and --dns-server");
	}
	casp_resolver_query_clear(&query);
	return r;
}

/* Lives until the look-up ends, which may be after we gave up on it. */
struct lookup {
	struct gaicb request;
	struct addrinfo hints;
	char port[16];
	char host[];
};

static struct lookup *lookup_new(const struct casp_ldap_server *server)
{
	size_t n = strlen(server->host) + 1;
	struct lookup *lookup = calloc(1, sizeof(*lookup) + n);

	if (!lookup) {
		return NULL;
	}
	memcpy(lookup->host, server->host, n);
	snprintf(lookup->port, sizeof(lookup->port), "%u", server->port);
	lookup->hints.ai_socktype = SOCK_STREAM;
	lookup->request.ar_name = lookup->host;
	lookup->request.ar_service = lookup->port;
	lookup->request.ar_request = &lookup->hints;
	return lookup;
}

/* EAI_INPROGRESS: the time is over, and the look-up goes on: it must not be freed. */
static int lookup_run(const struct casp_ldap_way *way, struct lookup *lookup,
		      int64_t deadline)
{
	struct gaicb *list[] = {&lookup->request};
	struct sigevent none = {.sigev_notify = SIGEV_NONE};
	int r = getaddrinfo_a(GAI_NOWAIT, list, 1, &none);

	while (r == 0 && (r = gai_error(&lookup->request)) == EAI_INPROGRESS) {
		int left = remaining(deadline);
		struct timespec ts = {0, (left < TICK ? left : TICK) * 1000000L};

		if (left == 0 || interrupted(way)) {
			/* one that is not begun yet can be called off */
			return gai_cancel(&lookup->request) == EAI_CANCELED
				       ? EAI_CANCELED
				       : EAI_INPROGRESS;
		}
		gai_suspend((const struct gaicb *const *)list, 1, &ts);
		r = 0;
	}
	return r;
}

/* Of the system's name service, which reads the hosts file, too. */
static int ask_system(const struct casp_ldap_way *way, int64_t deadline,
		      struct peers *peers, struct cas_error **err)
{
	struct lookup *lookup = lookup_new(casp_ldap_server(way));
	int r;

	if (!lookup) {
		return casp_error_nomem(err);
	}
	r = lookup_run(way, lookup, deadline);
	if (r != EAI_INPROGRESS) {
		add_all(peers, lookup->request.ar_result);
		free(lookup);
	}
	if (r == EAI_INPROGRESS || r == EAI_CANCELED) {
		return interrupted(way)
			       ? was_interrupted(way, err)
			       : too_late(way, "no answer from the name service", err);
	}
	if (r == 0) {
		return 0;
	}
	/* the errno that EAI_SYSTEM speaks of is that of another thread */
	failed(way, gai_strerror(r), err);
	return casp_error_hint(err, "check the name, and /etc/resolv.conf");
}

/* Numbers need no name service. */
static bool take_numeric(const struct casp_ldap_server *server, struct peers *peers)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct addrinfo *list = NULL;
	char port[16];

	snprintf(port, sizeof(port), "%u", server->port);
	if (getaddrinfo(server->host, port, &hints, &list) != 0) {
		return false;
	}
	add_all(peers, list);
	return true;
}

static int look_up(const struct casp_ldap_way *way, int64_t deadline, struct peers *peers,
		   struct cas_error **err)
{
	const struct casp_ldap_server *server = casp_ldap_server(way);

	if (server->peer_size) {
		add_peer(peers, &server->peer, server->peer_size);
		return 0;
	}
	if (take_numeric(server, peers)) {
		return 0;
	}
	return way->resolver ? ask_dns(way, deadline, peers, err)
			     : ask_system(way, deadline, peers, err);
}

/* ---- connecting ---- */

/* 0 or an errno; ECANCELED: interrupted. */
static int wait_connected(const struct casp_ldap_way *way, int fd, int64_t deadline)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
	socklen_t n = sizeof(int);
	int error = 0, left, r;

	do {
		left = remaining(deadline);
		r = poll(&pollfd, 1, left < TICK ? left : TICK);
		if (interrupted(way)) {
			return ECANCELED;
		}
	} while ((r < 0 && errno == EINTR) || (r == 0 && left > TICK));
	if (r <= 0) {
		return r < 0 ? errno : ETIMEDOUT;
	}
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 ? errno : error;
}

/* A blocking socket in *ret, and 0; or an errno. */
static int connect_to(const struct casp_ldap_way *way, const struct sockaddr *address,
		      socklen_t n, int64_t deadline, int *ret)
{
	int fd =
		socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0) {
		return errno;
	}
	r = connect(fd, address, n) == 0 ? 0 : errno;
	if (r == EINPROGRESS || r == EINTR) {
		r = wait_connected(way, fd, deadline);
	}
	if (r == 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) < 0) {
		r = errno;
	}
	if (r) {
		close(fd);
		return r;
	}
	*ret = fd;
	return 0;
}

/* Requests are small and answers are waited for; dead peers are noticed. */
static void set_options(int fd)
{
	const int on = 1, idle = 60;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
}

/* Each address gets its share of the time that is left. */
static int connect_any(const struct casp_ldap_way *way, const struct peers *peers,
		       int64_t deadline, int *ret, struct cas_error **err)
{
	int r = EADDRNOTAVAIL;

	for (size_t i = 0; i < peers->n && r != ECANCELED; i++) {
		const struct peer *peer = &peers->v[i];

		r = connect_to(way, (const struct sockaddr *)&peer->address, peer->size,
			       now() + remaining(deadline) / (int)(peers->n - i), ret);
		if (r == 0) {
			set_options(*ret);
			return 0;
		}
	}
	if (r == ECANCELED) {
		return was_interrupted(way, err);
	}
	if (r == ETIMEDOUT) {
		return too_late(way, "no answer", err);
	}
	failed(way, strerror(r), err);
	return casp_error_hint(err, "is the port right, and the server up?");
}

/* A server whose queue is full: over a socket of this machine the kernel says so at once,
 * where over TCP it waits. 0 or an errno, ECANCELED: interrupted. */
static int connect_queued(const struct casp_ldap_way *way,
			  const struct sockaddr_un *address, int64_t deadline, int *ret)
{
	for (;;) {
		int r = connect_to(way, (const struct sockaddr *)address,
				   sizeof(*address), deadline, ret);
		int left = remaining(deadline);

		if (r != EAGAIN || left == 0) {
			return r == EAGAIN ? ETIMEDOUT : r;
		}
		if (interrupted(way)) {
			return ECANCELED;
		}
		poll(NULL, 0, left < TICK ? left : TICK);
	}
}

static int connect_local(const struct casp_ldap_way *way, int64_t deadline, int *ret,
			 struct cas_error **err)
{
	const struct casp_ldap_server *server = casp_ldap_server(way);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(server->host);
	int r;

	if (n >= sizeof(address.sun_path)) {
		return failed(way, "the path is too long for a socket", err);
	}
	memcpy(address.sun_path, server->host, n + 1);
	r = connect_queued(way, &address, deadline, ret);
	if (r == ECANCELED) {
		return was_interrupted(way, err);
	}
	if (r == 0) {
		return 0;
	}
	if (r == ETIMEDOUT) {
		casp_error(err, CAS_E_IO,
			   "cannot connect to '%s': no answer within %u seconds",
			   server->address, way->timeout);
	} else {
		failed(way, strerror(r), err);
	}
	return casp_error_hint(err,
			       "is the server up, and is this the path of its socket?");
}

int casp_ldap_socket(const struct casp_ldap_way *way, int *ret, struct cas_error **err)
{
	int64_t deadline = now() + (int64_t)way->timeout * 1000;
	struct peers peers = {0};
	int r;

	if (casp_ldap_server(way)->scheme == CASP_LDAP_LOCAL) {
		return connect_local(way, deadline, ret, err);
	}
	r = look_up(way, deadline, &peers, err);
	return r < 0 ? r : connect_any(way, &peers, deadline, ret, err);
}

void casp_ldap_socket_pin(struct casp_ldap_way *way, int fd)
{
	struct casp_ldap_server *server = &way->servers[way->server];
	socklen_t size = sizeof(server->peer);

	if (server->scheme != CASP_LDAP_LOCAL && server->peer_size == 0 &&
	    getpeername(fd, (struct sockaddr *)&server->peer, &size) == 0 &&
	    size <= sizeof(server->peer)) {
		server->peer_size = size;
	}
}
