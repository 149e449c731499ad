/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded: reads and writes of a program do less than they are asked for, or are
 * interrupted before they do anything, as POSIX allows. INTERRUPT is "short", "eintr" or
 * "both"; how often it happened is added to the file INTERRUPT_LOG at the end.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define PIECE 999

static bool is_short, is_interrupted;
static unsigned calls, faults;

__attribute__((constructor)) static void read_mode(void)
{
	const char *mode = getenv("INTERRUPT");
	bool both = mode && strcmp(mode, "both") == 0;

	is_short = both || (mode && strcmp(mode, "short") == 0);
	is_interrupted = both || (mode && strcmp(mode, "eintr") == 0);
}

__attribute__((destructor)) static void tell(void)
{
	const char *path = getenv("INTERRUPT_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;

	if (log) {
		fprintf(log, "%u\n", faults);
		fclose(log);
	}
}

/* Every second call that may be. */
static bool interrupt(void)
{
	if (!is_interrupted || calls++ % 2) {
		return false;
	}
	faults++;
	errno = EINTR;
	return true;
}

static size_t shorten(size_t n)
{
	if (!is_short || n < 2) {
		return n;
	}
	faults++;
	return n > PIECE ? PIECE : (n + 1) / 2;
}

/* The C library's own function of that name. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t n)
{
	return interrupt() ? -1 : NEXT(write)(fd, data, shorten(n));
}

ssize_t read(int fd, void *data, size_t n)
{
	return interrupt() ? -1 : NEXT(read)(fd, data, shorten(n));
}

ssize_t pread64(int fd, void *data, size_t n, off64_t offset)
{
	return interrupt() ? -1 : NEXT(pread64)(fd, data, shorten(n), offset);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t offset)
{
	return interrupt() ? -1 : NEXT(pwrite64)(fd, data, shorten(n), offset);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t n,
			unsigned flags)
{
	return interrupt() ? -1
			   : NEXT(copy_file_range)(from, from_at, to, to_at, shorten(n),
						   flags);
}
