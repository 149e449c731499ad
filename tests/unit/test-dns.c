/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DNS records of arrays: what is looked up, and what plans make of it. */
#include "planned.h"

#include <jansson.h>

#include "names/dns_record.h"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_dns *dns;
static struct cas_error *err;

static void setup(void)
{
	char *path, *zones;

	ck_assert_int_gt(
		asprintf(&path, "%s/tests/data/dns-zones.ldif", getenv("SRCDIR")), 0);
	zones = file_text(path);
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Berlin");
	fixture_site(f, "Lisbon");
	fixture_array(f, "outlook", "outlook.contoso.com", "HeadOffice");
	fixture_array(f, "berlin", "outlook-berlin.contoso.com.", "Berlin");
	fixture_array(f, "same", "OUTLOOK.contoso.com", "Berlin");
	fixture_array(f, "modern", "modern.contoso.com", "Berlin");
	fixture_set(f, "msExchVersion", "88218628259840");
	fixture_raw(f, zones);
	org = fixture_load(f);
	free(zones);
	free(path);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	cas_dns_free(dns);
	dns = NULL;
	fixture_free(f);
}

/* ---- looking ---- */

static const struct {
	const char *fqdn;
	const char *address; /* or NULL */
	int64_t ttl;
	enum cas_dns_status status;
} looks[] = {
	{"outlook.contoso.com", NULL, 0, CAS_DNS_OK},
	{"OUTLOOK.CONTOSO.COM.", "10.10.0.10", 300, CAS_DNS_OK},
	{"outlook.contoso.com", "10.10.0.10", 301, CAS_DNS_DIFFERENT},
	{"outlook.contoso.com", "10.10.0.11", 0, CAS_DNS_DIFFERENT},
	{"pair.contoso.com", "10.10.0.20", 0, CAS_DNS_DIFFERENT},
	{"alias.contoso.com", NULL, 0, CAS_DNS_DIFFERENT},
	{"broken.contoso.com", NULL, 0, CAS_DNS_DIFFERENT},
	{"dynamic.contoso.com", "10.10.0.99", 0, CAS_DNS_DYNAMIC},
	{"outlook-berlin.contoso.com", NULL, 0, CAS_DNS_DELETED},
	{"nobody.contoso.com", NULL, 0, CAS_DNS_MISSING},
	{"empty.contoso.com", NULL, 0, CAS_DNS_MISSING},
	{"six.contoso.com", NULL, 0, CAS_DNS_MISSING},
	{"outlook.branch.contoso.com", NULL, 0, CAS_DNS_ELSEWHERE},
	{"outlook.partner.example", NULL, 0, CAS_DNS_ELSEWHERE},
	{"outlook.twice.example", NULL, 0, CAS_DNS_ELSEWHERE},
	{"outlook.example.net", NULL, 0, CAS_DNS_ELSEWHERE},
	{"com", NULL, 0, CAS_DNS_ELSEWHERE},
};

START_TEST(look)
{
	const struct cas_dns_question what = {
		.fqdn = looks[_i].fqdn,
		.addresses = &looks[_i].address,
		.n_addresses = looks[_i].address != NULL,
		.ttl = looks[_i].ttl,
	};
	const char *name = cas_dns_status_name(looks[_i].status);
	json_t *row;

	expect_done(cas_dns_new(org, &what, &dns, &err), err);
	ck_assert_uint_eq(cas_dns_count(dns), 1);
	ck_assert_msg(cas_dns_status(dns, 0) == looks[_i].status, "%s: %s, not %s",
		      looks[_i].fqdn, cas_dns_status_name(cas_dns_status(dns, 0)), name);
	row = cas_json_dns(dns, 0);
	ck_assert_str_eq(json_string_value(json_object_get(row, "status")), name);
	json_decref(row);
	ck_assert_ptr_null(cas_json_dns(dns, 1));
}
END_TEST

/* Each array of this version; two of them have one name. */
START_TEST(arrays)
{
	const struct cas_dns_question what = {0};

	expect_done(cas_dns_new(org, &what, &dns, &err), err);
	ck_assert_uint_eq(cas_dns_count(dns), 3);
	ck_assert_int_eq(cas_dns_status(dns, 0), CAS_DNS_OK);
	ck_assert_int_eq(cas_dns_status(dns, 1), CAS_DNS_DELETED);
	ck_assert_int_eq(cas_dns_status(dns, 2), CAS_DNS_OK);
}
END_TEST

/* ---- refusing ---- */

static const struct {
	const char *array, *fqdn, *address;
	int64_t ttl;
	bool remove;
	int code;
	const char *message;
} refusals[] = {
	{"outlook", NULL, NULL, 0, false, CAS_E_USAGE, "needs an address"},
	{NULL, NULL, "10.1.2.3", 0, false, CAS_E_USAGE, "an array or an FQDN"},
	{"outlook", "a.b", "10.1.2.3", 0, false, CAS_E_USAGE, "an array or an FQDN"},
	{"nobody", NULL, "10.1.2.3", 0, false, CAS_E_NOT_FOUND, "nobody"},
	{"modern", NULL, "10.1.2.3", 0, false, CAS_E_REFUSED, "Exchange 2013"},
	{NULL, "a b.contoso.com", "10.1.2.3", 0, false, CAS_E_REFUSED, "legal host name"},
	{"outlook", NULL, "10.1.2", 0, false, CAS_E_USAGE, "not an IPv4 address"},
	{"outlook", NULL, "fd00::1", 0, false, CAS_E_REFUSED, "IPv6"},
	{"outlook", NULL, "0.1.2.3", 0, false, CAS_E_REFUSED, "cannot be the address"},
	{"outlook", NULL, "224.0.0.1", 0, false, CAS_E_REFUSED, "cannot be the address"},
	{"outlook", NULL, "10.1.2.3", -1, false, CAS_E_USAGE, "2147483647"},
	{"outlook", NULL, "10.1.2.3", 0x80000000, false, CAS_E_USAGE, "2147483647"},
	{"outlook", NULL, "10.1.2.3", 0, false, CAS_E_REFUSED, "has another address"},
	{"outlook", NULL, "10.10.0.10", 60, false, CAS_E_REFUSED, "another TTL"},
	{NULL, "alias.contoso.com", "10.1.2.3", 0, false, CAS_E_REFUSED, "alias"},
	{NULL, "x.partner.example", "10.1.2.3", 0, false, CAS_E_REFUSED, "forwarder"},
	{NULL, "x.branch.contoso.com", NULL, 0, true, CAS_E_REFUSED, "delegated"},
	{NULL, "pair.contoso.com", NULL, 0, true, CAS_E_AMBIGUOUS, "several addresses"},
	{"outlook", NULL, "10.1.2.3", 0, true, CAS_E_REFUSED, "has another address"},
};

START_TEST(refused)
{
	const struct cas_dns_name what = {
		.array = refusals[_i].array,
		.fqdn = refusals[_i].fqdn,
		.addresses = &refusals[_i].address,
		.n_addresses = refusals[_i].address != NULL,
		.ttl = refusals[_i].ttl,
	};
	int code = refusals[_i].remove ? cas_plan_dns_remove(org, &what, &plan, &err)
				       : cas_plan_dns_create(org, &what, &plan, &err);

	expect_error(code, err, refusals[_i].code, refusals[_i].message);
	ck_assert_ptr_null(plan);
}
END_TEST

/* ---- making and removing ---- */

/* As the file has it now. */
static enum cas_dns_status status_of(struct cas_context *context, const char *fqdn)
{
	const struct cas_dns_question what = {.fqdn = fqdn};
	const char *path = fixture_path(f);
	struct cas_organization *again;
	struct cas_directory *directory;
	enum cas_dns_status status;

	expect_done(cas_directory_open(context, &path, 1, &directory, &err), err);
	expect_done(cas_organization_load(directory, CAS_SCOPE_TOPOLOGY, NULL, 0, &again,
					  &err),
		    err);
	expect_done(cas_dns_new(again, &what, &dns, &err), err);
	status = cas_dns_status(dns, 0);
	cas_dns_free(dns);
	dns = NULL;
	cas_organization_free(again);
	cas_directory_unref(directory);
	return status;
}

START_TEST(create)
{
	const char *const addresses[] = {"10.1.2.3", "10.1.2.3", "10.1.2.4"};
	const struct cas_dns_name what = {
		.fqdn = "new.contoso.com",
		.addresses = addresses,
		.n_addresses = 3,
	};
	const struct casp_step *step;
	struct casp_dns_record record;

	expect_done(cas_plan_dns_create(org, &what, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	step = &plan->steps.v[0];
	ck_assert_int_eq(step->action, CAS_ACTION_CREATE);
	ck_assert_int_eq(step->kind, CAS_KIND_DNS_RECORD);
	ck_assert_str_eq(step->dn, "DC=new,DC=contoso.com,CN=MicrosoftDNS,"
				   "DC=DomainDnsZones,DC=contoso,DC=com");
	/* an address that is named twice is written once */
	ck_assert_uint_eq(step->n_deltas, 5);
	ck_assert_str_eq(step->deltas[4].new_shown, "A 10.1.2.4 TTL 300");
	ck_assert(casp_dns_record_decode(casp_delta_new(&step->deltas[4]), &record));
	ck_assert_uint_eq(record.serial, 4711);
	ck_assert_uint_eq(record.ttl, CAS_DNS_TTL);
	ck_assert_uint_eq(record.hours, 0);
}
END_TEST

/* Where the zone's serial cannot be read. */
START_TEST(no_serial)
{
	const char *const address = "10.1.2.3";
	const struct cas_dns_name what = {.fqdn = "new.legacy.contoso.com",
					  .addresses = &address,
					  .n_addresses = 1};
	struct casp_dns_record record;

	expect_done(cas_plan_dns_create(org, &what, &plan, &err), err);
	ck_assert(casp_dns_record_decode(casp_delta_new(&plan->steps.v[0].deltas[3]),
					 &record));
	ck_assert_uint_eq(record.serial, 1);
}
END_TEST

START_TEST(remove_last)
{
	const struct cas_dns_name what = {.array = "outlook"};
	struct journals journals;
	const struct casp_step *step;

	journals_open(&journals);
	expect_done(cas_plan_dns_remove(org, &what, &plan, &err), err);
	step = &plan->steps.v[0];
	ck_assert_int_eq(step->action, CAS_ACTION_MODIFY);
	ck_assert_uint_eq(step->n_deltas, 2);
	ck_assert_str_eq(step->deltas[0].new_shown, "tombstone");
	ck_assert_str_eq(step->deltas[1].new_value, "TRUE");
	ck_assert(warns(plan, "is the FQDN of the array 'outlook'"));
	expect_done(apply(&journals, plan, &err), err);
	cas_plan_free(plan);
	plan = NULL;
	ck_assert_int_eq(status_of(journals.context, "outlook.contoso.com"),
			 CAS_DNS_DELETED);
	journals_close(&journals);
}
END_TEST

START_TEST(nothing_to_remove)
{
	const struct cas_dns_name what = {.fqdn = "text.contoso.com"};

	expect_done(cas_plan_dns_remove(org, &what, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 0);
	ck_assert(notes(plan, "has no A record"));
}
END_TEST

START_TEST(with_array)
{
	const char *const address = "10.1.2.3";
	const struct cas_new_array what = {
		.fqdn = "lisbon.contoso.com",
		.site = "Lisbon",
		.dns_addresses = &address,
		.n_dns_addresses = 1,
		.dns_ttl = 60,
	};

	expect_done(cas_plan_new_array(org, &what, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 2);
	ck_assert_int_eq(plan->steps.v[0].kind, CAS_KIND_DNS_RECORD);
	ck_assert_str_eq(plan->steps.v[0].deltas[3].new_shown, "A 10.1.2.3 TTL 60");
	ck_assert_str_eq(plan->steps.v[0].site, "Lisbon");
	ck_assert_int_eq(plan->steps.v[1].kind, CAS_KIND_ARRAY);
	ck_assert(!notes(plan, "<address>"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns");
	TCase *tcase = tcase_create("dns");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, look, 0, COUNT(looks));
	tcase_add_test(tcase, arrays);
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_test(tcase, create);
	tcase_add_test(tcase, no_serial);
	tcase_add_test(tcase, remove_last);
	tcase_add_test(tcase, nothing_to_remove);
	tcase_add_test(tcase, with_array);
	return unit_main(suite);
}
