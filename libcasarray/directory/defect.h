/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with an entry but did not stop the reading. */
#ifndef CASP_DEFECT_H
#define CASP_DEFECT_H

#include <stdint.h>

#include "../base/str.h"

enum casp_defect_kind {
	CASP_DEFECT_NO_CLASS,
	CASP_DEFECT_BAD_DN,
	CASP_DEFECT_DUPLICATE_DN, /* of an earlier entry */
	CASP_DEFECT_NOT_UTF8,     /* of the DN */
};

struct casp_defect {
	enum casp_defect_kind kind;
	uint64_t origin;
	struct casp_str dn; /* owned by the directory */
};

#endif
