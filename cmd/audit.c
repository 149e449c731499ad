/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* audit: runs the rules over the directory and says what to do about each finding. */
#include <time.h>

#include "cli/baseline.h"
#include "cli/findings.h"
#include "cli/objects.h"
#include "cli/session.h"
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
	const char *baseline;
	const char *create_baseline;
	const char *since;
	bool show_exempt;
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
	{
		.name = "baseline",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, baseline),
		.metavar = "FILE",
		.help = "only what is not in this baseline, or earlier report, counts",
	},
	{
		.name = "create-baseline",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, create_baseline),
		.metavar = "FILE",
		.help = "write a baseline of all that is found to this file",
	},
	{
		.name = "since",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, since),
		.metavar = "REPORT",
		.help = "what appeared and what went since this report",
	},
	{
		.name = "show-exempt",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, show_exempt),
		.help = "also what does not count: exempt, or in the baseline",
	},
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

static int verdict(const struct cli_session *session, const struct values *values,
		   const struct cas_audit *audit)
{
	const char *word = values->fail_on ? values->fail_on : session->gate;
	enum cas_severity gate = CAS_SEVERITY_ERROR;

	/* "never" is no severity: then findings do not count. */
	if (!word || cas_severity_parse(word, &gate)) {
		if (cas_audit_worst(audit) >= gate) {
			return EXIT_FINDINGS;
		}
	}
	return values->rules.n && cas_audit_count_not_evaluated(audit)
		       ? EXIT_NOT_EVALUATED
		       : EXIT_DONE;
}

struct work {
	struct cli_session *session;
	const struct values *values;
	const struct cas_organization *org;
	struct cas_audit_options how;
	struct cas_objects *objects;
	struct cas_baseline *baseline; /* or the earlier report */
	struct cli_output *output;     /* for the baseline that is created */
	struct cas_audit *audit;
	size_t created;
};

static int audit(struct work *work)
{
	struct cas_error *error = NULL;

	cas_audit_free(work->audit);
	work->audit = NULL;
	work->how.baseline = work->baseline;
	return cas_audit_new(work->org, &work->how, &work->audit, &error)
		       ? cli_fail(work->session, error)
		       : EXIT_DONE;
}

/* Writes the baseline, and takes it in place of the one that was given. */
static int create(struct work *work)
{
	const char *path = work->values->create_baseline;
	int status;

	work->how.suppressed = true;
	status = audit(work);
	if (!status) {
		status = cli_baseline_write(work->session, work->audit, path,
					    work->output, &work->created);
	}
	if (!status) {
		cas_audit_free(work->audit);
		work->audit = NULL;
		cas_baseline_free(work->baseline);
		work->baseline = NULL;
		status = cli_baseline_read(work->session, path, &work->baseline);
	}
	return status;
}

static int print(struct work *work)
{
	const struct values *values = work->values;
	struct cli_findings findings = {
		.audit = work->audit,
		.known = work->baseline,
		.known_path = values->since ? values->since : values->baseline,
		.since = values->since,
		.suppressed = values->show_exempt,
		.created_path = values->create_baseline,
		.created = work->created,
		.named = values->rules.n > 0,
	};

	return cli_print_findings(work->session, &findings);
}

static int work_through(struct work *work)
{
	const struct values *values = work->values;
	int status = pick(work->session, work->org, values, &work->objects);

	work->how = (struct cas_audit_options){
		.rules = values->rules.v,
		.n_rules = values->rules.n,
		.skip = values->skip.v,
		.n_skip = values->skip.n,
		.families = values->families.v,
		.n_families = values->families.n,
		.objects = work->objects,
		.now = (int64_t)time(NULL),
	};
	if (!status && work->output) {
		status = create(work);
	}
	work->how.passed = out_wants_every(work->session->out);
	work->how.suppressed = values->show_exempt || work->how.passed;
	if (!status) {
		status = audit(work);
	}
	if (!status) {
		status = print(work);
	}
	return status ? status : verdict(work->session, values, work->audit);
}

/* What --since does not go with; NULL: it goes. */
static const char *rival(const struct values *values)
{
	if (values->baseline) {
		return "--baseline";
	}
	if (values->create_baseline) {
		return "--create-baseline";
	}
	return values->show_exempt ? "--show-exempt" : NULL;
}

static int check_values(struct cli_session *session, const struct values *values)
{
	const char *other = values->since ? rival(values) : NULL;

	return other ? cli_usage(session, "--since and %s exclude each other", other)
		     : EXIT_DONE;
}

/* What is cheap to find out first. */
static int open_files(struct work *work)
{
	const struct values *values = work->values;
	const char *known = values->since ? values->since : values->baseline;
	int status = check_values(work->session, values);

	if (!status) {
		status = cli_reports(work->session, &values->reports);
	}
	if (!status && values->create_baseline) {
		status = cli_baseline_open(work->session, "create-baseline",
					   values->create_baseline, &work->output);
	}
	if (!status && known) {
		status = cli_baseline_read(work->session, known, &work->baseline);
	}
	return status;
}

static int run(struct cli_session *session, const void *data)
{
	struct work work = {.session = session, .values = data};
	struct cas_error *error = NULL;
	int status = open_files(&work);

	if (!status && cli_load(session, CAS_SCOPE_ALL, NULL, 0, &work.org, &error)) {
		status = cli_fail(session, error);
	}
	if (!status) {
		status = work_through(&work);
	}
	cas_audit_free(work.audit);
	cas_objects_free(work.objects);
	cas_baseline_free(work.baseline);
	cli_output_free(work.output);
	return status;
}

static const char *const examples[] = {
	"audit",
	"audit --site Berlin --fail-on warning",
	"audit --rule database-points-at-server --format csv --fields object.name,fix",
	"audit --family arrays --format json",
	"audit --report sarif=audit.sarif --report markdown=audit.md",
	"audit --create-baseline known.json",
	"audit --baseline known.json",
	"audit --since yesterday.json",
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
		"What is known can be accepted: --create-baseline writes all that is "
		"found to a file, and with --baseline only what is new counts. --since "
		"compares with an earlier report.\n"
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
