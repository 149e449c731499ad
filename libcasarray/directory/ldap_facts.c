/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a connection: the server, what protects the bytes, who we are to it.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../names/dn.h"
#include "ldap_way.h"

void casp_ldap_facts_free(struct casp_ldap *ldap)
{
	free(ldap->site);
	free(ldap->security);
	free(ldap->user);
	ldap->site = ldap->security = ldap->user = NULL;
	ldap->facts = (struct casp_server_facts){0};
}

/* Of "CN=NTDS Settings,CN=DC1,CN=Servers,CN=Berlin,CN=Sites,..." it is "Berlin". */
static void add_site(const char *service, struct casp_buf *out)
{
	struct casp_str dn = casp_str(service);

	for (int i = 0; i < 3; i++) {
		dn = casp_dn_parent(dn);
	}
	if (dn.n && !casp_dn_rdn_value(dn, out)) {
		out->n = 0;
	}
}

static void add_tls(struct casp_ldap *ldap, struct casp_buf *out)
{
	char *version = NULL, *cipher = NULL;

	ldap_get_option(ldap->ld, LDAP_OPT_X_TLS_VERSION, &version);
	ldap_get_option(ldap->ld, LDAP_OPT_X_TLS_CIPHER, &cipher);
	casp_buf_addf(out, "%s%s%s", version ? version : "TLS", cipher ? ", " : "",
		      cipher ? cipher : "");
	ldap_memfree(version);
	ldap_memfree(cipher);
}

/* libldap does not tell the mechanism afterwards. */
static void add_sasl(struct casp_ldap *ldap, struct casp_buf *out)
{
	ber_len_t ssf = 0;

	ldap_get_option(ldap->ld, LDAP_OPT_X_SASL_SSF, &ssf);
	if (ssf > 1) {
		casp_buf_addf(out, "%s, sealed (%lu bits)",
			      casp_ldap_mechanism(ldap->way), (unsigned long)ssf);
	} else {
		casp_buf_adds(out, "not encrypted");
	}
}

static void add_security(struct casp_ldap *ldap, struct casp_buf *out)
{
	if (casp_ldap_server(ldap->way)->scheme == CASP_LDAP_LOCAL) {
		casp_buf_adds(out, "a socket of this machine");
	} else if (casp_ldap_way_is_tls(ldap->way)) {
		add_tls(ldap, out);
	} else {
		add_sasl(ldap, out);
	}
}

static bool is_protected(struct casp_ldap *ldap)
{
	ber_len_t ssf = 0;

	ldap_get_option(ldap->ld, LDAP_OPT_X_SASL_SSF, &ssf);
	return casp_ldap_server(ldap->way)->scheme == CASP_LDAP_LOCAL ||
	       casp_ldap_way_is_tls(ldap->way) || ssf > 1;
}

static void add_user(struct casp_ldap *ldap, struct casp_buf *out)
{
	char *user = NULL;

	switch (casp_ldap_way_bind(ldap->way)) {
	case CAS_BIND_SIMPLE:
		casp_buf_adds(out, ldap->way->user);
		break;
	case CAS_BIND_ANONYMOUS:
		break;
	case CAS_BIND_AUTO:
	case CAS_BIND_SASL:
		ldap_get_option(ldap->ld, LDAP_OPT_X_SASL_USERNAME, &user);
		casp_buf_adds(out, user ? user : "");
		ldap_memfree(user);
		break;
	}
}

/* Generalized time, "20261121184501.0Z", as domain controllers write it: UTC. */
static bool read_clock(const char *text, int64_t *ret)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y%m%d%H%M%S", &tm);

	if (!end || (*end != '.' && *end != 'Z')) {
		return false;
	}
	*ret = timegm(&tm);
	return true;
}

static int read_level(const char *text)
{
	int64_t level;

	return casp_str_int(casp_str(text), &level) && level >= 0 && level < 1000
		       ? (int)level
		       : -1;
}

static char *text_of(const struct casp_buf *buf)
{
	return buf->failed ? NULL : strndup(buf->p ? buf->p : "", buf->n);
}

int casp_ldap_facts_read(struct casp_ldap *ldap, struct cas_error **err)
{
	const struct casp_ldap_root *root = &ldap->root;
	CASP_CLEANUP(casp_buf_free) struct casp_buf site = {0};
	CASP_CLEANUP(casp_buf_free) struct casp_buf security = {0};
	CASP_CLEANUP(casp_buf_free) struct casp_buf user = {0};
	int64_t clock = 0;

	casp_ldap_facts_free(ldap);
	add_site(root->service, &site);
	add_security(ldap, &security);
	add_user(ldap, &user);
	ldap->site = text_of(&site);
	ldap->security = text_of(&security);
	ldap->user = text_of(&user);
	if (!ldap->site || !ldap->security || !ldap->user) {
		return casp_error_nomem(err);
	}
	ldap->facts = (struct casp_server_facts){
		.address = ldap->directory.address,
		.host = root->host,
		.found = ldap->way->found ? ldap->way->found : "",
		.configuration = root->configuration,
		.schema = root->schema,
		.domain = root->domain,
		.root_domain = root->root_domain,
		.contexts = (const char *const *)root->contexts.v,
		.n_contexts = root->contexts.n,
		.site = ldap->site,
		.security = ldap->security,
		.user = ldap->user,
		.is_ad = casp_ldap_is_ad(ldap),
		.is_read_only = casp_ldap_is_read_only(ldap),
		.is_protected = is_protected(ldap),
		.is_legacy = casp_ldap_way_is_tls(ldap->way) && ldap->way->tls_legacy,
		.level = read_level(root->level),
		.has_clock = read_clock(root->clock, &clock),
	};
	ldap->facts.clock = ldap->facts.has_clock ? clock - root->read : 0;
	return 0;
}

const struct casp_server_facts *
casp_ldap_server_facts(const struct cas_directory *directory)
{
	return &((const struct casp_ldap *)directory)->facts;
}
