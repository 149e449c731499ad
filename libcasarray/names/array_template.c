/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of arrays out of a text with "{site}" in it. */
#include "array_template.h"

#include "../base/utf8.h"
#include "fqdn.h"

#define SITE "{site}"

/* The text up to the next placeholder, which goes to *placeholder with its braces; that
 * is empty when there is none, and of one that is not closed the rest of the text. */
static struct casp_str next_piece(struct casp_str *text, struct casp_str *placeholder)
{
	struct casp_str piece = *text;
	const char *open = text->n ? memchr(text->p, '{', text->n) : NULL;
	const char *close;
	size_t n;

	*placeholder = (struct casp_str){0};
	if (open) {
		piece.n = (size_t)(open - text->p);
		*placeholder = (struct casp_str){open, text->n - piece.n};
		close = memchr(open, '}', placeholder->n);
		placeholder->n = close ? (size_t)(close + 1 - open) : placeholder->n;
	}
	n = piece.n + placeholder->n;
	*text = (struct casp_str){text->p + n, text->n - n};
	return piece;
}

static void replace(struct casp_str text, struct casp_str site, struct casp_buf *out)
{
	struct casp_str placeholder;

	do {
		casp_buf_add_str(out, next_piece(&text, &placeholder));
		if (placeholder.n) {
			casp_buf_add_str(out, site);
		}
	} while (text.n);
}

static int check_placeholder(const char *text, struct casp_str placeholder,
			     struct cas_error **err)
{
	if (casp_str_equal(placeholder, CASP_STR(SITE))) {
		return 0;
	}
	if (placeholder.p[placeholder.n - 1] != '}') {
		casp_error(err, CAS_E_USAGE, "the template '%s' has a '{' without '}'",
			   text);
	} else {
		casp_error(err, CAS_E_USAGE,
			   "the template '%s' has the unknown placeholder '%.*s'", text,
			   CASP_STR_ARG(placeholder));
	}
	return casp_error_hint(err,
			       "the only placeholder is " SITE ", the name of the site");
}

static int check_host_name(const char *text, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};
	const char *why = NULL;

	/* The shortest label that is legal anywhere: whatever is wrong then is wrong with
	 * the rest. */
	replace(casp_str(text), CASP_STR("a"), &name);
	if (name.failed) {
		return casp_error_nomem(err);
	}
	if (!casp_fqdn_check(casp_fqdn_trim(casp_buf_str(&name)), &why)) {
		casp_error(err, CAS_E_USAGE,
			   "the template '%s' does not make a host name: %s", text, why);
		return casp_error_hint(err, "give a name such as outlook-" SITE
					    ".contoso.com");
	}
	return 0;
}

int cas_array_template_check(const char *text, struct cas_error **err)
{
	struct casp_str rest = casp_str(text), placeholder;
	size_t n = 0;

	do {
		next_piece(&rest, &placeholder);
		if (placeholder.n) {
			int code = check_placeholder(text, placeholder, err);

			if (code) {
				return code;
			}
			n++;
		}
	} while (rest.n);
	if (n == 0) {
		casp_error(err, CAS_E_USAGE, "the template '%s' has no " SITE, text);
		return casp_error_hint(err, "without it the arrays of two sites would "
					    "get the same name");
	}
	return check_host_name(text, err);
}

/* ---- a site ---- */

/* The name of a site as a part of a host label; what it holds that a label cannot have
 * goes to *culprit, which else is left empty. */
static void make_label(struct casp_str site, struct casp_buf *out,
		       struct casp_str *culprit)
{
	for (size_t i = 0; i < site.n; i++) {
		unsigned char c = (unsigned char)site.p[i];

		if (c == ' ' || c == '_') {
			c = '-';
		}
		if (c != '-' && !casp_is_alnum(c)) {
			size_t n = casp_utf8_sequence(site.p + i, site.n - i);

			*culprit = (struct casp_str){site.p + i, n ? n : 1};
			return;
		}
		casp_buf_addc(out, (char)casp_lower(c));
	}
}

static int refuse(const char *text, const char *site, const char *why,
		  struct cas_error **err)
{
	casp_error(err, CAS_E_REFUSED,
		   "the template '%s' gives no host name for the site '%s': %s", text,
		   site, why);
	return casp_error_hint(err, "name it yourself, with --fqdn");
}

static int refuse_character(const char *text, const char *site, struct casp_str culprit,
			    struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf why = {0};

	casp_buf_addf(&why, "a host label cannot have '%.*s'", CASP_STR_ARG(culprit));
	return why.failed ? casp_error_nomem(err) : refuse(text, site, why.p, err);
}

int casp_array_template_fill(const char *text, const char *site, struct casp_buf *out,
			     struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf label = {0};
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};
	struct casp_str culprit = {0}, host;
	const char *why = NULL;

	make_label(casp_str(site), &label, &culprit);
	if (culprit.n) {
		return refuse_character(text, site, culprit, err);
	}
	replace(casp_str(text), casp_buf_str(&label), &name);
	if (label.failed || name.failed) {
		return casp_error_nomem(err);
	}
	host = casp_fqdn_trim(casp_buf_str(&name));
	if (!casp_fqdn_check(host, &why)) {
		return refuse(text, site, why, err);
	}
	casp_buf_add_str(out, host);
	return out->failed ? casp_error_nomem(err) : 0;
}
