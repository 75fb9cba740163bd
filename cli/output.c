#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "capture/escape.h"

#define WIDTH_MAX 10000

enum exit_code output_exit(const struct err *err)
{
	switch (err->kind) {
	case ERR_NONE: return EXIT_DONE;
	case ERR_INPUT: return EXIT_INPUT;
	case ERR_MACHINE:
	case ERR_LACKS: break;
	}
	return EXIT_MACHINE;
}

/* Each line of text after "seam: ", all in one write(2), so that those of several processes do not
 * mix. */
static void say(const char *text)
{
	struct buffer line = { 0 };

	do {
		size_t length = strcspn(text, "\n");

		buffer_text(&line, "seam: ");
		escape_terminal(&line, text, length);
		buffer_char(&line, '\n');
		text += length + (text[length] == '\n');
	} while (*text);
	/* Nobody is left to tell if standard error fails. */
	ssize_t written = write(STDERR_FILENO, line.bytes, line.length);
	(void)written;
	buffer_finish(&line);
}

enum exit_code output_error(const struct err *err)
{
	say(err->text);
	return output_exit(err);
}

void output_note(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say(text);
}

int output_print(const void *bytes, size_t length, struct err *err)
{
	const char *at = bytes;

	while (length) {
		ssize_t written = write(STDOUT_FILENO, at, length);

		if (written >= 0) {
			at += written;
			length -= (size_t)written;
		} else if (errno == EPIPE) {
			return 0;
		} else if (errno != EINTR) {
			return err_machine(err, "cannot write to standard output: %s",
			                   strerror(errno));
		}
	}
	return 0;
}

int output_buffer(const struct buffer *buffer, struct err *err)
{
	return output_print(buffer->bytes, buffer->length, err);
}

bool output_wanted(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) <= 0 || !(out.revents & POLLERR);
}

void output_begin(void)
{
	/* A descriptor that is not open gets one that cannot be used either: reading from 0 and
	 * writing to 1 and 2 fail with EBADF as before. */
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_PATH) < 0)
			_exit(EXIT_MACHINE);
	}
	signal(SIGPIPE, SIG_IGN);
}

bool output_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_colour && *no_colour) &&
	       !(terminal && !strcmp(terminal, "dumb"));
}

int output_width(int otherwise)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	char *end;
	long width;

	if (columns && *columns) {
		width = strtol(columns, &end, 10);
		if (!*end && width > 0 && width <= WIDTH_MAX)
			return (int)width;
	}
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return otherwise;
}

const char *output_program(void)
{
	return strchr(program_invocation_name, '/') ? program_invocation_name : "seam";
}
