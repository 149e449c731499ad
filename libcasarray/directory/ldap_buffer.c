/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a server sends, read in large pieces: by itself libldap makes three system calls
 * for each message. A layer of the connection's own, below TLS and SASL.
 */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

#include "ldap.h"

#define SIZE ((size_t)128 * 1024)
/* Less than this is worth a pause: a reader that wakes for each entry keeps a server on
 * the same machine from its work. In it a server sends some dozen entries. */
#define LITTLE ((size_t)16 * 1024)
#define PAUSE_NS 200000

struct casp_ldap_buffer {
	int fd;
	bool bulk;
	size_t at, n;
	char data[SIZE];
};

static int set_up(Sockbuf_IO_Desc *layer, void *buffer)
{
	layer->sbiod_pvt = buffer;
	return 0;
}

/* The buffer is the connection's: it is used again. */
static int tear_down(Sockbuf_IO_Desc *layer)
{
	layer->sbiod_pvt = NULL;
	return 0;
}

static int control(Sockbuf_IO_Desc *layer, int option, void *argument)
{
	const struct casp_ldap_buffer *buffer = layer->sbiod_pvt;

	if (option == LBER_SB_OPT_DATA_READY && buffer->at < buffer->n) {
		return 1;
	}
	return LBER_SBIOD_CTRL_NEXT(layer, option, argument);
}

static void let_gather(const struct casp_ldap_buffer *buffer)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};
	int there = 0;

	if (buffer->bulk && ioctl(buffer->fd, FIONREAD, &there) == 0 &&
	    (size_t)there < LITTLE) {
		nanosleep(&pause, NULL);
	}
}

static ber_slen_t receive(Sockbuf_IO_Desc *layer, void *to, ber_len_t n)
{
	struct casp_ldap_buffer *buffer = layer->sbiod_pvt;

	if (buffer->at == buffer->n) {
		ber_slen_t got;

		let_gather(buffer);
		got = LBER_SBIOD_READ_NEXT(layer, buffer->data, SIZE);
		if (got <= 0) {
			return got;
		}
		buffer->at = 0;
		buffer->n = (size_t)got;
	}
	if (n > buffer->n - buffer->at) {
		n = buffer->n - buffer->at;
	}
	memcpy(to, buffer->data + buffer->at, n);
	buffer->at += n;
	return (ber_slen_t)n;
}

static ber_slen_t send_on(Sockbuf_IO_Desc *layer, void *from, ber_len_t n)
{
	return LBER_SBIOD_WRITE_NEXT(layer, from, n);
}

static Sockbuf_IO reader = {
	.sbi_setup = set_up,
	.sbi_remove = tear_down,
	.sbi_ctrl = control,
	.sbi_read = receive,
	.sbi_write = send_on,
};

int casp_ldap_buffer_start(struct casp_ldap *ldap, int fd, struct cas_error **err)
{
	Sockbuf *socket = NULL;

	if (!ldap->buffer) {
		ldap->buffer = malloc(sizeof(*ldap->buffer));
	}
	if (!ldap->buffer) {
		return casp_error_nomem(err);
	}
	ldap->buffer->fd = fd;
	ldap->buffer->bulk = false;
	ldap->buffer->at = ldap->buffer->n = 0;
	/* Above the socket, which is a provider, too, and below TLS. */
	if (ldap_get_option(ldap->ld, LDAP_OPT_SOCKBUF, &socket) != LDAP_OPT_SUCCESS ||
	    ber_sockbuf_add_io(socket, &reader, LBER_SBIOD_LEVEL_PROVIDER, ldap->buffer) <
		    0) {
		return casp_error_nomem(err);
	}
	return 0;
}

void casp_ldap_buffer_bulk(struct casp_ldap *ldap, bool bulk)
{
	ldap->buffer->bulk = bulk;
}

bool casp_ldap_buffer_is_empty(const struct casp_ldap *ldap)
{
	return ldap->buffer->at == ldap->buffer->n;
}

void casp_ldap_buffer_free(struct casp_ldap *ldap)
{
	free(ldap->buffer);
	ldap->buffer = NULL;
}
