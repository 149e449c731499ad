/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exchange's version numbers, role bits and the directory's time. */
#include "exchange_version.h"

#include <stdio.h>

bool casp_version_from_number(int64_t number, struct casp_version *ret)
{
	if (number < 0 || number > UINT32_MAX || number >> 28 != 7) {
		return false;
	}
	*ret = (struct casp_version){
		.major = (unsigned)(number >> 22) & 0x3f,
		.minor = (unsigned)(number >> 16) & 0x3f,
		.build = (unsigned)number & 0x7fff,
	};
	return true;
}

/* Takes up to nine digits off the front of *text. */
static bool take_number(struct casp_str *text, unsigned *ret)
{
	size_t n = 0;
	unsigned value = 0;

	while (n < text->n && casp_is_digit((unsigned char)text->p[n])) {
		if (n == 9) {
			return false;
		}
		value = value * 10 + (unsigned)(text->p[n++] - '0');
	}
	text->p += n;
	text->n -= n;
	*ret = value;
	return n > 0;
}

static bool take_char(struct casp_str *text, char c)
{
	if (!text->n || *text->p != c) {
		return false;
	}
	text->p++;
	text->n--;
	return true;
}

/* Goes on to what follows a word, wherever it stands, and the blanks after it. */
static bool skip_past(struct casp_str *text, struct casp_str word)
{
	for (; text->n >= word.n; text->p++, text->n--) {
		if (casp_str_istarts(*text, word)) {
			text->p += word.n;
			text->n -= word.n;
			while (take_char(text, ' ')) {
			}
			return true;
		}
	}
	return false;
}

bool casp_version_from_serial(struct casp_str serial, struct casp_version *ret)
{
	struct casp_version version = {0};

	if (!skip_past(&serial, CASP_STR("version")) ||
	    !take_number(&serial, &version.major) || !take_char(&serial, '.') ||
	    !take_number(&serial, &version.minor) ||
	    !skip_past(&serial, CASP_STR("build")) ||
	    !take_number(&serial, &version.build)) {
		return false;
	}
	if (take_char(&serial, '.') && !take_number(&serial, &version.revision)) {
		return false;
	}
	if (!version.major) {
		return false;
	}
	/* Since 2007 the build is stored with an offset, so that it sorts after that of
	 * 2003. */
	if (version.major >= 8 && version.build >= 30000) {
		version.build -= 30000;
	} else if (version.major >= 8 && version.build >= 10000) {
		version.build -= 10000;
	}
	*ret = version;
	return true;
}

void casp_version_format(const struct casp_version *version, char text[48])
{
	if (!version->major) {
		snprintf(text, 48, "unknown");
	} else if (version->revision) {
		snprintf(text, 48, "%u.%u.%u.%u", version->major, version->minor,
			 version->build, version->revision);
	} else {
		snprintf(text, 48, "%u.%u.%u", version->major, version->minor,
			 version->build);
	}
}

static const struct {
	unsigned major, minor;
	const char *name;
} products[] = {
	{5, 5, "Exchange 5.5"},       {6, 0, "Exchange 2000"},
	{6, 5, "Exchange 2003"},      {8, 0, "Exchange 2007 RTM"},
	{8, 1, "Exchange 2007 SP1"},  {8, 2, "Exchange 2007 SP2"},
	{8, 3, "Exchange 2007 SP3"},  {14, 0, "Exchange 2010 RTM"},
	{14, 1, "Exchange 2010 SP1"}, {14, 2, "Exchange 2010 SP2"},
	{14, 3, "Exchange 2010 SP3"}, {15, 0, "Exchange 2013"},
	{15, 1, "Exchange 2016"},     {15, 2, "Exchange 2019"},
};

const char *casp_version_product(const struct casp_version *version)
{
	for (size_t i = 0; i < sizeof(products) / sizeof(*products); i++) {
		if (products[i].major == version->major &&
		    products[i].minor == version->minor) {
			return products[i].name;
		}
	}
	return "unknown version";
}

int casp_version_compare(const struct casp_version *a, const struct casp_version *b)
{
	const unsigned x[] = {a->major, a->minor, a->build, a->revision};
	const unsigned y[] = {b->major, b->minor, b->build, b->revision};

	for (size_t i = 0; i < 4; i++) {
		if (x[i] != y[i]) {
			return x[i] < y[i] ? -1 : 1;
		}
	}
	return 0;
}

static const struct {
	int64_t bit;
	const char *name;
} roles_table[] = {
	{CASP_ROLE_CAFE, "Cafe"},
	{CASP_ROLE_MAILBOX, "Mailbox"},
	{CASP_ROLE_CLIENT_ACCESS, "ClientAccess"},
	{CASP_ROLE_UNIFIED_MESSAGING, "UnifiedMessaging"},
	{CASP_ROLE_HUB_TRANSPORT, "HubTransport"},
	{CASP_ROLE_EDGE, "Edge"},
	{CASP_ROLE_PROVISIONED, "ProvisionedServer"},
	{CASP_ROLE_FRONTEND_TRANSPORT, "FrontendTransport"},
};

const char *casp_roles_next(int64_t *roles)
{
	for (size_t i = 0; i < sizeof(roles_table) / sizeof(*roles_table); i++) {
		if (*roles & roles_table[i].bit) {
			*roles &= ~roles_table[i].bit;
			return roles_table[i].name;
		}
	}
	return NULL;
}

bool casp_format_older(int64_t a, int64_t b)
{
	/* major<<50 | minor<<42 | the build that introduced the format, which does not
	 * count. */
	return a >> 42 < b >> 42;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar; years begin in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t era, of_era, of_year;

	year -= month <= 2;
	era = year / 400;
	of_era = year - era * 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool take_digits(struct casp_str *text, size_t n, int *ret)
{
	int value = 0;

	if (text->n < n) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!casp_is_digit((unsigned char)text->p[i])) {
			return false;
		}
		value = value * 10 + (text->p[i] - '0');
	}
	text->p += n;
	text->n -= n;
	*ret = value;
	return true;
}

bool casp_time_parse(struct casp_str text, int64_t *ret)
{
	static const int days_in[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, hour, minute, second, digit;
	bool leap;

	if (!take_digits(&text, 4, &year) || !take_digits(&text, 2, &month) ||
	    !take_digits(&text, 2, &day) || !take_digits(&text, 2, &hour) ||
	    !take_digits(&text, 2, &minute) || !take_digits(&text, 2, &second)) {
		return false;
	}
	if (take_char(&text, '.')) {
		if (!take_digits(&text, 1, &digit)) {
			return false;
		}
		while (take_digits(&text, 1, &digit)) {
		}
	}
	if (!take_char(&text, 'Z') || text.n) {
		return false;
	}
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (month < 1 || month > 12 || day < 1 || day > days_in[month - 1] ||
	    (month == 2 && day == 29 && !leap) || hour > 23 || minute > 59 ||
	    second > 59 || year < 1) {
		return false;
	}
	*ret = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}
