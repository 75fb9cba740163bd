#include "capture/err.h"

#include <stdarg.h>
#include <stdio.h>

static int fill(struct err *err, enum err_kind kind, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static int fill(struct err *err, enum err_kind kind, const char *format, va_list args)
{
	err->kind = kind;
	vsnprintf(err->text, sizeof(err->text), format, args);
	return -1;
}

int err_input(struct err *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, ERR_INPUT, format, args);
	va_end(args);
	return -1;
}

int err_machine(struct err *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, ERR_MACHINE, format, args);
	va_end(args);
	return -1;
}

int err_lacks(struct err *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, ERR_LACKS, format, args);
	va_end(args);
	return -1;
}
