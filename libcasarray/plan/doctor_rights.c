/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The examination of rights: may this account make arrays, change them, re-point
 * databases? */
#include <stdlib.h>

#include "../exchange/rights.h"
#include "array_check.h"
#include "doctor.h"

#define ARRAY_CLASS "msExchClientAccessArray"

static const char *const array_attributes[] = {"networkAddress", "msExchServerSite",
					       "cn"};
static const char *const database_attributes[] = {"legacyExchangeDN"};

enum question {
	CREATE_ARRAYS,
	CHANGE_ARRAYS,
	REPOINT_DATABASES,
	N_QUESTIONS,
};

static const struct {
	const char *name;
	const char *none;    /* there is nothing that it could be asked of */
	const char *granted; /* for "%zu" objects */
	const char *plural;
} questions[N_QUESTIONS] = {
	[CREATE_ARRAYS] = {"create-arrays", "there is no container for arrays", NULL,
			   NULL},
	[CHANGE_ARRAYS] = {"change-arrays", "there is no array of Exchange 2010", "array",
			   "arrays"},
	[REPOINT_DATABASES] = {"repoint-databases",
			       "there is no mailbox database of Exchange 2010",
			       "database", "databases"},
};

struct rights {
	const struct cas_organization *org;
	struct casp_right *v;
	const char **names; /* of the objects */
	size_t first[N_QUESTIONS + 1];
};

static void add(struct rights *rights, size_t *n, struct casp_right right,
		const char *name)
{
	rights->v[*n] = right;
	rights->names[(*n)++] = name;
}

static void collect(struct rights *rights)
{
	const struct cas_organization *org = rights->org;
	size_t n = 0;

	if (org->arrays_dn) {
		add(rights, &n,
		    (struct casp_right){.dn = org->arrays_dn, .child = ARRAY_CLASS},
		    org->arrays_dn);
	}
	rights->first[CHANGE_ARRAYS] = n;
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		const struct cas_array *array = CASP_ARRAY(org, i);

		if (!array->is_2013) {
			add(rights, &n,
			    (struct casp_right){.dn = array->object.dn,
						.attributes = array_attributes,
						.n_attributes = 3},
			    array->object.name);
		}
	}
	rights->first[REPOINT_DATABASES] = n;
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);

		if (database->type == CASP_DATABASE_MAILBOX_2010) {
			add(rights, &n,
			    (struct casp_right){.dn = database->object.dn,
						.attributes = database_attributes,
						.n_attributes = 1},
			    database->object.name);
		}
	}
	rights->first[N_QUESTIONS] = n;
}

/* "no right to write legacyExchangeDN of 'DB 1', 'DB 2'": the first kind of denial, and
 * whom it concerns. */
static size_t denied(const struct rights *rights, enum question question,
		     struct casp_buf *what, struct casp_buf *names)
{
	size_t n = 0;

	for (size_t i = rights->first[question]; i < rights->first[question + 1]; i++) {
		if (!casp_right_is_denied(&rights->v[i])) {
			continue;
		}
		if (!n) {
			casp_right_describe(&rights->v[i], what);
		}
		casp_name_add(names, &n, rights->names[i]);
	}
	casp_names_end(names, n);
	return n;
}

static size_t shown(const struct rights *rights, enum question question)
{
	size_t n = 0;

	for (size_t i = rights->first[question]; i < rights->first[question + 1]; i++) {
		n += rights->v[i].found;
	}
	return n;
}

/* An object that was there a moment ago, and is not shown now, is none that may be
 * changed. */
static void report_granted(struct cas_doctor *doctor, enum question question,
			   size_t n_shown, size_t n)
{
	const char *name = questions[question].name;
	enum cas_check_result result = n_shown == n ? CAS_CHECK_OK : CAS_CHECK_WARNING;

	if (question == CREATE_ARRAYS) {
		casp_check(doctor, name, result, "%s",
			   n_shown == n ? "this account may make arrays"
					: "the container for arrays is gone");
	} else {
		casp_check(doctor, name, result,
			   "this account may change %zu of %zu %s%s", n_shown, n,
			   n == 1 ? questions[question].granted
				  : questions[question].plural,
			   n_shown == n ? "" : "; the others are gone");
	}
	if (n_shown < n) {
		casp_check_hint(doctor, "somebody changes the directory now: look again");
	}
}

static void report_denied(struct cas_doctor *doctor, enum question question,
			  size_t n_denied, size_t n, const struct casp_buf *what,
			  const struct casp_buf *names)
{
	const char *name = questions[question].name;

	if (question == CREATE_ARRAYS) {
		casp_check(doctor, name, CAS_CHECK_FAILED,
			   "this account may not make arrays: no right to %s in %s",
			   what->p, names->p);
	} else {
		casp_check(doctor, name, CAS_CHECK_FAILED,
			   "this account may not change %zu of %zu %s: no right to %s %s",
			   n_denied, n,
			   n == 1 ? questions[question].granted
				  : questions[question].plural,
			   what->p, names->p);
	}
	casp_check_hint(doctor, "use an account that has the right, or have it "
				"delegated: casarray-directory(7)");
}

static void report(struct cas_doctor *doctor, const struct rights *rights,
		   enum question question)
{
	size_t n = rights->first[question + 1] - rights->first[question];
	CASP_CLEANUP(casp_buf_free) struct casp_buf what = {0};
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};
	size_t n_denied;

	if (!n) {
		casp_check(doctor, questions[question].name, CAS_CHECK_NOT_EVALUATED,
			   "%s", questions[question].none);
		return;
	}
	n_denied = denied(rights, question, &what, &names);
	if (what.failed || names.failed) {
		doctor->failed = true;
	} else if (n_denied) {
		report_denied(doctor, question, n_denied, n, &what, &names);
		casp_check_value(doctor, "%zu of %zu", n - n_denied, n);
	} else {
		report_granted(doctor, question, shown(rights, question), n);
		casp_check_value(doctor, "%zu of %zu", shown(rights, question), n);
	}
}

static void report_none(struct cas_doctor *doctor, enum question first, const char *why)
{
	for (enum question i = first; i < N_QUESTIONS; i++) {
		casp_check(doctor, questions[i].name, CAS_CHECK_NOT_EVALUATED, "%s", why);
	}
}

static int ask(struct cas_doctor *doctor, struct rights *rights, struct cas_error **err)
{
	struct cas_error *error = NULL;

	collect(rights);
	if (casp_rights_ask(doctor->directory, rights->v, rights->first[N_QUESTIONS],
			    NULL, &error) < 0) {
		int r = casp_check_error(doctor, questions[CREATE_ARRAYS].name, error,
					 err);

		report_none(doctor, CREATE_ARRAYS + 1, "the server did not tell");
		return r;
	}
	for (enum question i = 0; i < N_QUESTIONS; i++) {
		report(doctor, rights, i);
	}
	return 0;
}

int casp_doctor_rights(struct cas_doctor *doctor, struct cas_error **err)
{
	struct rights rights = {.org = doctor->org};
	size_t size;
	int r;

	if (!casp_rights_offered(doctor->directory)) {
		report_none(doctor, CREATE_ARRAYS,
			    casp_directory_server(doctor->directory)
				    ? "only domain controllers tell what an "
				      "account may do"
				    : "a file has no rights but its own");
		return 0;
	}
	if (!doctor->org) {
		report_none(doctor, CREATE_ARRAYS,
			    "there is no organization to ask about");
		return 0;
	}
	size = CASP_COUNT(doctor->org, CAS_KIND_ARRAY) +
	       CASP_COUNT(doctor->org, CAS_KIND_DATABASE) + 1;
	rights.v = calloc(size, sizeof(*rights.v));
	rights.names = calloc(size, sizeof(*rights.names));
	r = rights.v && rights.names ? ask(doctor, &rights, err) : casp_error_nomem(err);
	free(rights.v);
	free(rights.names);
	return r;
}
