/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes values of dnsRecord and dNSProperty. */
#include "fuzz.h"

#include "names/dns_record.h"

static void look_at_record(struct casp_str value)
{
	struct casp_dns_record record;
	struct casp_buf shown = {0}, again = {0};
	uint32_t serial;

	if (!casp_dns_record_decode(value, &record)) {
		REQUIRE(!casp_dns_value_add(value, &shown));
		casp_buf_free(&shown);
		return;
	}
	REQUIRE(record.data.n == 0 ||
		(record.data.p >= value.p &&
		 record.data.p + record.data.n <= value.p + value.n));
	casp_dns_record_add(&record, &shown);
	REQUIRE(shown.n > 0 && casp_dns_value_add(value, &again));
	REQUIRE(casp_str_equal((struct casp_str){shown.p, shown.n},
			       (struct casp_str){again.p, again.n}));
	casp_buf_clear(&again);
	casp_dns_data_add(&record, &again);
	casp_dns_type_add(record.type, &again);
	REQUIRE(!casp_dns_soa_serial(&record, &serial) || record.type == CASP_DNS_SOA);
	casp_dns_record_time(&record);
	casp_buf_free(&shown);
	casp_buf_free(&again);
}

/* An address that is read comes back out of the record that is made of it. */
static void make(struct casp_str text)
{
	uint8_t address[4];
	char value[CASP_DNS_A_SIZE];
	struct casp_dns_record record;
	struct casp_buf shown = {0};

	if (!casp_ipv4_parse(text, address)) {
		return;
	}
	casp_dns_record_a(address, 300, 7, value);
	REQUIRE(casp_dns_record_decode((struct casp_str){value, sizeof(value)}, &record));
	REQUIRE(record.type == CASP_DNS_A && record.ttl == 300 && record.serial == 7 &&
		record.hours == 0);
	casp_dns_data_add(&record, &shown);
	REQUIRE(casp_str_equal(text, (struct casp_str){shown.p, shown.n}));
	casp_buf_free(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct casp_str value = {(const char *)data, size};
	uint32_t type;

	look_at_record(value);
	make(value);
	casp_dns_zone_type(value, &type);
	return 0;
}
