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

static int failed(const struct casp_ldap_way *way, const char *why,
		  struct cas_error **err)
{
	return casp_error(err, CAS_E_IO, "cannot connect to '%s': %s",
			  casp_ldap_server(way)->address, why);
}

/* ---- name look-up ---- */

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
static int lookup_run(struct lookup *lookup, int64_t deadline)
{
	struct gaicb *list[] = {&lookup->request};
	struct sigevent none = {.sigev_notify = SIGEV_NONE};
	int r = getaddrinfo_a(GAI_NOWAIT, list, 1, &none);

	while (r == 0 && (r = gai_error(&lookup->request)) == EAI_INPROGRESS) {
		int left = remaining(deadline);
		struct timespec ts = {left / 1000, left % 1000 * 1000000L};

		if (left == 0) {
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

static int look_up(const struct casp_ldap_way *way, int64_t deadline,
		   struct addrinfo **ret, struct cas_error **err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct lookup *lookup = lookup_new(casp_ldap_server(way));
	int r;

	if (!lookup) {
		return casp_error_nomem(err);
	}
	if (getaddrinfo(lookup->host, lookup->port, &hints, ret) == 0) {
		free(lookup);
		return 0;
	}
	r = lookup_run(lookup, deadline);
	if (r == EAI_INPROGRESS) {
		return too_late(way, "no answer from the name service", err);
	}
	*ret = lookup->request.ar_result;
	free(lookup);
	if (r == EAI_CANCELED) {
		return too_late(way, "no answer from the name service", err);
	}
	if (r == 0) {
		return 0;
	}
	failed(way, r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r), err);
	return casp_error_hint(err, "check the name, and /etc/resolv.conf");
}

/* ---- connecting ---- */

/* 0 or an errno. */
static int wait_connected(int fd, int64_t deadline)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
	socklen_t n = sizeof(int);
	int error = 0, r;

	do {
		r = poll(&pollfd, 1, remaining(deadline));
	} while (r < 0 && errno == EINTR);
	if (r <= 0) {
		return r < 0 ? errno : ETIMEDOUT;
	}
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 ? errno : error;
}

/* A blocking socket in *ret, and 0; or an errno. */
static int connect_to(const struct sockaddr *address, socklen_t n, int64_t deadline,
		      int *ret)
{
	int fd =
		socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0) {
		return errno;
	}
	r = connect(fd, address, n) == 0 ? 0 : errno;
	if (r == EINPROGRESS || r == EINTR) {
		r = wait_connected(fd, deadline);
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
static int connect_any(const struct casp_ldap_way *way, const struct addrinfo *list,
		       int64_t deadline, int *ret, struct cas_error **err)
{
	int n = 0, r = 0;

	for (const struct addrinfo *at = list; at; at = at->ai_next) {
		n++;
	}
	for (const struct addrinfo *at = list; at; at = at->ai_next) {
		r = connect_to(at->ai_addr, at->ai_addrlen,
			       now() + remaining(deadline) / n--, ret);
		if (r == 0) {
			set_options(*ret);
			return 0;
		}
	}
	if (r == ETIMEDOUT) {
		return too_late(way, "no answer", err);
	}
	failed(way, strerror(r), err);
	return casp_error_hint(err, "is the port right, and the server up?");
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
	r = connect_to((struct sockaddr *)&address, sizeof(address), deadline, ret);
	return r == 0 ? 0 : failed(way, strerror(r), err);
}

int casp_ldap_socket(const struct casp_ldap_way *way, int *ret, struct cas_error **err)
{
	int64_t deadline = now() + (int64_t)way->timeout * 1000;
	struct addrinfo *list = NULL;
	int r;

	if (casp_ldap_server(way)->scheme == CASP_LDAP_LOCAL) {
		return connect_local(way, deadline, ret, err);
	}
	r = look_up(way, deadline, &list, err);
	if (r < 0) {
		return r;
	}
	r = connect_any(way, list, deadline, ret, err);
	freeaddrinfo(list);
	return r;
}
