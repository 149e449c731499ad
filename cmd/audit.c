/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* audit: runs the rules over the directory and says what to do about each finding. */
#include <time.h>

#include "cli/objects.h"
#include "commands.h"

struct values {
	struct opt_list rules;
	struct opt_list skip;
	struct opt_list families;
	struct opt_list sites;
	struct opt_list servers;
	struct opt_list databases;
	const char *fail_on;
	struct opt_list reports;
};

static const char *const gates[] = {"error", "warning", "info", "never", NULL};

static const struct opt options[] = {
	{
		.name = "rule",
		.type = OPT_LIST,
		.offset = offsetof(struct values, rules),
		.metavar = "RULE",
		.help = "only this rule, by id or name, also when it is off by default",
	},
	{
		.name = "skip",
		.type = OPT_LIST,
		.offset = offsetof(struct values, skip),
		.metavar = "RULE",
		.help = "all but this rule",
	},
	{
		.name = "family",
		.type = OPT_LIST,
		.offset = offsetof(struct values, families),
		.metavar = "FAMILY",
		.help = "only rules of this family: arrays, servers, databases, names, "
			"dns, rpc, "
			"kerberos, dag, proxy, capacity, quality",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_LIST,
		.offset = offsetof(struct values, sites),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "only findings on this site and what is in it",
	},
	{
		.name = "server",
		.parameter = "Server",
		.type = OPT_LIST,
		.offset = offsetof(struct values, servers),
		.metavar = "SERVER",
		.kinds = KIND(SERVER),
		.help = "only findings on this server and the databases on it",
	},
	{
		.name = "database",
		.type = OPT_LIST,
		.offset = offsetof(struct values, databases),
		.metavar = "DATABASE",
		.kinds = KIND(DATABASE),
		.help = "only findings on this database",
	},
	{
		.name = "fail-on",
		.type = OPT_CHOICE,
		.offset = offsetof(struct values, fail_on),
		.metavar = "SEVERITY",
		.choices = gates,
		.help = "exit with 1 from this severity on; default: error",
	},
	{
		.name = "report",
		.type = OPT_LIST,
		.offset = offsetof(struct values, reports),
		.metavar = "FORMAT=FILE",
		.help = "write a report in this format to a file, too",
	},
};

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
	{.field = "location.file", .title = "FILE"},
	{.field = "location.line", .title = "LINE"},
};

static json_t *describe(const char *id)
{
	return cas_json_rule(cas_rule_find(id));
}

/* Rules that were asked for by name get an answer each; of all, those without one are
 * counted. */
static const struct out_view views[] = {
	[false] = {.schema = "casarray.audit",
		   .kind = OUT_FINDINGS,
		   .columns = columns,
		   .n_columns = sizeof(columns) / sizeof(*columns),
		   .rule = describe},
	[true] = {.schema = "casarray.audit",
		  .kind = OUT_FINDINGS,
		  .columns = columns,
		  .n_columns = sizeof(columns) / sizeof(*columns),
		  .rule = describe,
		  .detailed = true},
};

static int pick(struct cli_session *session, const struct cas_organization *org,
		const struct values *values, struct cas_objects **ret)
{
	int status = cli_pick_filter(session, org, KIND(SITE), &values->sites, ret);

	if (!status) {
		status = cli_pick_filter(session, org, KIND(SERVER), &values->servers,
					 ret);
	}
	if (!status) {
		status = cli_pick_filter(session, org, KIND(DATABASE), &values->databases,
					 ret);
	}
	return status ? status : cli_refuse_none(session, *ret);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static json_t *make_tail(const struct cas_audit *audit)
{
	size_t errors = cas_audit_count(audit, CAS_SEVERITY_ERROR);
	size_t warnings = cas_audit_count(audit, CAS_SEVERITY_WARNING);
	size_t infos = cas_audit_count(audit, CAS_SEVERITY_INFO);
	size_t unknown = cas_audit_count_not_evaluated(audit);
	size_t all = errors + warnings + infos;
	json_t *tail = json_object();
	json_t *summary;

	summary = all ? json_sprintf("%zu finding%s: %zu error%s, %zu warning%s, "
				     "%zu info; %zu rule%s not evaluated",
				     all, plural(all), errors, plural(errors), warnings,
				     plural(warnings), infos, unknown, plural(unknown))
		      : json_sprintf("no findings; %zu rule%s not evaluated", unknown,
				     plural(unknown));
	if (!tail || json_object_set_new(tail, "summary", summary)) {
		json_decref(tail);
		return NULL;
	}
	return tail;
}

/* NULL: out of memory. */
static json_t *make_row(struct cli_session *session, const struct cas_finding *finding)
{
	json_t *row = cas_json_finding(finding);
	bool ok = row && cli_locate_fix(session, row);

	if (ok && out_wants_all(session->out)) {
		ok = !json_object_set_new(row, "location",
					  cas_json_finding_location(finding));
	}
	if (!ok) {
		json_decref(row);
		return NULL;
	}
	return row;
}

static int print(struct cli_session *session, struct cas_audit *audit, bool named)
{
	const struct cas_finding *finding;
	struct cas_error *error = NULL;
	json_t *head = cas_json_audit(audit), *row, *tail;
	int more;

	if (!head) {
		return cli_no_memory(session);
	}
	if (out_begin(session->out, &views[named], head) < 0) {
		return cli_output_failed(session);
	}
	while ((more = cas_audit_next(audit, &finding, &error)) == 1) {
		row = make_row(session, finding);
		if (!row) {
			return cli_no_memory(session);
		}
		if (out_row(session->out, row) < 0) {
			return cli_output_failed(session);
		}
	}
	if (more < 0) {
		return cli_fail(session, error);
	}
	tail = make_tail(audit);
	if (!tail) {
		return cli_no_memory(session);
	}
	return out_end(session->out, tail) < 0 ? cli_output_failed(session) : EXIT_DONE;
}

static int verdict(const struct values *values, const struct cas_audit *audit)
{
	enum cas_severity gate = CAS_SEVERITY_ERROR;

	/* "never" is no severity: then findings do not count. */
	if (!values->fail_on || cas_severity_parse(values->fail_on, &gate)) {
		if (cas_audit_worst(audit) >= gate) {
			return EXIT_FINDINGS;
		}
	}
	return values->rules.n && cas_audit_count_not_evaluated(audit)
		       ? EXIT_NOT_EVALUATED
		       : EXIT_DONE;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct cas_audit_options how = {
		.rules = values->rules.v,
		.n_rules = values->rules.n,
		.skip = values->skip.v,
		.n_skip = values->skip.n,
		.families = values->families.v,
		.n_families = values->families.n,
		.now = (int64_t)time(NULL),
	};
	const struct cas_organization *org;
	struct cas_objects *objects = NULL;
	struct cas_audit *audit = NULL;
	struct cas_error *error = NULL;
	int status = cli_reports(session, &values->reports);

	if (status) {
		return status;
	}
	if (cli_load(session, CAS_SCOPE_ALL, NULL, 0, &org, &error)) {
		return cli_fail(session, error);
	}
	status = pick(session, org, values, &objects);
	if (!status) {
		how.objects = objects;
		if (cas_audit_new(org, &how, &audit, &error)) {
			status = cli_fail(session, error);
		}
	}
	if (!status) {
		status = print(session, audit, values->rules.n > 0);
	}
	if (!status) {
		status = verdict(values, audit);
	}
	cas_audit_free(audit);
	cas_objects_free(objects);
	return status;
}

static const char *const examples[] = {
	"audit",
	"audit --site Berlin --fail-on warning",
	"audit --rule database-points-at-server --format csv --fields object.name,fix",
	"audit --family arrays --format json",
	"audit --report sarif=audit.sarif --report markdown=audit.md",
	NULL,
};

const struct cmd cmd_audit = {
	.name = "audit",
	.group = "Judging",
	.summary = "find what is wrong, and what to do about it",
	.description =
		"Runs the rules over the whole organization: first a summary by site, "
		"then "
		"every finding with the object, what was observed and expected, why it "
		"matters, and the command that fixes it.\n"
		"A rule that the directory alone cannot answer is not evaluated, which "
		"is "
		"counted and never taken for a pass.\n"
		"The exit status is 1 when there is a finding of the severity of "
		"--fail-on or "
		"above, and 8 when a rule that was asked for with --rule could not be "
		"evaluated.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_FINDINGS,
	.run = run,
};
