/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of the policy's exemptions: that they still hold, and are needed. */
#include "../names/date.h"
#include "checks.h"
#include "exemption.h"

/* "policy.conf:12"; NULL: out of memory. */
static const char *place_of(struct casp_arena *arena,
			    const struct cas_exemption *exemption)
{
	if (!exemption->file) {
		return "the policy";
	}
	return exemption->line ? casp_arena_printf(arena, "%s:%zu", exemption->file,
						   exemption->line)
			       : exemption->file;
}

static void say_fix(const struct casp_subject *subject, struct casp_details *details,
		    const char *otherwise)
{
	const char *place = place_of(details->arena, subject->exemption);

	details->fix = NULL;
	if (place) {
		casp_say(details, fix, "remove exemption '%s' from %s, or %s",
			 subject->exemption->name, place, otherwise);
	}
}

/* A database that still deviates when its override is over is a finding of CAS057. */
static bool lingers(const struct cas_organization *org,
		    const struct cas_exemption *exemption)
{
	size_t i = (size_t)(exemption - org->policy->exemptions);
	const struct cas_database *database =
		org->declarations ? org->declarations->all[i].database : NULL;

	return database && casp_expired_override(org, database) == exemption;
}

CASP_CHECK(suppression_expired)
{
	const struct cas_exemption *exemption = subject->exemption;
	char day[CASP_DATE_TEXT];

	if (!exemption) {
		return CASP_NOT_APPLICABLE;
	}
	if (!casp_exemption_expired(subject->org, exemption) ||
	    lingers(subject->org, exemption)) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_date_text(exemption->expires - 1, day);
	casp_say(details, observed, "it held until %s", day);
	details->expected = "an exemption that holds";
	casp_say(
		details, message,
		"exemption '%s' of %s expired after %s, so that what it covers is judged "
		"again; it was given because: %s",
		exemption->name, exemption->owner, day, exemption->reason);
	say_fix(subject, details, "renew 'expires' when the reason still holds");
	return CASP_FINDING;
}

static enum casp_verdict unneeded(struct casp_subject *subject,
				  struct casp_details *details)
{
	const struct cas_exemption *exemption = subject->exemption;

	if (!details) {
		return CASP_FINDING;
	}
	if (casp_exemption_class(exemption)->takes_value) {
		details->observed = "its object does not have the declared value";
	} else if (!casp_exemption_class(exemption)->takes_rule) {
		details->observed = "its object is not judged";
	} else {
		details->observed = "nothing was found that it covers";
	}
	details->expected = "exemptions of what is there";
	casp_say(details, message, "exemption '%s' of %s for '%s' is not needed: %s",
		 exemption->name, exemption->owner, exemption->object, details->observed);
	say_fix(subject, details, "correct its object");
	return CASP_FINDING;
}

/* Its object or value is none, so that it cannot cover anything; NULL: out of memory. */
static enum casp_verdict void_of_object(struct casp_subject *subject,
					struct casp_details *details, const char *trouble)
{
	details->observed = trouble;
	details->expected = "the identity of one object";
	casp_say(details, message, "exemption '%s' of %s covers nothing: %s",
		 subject->exemption->name, subject->exemption->owner,
		 trouble ? trouble : "");
	say_fix(subject, details, "correct it");
	return CASP_FINDING;
}

/* What is found is said with details only, for which there is an arena. */
static bool is_void(const struct casp_subject *subject,
		    const struct casp_details *details, const char **ret)
{
	struct casp_arena scratch = {0};
	bool ok = true;

	*ret = casp_exemption_trouble(subject->org, subject->exemption,
				      details ? details->arena : &scratch, &ok);
	casp_arena_free(&scratch);
	subject->facts->failed |= !ok;
	return *ret || !ok;
}

CASP_CHECK(suppression_unused)
{
	const struct cas_exemption *exemption = subject->exemption;
	const struct casp_exemption_use *use;
	const char *trouble, *unknown;

	if (!exemption || casp_exemption_expired(subject->org, exemption)) {
		return CASP_NOT_APPLICABLE;
	}
	if (is_void(subject, details, &trouble)) {
		return details ? void_of_object(subject, details, trouble) : CASP_FINDING;
	}
	use = &subject->facts->uses[exemption - subject->org->policy->exemptions];
	if (use->n || casp_exemption_in_use(subject->org, exemption)) {
		return CASP_PASS;
	}
	unknown = use->unmet;
	if (casp_exemption_state(subject->org, exemption) == CASP_EXEMPTION_NOT_LOADED) {
		unknown = "the directory was not asked for such objects";
	} else if (!use->judged && !unknown) {
		unknown = "rules that it concerns were not asked about everything";
	}
	if (!unknown) {
		return unneeded(subject, details);
	}
	if (details) {
		details->message = unknown;
	}
	return CASP_NOT_EVALUATED;
}
