/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* versionNumber, serialNumber, roles, msExchVersion, generalized time. */
#include "unit.h"

#include <string.h>

#include "names/exchange_version.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

/* Released builds, and what is no packed number. */
static const struct {
	int64_t number;
	const char *text; /* NULL: refused */
	const char *product;
} numbers[] = {
	{1912636077, "8.0.685", "Exchange 2007 RTM"},
	{0x720180F0, "8.1.240", "Exchange 2007 SP1"},
	{0x720280B0, "8.2.176", "Exchange 2007 SP2"},
	{0x72038053, "8.3.83", "Exchange 2007 SP3"},
	{1937801855, "14.0.639", "Exchange 2010 RTM"},
	{1937866970, "14.1.218", "Exchange 2010 SP1"},
	{1937932535, "14.2.247", "Exchange 2010 SP2"},
	{1937997947, "14.3.123", "Exchange 2010 SP3"},
	{1937801568, "14.0.352", "Exchange 2010 RTM"},
	{1941996036, "15.0.516", "Exchange 2013"},
	{0x73C18000 + 225, "15.1.225", "Exchange 2016"},
	{0x73C28000 + 221, "15.2.221", "Exchange 2019"},
	{0x7384807B, "14.4.123", "unknown version"},
	{6944, NULL, NULL},
	{0, NULL, NULL},
	{-1, NULL, NULL},
	{INT64_C(0x17383807B), NULL, NULL},
	{0x6383807B, NULL, NULL},
	{0xF383807B, NULL, NULL},
	{INT64_MIN, NULL, NULL},
	{INT64_MAX, NULL, NULL},
};

START_TEST(number)
{
	struct casp_version version = {0};
	char text[48];
	bool ok = casp_version_from_number(numbers[_i].number, &version);

	ck_assert_int_eq(ok, numbers[_i].text != NULL);
	casp_version_format(&version, text);
	ck_assert_str_eq(text, ok ? numbers[_i].text : "unknown");
	ck_assert_str_eq(casp_version_product(&version),
			 ok ? numbers[_i].product : "unknown version");
}
END_TEST

static const struct {
	const char *serial;
	const char *text; /* NULL: refused */
	const char *product;
} serials[] = {
	{"Version 14.3 (Build 30123.4)", "14.3.123.4", "Exchange 2010 SP3"},
	{"Version 14.3 (Build 123.4)", "14.3.123.4", "Exchange 2010 SP3"},
	{"version 14.3 (build 30123.4)", "14.3.123.4", "Exchange 2010 SP3"},
	{"Version 14.3 (Build 30123.4: Rollup 1)", "14.3.123.4", "Exchange 2010 SP3"},
	{"Version 14.3 (Build 30123.0)", "14.3.123", "Exchange 2010 SP3"},
	{"Version 14.3 (Build 30123)", "14.3.123", "Exchange 2010 SP3"},
	{"Version 8.0 (Build 30685.24)", "8.0.685.24", "Exchange 2007 RTM"},
	{"Version 8.0 (Build 10685.24)", "8.0.685.24", "Exchange 2007 RTM"},
	{"Version 15.0 (Build 30516.32)", "15.0.516.32", "Exchange 2013"},
	{"Version 14.0 (Build 30000.1)", "14.0.0.1", "Exchange 2010 RTM"},
	{"Version 14.0 (Build 9999.1)", "14.0.9999.1", "Exchange 2010 RTM"},
	{"Version 6.5 (Build 6944.4)", "6.5.6944.4", "Exchange 2003"},
	{"Version 6.5 (Build 30123.4)", "6.5.30123.4", "Exchange 2003"},
	{"Version 6.0 (Build 6249.4: Service Pack 3)", "6.0.6249.4", "Exchange 2000"},
	{"Version 5.5 (Build 2653.23)", "5.5.2653.23", "Exchange 5.5"},
	{"", NULL, NULL},
	{"14.3.123.4", NULL, NULL},
	{"Version 14.3", NULL, NULL},
	{"Version 14 (Build 30123.4)", NULL, NULL},
	{"Version 14. (Build 30123.4)", NULL, NULL},
	{"Version 14.3 (Build )", NULL, NULL},
	{"Version 14.3 (Build 30123.)", NULL, NULL},
	{"Version 0.0 (Build 30123.4)", NULL, NULL},
	{"Version -14.3 (Build 30123.4)", NULL, NULL},
	{"Version 14.3 (Build 99999999999.4)", NULL, NULL},
};

START_TEST(serial)
{
	struct casp_version version = {0};
	char text[48];
	bool ok = casp_version_from_serial(casp_str(serials[_i].serial), &version);

	ck_assert_msg(ok == (serials[_i].text != NULL), "'%s'", serials[_i].serial);
	casp_version_format(&version, text);
	ck_assert_str_eq(text, ok ? serials[_i].text : "unknown");
	ck_assert_str_eq(casp_version_product(&version),
			 ok ? serials[_i].product : "unknown version");
}
END_TEST

START_TEST(longest_version)
{
	char text[48];

	memset(text, '#', sizeof(text));
	casp_version_format(
		&(struct casp_version){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
		text);
	ck_assert_str_eq(text, "4294967295.4294967295.4294967295.4294967295");
}
END_TEST

/* In rising order. */
static const struct casp_version ladder[] = {
	{0},
	{6, 5, 7638, 2},
	{8, 3, 83, 6},
	{14, 0, 639, 21},
	{14, 3, 123, 3},
	{14, 3, 123, 4},
	{14, 3, 248, 2},
	{15, 0, 516, 32},
};

START_TEST(compare)
{
	for (int i = 0; i < COUNT(ladder); i++) {
		int expected = _i < i ? -1 : _i > i;

		ck_assert_int_eq(casp_version_compare(&ladder[_i], &ladder[i]), expected);
	}
}
END_TEST

static const struct {
	int64_t roles;
	const char *text;
	int64_t left; /* unknown bits */
} roles_rows[] = {
	{0, ""},
	{1, "Cafe"},
	{2, "Mailbox"},
	{4, "ClientAccess"},
	{16, "UnifiedMessaging"},
	{32, "HubTransport"},
	{64, "Edge"},
	{4096, "ProvisionedServer"},
	{16384, "FrontendTransport"},
	{38, "Mailbox, ClientAccess, HubTransport"},
	{54, "Mailbox, ClientAccess, UnifiedMessaging, HubTransport"},
	{16385, "Cafe, FrontendTransport"},
	{16439, "Cafe, Mailbox, ClientAccess, UnifiedMessaging, HubTransport, "
		"FrontendTransport"},
	{128, "", 128},
	{8 + 2 + 128, "Mailbox", 8 + 128},
	{INT64_MIN, "", INT64_MIN},
};

START_TEST(roles)
{
	int64_t mask = roles_rows[_i].roles;
	struct casp_buf buf = {0};
	const char *name;

	while ((name = casp_roles_next(&mask))) {
		casp_buf_addf(&buf, "%s%s", buf.n ? ", " : "", name);
	}
	ck_assert(!buf.failed);
	ck_assert_str_eq(buf.p ? buf.p : "", roles_rows[_i].text);
	ck_assert_int_eq(mask, roles_rows[_i].left);
	casp_buf_free(&buf);
}
END_TEST

START_TEST(roles_by_turn)
{
	int64_t mask = 38 + 128;

	ck_assert_str_eq(casp_roles_next(&mask), "Mailbox");
	ck_assert_int_eq(mask, 36 + 128);
	ck_assert_str_eq(casp_roles_next(&mask), "ClientAccess");
	ck_assert_str_eq(casp_roles_next(&mask), "HubTransport");
	ck_assert_ptr_null(casp_roles_next(&mask));
	ck_assert_int_eq(mask, 128);
}
END_TEST

/* major, minor (8 bits each), then the build that brought the format: 8, 8, 16 and 10
 * bits. */
static int64_t format_of(int64_t major, int64_t minor, int64_t a, int64_t b, int64_t c,
			 int64_t d)
{
	return major << 50 | minor << 42 | a << 34 | b << 26 | c << 10 | d;
}

START_TEST(formats)
{
	ck_assert_int_eq(format_of(0, 0, 6, 5, 6500, 0), INT64_C(103421415424));
	ck_assert_int_eq(format_of(0, 1, 8, 0, 535, 0), CASP_FORMAT_2007);
	ck_assert_int_eq(format_of(0, 10, 14, 0, 100, 0), CASP_FORMAT_2010);
	ck_assert_int_eq(format_of(0, 20, 15, 0, 0, 0), CASP_FORMAT_2013);
	ck_assert(casp_format_older(0, CASP_FORMAT_2007));
	ck_assert(casp_format_older(INT64_C(103421415424), CASP_FORMAT_2007));
	ck_assert(casp_format_older(CASP_FORMAT_2007, CASP_FORMAT_2010));
	ck_assert(casp_format_older(CASP_FORMAT_2010, CASP_FORMAT_2013));
	ck_assert(casp_format_older(CASP_FORMAT_2013, format_of(1, 0, 0, 0, 0, 0)));
	ck_assert(!casp_format_older(CASP_FORMAT_2010, CASP_FORMAT_2010));
	ck_assert(!casp_format_older(CASP_FORMAT_2013, CASP_FORMAT_2010));
	/* The build does not count. */
	ck_assert(!casp_format_older(CASP_FORMAT_2010, format_of(0, 10, 14, 3, 123, 4)));
	ck_assert(!casp_format_older(format_of(0, 10, 14, 3, 123, 4), CASP_FORMAT_2010));
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	int64_t seconds;
} times[] = {
	{"19700101000000.0Z", true, 0},
	{"19700101000000Z", true, 0},
	{"20261121184501.0Z", true, 1795286701},
	{"20261121184501.123456Z", true, 1795286701},
	{"20000229235959.0Z", true, 951868799},
	{"20040229000000.0Z", true, 1078012800},
	{"19691231235959.0Z", true, -1},
	{"16010101000000.0Z", true, INT64_C(-11644473600)},
	{"99991231235959.0Z", true, INT64_C(253402300799)},
	{"20010229000000.0Z", false, 0},
	{"21000229000000.0Z", false, 0},
	{"20001301000000.0Z", false, 0},
	{"20000001000000.0Z", false, 0},
	{"20000100000000.0Z", false, 0},
	{"20000431000000.0Z", false, 0},
	{"20000101240000.0Z", false, 0},
	{"20000101006000.0Z", false, 0},
	{"20000101000060.0Z", false, 0},
	{"00000101000000.0Z", false, 0},
	{"20000101000000.0", false, 0},
	{"20000101000000.Z", false, 0},
	{"20000101000000.0Zx", false, 0},
	{"2000010100000.0Z", false, 0},
	{"2000-01-01T00:00", false, 0},
	{"", false, 0},
};

START_TEST(time_text)
{
	int64_t seconds = 0;

	ck_assert_msg(casp_time_parse(casp_str(times[_i].text), &seconds) == times[_i].ok,
		      "'%s'", times[_i].text);
	ck_assert_int_eq(seconds, times[_i].seconds);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exchange-version");
	TCase *tcase = tcase_create("exchange-version");

	tcase_add_loop_test(tcase, number, 0, COUNT(numbers));
	tcase_add_loop_test(tcase, serial, 0, COUNT(serials));
	tcase_add_test(tcase, longest_version);
	tcase_add_loop_test(tcase, compare, 0, COUNT(ladder));
	tcase_add_loop_test(tcase, roles, 0, COUNT(roles_rows));
	tcase_add_test(tcase, roles_by_turn);
	tcase_add_test(tcase, formats);
	tcase_add_loop_test(tcase, time_text, 0, COUNT(times));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
