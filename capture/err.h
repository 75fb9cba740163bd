/*
 * Errors that a user can do something about. The sentence is written where the fact is known: what
 * was tried, on what, what the system said, what to do next. Only cli/ prints it.
 */
#ifndef SEAM_CAPTURE_ERR_H
#define SEAM_CAPTURE_ERR_H

enum err_kind {
	ERR_NONE,
	ERR_INPUT,   /* wrong usage or bad input: exit status 2 */
	ERR_MACHINE, /* this machine cannot, or not now: exit status 3 */
	ERR_LACKS,   /* this machine's kernel lacks what a scenario asks for: it is skipped, and
	                exit status 3 where nothing else was done */
};

/* Zero it before use; nothing to free. A text that does not fit is cut. */
struct err {
	enum err_kind kind;
	char text[1024];
};

/* All fill err and return -1, so that a caller can write: return err_input(err, "..."); */
int err_input(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
int err_machine(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
int err_lacks(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
