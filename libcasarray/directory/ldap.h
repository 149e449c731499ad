/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The LDAP store's own parts: one connection to one server, its deadline, what the server
 * says of itself, its errors. Built as a module of its own, which is loaded when an
 * address names a server.
 */
#ifndef CASP_LDAP_H
#define CASP_LDAP_H

#include <ldap.h>
#include <signal.h>

#include "../base/vec.h"
#include "directory.h"
#include "module.h"

/* What the server says of itself: its rootDSE. Texts are "" when it does not say. */
struct casp_ldap_texts {
	char **v;
	size_t n;
};
struct casp_ldap_root {
	char *configuration; /* DN of the configuration naming context */
	char *domain;        /* default naming context */
	char *root_domain;
	char *schema;
	char *host;                      /* dnsHostName */
	char *service;                   /* DN of the server's NTDS Settings */
	char *is_synchronized;           /* "FALSE": it has not replicated yet */
	char *clock;                     /* currentTime, generalized time */
	char *level;                     /* domainControllerFunctionality */
	int64_t read;                    /* when that was, by our clock */
	struct casp_ldap_texts contexts; /* naming contexts */
	struct casp_ldap_texts controls; /* OIDs */
	struct casp_ldap_texts capabilities;
	struct casp_ldap_texts extensions;
};

struct casp_ldap_buffer;
struct casp_ldap_inlet;
struct casp_ldap_watchdog;
struct casp_ldap_way;

struct casp_ldap {
	struct cas_directory directory; /* address: the server in use, "ldap://dc1" */
	LDAP *ld;                       /* NULL: not connected */
	struct casp_ldap_watchdog *watchdog;
	struct casp_ldap_buffer *buffer;
	struct casp_ldap_inlet *inlet;
	unsigned guards; /* that are entered */
	struct casp_ldap_root root;
	struct casp_ldap_way *way;      /* how to reach the server, who we are */
	struct casp_server_facts facts; /* points into root, and at the following */
	char *site, *security, *user;
	bool interruptible; /* the user's wish to stop ends waiting */
};

/* ---- connection: ldap_connect.c ---- */

/*
 * Connects to the server of ldap->way, authenticates and reads the rootDSE; an old
 * connection is closed. What was in flight on that is lost: whether a write was done
 * must be read back.
 */
int casp_ldap_connect(struct casp_ldap *ldap, struct cas_error **err);
void casp_ldap_disconnect(struct casp_ldap *ldap);
/* Disconnects, and frees what the connection needed and what is known of the server. */
void casp_ldap_clear(struct casp_ldap *ldap);

/* ---- deadline: ldap_watchdog.c ---- */

/* Watches the socket of a connection; armed by guards. */
int casp_ldap_watch(struct casp_ldap *ldap, int fd, struct cas_error **err);
/* The connection can be used: from now on the user's wish to stop does not end it. */
void casp_ldap_is_set_up(struct casp_ldap *ldap);
/* Did it before that? */
bool casp_ldap_was_interrupted(const struct casp_ldap *ldap);
/* Before the socket is closed. */
void casp_ldap_unwatch(struct casp_ldap *ldap);

/*
 * Every call that may send or receive stands between enter and leave: there SIGPIPE
 * cannot kill the process, and a server that takes longer than the time limit finds the
 * connection shut down. Guards nest. CASP_LDAP_GUARD(ldap) is one that lasts as long as
 * the block.
 */
struct casp_ldap_guard {
	struct casp_ldap *ldap;
	sigset_t mask;
	bool pending;
};
void casp_ldap_enter(struct casp_ldap_guard *guard, struct casp_ldap *ldap);
void casp_ldap_leave(struct casp_ldap_guard *guard);
#define CASP_LDAP_GUARD(connection)                                                      \
	CASP_CLEANUP(casp_ldap_leave) struct casp_ldap_guard ldap_guard;                 \
	casp_ldap_enter(&ldap_guard, (connection))

/* The time limit begins anew: before each request of a series. */
void casp_ldap_rearm(struct casp_ldap *ldap);
/* Did the time limit end the connection? */
bool casp_ldap_expired(const struct casp_ldap *ldap);

/*
 * The next message of the request, or of any (LDAP_RES_ANY), of whatever type: one entry,
 * one reference, one result; the caller frees it with ldap_msgfree(). Inside a guard. The
 * time limit begins anew with each message. CAS_E_IO: the connection is lost, or the time
 * limit passed; ldap->ld is of no use then, except to casp_ldap_connect().
 * CAS_E_INTERRUPTED: only while ldap->interruptible.
 */
int casp_ldap_wait(struct casp_ldap *ldap, int id, LDAPMessage **ret,
		   struct cas_error **err);

/* ---- reading: ldap_buffer.c ---- */

/* Puts a buffer between libldap and its new socket. */
int casp_ldap_buffer_start(struct casp_ldap *ldap, int fd, struct cas_error **err);
/* Many messages follow each other: it is better to wait for some of them than for each.
 */
void casp_ldap_buffer_bulk(struct casp_ldap *ldap, bool bulk);
/* Has all that came been handed out? */
bool casp_ldap_buffer_is_empty(const struct casp_ldap *ldap);
void casp_ldap_buffer_free(struct casp_ldap *ldap);

/* ---- what comes in: ldap_inlet.c ---- */

/* Puts a check between libldap and what its new socket, TLS and SASL give. */
int casp_ldap_inlet_start(struct casp_ldap *ldap, struct cas_error **err);
/* Did something come that is no message, and end the connection? */
bool casp_ldap_inlet_is_broken(const struct casp_ldap *ldap);
void casp_ldap_inlet_free(struct casp_ldap *ldap);

/* ---- rootDSE: ldap_root.c ---- */

int casp_ldap_root_read(struct casp_ldap *ldap, struct cas_error **err);
void casp_ldap_root_free(struct casp_ldap_root *root);
/* Does the server advertise the control? */
bool casp_ldap_has_control(const struct casp_ldap *ldap, const char *oid);
bool casp_ldap_has_extension(const struct casp_ldap *ldap, const char *oid);
/* Is it a domain controller of Active Directory? */
bool casp_ldap_is_ad(const struct casp_ldap *ldap);
/* Is it a domain controller that takes no changes, or that lags behind the others? */
bool casp_ldap_is_limited(const struct casp_ldap *ldap);
/* A read-only one? */
bool casp_ldap_is_read_only(const struct casp_ldap *ldap);

/* ---- facts: ldap_facts.c ---- */

/* What is known of the connection that was just made. */
int casp_ldap_facts_read(struct casp_ldap *ldap, struct cas_error **err);
void casp_ldap_facts_free(struct casp_ldap *ldap);
const struct casp_server_facts *casp_ldap_server_facts(const struct cas_directory *);
int casp_ldap_whoami(struct cas_directory *directory, char **ret, struct cas_error **err);

/* ---- errors: ldap_error.c ---- */

/* "noSuchObject" of 32; of libldap's own codes its text. */
const char *casp_ldap_result_name(int rc);
/* The code of the library that a result means. */
enum cas_code casp_ldap_result_code(int rc);
/*
 * Sets an error and returns its code: "cannot search 'CN=x': noSuchObject (32): the
 * server's own words", and as hint what to try. `what` is "cannot search"; subject and
 * diagnostic may be NULL. rc is what a result says, or what a call of libldap returned;
 * with LDAP_SERVER_DOWN after the time limit passed, the error says that.
 */
int casp_ldap_error(struct cas_error **err, const struct casp_ldap *ldap, int rc,
		    const char *diagnostic, const char *what, const char *subject);
/*
 * What a message says that is a result: its number, and in *words the server's own ones,
 * with the servers that a referral names; NULL: none. The caller frees them. Negative:
 * one of libldap's own codes, the message is no result that can be read.
 */
int casp_ldap_result_read(const struct casp_ldap *ldap, LDAPMessage *message,
			  char **words);
/* An error of it; 0 when it is LDAP_SUCCESS. Does not free it. */
int casp_ldap_result_error(const struct casp_ldap *ldap, LDAPMessage *message,
			   const char *what, const char *subject, struct cas_error **err);
/* The error of a message that ends a search and is of another kind. */
int casp_ldap_no_search_result(LDAPMessage *message, struct cas_error **err);
/* What Active Directory means by the codes in its words, and what to try; or NULL. */
const char *casp_ldap_advice(int rc, const char *diagnostic);
/* The server's words fit for a message: one line, without trailing NUL and blanks.
 * NULL: out of memory; the caller frees it. */
char *casp_ldap_clean(const char *diagnostic);

/* ---- the store: ldap_search.c, ldap_commit.c ---- */

int casp_ldap_search(struct cas_directory *directory, const struct casp_query *queries,
		     size_t n_queries, casp_entry_fn each, void *closure,
		     struct cas_error **err);
int casp_ldap_commit(struct cas_directory *directory, const struct casp_change *changes,
		     size_t n, struct casp_result *results, struct cas_error **err);
/* "ldap://dc1:389 CN=x,DC=y" of an entry that the search counted. */
void casp_ldap_where(struct cas_directory *directory, uint64_t origin,
		     struct casp_buf *out);

#endif
