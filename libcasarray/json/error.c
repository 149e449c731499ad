/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors as JSON. */
#include "json.h"

json_t *cas_json_error(const struct cas_error *error)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_plain(&json, "code", cas_code_name(cas_error_code(error)));
	casp_json_plain(&json, "message", cas_error_message(error));
	casp_json_text(&json, "hint", cas_error_hint(error));
	return casp_json_finish(&json);
}
