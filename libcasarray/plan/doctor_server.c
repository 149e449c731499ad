/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The examination of a server, and of the connection to it. */
#include <inttypes.h>
#include <stdlib.h>

#include "doctor.h"

/* Kerberos' limit, and what should be looked after before it is reached. */
#define CLOCK_FAILED 300
#define CLOCK_WARNING 60

static void not_a_server(struct cas_doctor *doctor, const char *name, const char *why)
{
	casp_check(doctor, name, CAS_CHECK_NOT_EVALUATED, "a file %s", why);
}

static void check_connection(struct cas_doctor *doctor,
			     const struct casp_server_facts *server)
{
	const char *address = cas_directory_address(doctor->directory);

	if (!server) {
		casp_check(doctor, "connection", CAS_CHECK_OK, "LDIF: %s", address);
	} else if (!server->is_ad) {
		casp_check(doctor, "connection", CAS_CHECK_OK,
			   "%s answers; it is no domain controller of Active Directory",
			   address);
	} else {
		casp_check(doctor, "connection", CAS_CHECK_OK,
			   "%s answers: the domain controller '%s' of '%s'%s%s", address,
			   server->host, server->domain,
			   *server->found ? ", found by DNS: " : "", server->found);
	}
	casp_check_value(doctor, "%s", address);
}

static void check_security(struct cas_doctor *doctor,
			   const struct casp_server_facts *server)
{
	if (!server) {
		not_a_server(doctor, "security", "has no connection");
		return;
	}
	if (!server->is_protected) {
		casp_check(doctor, "security", CAS_CHECK_WARNING,
			   "%s: who listens in on the way can read and change it all",
			   server->security);
		casp_check_hint(doctor, "use ldaps:// or --start-tls, or log in with "
					"Kerberos");
	} else if (server->is_legacy) {
		casp_check(doctor, "security", CAS_CHECK_WARNING,
			   "%s, but TLS and certificates that can be broken would do, "
			   "too",
			   server->security);
		casp_check_hint(doctor, "try without --tls-legacy");
	} else {
		casp_check(doctor, "security", CAS_CHECK_OK, "%s", server->security);
	}
	casp_check_value(doctor, "%s", server->security);
}

/* Who the server says that we are; else as whom we logged in. */
static void check_user(struct cas_doctor *doctor, const struct casp_server_facts *server,
		       const char *identity)
{
	const char *user = identity ? identity : server->user;

	if (!*user) {
		casp_check(doctor, "identity", CAS_CHECK_WARNING,
			   "nobody: we are not logged in");
		casp_check_hint(doctor, "get a Kerberos ticket with kinit, or give "
					"--user");
		return;
	}
	casp_check(doctor, "identity", CAS_CHECK_OK, "%s%s", user,
		   identity ? "" : ", as we logged in: the server does not tell");
	casp_check_value(doctor, "%s", user);
}

static int check_identity(struct cas_doctor *doctor, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *identity = NULL;
	struct cas_error *error = NULL;

	if (!casp_directory_server(doctor->directory)) {
		not_a_server(doctor, "identity", "has no accounts");
		return 0;
	}
	if (casp_directory_whoami(doctor->directory, &identity, &error) < 0) {
		return casp_check_error(doctor, "identity", error, err);
	}
	check_user(doctor, casp_directory_server(doctor->directory), identity);
	return 0;
}

static void check_clock(struct cas_doctor *doctor, const struct casp_server_facts *server)
{
	enum cas_check_result result;
	int64_t seconds;

	if (!server || !server->has_clock) {
		casp_check(doctor, "clock", CAS_CHECK_NOT_EVALUATED, "%s",
			   server ? "the server does not tell the time"
				  : "a file has no clock");
		return;
	}
	seconds = llabs(server->clock);
	result = seconds > CLOCK_FAILED    ? CAS_CHECK_FAILED
		 : seconds > CLOCK_WARNING ? CAS_CHECK_WARNING
					   : CAS_CHECK_OK;
	if (!seconds) {
		casp_check(doctor, "clock", result, "the server's clock is the same");
		casp_check_value(doctor, "0");
		return;
	}
	casp_check(doctor, "clock", result,
		   "the server's clock is %" PRId64 " second%s %s ours%s", seconds,
		   seconds == 1 ? "" : "s", server->clock < 0 ? "behind" : "ahead of",
		   result == CAS_CHECK_OK ? ""
					  : "; Kerberos tolerates a difference of 300");
	casp_check_value(doctor, "%" PRId64, server->clock);
	if (result != CAS_CHECK_OK) {
		casp_check_hint(doctor, "set this computer's clock by a domain "
					"controller: all of them serve NTP");
	}
}

static void check_contexts(struct cas_doctor *doctor,
			   const struct casp_server_facts *server)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf list = {0};

	if (!server) {
		not_a_server(doctor, "naming-contexts",
			     "does not say what it is part of");
		return;
	}
	for (size_t i = 0; i < server->n_contexts; i++) {
		casp_buf_addf(&list, "%s%s", i ? "; " : "", server->contexts[i]);
	}
	doctor->failed |= list.failed;
	if (doctor->failed || !server->n_contexts) {
		casp_check(doctor, "naming-contexts", CAS_CHECK_FAILED,
			   "the server holds none");
		casp_check_hint(doctor, "it is not set up yet, or its rootDSE is hidden "
					"from this account");
		return;
	}
	casp_check(doctor, "naming-contexts", CAS_CHECK_OK, "%s", list.p);
	casp_check_value(doctor, "%s",
			 *server->configuration ? server->configuration
						: server->contexts[0]);
}

/* [MS-ADTS] 3.1.1.3.2.25 */
static const char *level_name(int level)
{
	static const char *const names[] = {
		"2000",    "2003 mixed", "2003",    "2008",
		"2008 R2", "2012",       "2012 R2", "2016",
	};

	if (level == 10) {
		return "2025";
	}
	return level >= 0 && (size_t)level < sizeof(names) / sizeof(*names) ? names[level]
									    : "unknown";
}

static void check_level(struct cas_doctor *doctor, const struct casp_server_facts *server)
{
	if (!server) {
		not_a_server(doctor, "level", "is no domain controller");
	} else if (!server->is_ad || server->level < 0) {
		casp_check(doctor, "level", CAS_CHECK_NOT_EVALUATED,
			   "the server does not say that it is a domain controller");
	} else {
		casp_check(doctor, "level", CAS_CHECK_OK,
			   "the domain controller's functional level is Windows Server "
			   "%s (%d)",
			   level_name(server->level), server->level);
		casp_check_value(doctor, "%d", server->level);
	}
}

static int check_writable(struct cas_doctor *doctor, struct cas_error **err)
{
	const struct casp_server_facts *server = casp_directory_server(doctor->directory);
	struct cas_error *error = NULL;

	if (server && server->is_read_only) {
		casp_check(doctor, "writable", CAS_CHECK_FAILED,
			   "the domain controller is a read-only one");
		casp_check_hint(doctor, "name another one");
		return 0;
	}
	if (casp_directory_check_writable(doctor->directory, &error) < 0) {
		return casp_check_error(doctor, "writable", error, err);
	}
	casp_check(doctor, "writable", CAS_CHECK_OK, "%s",
		   server ? "the server takes changes" : "the file can be replaced");
	return 0;
}

int casp_doctor_server(struct cas_doctor *doctor, struct cas_error **err)
{
	const struct casp_server_facts *server = casp_directory_server(doctor->directory);
	int r;

	check_connection(doctor, server);
	check_security(doctor, server);
	r = check_identity(doctor, err);
	if (r < 0) {
		return r;
	}
	server = casp_directory_server(doctor->directory);
	check_clock(doctor, server);
	check_contexts(doctor, server);
	check_level(doctor, server);
	return check_writable(doctor, err);
}
