/*
 * Ctrl-C and its kin while runs are under way: the first asks for an orderly end, so that what was
 * recorded is kept; one more half a second later ends the program at once, and its runs with it.
 */
#ifndef SEAM_CLI_INTERRUPT_H
#define SEAM_CLI_INTERRUPT_H

/* Catches SIGINT, SIGTERM and SIGHUP. */
void interrupt_catch(void);
/* Set to the signal's number when one came; what run_wait() takes. */
extern volatile int interrupt_came;
/* Ends the program as that signal ends any, so that a shell sees it; returns if none came. */
void interrupt_pass_on(void);

#endif
