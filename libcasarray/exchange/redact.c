/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which values are names, and of what form. */
#include "redact.h"

#include <stdlib.h>

#include "../names/dn.h"
#include "../names/dn_lexer.h"
#include "load.h"

enum form {
	TEXT, /* host names, URLs, legacyExchangeDN */
	DN,
	MAILBOX,
	GUID,
	NUMBER,
	FLAG,
	TIME,
	SERIAL,
};

/* Of all others: TEXT, in which no name survives. */
static const struct {
	casp_read_fn read;
	enum form form;
} forms[] = {
	{casp_read_guid, GUID},     {casp_read_time, TIME}, {casp_read_dn, DN},
	{casp_read_int, NUMBER},    {casp_read_flag, FLAG}, {casp_read_restore, FLAG},
	{casp_read_count, MAILBOX}, {casp_read_home, DN},   {casp_read_version, NUMBER},
	{casp_read_serial, SERIAL},
};

int casp_redact_new(struct casp_redact **ret, struct cas_error **err)
{
	struct casp_redact *redact = calloc(1, sizeof(*redact));
	int r;

	if (!redact) {
		return casp_error_nomem(err);
	}
	r = casp_pseudonyms_new(&redact->names, err);
	if (r < 0) {
		free(redact);
		return r;
	}
	*ret = redact;
	return 0;
}

void casp_redact_free(struct casp_redact *redact)
{
	if (redact) {
		casp_pseudonyms_free(redact->names);
		casp_buf_free(&redact->value);
		casp_buf_free(&redact->escaped);
		free(redact);
	}
}

void casp_redact_begin(struct casp_redact *redact)
{
	casp_pseudonyms_begin(redact->names);
	redact->n_mailboxes = 0;
}

/* ---- distinguished names ---- */

/* The type that was collected. One that somebody made for himself may bear his name. */
static void add_rdn_type(struct casp_redact *redact, struct casp_buf *out)
{
	casp_pseudonyms_text(redact->names, casp_buf_str(&redact->value), out);
	out->failed |= redact->value.failed;
	casp_buf_clear(&redact->value);
	casp_buf_addc(out, '=');
}

/* The value that was collected, escaped. */
static void add_rdn_value(struct casp_redact *redact, struct casp_buf *out)
{
	casp_buf_clear(&redact->escaped);
	casp_pseudonyms_name(redact->names, casp_buf_str(&redact->value),
			     &redact->escaped);
	casp_dn_escape(casp_buf_str(&redact->escaped), out);
	out->failed |= redact->value.failed | redact->escaped.failed;
	casp_buf_clear(&redact->value);
}

void casp_redact_dn(struct casp_redact *redact, struct casp_str dn, struct casp_buf *out)
{
	struct casp_dn_lexer lex = casp_dn_lexer(dn);
	enum casp_dn_token token;
	const char *why;

	if (!casp_dn_check(dn, &why)) {
		casp_pseudonyms_text(redact->names, dn, out);
		return;
	}
	casp_buf_clear(&redact->value);
	for (;;) {
		token = casp_dn_lex(&lex);
		switch (token) {
		case CASP_DN_EQUALS:
			add_rdn_type(redact, out);
			continue;
		case CASP_DN_TYPE:
		case CASP_DN_LITERAL:
			casp_buf_addc(&redact->value, (char)lex.c);
			continue;
		case CASP_DN_HEX:
			/* Encoded in BER, which no directory writes for names: hidden
			 * altogether. */
			casp_buf_addc(&redact->value, 'x');
			continue;
		default:
			add_rdn_value(redact, out);
		}
		if (token != CASP_DN_COMMA && token != CASP_DN_PLUS) {
			return;
		}
		casp_buf_addc(out, token == CASP_DN_COMMA ? ',' : '+');
	}
}

void casp_redact_mailbox(struct casp_redact *redact, struct casp_buf *out)
{
	casp_buf_addf(out, "CN=Mailbox %zu", ++redact->n_mailboxes);
}

/* ---- values ---- */

static enum form form_of(casp_read_fn read)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (forms[i].read == read) {
			return forms[i].form;
		}
	}
	return TEXT;
}

static bool is_understood(enum form form, struct casp_str value)
{
	int64_t number;

	switch (form) {
	case FLAG:
		return casp_str_iequal(value, CASP_STR("TRUE")) ||
		       casp_str_iequal(value, CASP_STR("FALSE")) ||
		       casp_str_int(value, &number);
	case TIME:
		return casp_time_parse(value, &number);
	default:
		return casp_str_int(value, &number);
	}
}

static void add_guid(struct casp_redact *redact, struct casp_str value,
		     struct casp_buf *out)
{
	struct casp_guid guid, other;

	if (value.n != sizeof(guid.b)) {
		casp_buf_adds(out, "redacted");
		return;
	}
	memcpy(guid.b, value.p, sizeof(guid.b));
	casp_pseudonyms_guid(redact->names, &guid, &other);
	casp_buf_add(out, (const char *)other.b, sizeof(other.b));
}

/* Nothing but the numbers: the reader skips what may stand around them. Since Exchange
 * 2007 the build is stored with 30000 added. */
static void add_serial(struct casp_str value, struct casp_buf *out)
{
	struct casp_version version;

	if (!casp_version_from_serial(value, &version)) {
		casp_buf_adds(out, "redacted");
		return;
	}
	casp_buf_addf(out, "Version %u.%u (Build %u.%u)", version.major, version.minor,
		      version.build + (version.major >= 8 ? 30000 : 0), version.revision);
}

void casp_redact_value(struct casp_redact *redact, casp_read_fn read,
		       struct casp_str value, struct casp_buf *out)
{
	enum form form = form_of(read);

	switch (form) {
	case TEXT:
		casp_pseudonyms_text(redact->names, value, out);
		break;
	case DN:
		casp_redact_dn(redact, value, out);
		break;
	case MAILBOX:
		casp_redact_mailbox(redact, out);
		break;
	case GUID:
		add_guid(redact, value, out);
		break;
	case SERIAL:
		add_serial(value, out);
		break;
	default:
		if (is_understood(form, value)) {
			casp_buf_add_str(out, value);
		} else {
			casp_buf_adds(out, "redacted");
		}
	}
}
