/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Audits of small organizations that are given as a script. */
#include "audited.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 8

static const char *optional(const char *word)
{
	return word && strcmp(word, "-") != 0 ? word : NULL;
}

/* Splits into words in place, "_" to blanks. */
static int split(char *text, char *words[MAX_WORDS])
{
	char *save;
	int n = 0;

	for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		ck_assert_int_lt(n, MAX_WORDS);
		for (char *p = w; *p; p++) {
			*p = *p == '_' ? ' ' : *p;
		}
		words[n++] = w;
	}
	return n;
}

/* Statements whose last part is taken as it is. */
static bool edit(struct fixture *f, const char *verb, char *rest)
{
	char *value = strchr(rest, ' ');

	if (strcmp(verb, "unset") == 0) {
		fixture_set(f, rest, NULL);
	} else if (strcmp(verb, "move") == 0) {
		fixture_move(f, rest);
	} else if (strcmp(verb, "made") == 0) {
		char text[64];

		snprintf(text, sizeof(text), "%s000000.0Z", rest);
		fixture_set(f, "whenCreated", text);
	} else if (strcmp(verb, "set") == 0 || strcmp(verb, "add") == 0) {
		ck_assert_ptr_nonnull(value);
		*value++ = '\0';
		for (char *p = rest; *p; p++) {
			*p = *p == '|' ? ';' : *p;
		}
		(strcmp(verb, "set") == 0 ? fixture_set : fixture_add)(f, rest, value);
	} else if (strcmp(verb, "entry") == 0) {
		ck_assert_ptr_nonnull(value);
		*value++ = '\0';
		for (char *p = rest; *p; p++) {
			*p = *p == '+' ? ' ' : *p;
		}
		fixture_entry(f, value, rest, "x");
	} else {
		return false;
	}
	return true;
}

static void add_object(struct fixture *f, const char *verb, char *w[MAX_WORDS])
{
	if (strcmp(verb, "site") == 0) {
		fixture_site(f, w[0]);
	} else if (strcmp(verb, "subnet") == 0) {
		fixture_subnet(f, w[0], optional(w[1]));
	} else if (strcmp(verb, "server") == 0) {
		fixture_server(f, w[0], optional(w[1]), atoi(w[2]), w[3]);
	} else if (strcmp(verb, "norpc") == 0) {
		fixture_server_without_rpc(f, w[0], optional(w[1]), atoi(w[2]), w[3]);
	} else if (strcmp(verb, "array") == 0) {
		fixture_array(f, w[0], w[1], optional(w[2]));
	} else if (strcmp(verb, "dag") == 0) {
		fixture_dag(f, w[0], atoi(w[1]));
	} else if (strcmp(verb, "db") == 0) {
		fixture_database(f, w[0], optional(w[1]), w[2]);
	} else if (strcmp(verb, "pf") == 0) {
		fixture_public_database(f, w[0], optional(w[1]), w[2]);
	} else if (strcmp(verb, "copy") == 0) {
		fixture_copy(f, w[0], w[1], atoi(w[2]));
	} else if (strcmp(verb, "vdir") == 0) {
		fixture_vdir(f, w[0], w[1], optional(w[2]), optional(w[3]));
	} else if (strcmp(verb, "in-dag") == 0) {
		fixture_set(f, "msExchMDBAvailabilityGroupLink", fixture_dag_dn(w[0]));
	} else if (strcmp(verb, "of-dag") == 0) {
		fixture_set(f, "msExchMasterServerOrAvailabilityGroup",
			    fixture_dag_dn(w[0]));
	} else {
		ck_abort_msg("no such statement: %s", verb);
	}
}

void script(struct fixture *f, const char *text)
{
	char *copy = strdup(text), *save;

	for (char *s = strtok_r(copy, ";", &save); s; s = strtok_r(NULL, ";", &save)) {
		char *words[MAX_WORDS] = {0}, *rest = strchr(s, ' ');

		ck_assert_ptr_nonnull(rest);
		*rest++ = '\0';
		if (!edit(f, s, rest)) {
			split(rest, words);
			add_object(f, s, words);
		}
	}
	free(copy);
}

/* What is promised of every finding, whatever the rule. */
static void check_promises(const struct cas_finding *finding)
{
	const char *message = cas_finding_message(finding);
	const char *id = cas_rule_id(cas_finding_rule(finding));

	ck_assert_str_ne(message, "");
	ck_assert_msg(message[0] < 'A' || message[0] > 'Z', "upper case: %s", message);
	ck_assert_msg(message[strlen(message) - 1] != '.', "full stop: %s", message);
	/* A conflict name has a line feed in it. */
	ck_assert_msg(!strchr(message, '\n') || strstr(message, "\nCNF:"),
		      "two lines: %s", message);
	ck_assert_int_eq(strncmp(cas_finding_key(finding), id, strlen(id)), 0);
	if (!cas_finding_evaluated(finding)) {
		return;
	}
	ck_assert_str_ne(cas_finding_observed(finding), "");
	ck_assert_str_ne(cas_finding_expected(finding), "");
	ck_assert_ptr_nonnull(cas_finding_object(finding));
	ck_assert_msg(cas_finding_fix_class(finding) < CAS_FIX_PLAN ||
			      *cas_finding_fix(finding),
		      "a fix of class plan or auto without a fix: %s", message);
}

enum what {
	FINDING,
	FIX,
	MESSAGE,
};

static const char *run(const struct cas_policy *policy, const char *text,
		       const char *rule, enum what what)
{
	static char out[8192];
	struct cas_audit_options options = {.rules = &rule, .n_rules = 1};
	struct fixture *f = fixture_new();
	const struct cas_finding *finding;
	struct cas_audit *audit;
	size_t n = 0;

	script(f, text);
	fixture_policy(f, policy);
	ck_assert_int_eq(cas_audit_new(fixture_load(f), &options, &audit, NULL), 0);
	out[0] = '\0';
	while (cas_audit_next(audit, &finding, NULL) == 1) {
		const struct cas_object *object = cas_finding_object(finding);
		const char *name = object ? cas_object_name(object) : "rule";

		check_promises(finding);
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s", n ? "; " : "");
		if (!cas_finding_evaluated(finding)) {
			n += (size_t)snprintf(out + n, sizeof(out) - n,
					      "%s not-evaluated", name);
		} else if (what != FINDING) {
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s",
					      what == FIX ? cas_finding_fix(finding)
							  : cas_finding_message(finding));
		} else {
			n += (size_t)snprintf(
				out + n, sizeof(out) - n, "%s %s %s", name,
				cas_severity_name(cas_finding_severity(finding)),
				cas_fix_name(cas_finding_fix_class(finding)));
		}
		ck_assert_uint_lt(n, sizeof(out));
	}
	cas_audit_free(audit);
	fixture_free(f);
	return out;
}

const char *audited(const char *text, const char *rule)
{
	return run(NULL, text, rule, FINDING);
}

const char *audited_by(const struct cas_policy *policy, const char *text,
		       const char *rule)
{
	return run(policy, text, rule, FINDING);
}

const char *audited_fix(const char *text, const char *rule)
{
	return run(NULL, text, rule, FIX);
}

void check_audit_row(const struct audit_row *row)
{
	const char *findings = audited(row->script, row->rule);

	ck_assert_msg(strcmp(findings, row->findings) == 0, "%s on '%s': '%s', not '%s'",
		      row->rule, row->script, findings, row->findings);
}

void check_audit_fix(const struct audit_row *row)
{
	ck_assert_str_eq(audited_fix(row->script, row->rule), row->findings);
}

void check_audit_message(const struct audit_row *row)
{
	const char *messages = run(NULL, row->script, row->rule, MESSAGE);

	ck_assert_msg(strstr(messages, row->findings), "%s on '%s': '%s' is not in '%s'",
		      row->rule, row->script, row->findings, messages);
}
