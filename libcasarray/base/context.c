/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context: who is told what. */
#include "context.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"

struct cas_context {
	atomic_uint references;
	enum cas_log_level level;
	cas_log_fn log;
	void *closure;
	const volatile int *interrupt;
	cas_progress_fn progress;
	void *progress_closure;
	const struct cas_policy *policy;
};

int cas_context_new(struct cas_context **ret, struct cas_error **err)
{
	struct cas_context *context = calloc(1, sizeof(*context));

	if (!context) {
		return casp_error_nomem(err);
	}
	context->references = 1;
	*ret = context;
	return 0;
}

struct cas_context *cas_context_ref(struct cas_context *context)
{
	context->references++;
	return context;
}

struct cas_context *cas_context_unref(struct cas_context *context)
{
	if (context && --context->references == 0) {
		free(context);
	}
	return NULL;
}

void cas_context_set_log(struct cas_context *context, enum cas_log_level level,
			 cas_log_fn log, void *closure)
{
	context->level = level;
	context->log = log;
	context->closure = closure;
}

void casp_log(struct cas_context *context, enum cas_log_level level, const char *format,
	      ...)
{
	int saved = errno;
	char message[1024];
	va_list ap;

	if (!context->log || level > context->level) {
		return;
	}
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	context->log(context->closure, level, message);
	errno = saved;
}

void cas_context_set_interrupt(struct cas_context *context, const volatile int *interrupt)
{
	context->interrupt = interrupt;
}

bool casp_interrupted(const struct cas_context *context)
{
	return context->interrupt && *context->interrupt;
}

void cas_context_set_progress(struct cas_context *context, cas_progress_fn progress,
			      void *closure)
{
	context->progress = progress;
	context->progress_closure = closure;
}

void casp_progress(const struct cas_context *context, const char *what, size_t done,
		   size_t total)
{
	if (context->progress) {
		context->progress(context->progress_closure, what, done, total);
	}
}

void cas_context_set_policy(struct cas_context *context, const struct cas_policy *policy)
{
	context->policy = policy;
}

const struct cas_policy *casp_context_policy(const struct cas_context *context)
{
	return context->policy;
}

const char *cas_version(void)
{
	return CASP_VERSION;
}
