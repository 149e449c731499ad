/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SipHash-2-4, with the vectors of its authors. */
#include "unit.h"

#include "base/siphash.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

/* Of the bytes 0, 1, 2 ... under the key of the bytes 0 to 15: the paper's appendix A,
 * and vectors.h of the reference implementation. */
static const struct {
	size_t n;
	uint64_t hash;
} vectors[] = {
	{0, 0x726fdb47dd0e0e31u},
	{1, 0x74f839c593dc67fdu},
	{8, 0x93f5f5799a932462u},
	{15, 0xa129ca6149be45e5u},
};

START_TEST(vector)
{
	const uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
	const uint64_t other[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0909u};
	unsigned char data[16];

	for (unsigned char i = 0; i < sizeof(data); i++) {
		data[i] = i;
	}
	ck_assert_uint_eq(casp_siphash(key, data, vectors[_i].n), vectors[_i].hash);
	ck_assert_uint_ne(casp_siphash(other, data, vectors[_i].n), vectors[_i].hash);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("siphash");
	TCase *tc = tcase_create("siphash");

	tcase_add_loop_test(tc, vector, 0, COUNT(vectors));
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
