/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why TLS with a server fails. libldap says "(unknown error code)" of everything: so the
 * server is asked once more with GnuTLS itself, over a connection on which nothing but
 * the handshake is sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../base/context.h"
#include "ldap_way.h"

/* Of a certificate, that are told. */
#define NAMES_MAX 16
/* Milliseconds that an interruption may stay unnoticed. */
#define TICK 200

struct probe {
	const struct casp_ldap_way *way;
	int fd;
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	gnutls_x509_crt_t certificate; /* the server's own */
	struct casp_buf *reason;
	const char **hint;
};

/* ---- reading ---- */

/* As GnuTLS wants it: 1, 0 when the time is over, -1. */
static int wait_readable(gnutls_transport_ptr_t closure, unsigned milliseconds)
{
	const struct probe *probe = closure;
	struct pollfd pollfd = {.fd = probe->fd, .events = POLLIN};
	int r = 0;

	while (r == 0 && milliseconds > 0) {
		unsigned slice = milliseconds < TICK ? milliseconds : TICK;

		r = poll(&pollfd, 1, (int)slice);
		milliseconds -= slice;
		if (probe->way->context && casp_interrupted(probe->way->context)) {
			errno = ECANCELED;
			return -1;
		}
	}
	return r;
}

static ssize_t pull(gnutls_transport_ptr_t closure, void *to, size_t n)
{
	return recv(((const struct probe *)closure)->fd, to, n, 0);
}

static ssize_t push(gnutls_transport_ptr_t closure, const void *from, size_t n)
{
	return send(((const struct probe *)closure)->fd, from, n, MSG_NOSIGNAL);
}

/* ---- StartTLS ---- */

/* An ExtendedRequest 1.3.6.1.4.1.1466.20037 with message id 1 (RFC 4511 4.14). */
static const unsigned char start_tls[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
					 "1.3.6.1.4.1.1466.20037";

/* The answer is short; it is success when it has "enumerated 0" where the result stands.
 */
static bool ask_for_tls(struct probe *probe)
{
	static const unsigned char success[] = {0x0a, 0x01, 0x00};
	unsigned char answer[512];
	ssize_t n = push(probe, start_tls, sizeof(start_tls) - 1);

	if (n != (ssize_t)sizeof(start_tls) - 1 ||
	    wait_readable(probe, probe->way->timeout * 1000) != 1) {
		return false;
	}
	n = pull(probe, answer, sizeof(answer));
	return n > 0 && memmem(answer, (size_t)n, success, sizeof(success));
}

/* ---- reasons ---- */

static void add(struct probe *probe, const char *hint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void add(struct probe *probe, const char *hint, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (probe->reason->n) {
		casp_buf_adds(probe->reason, "; ");
	}
	casp_buf_adds(probe->reason, text);
	if (!*probe->hint) {
		*probe->hint = hint;
	}
}

static void add_date(struct probe *probe, const char *hint, const char *what, time_t time)
{
	struct tm tm;
	char text[32];

	gmtime_r(&time, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	add(probe, hint, "%s %s", what, text);
}

static void add_nameless(struct probe *probe)
{
	add(probe, "the server needs a certificate with its name as subjectAltName",
	    "its certificate has no alternative names");
}

/* The names that the certificate is for, "dc1.contoso.com, 10.1.2.3". */
static void add_names(struct probe *probe)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};

	for (unsigned i = 0; i < NAMES_MAX; i++) {
		char name[256], text[INET6_ADDRSTRLEN];
		size_t n = sizeof(name) - 1;
		int r = gnutls_x509_crt_get_subject_alt_name(probe->certificate, i, name,
							     &n, NULL);

		if (r == GNUTLS_SAN_IPADDRESS && (n == 4 || n == 16) &&
		    inet_ntop(n == 4 ? AF_INET : AF_INET6, name, text, sizeof(text))) {
			casp_buf_addf(&names, "%s%s", names.n ? ", " : "", text);
		} else if (r == GNUTLS_SAN_DNSNAME) {
			casp_buf_adds(&names, names.n ? ", " : "");
			casp_buf_add(&names, name, n);
		} else if (r == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
			break;
		}
	}
	if (!names.n) {
		add_nameless(probe);
		return;
	}
	add(probe, "name the server by a name that its certificate has",
	    "its certificate is for '%s', and not for '%s'", names.p,
	    casp_ldap_server(probe->way)->host);
}

static void add_issuer(struct probe *probe)
{
	gnutls_datum_t issuer = {0};

	gnutls_x509_crt_get_issuer_dn3(probe->certificate, &issuer, 0);
	add(probe, "name the file of the authority that signed it with --ca-file",
	    "its certificate is signed by '%s', which is not trusted",
	    issuer.data ? (char *)issuer.data : "");
	gnutls_free(issuer.data);
}

static void add_status(struct probe *probe, unsigned status)
{
	gnutls_datum_t text = {0};

	if (status & GNUTLS_CERT_EXPIRED) {
		add_date(probe, "renew the server's certificate",
			 "its certificate expired on",
			 gnutls_x509_crt_get_expiration_time(probe->certificate));
	}
	if (status & GNUTLS_CERT_NOT_ACTIVATED) {
		add_date(probe, "check the clock of this computer",
			 "its certificate is not valid before",
			 gnutls_x509_crt_get_activation_time(probe->certificate));
	}
	if (status & GNUTLS_CERT_UNEXPECTED_OWNER) {
		add_names(probe);
	}
	if (status & GNUTLS_CERT_INSECURE_ALGORITHM) {
		add(probe, "--tls-legacy accepts it, as little as it proves",
		    "its certificate is signed with an insecure algorithm (%s)",
		    gnutls_sign_get_name(
			    gnutls_x509_crt_get_signature_algorithm(probe->certificate)));
	}
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND) {
		add_issuer(probe);
	}
	if (!probe->reason->n && gnutls_certificate_verification_status_print(
					 status, GNUTLS_CRT_X509, &text, 0) == 0) {
		add(probe, NULL, "%s", (char *)text.data);
		gnutls_free(text.data);
	}
}

/* libldap wants the name among the alternative names; GnuTLS is content with the CN. */
static void check_names(struct probe *probe)
{
	const char *host = casp_ldap_server(probe->way)->host;
	char name[256];
	size_t n = sizeof(name);
	int r = gnutls_x509_crt_get_subject_alt_name(probe->certificate, 0, name, &n,
						     NULL);

	if (r == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
		add(probe,
		    "the server needs a certificate with its name as subjectAltName",
		    "its certificate has no alternative names");
	} else if (casp_iequal(host, "localhost")) {
		add(probe, "name the server 127.0.0.1, or by its own name",
		    "'localhost' is replaced by this computer's name before it is "
		    "compared with the certificate");
	}
}

static void look(struct probe *probe)
{
	const gnutls_datum_t *chain;
	unsigned n = 0, status = 0;

	chain = gnutls_certificate_get_peers(probe->session, &n);
	if (!chain || n == 0 || gnutls_x509_crt_init(&probe->certificate) < 0) {
		return;
	}
	if (gnutls_x509_crt_import(probe->certificate, &chain[0], GNUTLS_X509_FMT_DER) <
		    0 ||
	    gnutls_certificate_verify_peers3(
		    probe->session, casp_ldap_server(probe->way)->host, &status) < 0) {
		return;
	}
	if (status) {
		add_status(probe, status);
	} else {
		check_names(probe);
	}
}

static void handshake(struct probe *probe)
{
	int r;

	gnutls_transport_set_ptr(probe->session, probe);
	gnutls_transport_set_pull_function(probe->session, pull);
	gnutls_transport_set_push_function(probe->session, push);
	gnutls_transport_set_pull_timeout_function(probe->session, wait_readable);
	gnutls_handshake_set_timeout(probe->session, probe->way->timeout * 1000);
	do {
		r = gnutls_handshake(probe->session);
	} while (r < 0 && !gnutls_error_is_fatal(r));
	if (r == GNUTLS_E_SUCCESS) {
		look(probe);
	} else if (r == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ||
		   (r == GNUTLS_E_FATAL_ALERT_RECEIVED &&
		    gnutls_alert_get(probe->session) == GNUTLS_A_PROTOCOL_VERSION)) {
		add(probe,
		    "--tls-legacy accepts older versions, as little as they protect",
		    "it has no version of TLS from 1.2 on");
	} else if (r == GNUTLS_E_TIMEDOUT) {
		add(probe, "try another server, or a longer --timeout",
		    "no answer within %u seconds", probe->way->timeout);
	} else {
		add(probe, "is this port one for TLS?", "%s", gnutls_strerror(r));
	}
}

static bool prepare(struct probe *probe)
{
	const struct casp_ldap_way *way = probe->way;
	const struct casp_ldap_server *server = casp_ldap_server(way);

	if (gnutls_certificate_allocate_credentials(&probe->credentials) < 0 ||
	    gnutls_certificate_set_x509_trust_file(probe->credentials,
						   casp_ldap_ca_file(way),
						   GNUTLS_X509_FMT_PEM) < 0 ||
	    gnutls_init(&probe->session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL) < 0 ||
	    gnutls_priority_set_direct(probe->session, casp_ldap_priority(way), NULL) <
		    0) {
		return false;
	}
	if (!casp_ldap_is_address(server)) {
		gnutls_server_name_set(probe->session, GNUTLS_NAME_DNS, server->host,
				       strlen(server->host));
	}
	return gnutls_credentials_set(probe->session, GNUTLS_CRD_CERTIFICATE,
				      probe->credentials) == 0;
}

/* Reads and writes outside the handshake end in time, too. */
static bool open_probe(struct probe *probe)
{
	struct timeval limit = {.tv_sec = probe->way->timeout};
	struct cas_error *error = NULL;

	if (casp_ldap_socket(probe->way, &probe->fd, &error) < 0) {
		cas_error_free(error);
		return false;
	}
	setsockopt(probe->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(probe->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return !probe->way->start_tls || ask_for_tls(probe);
}

bool casp_ldap_tls_reason(const struct casp_ldap_way *way, struct casp_buf *reason,
			  const char **hint)
{
	struct probe probe = {.way = way, .fd = -1, .reason = reason, .hint = hint};

	if (open_probe(&probe) && prepare(&probe)) {
		handshake(&probe);
	}
	if (probe.certificate) {
		gnutls_x509_crt_deinit(probe.certificate);
	}
	if (probe.session) {
		gnutls_deinit(probe.session);
	}
	if (probe.credentials) {
		gnutls_certificate_free_credentials(probe.credentials);
	}
	if (probe.fd >= 0) {
		close(probe.fd);
	}
	return reason->n > 0 || reason->failed;
}
