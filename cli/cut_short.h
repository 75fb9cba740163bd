/*
 * A file is read where it is mapped. Where somebody cuts it short meanwhile, the kernel answers
 * with SIGBUS; a window goes on (held_file.h), a command that prints and ends says so and ends.
 */
#ifndef SEAM_CLI_CUT_SHORT_H
#define SEAM_CLI_CUT_SHORT_H

#define CUT_SHORT_SENTENCE                                                                         \
	"a file became shorter while it was read: read it again once nobody writes to it"

/* From here on such a signal is that sentence on standard error, and the end with EXIT_INPUT. */
void cut_short_end(void);

#endif
