/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy of configuration files: [policy], [rule ...] and [exemption ...]. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "settings.h"
#include "value.h"
#include "when.h"

#define COUNT(keys) (sizeof(keys) / sizeof(*(keys)))
#define KEY(struct_name, member, key_name, key_type)                                     \
	.name = (key_name), .type = (key_type), .configurable = true,                    \
	.offset = offsetof(struct struct_name, member)

/* Of one section. */
struct reading {
	struct cli_settings *settings;
	const struct cli_placed *placed;
	struct cli_origins origins[8];
};

static struct reading begin(struct cli_settings *settings,
			    const struct cli_placed *placed)
{
	return (struct reading){.settings = settings, .placed = placed};
}

static int read_keys(struct reading *reading, const struct opt *keys, size_t n,
		     void *values)
{
	return cli_section_read(reading->settings, reading->placed, keys, n, values,
				reading->origins);
}

/* An error of the library is a problem of the section, or of one key. */
static int note_error(struct reading *reading, size_t line, struct cas_error *error)
{
	struct opt_pool *pool = reading->settings->pool;
	const char *message = cas_error_message(error), *hint = cas_error_hint(error);
	int status = -1;

	if (cas_error_code(error) != CAS_E_NOMEM) {
		hint = hint && *hint ? opt_pool_copy(pool, hint, strlen(hint)) : NULL;
		status = cli_config_problem(reading->placed->config, line, hint, "%s",
					    message);
	}
	cas_error_free(error);
	return status;
}

/* Among so many mistakes that nobody is told of a nearest one, which takes a while. */
static bool is_unknown_rule(const struct reading *reading, const char *rule)
{
	return cli_config_is_full(reading->placed->config) && !cas_rule_find(rule);
}

/* The entries of a section that is in force. */
static int list_entries(const struct reading *reading, const char *without)
{
	const struct cli_config_section *section = reading->placed->section;
	struct cli_settings *settings = reading->settings;
	struct cli_setting setting = {
		.section = opt_pool_printf(settings->pool, "%s %s", section->kind,
					   section->name),
		.origin.name = reading->placed->config->file,
	};

	if (!setting.section) {
		return -1;
	}
	for (size_t i = 0; i < section->n; i++) {
		setting.key = section->entries[i].key;
		setting.value = section->entries[i].value;
		setting.origin.line = section->entries[i].line;
		if (strcmp(setting.key, without) != 0 &&
		    cli_setting_add(settings, &setting)) {
			return -1;
		}
	}
	return 0;
}

/* ---- [policy] ---- */

static const char *const homes[] = {"preferred", "owner", NULL};
static const char *const gates[] = {"error", "warning", "info", "never", NULL};

struct policy_values {
	const char *home;
	const char *gate;
	const char *array_fqdn;
	const char *array_name;
};

static const struct opt policy_keys[] = {
	{KEY(policy_values, home, "home", OPT_CHOICE), .choices = homes},
	{KEY(policy_values, gate, "gate", OPT_CHOICE), .choices = gates},
	{KEY(policy_values, array_fqdn, "array-fqdn", OPT_TEXT)},
	{KEY(policy_values, array_name, "array-name", OPT_TEXT)},
};

static int check_template(struct reading *reading, size_t key, const char *text)
{
	struct cas_error *error = NULL;

	if (!text || cas_array_template_check(text, &error) == 0) {
		return 0;
	}
	return note_error(reading, reading->origins[key].v[0].line, error);
}

/* What the nearer file did not say. */
static int read_policy(struct cli_settings *settings, const struct cli_placed *placed,
		       struct policy_values *values, struct cli_origins *origins)
{
	struct reading reading = begin(settings, placed);
	struct policy_values here = {0};

	if (read_keys(&reading, policy_keys, COUNT(policy_keys), &here) ||
	    check_template(&reading, 2, here.array_fqdn) ||
	    check_template(&reading, 3, here.array_name)) {
		return -1;
	}
	for (size_t i = 0; i < COUNT(policy_keys); i++) {
		size_t at = policy_keys[i].offset;

		if (reading.origins[i].n && !origins[i].n) {
			opt_value_copy(&policy_keys[i], (char *)values + at,
				       (char *)&here + at);
			origins[i] = reading.origins[i];
		}
	}
	return 0;
}

static int use_policy(struct cli_settings *settings)
{
	struct policy_values values = {.home = homes[0], .gate = gates[0]};
	struct cli_origins origins[COUNT(policy_keys)] = {{0}};

	for (size_t i = 0; i < settings->n_sections; i++) {
		const struct cli_placed *placed = &settings->sections[i];

		if (!strcmp(placed->section->kind, "policy") &&
		    read_policy(settings, placed, &values, origins)) {
			return -1;
		}
	}
	for (size_t i = 0; i < COUNT(policy_keys); i++) {
		struct cli_setting setting = {
			.section = "policy",
			.key = policy_keys[i].name,
			.value =
				*(const char **)((char *)&values + policy_keys[i].offset),
			.origin = {.name = "default"},
		};

		if (origins[i].n) {
			setting.origin = origins[i].v[0];
		}
		if (setting.value && cli_setting_add(settings, &setting)) {
			return -1;
		}
	}
	settings->policy.home =
		values.home == homes[1] ? CAS_HOME_OWNER : CAS_HOME_PREFERRED;
	settings->policy.array_fqdn = values.array_fqdn;
	settings->policy.array_name = values.array_name;
	settings->gate = origins[1].n ? values.gate : NULL;
	return 0;
}

/* ---- [rule ...] ---- */

static const char *const severities[] = {"info", "warning", "error", NULL};

struct rule_values {
	bool enabled;
	const char *severity;
	int64_t threshold;
};

static const struct opt rule_keys[] = {
	{KEY(rule_values, enabled, "enabled", OPT_FLAG)},
	{KEY(rule_values, severity, "severity", OPT_CHOICE), .choices = severities},
	{KEY(rule_values, threshold, "threshold", OPT_NUMBER), .positive = true},
};

static int use_rule(struct cli_settings *settings, const struct cli_placed *placed,
		    struct cas_rule_setting *ret)
{
	struct reading reading = begin(settings, placed);
	struct rule_values values = {0};
	struct cas_error *error = NULL;

	if (read_keys(&reading, rule_keys, COUNT(rule_keys), &values)) {
		return -1;
	}
	*ret = (struct cas_rule_setting){
		.rule = placed->name,
		.threshold = values.threshold,
	};
	if (reading.origins[0].n) {
		ret->enabled = values.enabled ? CAS_SWITCH_ON : CAS_SWITCH_OFF;
	}
	if (values.severity) {
		cas_severity_parse(values.severity, &ret->severity);
	}
	if (is_unknown_rule(&reading, ret->rule)) {
		return cli_config_problem(placed->config, placed->section->line, NULL,
					  "no such rule");
	}
	if (cas_rule_setting_check(ret, &error) < 0) {
		return note_error(&reading, placed->section->line, error);
	}
	return placed->hidden ? 0 : list_entries(&reading, "");
}

/* ---- [exemption ...] ---- */

struct exemption_values {
	const char *class;
	const char *rule;
	const char *object;
	const char *value;
	const char *reason;
	const char *owner;
	const char *expires;
	const char *profile;
};

static const struct opt exemption_keys[] = {
	{KEY(exemption_values, class, "class", OPT_TEXT)},
	{KEY(exemption_values, rule, "rule", OPT_TEXT)},
	{KEY(exemption_values, object, "object", OPT_TEXT)},
	{KEY(exemption_values, value, "value", OPT_TEXT)},
	{KEY(exemption_values, reason, "reason", OPT_TEXT)},
	{KEY(exemption_values, owner, "owner", OPT_TEXT)},
	{KEY(exemption_values, expires, "expires", OPT_TEXT)},
	{KEY(exemption_values, profile, "profile", OPT_TEXT)},
};
enum {
	KEY_CLASS = 0,
	KEY_EXPIRES = 6,
	KEY_PROFILE = 7,
};

static int unknown_class(struct reading *reading, const char *class)
{
	const char *known = "";

	for (unsigned i = 0; known && i < CAS_N_EXEMPTION_CLASSES; i++) {
		known = opt_pool_printf(
			reading->settings->pool, "%s%s%s", known, i ? ", " : "",
			cas_exemption_class_name((enum cas_exemption_class)i));
	}
	return known ? cli_config_problem(reading->placed->config,
					  reading->origins[KEY_CLASS].v[0].line, NULL,
					  "'class' is '%s', and not one of %s", class,
					  known)
		     : -1;
}

/* What has to be converted. */
static int convert(struct reading *reading, const struct exemption_values *values,
		   struct cas_exemption *ret)
{
	struct cli_config *config = reading->placed->config;
	const struct cli_origins *origins = reading->origins;
	int status = 0;

	if (values->class && !cas_exemption_class_parse(values->class, &ret->which)) {
		status |= unknown_class(reading, values->class);
	}
	if (values->expires && cli_day(values->expires, &ret->expires)) {
		/* it is the last day on which the exemption holds */
		ret->expires += 86400;
	} else if (values->expires) {
		status |= cli_config_problem(config, origins[KEY_EXPIRES].v[0].line, NULL,
					     "'expires' is '%s', and not a day like "
					     "2026-12-31",
					     values->expires);
	}
	if (values->profile) {
		status |= cli_profile_check(reading->settings, config,
					    origins[KEY_PROFILE].v[0].line,
					    values->profile);
	}
	return status ? -1 : 0;
}

/* *counts: is it in force? */
static int use_exemption(struct cli_settings *settings, const struct cli_placed *placed,
			 struct cas_exemption *ret, bool *counts)
{
	struct reading reading = begin(settings, placed);
	struct exemption_values values = {0};
	size_t problems = placed->config->n_problems;
	struct cas_error *error = NULL;

	if (read_keys(&reading, exemption_keys, COUNT(exemption_keys), &values)) {
		return -1;
	}
	*ret = (struct cas_exemption){
		.name = placed->section->name,
		.rule = values.rule,
		.object = values.object,
		.value = values.value,
		.reason = values.reason,
		.owner = values.owner,
		.file = placed->config->file,
		.line = placed->section->line,
	};
	if (convert(&reading, &values, ret)) {
		return -1;
	}
	if (values.rule && is_unknown_rule(&reading, values.rule)) {
		return cli_config_problem(placed->config, placed->section->line, NULL,
					  "no such rule");
	}
	/* what is wrong with one key would be taken for a missing one */
	if (problems == placed->config->n_problems &&
	    cas_exemption_check(ret, &error) < 0) {
		return note_error(&reading, placed->section->line, error);
	}
	*counts = !placed->hidden &&
		  (!values.profile ||
		   (settings->profile && !strcasecmp(values.profile, settings->profile)));
	return *counts ? list_entries(&reading, "profile") : 0;
}

/* ---- all together ---- */

static size_t count(const struct cli_settings *settings, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < settings->n_sections; i++) {
		n += !strcmp(settings->sections[i].section->kind, kind);
	}
	return n;
}

static int use_rules(struct cli_settings *settings)
{
	struct cas_policy *policy = &settings->policy;
	struct cas_rule_setting *rules =
		opt_pool_alloc(settings->pool, count(settings, "rule") * sizeof(*rules));

	for (size_t i = 0; rules && i < settings->n_sections; i++) {
		const struct cli_placed *placed = &settings->sections[i];

		if (strcmp(placed->section->kind, "rule") != 0) {
			continue;
		}
		if (use_rule(settings, placed, &rules[policy->n_rules])) {
			return -1;
		}
		policy->n_rules += !placed->hidden;
	}
	policy->rules = rules;
	return rules ? 0 : -1;
}

static int use_exemptions(struct cli_settings *settings)
{
	struct cas_policy *policy = &settings->policy;
	struct cas_exemption *exemptions = opt_pool_alloc(
		settings->pool, count(settings, "exemption") * sizeof(*exemptions));

	for (size_t i = 0; exemptions && i < settings->n_sections; i++) {
		const struct cli_placed *placed = &settings->sections[i];
		bool counts = false;

		if (strcmp(placed->section->kind, "exemption") != 0) {
			continue;
		}
		if (use_exemption(settings, placed, &exemptions[policy->n_exemptions],
				  &counts)) {
			return -1;
		}
		policy->n_exemptions += counts;
	}
	policy->exemptions = exemptions;
	return exemptions ? 0 : -1;
}

int cli_policy_load(struct cli_settings *settings)
{
	settings->policy.now = time(NULL);
	return use_policy(settings) || use_rules(settings) || use_exemptions(settings)
		       ? -1
		       : 0;
}
