/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where messages of a server come in: a layer of the connection above TLS and SASL that
 * hands over whole messages of the right form only. What has another form ends the
 * connection. What goes out through it leaves no trace in memory.
 */
#include <errno.h>
#include <stdlib.h>

#include "ldap.h"
#include "ldap_form.h"

/* Above LBER_SBIOD_LEVEL_APPLICATION, where SASL is. */
#define LEVEL 40
/* Longer ones are not taken: an entry with a hundred thousand mailboxes has 16 MB. */
#define MESSAGE_MAX ((size_t)256 * 1024 * 1024)
/* What a message says of its length is believed as far as bytes have come. */
#define FIRST_SIZE ((size_t)16 * 1024)
/* Room that one long message took is given back. */
#define KEPT_SIZE ((size_t)1024 * 1024)

struct casp_ldap_inlet {
	unsigned char *p;
	size_t size;
	size_t n;       /* bytes of the message that are here */
	size_t at;      /* of a message that was checked: bytes that were handed over */
	bool is_whole;  /* it was checked */
	bool is_broken; /* it has another form */
};

static int set_up(Sockbuf_IO_Desc *layer, void *inlet)
{
	layer->sbiod_pvt = inlet;
	return 0;
}

static int tear_down(Sockbuf_IO_Desc *layer)
{
	layer->sbiod_pvt = NULL;
	return 0;
}

static int control(Sockbuf_IO_Desc *layer, int option, void *argument)
{
	const struct casp_ldap_inlet *inlet = layer->sbiod_pvt;

	if (option == LBER_SB_OPT_DATA_READY && inlet->is_whole) {
		return 1;
	}
	return LBER_SBIOD_CTRL_NEXT(layer, option, argument);
}

static bool grow(struct casp_ldap_inlet *inlet)
{
	size_t size = inlet->size ? inlet->size * 2 : FIRST_SIZE;
	unsigned char *p = realloc(inlet->p, size);

	if (p) {
		inlet->p = p;
		inlet->size = size;
	}
	return p;
}

/* Of the message that has begun; never a byte of the next one, which may be for TLS. */
static size_t bytes_needed(const struct casp_ldap_inlet *inlet)
{
	size_t size = casp_ldap_element_size(inlet->p, inlet->n, MESSAGE_MAX);

	if (inlet->n < 2) {
		return 2 - inlet->n;
	}
	if (size == 0) {
		return 2 + (size_t)(inlet->p[1] & 0x7f) - inlet->n;
	}
	return size == SIZE_MAX ? SIZE_MAX : size - inlet->n;
}

static ber_slen_t broken(struct casp_ldap_inlet *inlet)
{
	inlet->is_broken = true;
	errno = EPROTO;
	return -1;
}

/* 1: a message is whole; else what a read of a socket returns. */
static ber_slen_t fill(Sockbuf_IO_Desc *layer, struct casp_ldap_inlet *inlet)
{
	size_t needed;

	while ((needed = bytes_needed(inlet)) > 0) {
		ber_slen_t got;

		if (needed == SIZE_MAX) {
			return broken(inlet);
		}
		if (inlet->n == inlet->size && !grow(inlet)) {
			errno = ENOMEM;
			return -1;
		}
		if (needed > inlet->size - inlet->n) {
			needed = inlet->size - inlet->n;
		}
		got = LBER_SBIOD_READ_NEXT(layer, inlet->p + inlet->n, needed);
		if (got <= 0) {
			return got;
		}
		inlet->n += (size_t)got;
		if ((size_t)got < needed) {
			errno = EWOULDBLOCK;
			return -1;
		}
	}
	inlet->is_whole = casp_ldap_is_message(inlet->p, inlet->n);
	return inlet->is_whole ? 1 : broken(inlet);
}

static void begin_anew(struct casp_ldap_inlet *inlet)
{
	inlet->n = inlet->at = 0;
	inlet->is_whole = false;
	if (inlet->size > KEPT_SIZE) {
		free(inlet->p);
		inlet->p = NULL;
		inlet->size = 0;
	}
}

static ber_slen_t receive(Sockbuf_IO_Desc *layer, void *to, ber_len_t n)
{
	struct casp_ldap_inlet *inlet = layer->sbiod_pvt;

	if (inlet->is_broken) {
		return broken(inlet);
	}
	if (!inlet->is_whole) {
		ber_slen_t r = fill(layer, inlet);

		if (r <= 0) {
			return r;
		}
	}
	if (n > inlet->n - inlet->at) {
		n = inlet->n - inlet->at;
	}
	memcpy(to, inlet->p + inlet->at, n);
	inlet->at += n;
	if (inlet->at == inlet->n) {
		begin_anew(inlet);
	}
	return (ber_slen_t)n;
}

/* A request may hold a password, and libldap frees it as it is; it reads nothing again of
 * what was sent, as it follows no referrals. */
static ber_slen_t send_on(Sockbuf_IO_Desc *layer, void *from, ber_len_t n)
{
	ber_slen_t sent = LBER_SBIOD_WRITE_NEXT(layer, from, n);

	if (sent > 0) {
		explicit_bzero(from, (size_t)sent);
	}
	return sent;
}

static Sockbuf_IO checker = {
	.sbi_setup = set_up,
	.sbi_remove = tear_down,
	.sbi_ctrl = control,
	.sbi_read = receive,
	.sbi_write = send_on,
};

int casp_ldap_inlet_start(struct casp_ldap *ldap, struct cas_error **err)
{
	Sockbuf *socket = NULL;

	if (!ldap->inlet) {
		ldap->inlet = calloc(1, sizeof(*ldap->inlet));
	}
	if (!ldap->inlet) {
		return casp_error_nomem(err);
	}
	begin_anew(ldap->inlet);
	ldap->inlet->is_broken = false;
	if (ldap_get_option(ldap->ld, LDAP_OPT_SOCKBUF, &socket) != LDAP_OPT_SUCCESS ||
	    ber_sockbuf_add_io(socket, &checker, LEVEL, ldap->inlet) < 0) {
		return casp_error_nomem(err);
	}
	return 0;
}

bool casp_ldap_inlet_is_broken(const struct casp_ldap *ldap)
{
	return ldap->inlet && ldap->inlet->is_broken;
}

void casp_ldap_inlet_free(struct casp_ldap *ldap)
{
	if (ldap->inlet) {
		free(ldap->inlet->p);
	}
	free(ldap->inlet);
	ldap->inlet = NULL;
}
