/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Days as people write them. */
#include "names/date.h"
#include "unit.h"

static const struct {
	const char *text;
	int64_t time; /* -1: it is none */
} rows[] = {
	{"1970-01-01", 0},          {"2026-12-31", 1798675200},
	{"2024-02-29", 1709164800}, {"9999-12-31", 253402214400},
	{"2026-02-29", -1},         {"2026-04-31", -1},
	{"2026-00-10", -1},         {"2026-13-01", -1},
	{"2026-12-00", -1},         {"1969-12-31", -1},
	{"2026-1-31", -1},          {"2026-12-31 ", -1},
	{" 2026-12-31", -1},        {"2026/12/31", -1},
	{"+026-12-31", -1},         {"", -1},
};

START_TEST(parsed)
{
	int64_t time = -1;
	char text[CASP_DATE_TEXT];

	ck_assert_int_eq(casp_date_parse(casp_str(rows[_i].text), &time),
			 rows[_i].time >= 0);
	ck_assert_int_eq(time, rows[_i].time);
	if (time >= 0) {
		ck_assert_str_eq(casp_date_text(time + CASP_DAY - 1, text),
				 rows[_i].text);
	}
}
END_TEST

START_TEST(out_of_range)
{
	char text[CASP_DATE_TEXT];

	ck_assert_str_eq(casp_date_text(-1, text), "unknown");
	ck_assert_str_eq(casp_date_text(253402300800, text), "unknown");
	ck_assert_str_eq(casp_date_text(INT64_MAX, text), "unknown");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("date");
	TCase *tcase = tcase_create("date");

	tcase_add_loop_test(tcase, parsed, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_test(tcase, out_of_range);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
