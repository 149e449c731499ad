/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Kerberos knows of us: the domain of the ticket; and the ticket for a server. The
 * login would get that by itself, but without a time limit, and libldap hands on one
 * number for all that can go wrong there.
 */
#include <errno.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "../names/fqdn.h"
#include "ldap_way.h"

/* ---- domain ---- */

static int of_ticket(krb5_context krb5, char **ret)
{
	krb5_principal principal = NULL;
	krb5_ccache cache = NULL;
	krb5_error_code code = krb5_cc_default(krb5, &cache);

	if (code == 0) {
		code = krb5_cc_get_principal(krb5, cache, &principal);
	}
	if (code == 0) {
		*ret = strndup(principal->realm.data, principal->realm.length);
		krb5_free_principal(krb5, principal);
	}
	if (cache) {
		krb5_cc_close(krb5, cache);
	}
	return *ret != NULL;
}

static void of_configuration(krb5_context krb5, char **ret)
{
	char *realm = NULL;

	if (krb5_get_default_realm(krb5, &realm) == 0) {
		*ret = strdup(realm);
		krb5_free_default_realm(krb5, realm);
	}
}

char *casp_ldap_kerberos_domain(void)
{
	krb5_context krb5;
	const char *why;
	char *realm = NULL;

	if (krb5_init_context(&krb5) != 0) {
		return NULL;
	}
	if (!of_ticket(krb5, &realm)) {
		of_configuration(krb5, &realm);
	}
	krb5_free_context(krb5);
	/* a realm may be named in other ways than a domain of Active Directory */
	if (realm && !casp_fqdn_check(casp_str(realm), &why)) {
		free(realm);
		return NULL;
	}
	for (char *p = realm; p && *p; p++) {
		*p = (char)casp_lower((unsigned char)*p);
	}
	return realm;
}

/* ---- ticket ---- */

/* Milliseconds that an interruption may stay unnoticed. */
#define TICK 200

/* What a thread is asked for; who comes last frees it. */
struct ticket {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	unsigned users;
	bool done;
	OM_uint32 major, minor;
	char service[]; /* "ldap@dc1.contoso.com" */
};

static void let_go(struct ticket *ticket)
{
	bool last;

	pthread_mutex_lock(&ticket->mutex);
	last = --ticket->users == 0;
	pthread_mutex_unlock(&ticket->mutex);
	if (last) {
		pthread_cond_destroy(&ticket->cond);
		pthread_mutex_destroy(&ticket->mutex);
		free(ticket);
	}
}

/* The beginning of a login: the ticket for the server is in the cache afterwards. */
static void ask_for_ticket(struct ticket *ticket)
{
	gss_buffer_desc text = {strlen(ticket->service), ticket->service};
	gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
	gss_ctx_id_t login = GSS_C_NO_CONTEXT;
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 ignored;

	ticket->major =
		gss_import_name(&ticket->minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &name);
	if (!GSS_ERROR(ticket->major)) {
		ticket->major = gss_init_sec_context(
			&ticket->minor, GSS_C_NO_CREDENTIAL, &login, name,
			(gss_OID)gss_mech_krb5, GSS_C_MUTUAL_FLAG, 0,
			GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, NULL, &token, NULL,
			NULL);
	}
	gss_release_buffer(&ignored, &token);
	gss_delete_sec_context(&ignored, &login, GSS_C_NO_BUFFER);
	gss_release_name(&ignored, &name);
}

static void *run(void *closure)
{
	struct ticket *ticket = closure;

	ask_for_ticket(ticket);
	pthread_mutex_lock(&ticket->mutex);
	ticket->done = true;
	pthread_cond_signal(&ticket->cond);
	pthread_mutex_unlock(&ticket->mutex);
	let_go(ticket);
	return NULL;
}

static struct ticket *ticket_new(const char *host)
{
	struct ticket *ticket =
		calloc(1, sizeof(*ticket) + strlen("ldap@") + strlen(host) + 1);
	pthread_condattr_t attr;

	if (!ticket) {
		return NULL;
	}
	stpcpy(stpcpy(ticket->service, "ldap@"), host);
	ticket->users = 1;
	pthread_mutex_init(&ticket->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&ticket->cond, &attr);
	pthread_condattr_destroy(&attr);
	return ticket;
}

/* The program's signals are for its own threads. 0 or an errno. */
static int start(struct ticket *ticket)
{
	pthread_t thread;
	sigset_t all, old;
	int r;

	ticket->users = 2;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, NULL, run, ticket);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r) {
		ticket->users = 1;
		return r;
	}
	pthread_detach(thread);
	return 0;
}

/* Until the thread is done, the time is over or the user has enough. true: it is done. */
static bool wait_for(struct ticket *ticket, const struct casp_ldap_way *way)
{
	bool done;

	pthread_mutex_lock(&ticket->mutex);
	for (int64_t left = (int64_t)way->timeout * 1000;
	     !ticket->done && left > 0 &&
	     !(way->context && casp_interrupted(way->context));
	     left -= TICK) {
		struct timespec ts;

		clock_gettime(CLOCK_MONOTONIC, &ts);
		ts.tv_nsec += TICK * 1000000L;
		ts.tv_sec += ts.tv_nsec / 1000000000L;
		ts.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&ticket->cond, &ticket->mutex, &ts);
	}
	done = ticket->done;
	pthread_mutex_unlock(&ticket->mutex);
	return done;
}

/* The numbers of libkrb5, which the GSSAPI hands on; it has no names for them. "%s" is
 * the server's host. */
static const struct {
	krb5_error_code code;
	const char *advice;
} reasons[] = {
	{KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN,
	 "name the server by its full name: Kerberos does not know it by '%s'"},
	{KRB5KRB_AP_ERR_TKT_EXPIRED,
	 "get a Kerberos ticket with kinit: that for '%s' has expired"},
	{KRB5KRB_AP_ERR_SKEW, "set the clock of this computer: that of the Kerberos "
			      "server for '%s' differs too "
			      "much"},
	{KRB5_KDCREP_SKEW, "set the clock of this computer: that of the Kerberos server "
			   "for '%s' differs too "
			   "much"},
};

static int judge(const struct ticket *ticket, const struct casp_ldap_way *way,
		 struct casp_buf *advice, struct cas_error **err)
{
	const struct casp_ldap_server *server = casp_ldap_server(way);
	krb5_error_code code = (krb5_error_code)ticket->minor;

	if (code == KRB5_KDC_UNREACH || code == KRB5_REALM_UNKNOWN ||
	    code == KRB5_REALM_CANT_RESOLVE) {
		casp_error(err, CAS_E_AUTH,
			   "cannot log in to '%s': no Kerberos server of the realm "
			   "answers",
			   server->address);
		return casp_error_hint(err,
				       "check DNS and /etc/krb5.conf, or log in with "
				       "--user inside TLS");
	}
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		const char *end = strstr(reasons[i].advice, "%s");

		if (reasons[i].code == code) {
			casp_buf_add(advice, reasons[i].advice,
				     (size_t)(end - reasons[i].advice));
			casp_buf_adds(advice, server->host);
			casp_buf_adds(advice, end + 2);
		}
	}
	return advice->failed ? casp_error_nomem(err) : 0;
}

static int gave_up(const struct casp_ldap_way *way, struct cas_error **err)
{
	const char *address = casp_ldap_server(way)->address;

	if (way->context && casp_interrupted(way->context)) {
		return casp_error(err, CAS_E_INTERRUPTED,
				  "interrupted while logging in to '%s'", address);
	}
	casp_error(err, CAS_E_AUTH,
		   "cannot log in to '%s': no answer from Kerberos within %u seconds",
		   address, way->timeout);
	return casp_error_hint(err, "is a Kerberos server up, and does a firewall let "
				    "port 88 through? Try --user inside TLS");
}

int casp_ldap_kerberos_ticket(const struct casp_ldap_way *way, struct casp_buf *advice,
			      struct cas_error **err)
{
	struct ticket *ticket = ticket_new(casp_ldap_server(way)->host);
	int r = ticket ? start(ticket) : ENOMEM;

	if (!ticket) {
		return casp_error_nomem(err);
	}
	if (r) {
		r = casp_error(err, CAS_E_IO, "cannot start a thread: %s", strerror(r));
	} else if (!wait_for(ticket, way)) {
		r = gave_up(way, err);
	} else if (GSS_ERROR(ticket->major)) {
		r = judge(ticket, way, advice, err);
	}
	let_go(ticket);
	return r;
}
