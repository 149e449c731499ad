/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of the directory itself, so that nothing is dropped silently. */
#include <inttypes.h>
#include <time.h>

#include "checks.h"

/* "contoso.ldif:1234" */
static const char *where(const struct casp_subject *subject, struct casp_arena *arena)
{
	struct casp_buf buf = {0};
	const char *text;

	if (!subject->org->directory) {
		return "the directory";
	}
	casp_organization_where(subject->org, subject->object->origin, &buf);
	text = buf.failed ? NULL : casp_arena_dup_str(arena, casp_buf_str(&buf));
	casp_buf_free(&buf);
	return text;
}

static const char *entry_trouble(enum casp_defect_kind kind)
{
	switch (kind) {
	case CASP_DEFECT_NO_CLASS:
		return "has no objectClass, so that what it is cannot be told";
	case CASP_DEFECT_BAD_DN:
		return "has a name that is no distinguished name";
	case CASP_DEFECT_NOT_UTF8:
		return "has a name that is not UTF-8";
	default:
		return "has the name of an entry before it";
	}
}

static enum casp_verdict entry_finding(struct casp_subject *subject,
				       struct casp_details *details, const char *expected)
{
	const char *place = where(subject, details->arena);

	details->observed = place;
	details->expected = expected;
	casp_say(details, message, "the entry '%s' at %s %s and was not read",
		 subject->object->dn, place ? place : "",
		 entry_trouble(subject->defect->kind));
	if (subject->more && details->message) {
		casp_say(details, message, "%s, nor %s %zu more of this name",
			 details->message, subject->more == 1 ? "was" : "were",
			 subject->more);
	}
	details->fix =
		"export the directory again, and repair the entry where it comes from";
	return CASP_FINDING;
}

/* What could not be read of an object although rules need it; NULL: nothing is missing.
 */
static const char *missing(const struct cas_object *object, enum cas_severity *severity)
{
	const unsigned legacy = CASP_OBJECT_LEGACY_DN_BAD | CASP_OBJECT_LEGACY_DN_MISSING;
	const struct cas_database *database = (const struct cas_database *)object;
	const struct casp_copy *copy = (const struct casp_copy *)object;

	switch (object->kind) {
	case CAS_KIND_SERVER:
		if (!((const struct cas_server *)object)->version.major) {
			return "has no version that can be read";
		}
		return object->defects & legacy
			       ? "has no legacyExchangeDN that can be read"
			       : NULL;
	case CAS_KIND_DATABASE:
		if (!*database->owner_dn) {
			return "names no owning server";
		}
		if (object->defects & CASP_OBJECT_OWNER_DANGLES) {
			return "names an owning server that does not exist";
		}
		*severity = CAS_SEVERITY_WARNING;
		return object->defects & CASP_OBJECT_MASTER_DANGLES
			       ? "names a server or DAG as its master that does not exist"
			       : NULL;
	case CAS_KIND_COPY:
		*severity = CAS_SEVERITY_WARNING;
		if (!copy->database) {
			return "belongs to no database";
		}
		return object->defects & CASP_OBJECT_HOST_DANGLES
			       ? "names a host server that does not exist"
			       : NULL;
	default:
		return NULL;
	}
}

CASP_CHECK(insufficient_read)
{
	const char *trouble;

	/* What stands for an exemption is no entry. */
	if (subject->exemption) {
		return CASP_NOT_APPLICABLE;
	}
	if (subject->defect) {
		if (subject->defect->kind == CASP_DEFECT_DUPLICATE_DN) {
			return CASP_NOT_APPLICABLE;
		}
		return details ? entry_finding(subject, details,
					       "an entry that can be read")
			       : CASP_FINDING;
	}
	trouble = missing(subject->object, &subject->severity);
	if (!trouble) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "%s '%s' %s", cas_kind_name(subject->object->kind),
		 subject->object->name, trouble);
	details->expected = "the attribute, readable, and naming what exists";
	casp_say(details, message,
		 "%s '%s' %s, so that rules cannot judge what rests on it",
		 cas_kind_name(subject->object->kind), subject->object->dn, trouble);
	details->fix = "export the directory as a member of View-Only Organization "
		       "Management, or repair the object";
	return CASP_FINDING;
}

CASP_CHECK(conflict_or_lost)
{
	const struct cas_object *object = subject->object;
	const char *kind;
	bool lost;

	if (subject->exemption) {
		return CASP_NOT_APPLICABLE;
	}
	if (subject->defect) {
		if (subject->defect->kind != CASP_DEFECT_DUPLICATE_DN) {
			return CASP_NOT_APPLICABLE;
		}
		return details ? entry_finding(subject, details, "one entry of a name")
			       : CASP_FINDING;
	}
	if (!(object->defects & (CASP_OBJECT_CONFLICT_NAME | CASP_OBJECT_LOST))) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	lost = object->defects & CASP_OBJECT_LOST;
	kind = object->kind == CAS_KIND_OTHER ? "object" : cas_kind_name(object->kind);
	details->observed = object->dn;
	details->expected = lost ? "an object below its parent" : "one object of a name";
	casp_say(details, message,
		 lost ? "%s '%s' lost its parent and lies in the lost and found container"
		      : "%s '%s' is what a replication conflict left behind",
		 kind, object->name);
	details->fix = "compare it with the object that is in use, then delete the loser "
		       "with a directory editor";
	return CASP_FINDING;
}

CASP_CHECK(several_groups)
{
	const struct casp_facts *facts = subject->facts;

	if (subject->object != &subject->org->containers[0]) {
		return CASP_NOT_APPLICABLE;
	}
	if (!facts->n_outside) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed,
		 "%zu objects outside of the administrative group of Exchange 2007 and "
		 "later",
		 facts->n_outside);
	details->expected = "servers, arrays and databases in one administrative group";
	casp_say(details, message,
		 "organization '%s' has servers, arrays or databases (%zu) in other "
		 "administrative groups, where arrays do not belong",
		 subject->object->name, facts->n_outside);
	return CASP_FINDING;
}

CASP_CHECK(several_organizations)
{
	const struct cas_object *first = &subject->org->containers[0];

	if (subject->object == first) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = subject->object->dn;
	details->expected = "one organization in a forest";
	casp_say(details, message,
		 "there is a second Exchange organization '%s' beside '%s', and a forest "
		 "can have only one",
		 subject->object->name, first->name);
	details->fix = "export each forest into a directory of its own";
	return CASP_FINDING;
}

CASP_CHECK(partial_result)
{
	size_t n = subject->org->n_partial;

	if (subject->object != &subject->org->containers[0]) {
		return CASP_NOT_APPLICABLE;
	}
	if (!n) {
		return CASP_PASS;
	}
	/* Only back links and mailboxes grow that long: what is missing is counts. */
	subject->severity = CAS_SEVERITY_WARNING;
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "%zu attributes of which only a range is there", n);
	details->expected = "all values";
	casp_say(details, message,
		 "the directory gave only part of the values of %zu attributes, so that "
		 "numbers of mailboxes may be too low",
		 n);
	details->fix = "export again with a tool that fetches all ranges";
	return CASP_FINDING;
}

#define DAY (24 * 60 * 60)

CASP_CHECK(old_snapshot)
{
	const struct cas_organization *org = subject->org;
	time_t as_of = (time_t)org->as_of;
	char date[32] = "";
	struct tm tm;

	if (org->is_live || subject->object != &org->containers[0]) {
		return CASP_NOT_APPLICABLE;
	}
	if (!subject->now) {
		if (details) {
			details->message = "what time it is was not said";
		}
		return CASP_NOT_EVALUATED;
	}
	/* The last second of a day belongs to it. */
	if (subject->now <= org->as_of ||
	    (subject->now - org->as_of - 1) / DAY < subject->threshold) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	if (gmtime_r(&as_of, &tm)) {
		strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	}
	casp_say(details, observed, "as of %s", date);
	casp_say(details, expected, "a snapshot that is not older than %" PRId64 " days",
		 subject->threshold);
	casp_say(details, message,
		 "the directory is a snapshot that is %" PRId64
		 " days old: what was changed since then is not in it",
		 (subject->now - org->as_of) / DAY);
	details->fix = "take a snapshot again";
	return CASP_FINDING;
}
