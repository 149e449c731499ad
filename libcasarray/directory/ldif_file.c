/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mapped LDIF file: opening, encodings, positions. */
#include "ldif.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/excerpt.h"
#include "../base/utf8.h"

static size_t count_line_ends(const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end; p++) {
		n += *p == '\n';
	}
	return n;
}

size_t casp_ldif_file_line(const struct casp_ldif_file *file, const char *at)
{
	return 1 + count_line_ends(file->text, at);
}

size_t casp_ldif_file_find_line(struct casp_ldif_file *file, const char *at)
{
	size_t block = (size_t)(at - file->text) / CASP_LDIF_BLOCK;

	while (file->lines.n <= block) {
		size_t n = file->lines.n;
		const char *end = file->text + n * CASP_LDIF_BLOCK;
		size_t before =
			n ? file->lines.v[n - 1] +
					count_line_ends(end - CASP_LDIF_BLOCK, end)
			  : 0;

		/* Without memory it only takes longer. */
		if (!casp_vec_push(&file->lines, before)) {
			return casp_ldif_file_line(file, at);
		}
	}
	return 1 + file->lines.v[block] +
	       count_line_ends(file->text + block * CASP_LDIF_BLOCK, at);
}

int casp_ldif_file_error(const struct casp_ldif_file *file, const char *at,
			 struct cas_error **err, const char *format, ...)
{
	CASP_CLEANUP(casp_freep) char *text = NULL;
	va_list ap;

	if (!err || *err) {
		return casp_error(err, CAS_E_FORMAT, "not LDIF");
	}
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0) {
		text = NULL;
	}
	va_end(ap);
	if (!text) {
		return casp_error_nomem(err);
	}
	return casp_error(err, CAS_E_FORMAT, "%s:%zu: %s", file->path,
			  casp_ldif_file_line(file, at), text);
}

/* ---- UTF-16 ---- */

static unsigned unit_at(const unsigned char *p, bool big)
{
	return big ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

static char *put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* The UTF-8 of n bytes of UTF-16 in out, or only its length when out is NULL; SIZE_MAX:
 * it is none. */
static size_t convert(const unsigned char *p, size_t n, bool big, char *out)
{
	size_t total = 0;
	char scratch[4];

	if (n % 2) {
		return SIZE_MAX;
	}
	for (size_t i = 0; i < n; i += 2) {
		unsigned c = unit_at(p + i, big);
		char *at = out ? out + total : scratch;

		if (c >= 0xd800 && c < 0xe000) {
			unsigned low = i + 2 < n ? unit_at(p + i + 2, big) : 0;

			if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000) {
				return SIZE_MAX;
			}
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		total += (size_t)(put_utf8(at, c) - at);
	}
	return total;
}

static int decode_utf16(struct casp_ldif_file *file, struct cas_error **err)
{
	const unsigned char *p = (const unsigned char *)file->map + 2;
	size_t n = file->map_n - 2;
	bool big = file->encoding == CASP_LDIF_UTF16BE;
	size_t total = convert(p, n, big, NULL);

	if (total == SIZE_MAX) {
		casp_error(err, CAS_E_FORMAT, "'%s' begins as UTF-16 but is not",
			   file->path);
		return casp_error_hint(
			err, "the file was cut off or damaged: export it again");
	}
	file->converted = malloc(total + 1);
	if (!file->converted) {
		return casp_error_nomem(err);
	}
	convert(p, n, big, file->converted);
	file->text = file->converted;
	file->n = total;
	return 0;
}

static int decode(struct casp_ldif_file *file, struct cas_error **err)
{
	file->text = file->map;
	file->n = file->map_n;
	if (file->n >= 2 && memcmp(file->text, "\xff\xfe", 2) == 0) {
		file->encoding = CASP_LDIF_UTF16LE;
		return decode_utf16(file, err);
	}
	if (file->n >= 2 && memcmp(file->text, "\xfe\xff", 2) == 0) {
		file->encoding = CASP_LDIF_UTF16BE;
		return decode_utf16(file, err);
	}
	if (file->n >= 3 && memcmp(file->text, "\xef\xbb\xbf", 3) == 0) {
		file->encoding = CASP_LDIF_UTF8_BOM;
		file->text += 3;
		file->n -= 3;
	}
	return 0;
}

/* ---- opening ---- */

static int refuse_kind(const char *path, mode_t mode, struct cas_error **err)
{
	const char *what = S_ISDIR(mode)    ? "a folder"
			   : S_ISFIFO(mode) ? "a pipe"
			   : S_ISSOCK(mode) ? "a socket"
					    : "a device";

	casp_error(err, CAS_E_IO, "cannot read '%s': it is %s, not a file", path, what);
	if (S_ISDIR(mode)) {
		return casp_error_hint(err, "name an LDIF file in it");
	}
	return casp_error_hint(err, "write what comes out of it to a file and name that");
}

static int map(struct casp_ldif_file *file, struct cas_error **err)
{
	struct stat st;

	/* Without O_NONBLOCK a pipe would keep us waiting for a writer. */
	file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (file->fd < 0 || fstat(file->fd, &st) < 0) {
		int error = errno;

		if (stat(file->path, &st) == 0 && !S_ISREG(st.st_mode)) {
			return refuse_kind(file->path, st.st_mode, err);
		}
		if (error == ENOENT) {
			casp_error(err, CAS_E_IO, "cannot open '%s': %s", file->path,
				   strerror(error));
			return casp_error_hint(err, "name an LDIF file that exists, or a "
						    "server as ldap://dc1.contoso.com");
		}
		return casp_file_error(err, "open", file->path, error);
	}
	if (!S_ISREG(st.st_mode)) {
		return refuse_kind(file->path, st.st_mode, err);
	}
	if (st.st_size == 0) {
		casp_error(err, CAS_E_FORMAT, "'%s' is empty", file->path);
		return casp_error_hint(err, "export the directory again");
	}
	file->id = casp_file_id(&st);
	file->map_n = (size_t)st.st_size;
	file->map = mmap(NULL, file->map_n, PROT_READ, MAP_PRIVATE, file->fd, 0);
	if (file->map == MAP_FAILED) {
		file->map = NULL;
		return casp_file_error(err, "map", file->path, errno);
	}
	return 0;
}

/* Cheap: only what comes first is looked at; the first search reads the rest. */
static int sniff(const struct casp_ldif_file *file, struct cas_error **err)
{
	const char *p = file->text, *end = file->text + file->n;
	struct casp_str line;

	while (p < end && (*p == '#' || *p == ' ' || casp_ldif_is_blank(p, end))) {
		p = casp_ldif_next_line(p, end);
	}
	if (p == end) {
		casp_error(err, CAS_E_FORMAT, "'%s' holds no entries", file->path);
		return casp_error_hint(err, "export the directory again");
	}
	line.p = p;
	line.n = (size_t)(casp_ldif_next_line(p, end) - p);
	/* The reader has better words for a NUL byte. */
	if (memchr(line.p, ':', line.n) || memchr(line.p, '\0', line.n)) {
		return 0;
	}
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r')) {
		line.n--;
	}
	casp_ldif_file_error(file, p, err, "not LDIF: '%s'", casp_excerpt(line));
	return casp_error_hint(err, "export the directory with ldifde or ldapsearch");
}

int casp_ldif_file_open(const char *path, uint32_t number, struct casp_ldif_file *ret,
			struct cas_error **err)
{
	struct casp_ldif_file file = {.fd = -1, .number = number};
	int r;

	file.path = strdup(path);
	if (!file.path) {
		return casp_error_nomem(err);
	}
	r = map(&file, err);
	if (r == 0) {
		r = casp_file_resolve(path, &file.resolved, err);
	}
	if (r == 0) {
		r = decode(&file, err);
	}
	if (r == 0) {
		r = sniff(&file, err);
	}
	if (r < 0) {
		casp_ldif_file_close(&file);
		return r;
	}
	*ret = file;
	return 0;
}

void casp_ldif_file_close(struct casp_ldif_file *file)
{
	if (file->map) {
		munmap(file->map, file->map_n);
	}
	if (file->fd >= 0) {
		close(file->fd);
	}
	casp_vec_free(&file->lines);
	free(file->converted);
	free(file->path);
	free(file->resolved);
	*file = (struct casp_ldif_file){.fd = -1};
}
