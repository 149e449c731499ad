/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON text value by value. */
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "json.h"

#define CHUNK ((size_t)64 * 1024)
/* No value that is loaded here is nearly as long. */
#define LARGEST CHUNK
#define SMALL 32
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

int casp_scan_open(struct casp_scan *scan, const char *path, uint64_t limit,
		   struct cas_error **err)
{
	*scan = (struct casp_scan){.path = path, .line = 1, .limit = limit};
	scan->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (scan->fd < 0) {
		return casp_file_error(err, "open", path, errno);
	}
	scan->size = LARGEST + CHUNK;
	scan->buffer = malloc(scan->size);
	return scan->buffer ? 0 : casp_error_nomem(err);
}

void casp_scan_close(struct casp_scan *scan)
{
	if (scan->fd >= 0) {
		close(scan->fd);
	}
	free(scan->buffer);
}

int casp_scan_fail(const struct casp_scan *scan, struct cas_error **err, const char *what)
{
	return casp_error(err, CAS_E_REFUSED, "'%s', line %zu: %s", scan->path,
			  scan->line, what);
}

/* Reads on behind what is there, of which at most LARGEST bytes may be left. */
static int fill(struct casp_scan *scan, struct cas_error **err)
{
	ssize_t got;

	memmove(scan->buffer, scan->buffer + scan->at, scan->n - scan->at);
	scan->n -= scan->at;
	scan->at = 0;
	do {
		got = read(scan->fd, scan->buffer + scan->n, scan->size - scan->n);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		return casp_file_error(err, "read", scan->path, errno);
	}
	scan->ended = got == 0;
	scan->n += (size_t)got;
	/* some editors put it before all else */
	if (!scan->total && scan->n > 3 && !memcmp(scan->buffer, BYTE_ORDER_MARK, 3)) {
		scan->at = 3;
	}
	scan->total += (uint64_t)got;
	if (scan->total > scan->limit) {
		return casp_error(err, CAS_E_REFUSED, "'%s' is larger than %llu bytes",
				  scan->path, (unsigned long long)scan->limit);
	}
	return 0;
}

/* Over n bytes. */
static void take(struct casp_scan *scan, size_t n)
{
	const char *p = scan->buffer + scan->at, *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		scan->line++;
		p++;
	}
	scan->at += n;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

int casp_scan_peek(struct casp_scan *scan, struct cas_error **err)
{
	for (;;) {
		int code;

		while (scan->at < scan->n && is_space(scan->buffer[scan->at])) {
			take(scan, 1);
		}
		if (scan->at < scan->n) {
			char c = scan->buffer[scan->at];

			/* The end is told by 0, and JSON has no NUL. */
			return c > 0 ? c : casp_scan_fail(scan, err, "this is no JSON");
		}
		if (scan->ended) {
			return 0;
		}
		code = fill(scan, err);
		if (code) {
			return code;
		}
	}
}

/* ---- how far a value goes ---- */

struct extent {
	size_t depth;
	bool text;    /* inside quotes */
	bool escaped; /* behind a backslash there */
	bool bare;    /* a number or a word */
};

static const char *text_end(struct extent *extent, const char *p, const char *end)
{
	for (; p < end; p++) {
		if (extent->escaped) {
			extent->escaped = false;
		} else if (*p == '\\') {
			extent->escaped = true;
		} else if (*p == '"') {
			extent->text = false;
			return p + 1;
		}
	}
	return p;
}

/* Looks at [p, end). Behind the value's last byte, when it is there and *done, or end. */
static const char *advance(struct extent *extent, const char *p, const char *end,
			   bool *done)
{
	while (p < end) {
		if (extent->text) {
			p = text_end(extent, p, end);
			*done = !extent->text && !extent->depth;
		} else if (*p == '{' || *p == '[') {
			extent->depth++;
			p++;
		} else if (*p == '}' || *p == ']') {
			/* one that is not the value's own follows a number or a word */
			p += extent->depth ? 1 : 0;
			*done = !extent->depth || !--extent->depth;
		} else if (*p == '"') {
			extent->text = true;
			p++;
		} else if (!extent->depth && (*p == ',' || *p == ':' || is_space(*p))) {
			*done = true;
		} else {
			extent->bare = !extent->depth;
			p++;
		}
		if (*done) {
			return p;
		}
	}
	return p;
}

static int cut_off(const struct casp_scan *scan, struct cas_error **err)
{
	return casp_scan_fail(scan, err, "the file ends here, in the middle");
}

static int missing(const struct casp_scan *scan, struct cas_error **err)
{
	return casp_scan_fail(scan, err, "a value is missing");
}

int casp_scan_skip(struct casp_scan *scan, struct cas_error **err)
{
	struct extent extent = {0};
	bool done = false;
	int code = casp_scan_peek(scan, err);

	while (code >= 0) {
		const char *begin = scan->buffer + scan->at;
		const char *p = advance(&extent, begin, scan->buffer + scan->n, &done);

		if (done && p == begin && !extent.bare) {
			return missing(scan, err);
		}
		take(scan, (size_t)(p - begin));
		if (done) {
			return 0;
		}
		if (scan->ended) {
			return cut_off(scan, err);
		}
		code = fill(scan, err);
	}
	return code;
}

/* The value that is next, as a whole in the buffer: *ret_n bytes from scan->at. */
static int whole(struct casp_scan *scan, size_t *ret_n, struct cas_error **err)
{
	struct extent extent = {0};
	size_t n = 0; /* bytes looked at */
	bool done = false;
	int code = casp_scan_peek(scan, err);

	while (code >= 0) {
		const char *begin = scan->buffer + scan->at;

		n = (size_t)(advance(&extent, begin + n, scan->buffer + scan->n, &done) -
			     begin);
		if (done) {
			*ret_n = n;
			return n ? 0 : missing(scan, err);
		}
		if (scan->ended) {
			return cut_off(scan, err);
		}
		if (n > LARGEST) {
			return casp_scan_fail(scan, err, "a value is too long");
		}
		code = fill(scan, err);
	}
	return code;
}

int casp_scan_load(struct casp_scan *scan, json_t **ret, struct cas_error **err)
{
	json_error_t error;
	size_t n;
	int code = whole(scan, &n, err);

	if (code) {
		return code;
	}
	*ret = json_loadb(scan->buffer + scan->at, n, JSON_DECODE_ANY, &error);
	if (!*ret) {
		return casp_json_nomem(&error)
			       ? casp_error_nomem(err)
			       : casp_scan_fail(scan, err, casp_json_reason(&error));
	}
	take(scan, n);
	return 0;
}

/* ---- objects and lists ---- */

/* Takes the byte, which must be next. */
static int expect(struct casp_scan *scan, char byte, struct cas_error **err)
{
	char what[] = "'?' is missing";
	int c = casp_scan_peek(scan, err);

	if (c < 0) {
		return c;
	}
	if (!c) {
		return cut_off(scan, err);
	}
	if (c != byte) {
		what[1] = byte;
		return casp_scan_fail(scan, err, what);
	}
	take(scan, 1);
	return 0;
}

/* The name of a member. Most are short and plain, and there are many: they need no
 * memory. *loaded is due for json_decref(). */
static int read_name(struct casp_scan *scan, char small[SMALL], const char **ret,
		     json_t **loaded, struct cas_error **err)
{
	const char *text;
	size_t n;
	int code = whole(scan, &n, err);

	if (code) {
		return code;
	}
	text = scan->buffer + scan->at;
	if (*text == '"' && n <= SMALL && !memchr(text, '\\', n)) {
		memcpy(small, text + 1, n - 2);
		small[n - 2] = '\0';
		take(scan, n);
		*ret = small;
		return 0;
	}
	code = casp_scan_load(scan, loaded, err);
	*ret = code ? NULL : json_string_value(*loaded);
	return code || *ret ? code : casp_scan_fail(scan, err, "a member has no name");
}

static int member(struct casp_scan *scan, casp_scan_fn each, void *closure,
		  struct cas_error **err)
{
	char small[SMALL];
	const char *name;
	json_t *loaded = NULL;
	int code = read_name(scan, small, &name, &loaded, err);

	if (code == 0) {
		code = expect(scan, ':', err);
	}
	if (code == 0) {
		code = each(closure, name, err);
	}
	json_decref(loaded);
	return code;
}

/* What is between two brackets, with commas. */
static int between(struct casp_scan *scan, const char brackets[2], casp_scan_fn each,
		   void *closure, struct cas_error **err)
{
	int code = expect(scan, brackets[0], err);
	int c = code ? code : casp_scan_peek(scan, err);

	if (c == brackets[1]) {
		take(scan, 1);
		return 0;
	}
	while (c >= 0) {
		code = brackets[0] == '{' ? member(scan, each, closure, err)
					  : each(closure, NULL, err);
		c = code ? code : casp_scan_peek(scan, err);
		if (c == brackets[1]) {
			take(scan, 1);
			return 0;
		}
		if (c >= 0) {
			code = expect(scan, ',', err);
			c = code;
		}
	}
	return c;
}

int casp_scan_members(struct casp_scan *scan, casp_scan_fn each, void *closure,
		      struct cas_error **err)
{
	return between(scan, "{}", each, closure, err);
}

int casp_scan_elements(struct casp_scan *scan, casp_scan_fn each, void *closure,
		       struct cas_error **err)
{
	return between(scan, "[]", each, closure, err);
}
