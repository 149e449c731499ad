/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings of an audit, and what became of those that were known, as rows. */
#include "findings.h"

#include "objects.h"
#include "pool.h"
#include "session.h"
#include "text.h"

static const struct out_column columns[] = {
	{.field = "severity", .title = "SEVERITY"},
	{.field = "rule", .title = "RULE"},
	{.field = "name", .title = "NAME"},
	{.field = "result", .title = "RESULT"},
	{.field = "object.class", .title = "CLASS"},
	{.field = "object.name", .title = "OBJECT"},
	{.field = "site", .title = "SITE"},
	{.field = "observed", .title = "OBSERVED"},
	{.field = "expected", .title = "EXPECTED"},
	{.field = "message", .title = "MESSAGE"},
	{.field = "fix", .title = "FIX"},
	{.field = "fix_class", .title = "FIX CLASS"},
	{.field = "reason", .title = "REASON"},
	{.field = "key", .title = "KEY"},
	{.field = "suppression.kind", .title = "SUPPRESSION"},
	{.field = "suppression.exemption", .title = "EXEMPTION"},
	{.field = "location.file", .title = "FILE"},
	{.field = "location.line", .title = "LINE"},
	{.field = "change", .title = "CHANGE"}, /* the last one: only of changes */
};

static json_t *describe(const char *id)
{
	return cas_json_rule(cas_rule_find(id));
}

#define N_COLUMNS (sizeof(columns) / sizeof(*columns))
#define VIEW(changes, named)                                                             \
	{                                                                                \
		.schema = "casarray.audit", .kind = OUT_FINDINGS, .columns = columns,    \
		.n_columns = N_COLUMNS - !(changes), .rule = describe,                   \
		.detailed = (named)                                                      \
	}

/* By what is printed of changes, and by name: rules that were asked for get an answer
 * each; of all, those without one are counted. */
static const struct out_view views[2][2] = {
	{VIEW(false, false), VIEW(false, true)},
	{VIEW(true, false), VIEW(true, true)},
};

struct printing {
	struct cli_session *session;
	const struct cli_findings *findings;
	size_t states[CAS_KNOWN_NOT_JUDGED + 1]; /* how many findings were known */
	bool went;                               /* what went is printed */
};

static void count_known(struct printing *printing)
{
	size_t n = printing->findings->known
			   ? cas_baseline_count(printing->findings->known)
			   : 0;

	for (size_t i = 0; i < n; i++) {
		printing->states[cas_audit_known(printing->findings->audit, i)]++;
	}
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* NULL: out of memory. */
static const char *sum_known(const struct printing *printing)
{
	const struct cas_audit *audit = printing->findings->audit;
	size_t exempt = cas_audit_count_suppressed(audit, CAS_SUPPRESSION_EXEMPTION);
	size_t stayed = cas_audit_count_suppressed(audit, CAS_SUPPRESSION_BASELINE);
	struct opt_pool *pool = printing->session->pool;
	const char *text = "";

	if (printing->findings->since) {
		text = opt_pool_printf(pool, "; %zu went, %zu stayed",
				       printing->states[CAS_KNOWN_GONE], stayed);
	} else if (stayed) {
		text = opt_pool_printf(pool, "; %zu in the baseline", stayed);
	}
	if (text && exempt) {
		text = opt_pool_printf(pool, "%s; %zu exempt", text, exempt);
	}
	return text;
}

static json_t *make_summary(const struct printing *printing)
{
	const struct cas_audit *audit = printing->findings->audit;
	size_t errors = cas_audit_count(audit, CAS_SEVERITY_ERROR);
	size_t warnings = cas_audit_count(audit, CAS_SEVERITY_WARNING);
	size_t infos = cas_audit_count(audit, CAS_SEVERITY_INFO);
	size_t unknown = cas_audit_count_not_evaluated(audit);
	size_t all = errors + warnings + infos;
	const char *verb = printing->findings->since ? " appeared" : "";
	const char *known = sum_known(printing);

	if (!known) {
		return NULL;
	}
	return all ? json_sprintf("%zu finding%s%s: %zu error%s, %zu warning%s, "
				  "%zu info%s; %zu rule%s not evaluated",
				  all, plural(all), verb, errors, plural(errors),
				  warnings, plural(warnings), infos, known, unknown,
				  plural(unknown))
		   : json_sprintf("no findings%s%s; %zu rule%s not evaluated", verb,
				  known, unknown, plural(unknown));
}

/* "casarray audit --baseline FILE --create-baseline FILE" and what it would drop. */
static const char *note_gone(const struct printing *printing, size_t gone)
{
	struct cli_session *session = printing->session;
	char *path = cli_quote(session->pool, printing->findings->known_path);
	char *text =
		path ? opt_pool_printf(
			       session->pool,
			       "%zu finding%s of the baseline went: 'casarray audit "
			       "--baseline %s --create-baseline %s' drops %s, and "
			       "accepts what is new",
			       gone, plural(gone), path, path, gone == 1 ? "it" : "them")
		     : NULL;

	return text ? opt_pool_take(session->pool, cli_located(session, text)) : NULL;
}

/* What is to be said of known findings; "": nothing. NULL: out of memory. */
static const char *note(const struct printing *printing)
{
	const struct cli_findings *findings = printing->findings;
	size_t gone = printing->states[CAS_KNOWN_GONE];
	size_t other = printing->states[CAS_KNOWN_NOT_JUDGED];
	struct opt_pool *pool = printing->session->pool;

	if (findings->created_path) {
		return opt_pool_printf(pool, "baseline: %zu finding%s written to '%s'",
				       findings->created, plural(findings->created),
				       findings->created_path);
	}
	if (findings->since && other) {
		return opt_pool_printf(pool,
				       "%zu finding%s of '%s' may be there or not: the "
				       "rule or the object was not judged this time",
				       other, plural(other), findings->known_path);
	}
	return !findings->since && gone ? note_gone(printing, gone) : "";
}

/* Into the head: what became of what was known. false: out of memory. */
static bool add_known(const struct printing *printing, json_t *head)
{
	const struct cli_findings *findings = printing->findings;
	const size_t *states = printing->states;

	return !findings->known ||
	       !json_object_set_new(head, findings->since ? "changes" : "baseline",
				    json_pack("{s:I, s:I, s:I}", "present",
					      (json_int_t)states[CAS_KNOWN_PRESENT],
					      "went", (json_int_t)states[CAS_KNOWN_GONE],
					      "not_judged",
					      (json_int_t)states[CAS_KNOWN_NOT_JUDGED]));
}

static json_t *make_tail(const struct printing *printing)
{
	const char *text = note(printing);
	json_t *tail = json_object();

	/* there is the name of a file in it */
	text = text ? cli_utf8(printing->session->pool, text) : NULL;
	if (!text ||
	    (*text && json_object_set_new(tail, "notes", json_pack("[s]", text))) ||
	    json_object_set_new(tail, "summary", make_summary(printing))) {
		json_decref(tail);
		return NULL;
	}
	return tail;
}

static bool set_change(json_t *row, const char *change)
{
	return !json_object_set_new(row, "change", json_string(change));
}

/* Since the earlier report, of a finding. false: out of memory. */
static bool set_state(json_t *row, const struct cas_finding *finding)
{
	if (cas_finding_result(finding) != CAS_RESULT_FINDING) {
		return true;
	}
	switch (cas_finding_suppression(finding)) {
	case CAS_SUPPRESSION_NONE:
		return set_change(row, "appeared");
	case CAS_SUPPRESSION_BASELINE:
		return set_change(row, "stayed");
	default:
		return true;
	}
}

/* NULL: out of memory. */
static json_t *make_row(const struct printing *printing,
			const struct cas_finding *finding)
{
	struct cli_session *session = printing->session;
	json_t *row = cas_json_finding(finding);
	bool ok = row && cli_locate_fix(session, row);

	if (ok && out_wants_all(session->out)) {
		ok = !json_object_set_new(row, "location",
					  cas_json_finding_location(finding));
	}
	if (ok && printing->findings->since) {
		ok = set_state(row, finding);
	}
	if (!ok) {
		json_decref(row);
		return NULL;
	}
	return row;
}

static int print_row(const struct printing *printing, json_t *row)
{
	struct cli_session *session = printing->session;

	if (!row) {
		return cli_no_memory(session);
	}
	return out_row(session->out, row) < 0 ? cli_output_failed(session) : EXIT_DONE;
}

/* Some is for formats alone that tell of everything. */
static int print_finding(const struct printing *printing,
			 const struct cas_finding *finding)
{
	struct cli_session *session = printing->session;
	bool beside = cas_finding_result(finding) == CAS_RESULT_PASSED ||
		      (cas_finding_suppression(finding) != CAS_SUPPRESSION_NONE &&
		       !printing->findings->suppressed);
	json_t *row = make_row(printing, finding);

	if (!row) {
		return cli_no_memory(session);
	}
	if (!beside) {
		return print_row(printing, row);
	}
	return out_every(session->out, row) < 0 ? cli_output_failed(session) : EXIT_DONE;
}

/* NULL: out of memory. */
static json_t *make_went(const struct cas_known *known)
{
	json_t *row = cas_json_known(known);

	if (!set_change(row, "went") ||
	    json_object_set_new(row, "location", json_null())) {
		json_decref(row);
		return NULL;
	}
	return row;
}

/* After all that is found, before what was not evaluated. */
static int print_went(struct printing *printing)
{
	const struct cli_findings *findings = printing->findings;
	const struct cas_known *known;
	int status = EXIT_DONE;

	if (printing->went || !findings->since) {
		return status;
	}
	printing->went = true;
	for (size_t i = 0; !status && (known = cas_baseline_get(findings->known, i));
	     i++) {
		if (cas_audit_known(findings->audit, i) == CAS_KNOWN_GONE) {
			status = print_row(printing, make_went(known));
		}
	}
	return status;
}

static int print_rows(struct printing *printing)
{
	const struct cas_finding *finding;
	struct cas_error *error = NULL;
	int more, status = EXIT_DONE;

	while (!status && (more = cas_audit_next(printing->findings->audit, &finding,
						 &error)) != 0) {
		if (more < 0) {
			return cli_fail(printing->session, error);
		}
		if (!cas_finding_evaluated(finding)) {
			status = print_went(printing);
		}
		if (!status) {
			status = print_finding(printing, finding);
		}
	}
	return status ? status : print_went(printing);
}

/* The audit may have been asked for more than what is listed. NULL: out of memory. */
static json_t *make_head(const struct printing *printing)
{
	json_t *head = cas_json_audit(printing->findings->audit);
	json_t *suppressed = json_object_get(head, "suppressed");

	if (!head ||
	    json_object_set_new(suppressed, "listed",
				json_boolean(printing->findings->suppressed)) ||
	    !add_known(printing, head)) {
		json_decref(head);
		return NULL;
	}
	return head;
}

static void expect_every(const struct printing *printing)
{
	const struct cas_audit *audit = printing->findings->audit;
	struct out_every every = {
		.passed = cas_audit_count_passed(audit),
		.suppressed =
			cas_audit_count_suppressed(audit, CAS_SUPPRESSION_EXEMPTION) +
			cas_audit_count_suppressed(audit, CAS_SUPPRESSION_BASELINE),
	};

	out_expect_every(printing->session->out, &every);
}

int cli_print_findings(struct cli_session *session, const struct cli_findings *findings)
{
	struct printing printing = {.session = session, .findings = findings};
	json_t *head, *tail;
	int status;

	count_known(&printing);
	expect_every(&printing);
	head = make_head(&printing);
	if (!head) {
		return cli_no_memory(session);
	}
	if (out_begin(session->out, &views[findings->since][findings->named], head) < 0) {
		return cli_output_failed(session);
	}
	status = print_rows(&printing);
	if (status) {
		return status;
	}
	tail = make_tail(&printing);
	if (!tail) {
		return cli_no_memory(session);
	}
	return out_end(session->out, tail) < 0 ? cli_output_failed(session) : EXIT_DONE;
}
