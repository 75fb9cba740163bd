/*
 * Says when one of some files has changed, or a process has ended, from a thread that sleeps until
 * then. What has changed the caller finds out: several changes within a short time are one.
 */
#ifndef SEAM_CLI_WATCH_H
#define SEAM_CLI_WATCH_H

#include <stdint.h>
#include <sys/types.h>

struct watch;

/* wake is called in the thread of the watch. NULL where the system has no inotify left to give:
 * then nothing is watched, and the functions below accept that NULL. */
struct watch *watch_create(void (*wake)(void *context), void *context);
/* No wake() is under way or comes any more. */
void watch_destroy(struct watch *watch);

/* Also a file that is not there yet, as long as its folder is. Its name is copied. */
void watch_file(struct watch *watch, const char *path);
/* A child, once; its end is not taken away from waitpid(2). */
void watch_process(struct watch *watch, pid_t child);
/* How long to wait after a change for more of them. */
void watch_set_pause(struct watch *watch, int64_t ns);

#endif
