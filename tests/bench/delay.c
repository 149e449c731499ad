/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands between clients and a server on local sockets, and hands all on with a delay. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_PAIRS = 64,
	PIECE_BYTES = 64 * 1024,
	HELD_BYTES = 8 * 1024 * 1024, /* of one direction; then nothing more is read */
};

struct piece {
	struct piece *next;
	int64_t due;
	size_t at, n; /* n 0: the end */
	char bytes[];
};

/* One direction of a connection. */
struct way {
	int from, to;
	struct piece *first, **last;
	size_t held;
	bool full;  /* the receiver does not keep up */
	bool ended; /* nothing more is read */
	bool done;  /* the end was handed on, too */
};

struct pair {
	struct way ways[2];
};

static int64_t delay_ns;

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* ---- sockets ---- */

static int make_socket(const char *path, struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		fail("socket");
	}
	if (strlen(path) >= sizeof(address->sun_path)) {
		errno = ENAMETOOLONG;
		fail(path);
	}
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	strcpy(address->sun_path, path);
	return fd;
}

static int listen_on(const char *path)
{
	struct sockaddr_un address;
	int fd = make_socket(path, &address);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, MAX_PAIRS) < 0) {
		fail(path);
	}
	return fd;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address;
	int fd = make_socket(path, &address);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		fail(path);
	}
	return fd;
}

static void open_way(struct way *way, int from, int to)
{
	*way = (struct way){.from = from, .to = to, .last = &way->first};
	fcntl(from, F_SETFL, fcntl(from, F_GETFL) | O_NONBLOCK);
}

static void accept_pair(struct pair *pair, int listener, const char *server)
{
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	int fd;

	if (client < 0) {
		fail("accept");
	}
	fd = connect_to(server);
	open_way(&pair->ways[0], client, fd);
	open_way(&pair->ways[1], fd, client);
}

static void close_pair(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		struct piece *piece = pair->ways[i].first;

		while (piece) {
			struct piece *next = piece->next;

			free(piece);
			piece = next;
		}
		close(pair->ways[i].from);
	}
}

/* ---- directions ---- */

static void take(struct way *way)
{
	struct piece *piece = malloc(sizeof(*piece) + PIECE_BYTES);
	ssize_t got;

	if (!piece) {
		fail("memory");
	}
	got = read(way->from, piece->bytes, PIECE_BYTES);
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		free(piece);
		return;
	}
	piece->next = NULL;
	piece->at = 0;
	piece->n = got > 0 ? (size_t)got : 0;
	piece->due = now() + delay_ns;
	*way->last = piece;
	way->last = &piece->next;
	way->held += piece->n;
	way->ended = piece->n == 0;
}

static void drop_first(struct way *way)
{
	struct piece *piece = way->first;

	way->first = piece->next;
	if (!way->first) {
		way->last = &way->first;
	}
	way->held -= piece->n;
	free(piece);
}

/* All that is due. */
static void hand_on(struct way *way, int64_t time)
{
	struct piece *piece;

	way->full = false;
	while ((piece = way->first) && piece->due <= time) {
		ssize_t done;

		if (piece->n == 0) {
			shutdown(way->to, SHUT_WR);
			way->done = true;
			drop_first(way);
			return;
		}
		done = send(way->to, piece->bytes + piece->at, piece->n - piece->at,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (done < 0 && errno == EAGAIN) {
			way->full = true;
			return;
		}
		if (done < 0) {
			way->ended = way->done = true;
			return;
		}
		piece->at += (size_t)done;
		if (piece->at == piece->n) {
			drop_first(way);
		}
	}
}

/* ---- all ---- */

struct relay {
	struct pair pairs[MAX_PAIRS];
	size_t n;
	struct pollfd fds[2 * MAX_PAIRS + 1];
};

/* Until when to wait; < 0: for ever. */
static int64_t prepare(struct relay *relay)
{
	int64_t due = -1;

	relay->fds[0].events = relay->n < MAX_PAIRS ? POLLIN : 0;
	for (size_t i = 0; i < 2 * relay->n; i++) {
		struct way *way = &relay->pairs[i / 2].ways[i % 2];
		struct way *back = &relay->pairs[i / 2].ways[1 - i % 2];
		bool reads = !way->ended && way->held < HELD_BYTES;

		relay->fds[i + 1].events =
			(short)((reads ? POLLIN : 0) | (back->full ? POLLOUT : 0));
		relay->fds[i + 1].fd = relay->fds[i + 1].events ? way->from : -1;
		if (way->first && !way->full && (due < 0 || way->first->due < due)) {
			due = way->first->due;
		}
	}
	return due;
}

static void wait_until(struct relay *relay, int64_t due)
{
	struct timespec ts = {0};
	int64_t left = due < 0 ? 0 : due - now();

	if (left > 0) {
		ts.tv_sec = left / 1000000000;
		ts.tv_nsec = left % 1000000000;
	}
	if (ppoll(relay->fds, 2 * relay->n + 1, due < 0 ? NULL : &ts, NULL) < 0 &&
	    errno != EINTR) {
		fail("poll");
	}
}

static void step(struct relay *relay, const char *server)
{
	size_t n = relay->n;
	int64_t time;

	wait_until(relay, prepare(relay));
	time = now();
	for (size_t i = 0; i < 2 * n; i++) {
		struct way *way = &relay->pairs[i / 2].ways[i % 2];

		if (relay->fds[i + 1].revents & (POLLIN | POLLHUP | POLLERR) &&
		    !way->ended) {
			take(way);
		}
		hand_on(way, time);
	}
	for (size_t i = n; i-- > 0;) {
		struct pair *pair = &relay->pairs[i];

		if (!pair->ways[0].done || !pair->ways[1].done) {
			continue;
		}
		close_pair(pair);
		relay->n--;
		for (int k = 0; i < relay->n && k < 2; k++) {
			struct way *from = &relay->pairs[relay->n].ways[k];

			pair->ways[k] = *from;
			if (!from->first) {
				pair->ways[k].last = &pair->ways[k].first;
			}
		}
	}
	if (relay->fds[0].revents & POLLIN) {
		accept_pair(&relay->pairs[relay->n], relay->fds[0].fd, server);
		relay->n++;
	}
}

int main(int argc, char **argv)
{
	static struct relay relay;
	char *end = NULL;
	long us = argc == 4 ? strtol(argv[3], &end, 10) : -1;

	if (us < 0 || us > 1000000 || *end) {
		fputs("usage: delay LISTEN SERVER MICROSECONDS    each way\n", stderr);
		return EXIT_FAILURE;
	}
	delay_ns = us * 1000;
	/* It ends with the test that started it, and wakes when it is time. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_TIMERSLACK, 1000UL);
	relay.fds[0].fd = listen_on(argv[1]);
	for (;;) {
		step(&relay, argv[2]);
	}
}
