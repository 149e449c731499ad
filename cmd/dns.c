/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dns: the A record of an array, in the zone that the directory holds. */
#include <string.h>

#include "cli/objects.h"
#include "commands.h"

static const char *const actions[] = {"plan", "check", "create", "remove", NULL};

struct values {
	const char *action;
	struct opt_list arrays;
	const char *fqdn;
	struct opt_list addresses;
	int64_t ttl;
	struct cli_change change;
};

static const struct opt options[] = {
	{
		.name = "action",
		.type = OPT_CHOICE,
		.offset = offsetof(struct values, action),
		.metavar = "ACTION",
		.choices = actions,
		.required = true,
		.positional = true,
		.help = "what is done: plan, check, create or remove",
	},
	{
		.name = "identity",
		.parameter = "Identity",
		.type = OPT_LIST,
		.offset = offsetof(struct values, arrays),
		.metavar = "ARRAY",
		.kinds = KIND(ARRAY),
		.positional = true,
		.help = "the array: name, FQDN, GUID, DN or legacyExchangeDN; plan and "
			"check: several, wildcards; default: all",
	},
	{
		.name = "fqdn",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, fqdn),
		.metavar = "FQDN",
		.help = "instead of an array: this name, as of an array that is gone",
	},
	{
		.name = "address",
		.type = OPT_LIST,
		.offset = offsetof(struct values, addresses),
		.metavar = "ADDRESS",
		.help = "the IPv4 address that it is about",
	},
	{
		.name = "ttl",
		.type = OPT_NUMBER,
		.offset = offsetof(struct values, ttl),
		.metavar = "SECONDS",
		.positive = true,
		.help = "how long clients may keep the address; default: 300",
	},
	OPT_CHANGE(struct values, change),
};

static const struct out_column check_columns[] = {
	{.field = "fqdn", .title = "FQDN"},
	{.field = "array", .title = "ARRAY", .secondary = true},
	{.field = "zone", .title = "ZONE"},
	{.field = "status", .title = "STATUS"},
	{.field = "there", .title = "RECORDS"},
	{.field = "reason", .title = "REASON"},
};

static const struct out_view check_view = {
	.schema = "casarray.dns",
	.kind = OUT_TABLE,
	.columns = check_columns,
	.n_columns = sizeof(check_columns) / sizeof(*check_columns),
	.empty = "no arrays",
};

static const struct out_column plan_columns[] = {
	{.field = "array", .title = "array"},
	{.field = "fqdn", .title = "name"},
	{.field = "needed", .title = "needed"},
	{.field = "zone", .title = "zone"},
	{.field = "dn", .title = "node"},
	{.field = "there", .title = "there is"},
	{.field = "status", .title = "status"},
	{.field = "reason", .title = "because"},
	{.field = "nsupdate", .title = "nsupdate"},
};

static const struct out_view plan_view = {
	.schema = "casarray.dns",
	.kind = OUT_RECORDS,
	.columns = plan_columns,
	.n_columns = sizeof(plan_columns) / sizeof(*plan_columns),
	.empty = "no arrays",
};

/* ---- plan, check ---- */

struct tally {
	size_t n;
	size_t wrong;     /* missing or different */
	size_t elsewhere; /* the directory cannot tell */
};

static struct tally count(const struct cas_dns *dns)
{
	struct tally tally = {.n = cas_dns_count(dns)};

	for (size_t i = 0; i < tally.n; i++) {
		enum cas_dns_status status = cas_dns_status(dns, i);

		tally.elsewhere += status == CAS_DNS_ELSEWHERE;
		tally.wrong += status != CAS_DNS_OK && status != CAS_DNS_ELSEWHERE;
	}
	return tally;
}

static json_t *make_tail(const struct tally *tally, bool checks)
{
	json_t *tail = json_pack("{s:I, s:I, s:I}", "count", (json_int_t)tally->n,
				 "wrong", (json_int_t)tally->wrong, "elsewhere",
				 (json_int_t)tally->elsewhere);

	if (tail && checks && tally->n) {
		json_object_set_new(
			tail, "summary",
			json_sprintf("%zu of %zu name%s right, %zu wrong, %zu elsewhere",
				     tally->n - tally->wrong - tally->elsewhere, tally->n,
				     tally->n == 1 ? "" : "s", tally->wrong,
				     tally->elsewhere));
	}
	return tail;
}

static int print(struct cli_session *session, const struct cas_dns *dns, bool checks)
{
	const struct tally tally = count(dns);
	json_t *head = cas_json_organization(session->organization);

	if (!head) {
		return cli_no_memory(session);
	}
	if (out_begin(session->out, checks ? &check_view : &plan_view, head) < 0) {
		return cli_output_failed(session);
	}
	for (size_t i = 0; i < tally.n; i++) {
		json_t *row = cas_json_dns(dns, i);

		if (!row) {
			return cli_no_memory(session);
		}
		if (out_row(session->out, row) < 0) {
			return cli_output_failed(session);
		}
	}
	if (out_end(session->out, make_tail(&tally, checks)) < 0) {
		return cli_output_failed(session);
	}
	if (!checks) {
		return EXIT_DONE;
	}
	return tally.wrong       ? EXIT_FINDINGS
	       : tally.elsewhere ? EXIT_NOT_EVALUATED
				 : EXIT_DONE;
}

static int look(struct cli_session *session, const struct values *values,
		const struct cas_organization *org, bool checks)
{
	struct cas_dns_question what = {
		.fqdn = values->fqdn,
		.addresses = values->addresses.v,
		.n_addresses = values->addresses.n,
		.ttl = values->ttl,
	};
	struct cas_error *error = NULL;
	struct cas_objects *arrays = NULL;
	struct cas_dns *dns = NULL;
	int status = cli_pick_filter(session, org, KIND(ARRAY), &values->arrays, &arrays);

	if (!status) {
		status = cli_refuse_none(session, arrays);
	}
	what.arrays = arrays;
	if (!status && cas_dns_new(org, &what, &dns, &error)) {
		status = cli_fail(session, error);
	}
	if (!status) {
		status = print(session, dns, checks);
	}
	cas_dns_free(dns);
	cas_objects_free(arrays);
	return status;
}

/* ---- create, remove ---- */

static int change(struct cli_session *session, const struct values *values,
		  const struct cas_organization *org, bool create)
{
	const struct cas_dns_name what = {
		.array = values->arrays.n ? values->arrays.v[0] : NULL,
		.fqdn = values->fqdn,
		.addresses = values->addresses.v,
		.n_addresses = values->addresses.n,
		.ttl = values->ttl,
	};
	struct cas_error *error = NULL;
	struct cas_plan *plan;
	int code = create ? cas_plan_dns_create(org, &what, &plan, &error)
			  : cas_plan_dns_remove(org, &what, &plan, &error);

	if (code) {
		return cli_fail(session, error);
	}
	return cli_run_plan(session, plan, &values->change, !create);
}

/* What the action does not take is said before a directory is opened. */
static int check_options(struct cli_session *session, const struct values *values,
			 bool changes)
{
	const char *action = values->action;

	if (values->fqdn && values->arrays.n) {
		return cli_usage(session, "--fqdn and ARRAY exclude each other");
	}
	if (!changes) {
		return EXIT_DONE;
	}
	if (!values->fqdn && values->arrays.n != 1) {
		return cli_usage(session, "dns %s needs one ARRAY, or --fqdn", action);
	}
	if (!strcmp(action, "create") && !values->addresses.n) {
		return cli_usage(session, "dns create needs --address");
	}
	if (!strcmp(action, "remove") && values->ttl) {
		return cli_usage(session, "dns remove takes no --ttl");
	}
	return EXIT_DONE;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	bool create = !strcmp(values->action, "create");
	bool changes = create || !strcmp(values->action, "remove");
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	int status = check_options(session, values, changes);

	if (status) {
		return status;
	}
	if (cli_load(session, CAS_SCOPE_TOPOLOGY, NULL, 0, &org, &error)) {
		return cli_fail(session, error);
	}
	return changes ? change(session, values, org, create)
		       : look(session, values, org, !strcmp(values->action, "check"));
}

static const char *const examples[] = {
	"dns check",
	"dns plan outlook-berlin --address 10.20.0.10",
	"dns create outlook-berlin --address 10.20.0.10 --what-if",
	"dns remove outlook-berlin --yes",
	NULL,
};

const struct cmd cmd_dns = {
	.name = "dns",
	.group = "Changing",
	.summary = "plan, check, create or remove the DNS record of an array",
	.description =
		"Works on the zones that Active Directory holds for its DNS servers, "
		"over the connection to the directory. 'plan' shows the record that is "
		"needed, its zone, and what is there; where the directory does not have "
		"the zone, also what nsupdate is to be told. 'check' compares every "
		"array, or those named, with what is there. 'create' makes a static A "
		"record, 'remove' removes exactly one.\n"
		"A record that was not expected is never overwritten: create is refused "
		"then, and says what is there. Both can be undone.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
