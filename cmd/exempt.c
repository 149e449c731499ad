/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* exempt: adds exemptions to the configuration, by the keys of findings. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/exemption.h"
#include "cli/text.h"
#include "commands.h"

struct values {
	struct opt_list keys;
	const char *reason;
	const char *owner;
	const char *expires;
	const char *class;
	const char *value;
	const char *name;
	bool no_lookup;
	bool what_if;
};

static const char *const classes[] = {
	"plain",      "pf-proxy", "temporary-override", "decommission", "hide-name",
	"switchover", NULL};

static const struct opt options[] = {
	{
		.name = "key",
		.type = OPT_LIST,
		.offset = offsetof(struct values, keys),
		.metavar = "KEY",
		.required = true,
		.positional = true,
		.help = "the key of a finding: its rule, '/' and a GUID; '-': lines of "
			"standard input",
	},
	{
		.name = "reason",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, reason),
		.metavar = "TEXT",
		.required = true,
		.help = "why it is left as it is",
	},
	{
		.name = "owner",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, owner),
		.metavar = "WHO",
		.required = true,
		.help = "who answers for it",
	},
	{
		.name = "expires",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, expires),
		.metavar = "DATE",
		.help = "the last day on which it holds, in UTC: 2026-12-31",
	},
	{
		.name = "class",
		.type = OPT_CHOICE,
		.offset = offsetof(struct values, class),
		.metavar = "CLASS",
		.choices = classes,
		.help = "what kind of exemption it is; default: plain",
	},
	{
		.name = "value",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, value),
		.metavar = "VALUE",
		.kinds = 1u << CAS_KIND_ARRAY | 1u << CAS_KIND_SERVER,
		.help = "what the database points at meanwhile: temporary-override",
	},
	{
		.name = "name",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, name),
		.metavar = "NAME",
		.help = "what the exemption is called; default: by rule and GUID",
	},
	{
		.name = "no-lookup",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, no_lookup),
		.help = "do not ask the directory whether there are such findings",
	},
	OPT_WHAT_IF(offsetof(struct values, what_if)),
};

static const struct out_column columns[] = {
	{.field = "name", .title = "NAME"},
	{.field = "class", .title = "CLASS"},
	{.field = "rule", .title = "RULE"},
	{.field = "object", .title = "OBJECT"},
	{.field = "object_name", .title = "OBJECT NAME"},
	{.field = "value", .title = "VALUE"},
	{.field = "reason", .title = "REASON"},
	{.field = "owner", .title = "OWNER"},
	{.field = "expires", .title = "EXPIRES"},
	{.field = "key", .title = "KEY"},
};

static const struct out_view view = {
	.schema = "casarray.exemptions",
	.kind = OUT_TEXT,
	.apart = true,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
};

/* ---- what is asked for ---- */

/* A line of a file is all that there is room for. */
static int check_text(struct cli_session *session, const char *option, const char *text)
{
	for (; text && *text; text++) {
		if (iscntrl((unsigned char)*text)) {
			return cli_usage(session,
					 "'--%s' has a line end or another control "
					 "character, and has to be one line of text",
					 option);
		}
	}
	return EXIT_DONE;
}

static int check_texts(struct cli_session *session, const struct values *values)
{
	const struct {
		const char *option, *text;
	} texts[] = {
		{"reason", values->reason},
		{"owner", values->owner},
		{"value", values->value},
		{"name", values->name},
	};
	int status = EXIT_DONE;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && !status; i++) {
		status = check_text(session, texts[i].option, texts[i].text);
	}
	return status;
}

static int read_expiry(struct cli_session *session, const char *text,
		       struct cli_exemption *ret)
{
	int64_t day;
	char form[16];
	time_t seconds;
	struct tm tm;

	if (!text) {
		return EXIT_DONE;
	}
	if (!cli_day(text, &day)) {
		return cli_usage(session,
				 "'--expires' is '%s', and not a day like 2026-12-31",
				 text);
	}
	ret->what.expires = day + 24 * 60 * 60;
	if (ret->what.expires <= (int64_t)time(NULL)) {
		return cli_usage(session, "'--expires' is %s, which is over", text);
	}
	seconds = (time_t)day;
	gmtime_r(&seconds, &tm);
	strftime(form, sizeof(form), "%Y-%m-%d", &tm);
	ret->day = opt_pool_copy(session->pool, form, strlen(form));
	return ret->day ? EXIT_DONE : cli_no_memory(session);
}

static bool is_guid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i = 0;

	while (form[i] && (form[i] == '-' ? text[i] == '-'
					  : isxdigit((unsigned char)text[i]) != 0)) {
		i++;
	}
	return !form[i] && !text[i];
}

static int refuse_key(struct cli_session *session, const char *key)
{
	const char *slash = strchr(key, '/');

	if (slash && !strncasecmp(slash, "/dn:", 4)) {
		cli_problem(session, CAS_E_REFUSED,
			    "write a section of your own, with the object's "
			    "distinguished name: casarray.conf(5)",
			    "'%s' is of an object without a GUID, of which the key has "
			    "no more than a checksum",
			    key);
		return cli_fail(session, NULL);
	}
	return cli_usage(session,
			 "'%s' is no key of a finding: they are like "
			 "CAS040/81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10",
			 key);
}

static int read_key(struct cli_session *session, const char *key, const char **ret_rule,
		    const char **ret_guid)
{
	const char *slash = strchr(key, '/');
	const struct cas_rule *rule;
	const char *id;
	char *guid;

	if (!slash || !is_guid(slash + 1)) {
		return refuse_key(session, key);
	}
	id = opt_pool_copy(session->pool, key, (size_t)(slash - key));
	guid = opt_pool_copy(session->pool, slash + 1, strlen(slash + 1));
	if (!id || !guid) {
		return cli_no_memory(session);
	}
	rule = cas_rule_find(id);
	if (!rule) {
		return cli_usage(session, "'%s': no such rule: '%s'", key, id);
	}
	for (char *p = guid; *p; p++) {
		*p = (char)tolower((unsigned char)*p);
	}
	*ret_rule = cas_rule_id(rule);
	*ret_guid = guid;
	return EXIT_DONE;
}

/* ---- from keys to exemptions ---- */

/* Two classes change what is expected of a database, whatever the rule. */
static bool takes_rule(enum cas_exemption_class which)
{
	return which != CAS_EXEMPTION_PF_PROXY &&
	       which != CAS_EXEMPTION_TEMPORARY_OVERRIDE;
}

static int read_one(struct cli_session *session, const struct values *values,
		    const char *key, struct cli_exemption *ret)
{
	struct cas_error *error = NULL;
	const char *rule = NULL, *guid = NULL;
	int status = read_key(session, key, &rule, &guid);

	if (status) {
		return status;
	}
	ret->rule = rule;
	ret->key = opt_pool_printf(session->pool, "%s/%s", rule, guid);
	if (!ret->key) {
		return cli_no_memory(session);
	}
	if (values->class) {
		cas_exemption_class_parse(values->class, &ret->what.which);
	}
	ret->what.rule = takes_rule(ret->what.which) ? rule : NULL;
	ret->what.object = guid;
	ret->what.value = values->value;
	ret->what.reason = values->reason;
	ret->what.owner = values->owner;
	status = read_expiry(session, values->expires, ret);
	/* until it has a name, messages call it by its key */
	ret->what.name = values->name ? values->name : ret->key;
	if (!status && cas_exemption_check(&ret->what, &error)) {
		status = cli_fail(session, error);
	}
	ret->name = values->name;
	return status;
}

static int read_stdin(struct cli_session *session, const struct opt_list *keys,
		      struct opt_list *ret)
{
	struct cas_error *error = NULL;

	*ret = *keys;
	if (keys->n != 1 || strcmp(keys->v[0], "-") != 0) {
		return EXIT_DONE;
	}
	*ret = (struct opt_list){0};
	if (cli_read_lines(session, ret, &error)) {
		return cli_fail(session, error);
	}
	return ret->n ? EXIT_DONE : cli_usage(session, "standard input has no key");
}

/* Of the one that has been read, which must be the only one. */
static int note_key(struct cli_session *session, struct cli_exemptions *all,
		    const char *given)
{
	const struct cli_exemption *read = &all->v[all->n];

	switch (opt_index_add(&all->keys, read->key, read)) {
	case 0:
		return EXIT_DONE;
	case 1:
		return cli_usage(session, "'%s' is named twice", given);
	default:
		return cli_no_memory(session);
	}
}

static int read_all(struct cli_session *session, const struct values *values,
		    struct cli_exemptions *ret)
{
	struct opt_list keys;
	int status = check_texts(session, values);

	if (!status) {
		status = read_stdin(session, &values->keys, &keys);
	}
	if (status) {
		return status;
	}
	if (values->name && keys.n > 1) {
		return cli_usage(session, "'--name' is for one key");
	}
	ret->v = opt_pool_alloc(session->pool, keys.n * sizeof(*ret->v));
	if (!ret->v) {
		return cli_no_memory(session);
	}
	for (size_t i = 0; i < keys.n && !status; i++) {
		status = read_one(session, values, keys.v[i], &ret->v[i]);
		if (!status) {
			status = note_key(session, ret, keys.v[i]);
		}
		ret->n++;
	}
	return status;
}

/* ---- what comes of it ---- */

static json_t *make_row(const struct cli_exemption *exemption)
{
	const struct cas_exemption *what = &exemption->what;

	return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:s, s:s, s:s?, s:s}",
			 "key", exemption->key, "name", what->name, "class",
			 cas_exemption_class_name(what->which), "rule", what->rule,
			 "object", what->object, "object_name", exemption->object_name,
			 "value", what->value, "reason", what->reason, "owner",
			 what->owner, "expires", exemption->day, "text",
			 exemption->section);
}

/* Before anything is written: would --fields do, and can all of it be printed? */
static int check_rows(struct cli_session *session, const struct cli_exemptions *all)
{
	for (size_t i = 0; i < all->n; i++) {
		json_t *row = make_row(&all->v[i]);
		int failed = row ? out_check(session->out, &view, row) : 0;

		if (!row) {
			return cli_no_memory(session);
		}
		json_decref(row);
		if (failed) {
			return cli_output_failed(session);
		}
	}
	return EXIT_DONE;
}

static int print(struct cli_session *session, const struct cli_exemptions *all,
		 const char *file, bool what_if)
{
	const char *name = cli_utf8(session->pool, file);
	char *summary = opt_pool_printf(session->pool, "%s%zu exemption%s %sadded to %s",
					what_if ? "what if: " : "", all->n,
					all->n == 1 ? "" : "s",
					what_if ? "would be " : "", name ? name : "");
	json_t *head = json_pack("{s:s*, s:b}", "file", name, "written", !what_if);

	if (out_begin(session->out, &view, head)) {
		return cli_output_failed(session);
	}
	for (size_t i = 0; i < all->n; i++) {
		if (out_row(session->out, make_row(&all->v[i]))) {
			return cli_output_failed(session);
		}
	}
	return out_end(session->out, json_pack("{s:I, s:s?}", "count", (json_int_t)all->n,
					       "summary", summary))
		       ? cli_output_failed(session)
		       : EXIT_DONE;
}

static int add(struct cli_session *session, struct cli_exemptions *all, bool look_up,
	       bool what_if)
{
	int status = cli_exemptions_open(session, all);

	if (!status && look_up) {
		status = cli_exemptions_look_up(session, all);
	}
	if (!status) {
		status = cli_exemptions_compose(session, all);
	}
	if (!status) {
		status = check_rows(session, all);
	}
	if (!status && !what_if) {
		status = cli_exemptions_write(session, all);
	}
	return status ? status : print(session, all, all->edit.path, what_if);
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct cli_exemptions all = {.edit.lock = -1};
	int status = read_all(session, values, &all);

	if (!status) {
		status = add(session, &all,
			     !values->no_lookup && cli_names_directory(session),
			     values->what_if);
	}
	cli_exemptions_close(&all);
	return status;
}

static const char *const examples[] = {
	"exempt CAS040/81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10 --reason 'moves on Friday' "
	"--owner jdoe --expires 2099-12-31",
	"exempt CAS001/81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10 --class decommission "
	"--reason 'closes in spring' --owner messaging --what-if",
	NULL,
};

const struct cmd cmd_exempt = {
	.name = "exempt",
	.group = "Judging",
	.summary = "accept findings on purpose, with a reason and an owner",
	.description =
		"Adds exemptions to the configuration: each a section of its own at the "
		"end of the file, which is replaced as a whole, all of them or none. A "
		"finding is named by its key, the rule and the GUID of the object, as "
		"'audit' prints it with --fields key, so that a new name of the object "
		"does not matter. An audit does not count the finding then, until the "
		"exemption expires.\n"
		"When a directory is named, it is asked whether there are such findings, "
		"and the object's name becomes a comment.\n"
		"The file is that of --config or CASARRAY_CONFIG, else the user's own.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_NO_DIRECTORY | CMD_NEW_CONFIG,
	.run = run,
};
