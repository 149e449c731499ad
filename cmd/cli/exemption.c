/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exemptions on their way into the configuration. */
#include "exemption.h"

#include <string.h>

/* A name is a comment; longer ones are cut. */
#define COMMENT_MAX 120

/* ---- what is there ---- */

/* Exemptions with the same text say the same. NULL: out of memory. */
static char *what_it_says(struct opt_pool *pool, const struct cas_exemption *what)
{
	const struct cas_rule *rule = what->rule ? cas_rule_find(what->rule) : NULL;
	size_t n = strlen(what->object);
	/* a GUID may stand in braces */
	bool braces = *what->object == '{' && what->object[n - 1] == '}';

	return opt_pool_printf(pool, "%s/%s/%.*s", cas_exemption_class_name(what->which),
			       rule ? cas_rule_id(rule) : "", (int)(n - 2 * braces),
			       what->object + braces);
}

static int refuse_same(struct cli_session *session, const struct cli_exemption *exemption,
		       const struct cas_exemption *other, int64_t now)
{
	const char *hint =
		opt_pool_printf(session->pool, "%s:%zu has it", other->file, other->line);
	bool over = other->expires && other->expires <= now;

	if (over) {
		hint = opt_pool_printf(session->pool,
				       "give it another date: 'expires' in the section "
				       "at %s:%zu",
				       other->file, other->line);
	}
	cli_problem(session, CAS_E_REFUSED, hint,
		    over ? "'%s' has an exemption that has expired: '%s'"
			 : "'%s' is exempt already: '%s'",
		    exemption->key, other->name);
	return cli_fail(session, NULL);
}

/* Those that are in force. false: out of memory. */
static bool index_policy(struct cli_session *session, const struct cas_policy *policy,
			 struct opt_index *ret)
{
	for (size_t i = 0; i < policy->n_exemptions; i++) {
		const struct cas_exemption *exemption = &policy->exemptions[i];
		const char *text = what_it_says(session->pool, exemption);

		if (!text || opt_index_add(ret, text, exemption) < 0) {
			return false;
		}
	}
	return true;
}

static int refuse_known(struct cli_session *session, const struct cli_exemptions *all)
{
	const struct cas_policy *policy = &all->settings.policy;
	struct opt_index known = {0};
	int status = EXIT_DONE;

	if (!index_policy(session, policy, &known)) {
		status = cli_no_memory(session);
	}
	for (size_t i = 0; i < all->n && !status; i++) {
		const char *text = what_it_says(session->pool, &all->v[i].what);
		const struct cas_exemption *other =
			text ? opt_index_find(&known, text) : NULL;

		if (!text) {
			status = cli_no_memory(session);
		} else if (other) {
			status = refuse_same(session, &all->v[i], other, policy->now);
		}
	}
	opt_index_free(&known);
	return status;
}

static int open_file(struct cli_session *session, struct cli_exemptions *all, bool write)
{
	const char *path = cli_config_file(session);
	struct cli_global global = session->global;
	bool *given = opt_pool_alloc(session->pool, opt_n_globals * sizeof(*given));

	if (!path || !given) {
		return cli_no_memory(session);
	}
	if (cli_is_written(session, path)) {
		return cli_usage(session, "'%s' would be written twice", path);
	}
	if (cli_config_edit_begin(session, &all->edit, path, write)) {
		return cli_fail(session, NULL);
	}
	/* again: others may have written since the session began */
	if (cli_settings_load(&all->settings, session->pool, &global, given)) {
		return cli_no_memory(session);
	}
	if (!cli_settings_right(&all->settings)) {
		cli_problem(session, CAS_E_CONFLICT, "try again",
			    "'%s' was changed meanwhile", path);
		return cli_fail(session, NULL);
	}
	return refuse_known(session, all);
}

int cli_exemptions_open(struct cli_session *session, struct cli_exemptions *all)
{
	return open_file(session, all, false);
}

void cli_exemptions_close(struct cli_exemptions *all)
{
	cli_config_edit_end(&all->edit);
	opt_index_free(&all->keys);
}

/* ---- names ---- */

/* Those of both files, whether they are in force or not. false: out of memory. */
static bool index_names(const struct cli_exemptions *all, struct opt_index *ret)
{
	for (size_t i = 0; i < all->settings.n_sections; i++) {
		const struct cli_placed *placed = &all->settings.sections[i];

		if (!strcmp(placed->section->kind, "exemption") &&
		    opt_index_add(ret, placed->name, placed) < 0) {
			return false;
		}
	}
	return true;
}

/* "cas040-81b752f8": as much of the GUID as it takes. NULL: out of memory. */
static const char *make_name(struct cli_session *session, const struct opt_index *names,
			     const struct cli_exemption *exemption)
{
	static const int lengths[] = {8, 13, 36};
	const char *digits = exemption->rule + strlen("CAS");
	char *name = NULL;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		name = opt_pool_printf(session->pool, "cas%s-%.*s", digits, lengths[i],
				       exemption->what.object);
		if (!name || !opt_index_find(names, name)) {
			return name;
		}
	}
	for (unsigned n = 2; name && opt_index_find(names, name); n++) {
		name = opt_pool_printf(session->pool, "cas%s-%s-%u", digits,
				       exemption->what.object, n);
	}
	return name;
}

static int give_name(struct cli_session *session, struct opt_index *names,
		     struct cli_exemption *exemption)
{
	struct cas_exemption *what = &exemption->what;

	what->name =
		exemption->name ? exemption->name : make_name(session, names, exemption);
	if (!what->name) {
		return cli_no_memory(session);
	}
	switch (opt_index_add(names, what->name, exemption)) {
	case 0:
		return EXIT_DONE;
	case 1:
		cli_problem(session, CAS_E_REFUSED, "give it another --name",
			    "there is an exemption '%s' already", what->name);
		return cli_fail(session, NULL);
	default:
		return cli_no_memory(session);
	}
}

/* ---- sections ---- */

/* "key = value", nothing without a value. */
static const char *line(struct opt_pool *pool, const char *key, const char *value)
{
	char *quoted;

	if (!value) {
		return "";
	}
	quoted = cli_config_quote(pool, value);
	return quoted ? opt_pool_printf(pool, "%s = %s\n", key, quoted) : NULL;
}

/* The object's name, for those who read the file. A character is never cut in two. */
static char *comment(struct opt_pool *pool, const char *name)
{
	size_t n = strlen(name);
	char *text;

	if (n > COMMENT_MAX) {
		n = COMMENT_MAX;
		while (n && ((unsigned char)name[n] & 0xc0) == 0x80) {
			n--;
		}
	}
	text = opt_pool_printf(pool, "; %.*s%s\n", (int)n, name, name[n] ? "..." : "");
	for (char *p = text; p && p[1]; p++) {
		*p = (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p;
	}
	return text;
}

static const char *make_section(struct cli_session *session,
				const struct cli_exemption *exemption)
{
	const struct cas_exemption *what = &exemption->what;
	struct opt_pool *pool = session->pool;
	const char *name = exemption->object_name;
	const char *class = what->which ? cas_exemption_class_name(what->which) : NULL;
	const char *parts[] = {
		opt_pool_printf(pool, "[exemption %s]\n", what->name),
		line(pool, "class", class),
		line(pool, "rule", what->rule),
		name ? comment(pool, name) : "",
		line(pool, "object", what->object),
		line(pool, "value", what->value),
		line(pool, "reason", what->reason),
		line(pool, "owner", what->owner),
		line(pool, "expires", exemption->day),
		line(pool, "profile", session->global.profile),
	};
	const char *text = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && text; i++) {
		text = parts[i] ? opt_pool_printf(pool, "%s%s", text, parts[i]) : NULL;
	}
	return text;
}

/* ---- does the file say what it should? ---- */

static const char *entry(const struct cli_config_section *section, const char *key)
{
	for (size_t i = 0; i < section->n; i++) {
		if (!strcmp(section->entries[i].key, key)) {
			return section->entries[i].value;
		}
	}
	return NULL;
}

static bool says(const struct cli_config_section *section, const char *key,
		 const char *value)
{
	const char *there = entry(section, key);

	return there && value ? !strcmp(there, value) : !there && !value;
}

static bool is_read_back(const struct cli_config_section *section,
			 const struct cas_exemption *what)
{
	return !strcmp(section->kind, "exemption") &&
	       !strcmp(section->name, what->name) && says(section, "rule", what->rule) &&
	       says(section, "object", what->object) &&
	       says(section, "value", what->value) &&
	       says(section, "reason", what->reason) &&
	       says(section, "owner", what->owner);
}

static int refuse_text(struct cli_session *session, const char *name, const char *why)
{
	cli_problem(session, CAS_E_USAGE, NULL, "exemption '%s' cannot be written: %s",
		    name, why);
	return cli_fail(session, NULL);
}

static int read_back(struct cli_session *session, const struct cli_exemptions *all)
{
	struct cli_config config;
	size_t first;

	if (cli_config_parse(&config, session->pool, all->edit.path, all->edit.text,
			     all->edit.n)) {
		return cli_no_memory(session);
	}
	first = config.n - all->n;
	for (size_t i = 0; i < all->n; i++) {
		const struct cas_exemption *what = &all->v[i].what;

		if (config.n_problems || config.n < all->n ||
		    !is_read_back(&config.sections[first + i], what)) {
			return refuse_text(session, what->name,
					   config.n_problems
						   ? config.problems[0].text
						   : "it would not be read as it is");
		}
	}
	return EXIT_DONE;
}

static int add_section(struct cli_session *session, struct cli_exemptions *all,
		       struct opt_index *names, struct cli_exemption *exemption)
{
	int status = give_name(session, names, exemption);

	if (status) {
		return status;
	}
	exemption->section = make_section(session, exemption);
	if (!exemption->section) {
		return cli_no_memory(session);
	}
	return cli_config_edit_add(session, &all->edit, exemption->section)
		       ? cli_fail(session, NULL)
		       : EXIT_DONE;
}

int cli_exemptions_compose(struct cli_session *session, struct cli_exemptions *all)
{
	struct opt_index names = {0};
	int status = index_names(all, &names) ? EXIT_DONE : cli_no_memory(session);

	for (size_t i = 0; i < all->n && !status; i++) {
		status = add_section(session, all, &names, &all->v[i]);
	}
	opt_index_free(&names);
	return status ? status : read_back(session, all);
}

int cli_exemptions_write(struct cli_session *session, struct cli_exemptions *all)
{
	int status;

	cli_config_edit_end(&all->edit);
	status = open_file(session, all, true);
	if (!status) {
		status = cli_exemptions_compose(session, all);
	}
	if (!status && cli_config_edit_commit(session, &all->edit)) {
		status = cli_fail(session, NULL);
	}
	return status;
}
