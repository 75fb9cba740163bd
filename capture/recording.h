/*
 * The life of a recording's file. While a run goes on, one process appends whole blocks to
 * NAME.partial. At the end the parent orders it into NAME.pcapng; after a crash or Ctrl-C it keeps
 * what is whole as NAME.incomplete.pcapng. SIGKILL of the parent leaves NAME.partial, which
 * trace_open() reads.
 */
#ifndef SEAM_CAPTURE_RECORDING_H
#define SEAM_CAPTURE_RECORDING_H

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/trace.h"

/* Blocks wait in memory until recording_flush(); the writer calls it at most 100 ms apart. */
struct recording {
	int fd;
	struct buffer pending;
	uint64_t written, limit; /* bytes; 1 GiB unless raised */
};

/* ---- the child's side: appending ---- */

/* fd stays the caller's. */
void recording_begin(struct recording *recording, int fd, uint64_t limit);
void recording_add_header(struct recording *recording, const struct trace_about *about,
                          const struct trace_endpoint *endpoints, size_t endpoint_count,
                          const struct trace_interface *interfaces, size_t interface_count);
void recording_add_packet(struct recording *recording, uint32_t interface, int64_t time_ns,
                          const uint8_t *bytes, uint32_t captured, uint32_t length,
                          uint8_t direction);
void recording_add_call(struct recording *recording, const struct call *call, const char *endpoint);
void recording_add_socket(struct recording *recording, const struct trace_socket *socket,
                          const char *endpoint);
void recording_add_statistics(struct recording *recording, uint32_t interface, int64_t time_ns,
                              uint64_t received, uint64_t dropped);
void recording_add_end(struct recording *recording, const struct trace_about *about);
/* Whole blocks with write(2), or nothing of the last: on a full disk the file is cut back to whole
 * blocks. */
int recording_flush(struct recording *recording, struct err *err);
void recording_finish(struct recording *recording);

/* ---- the parent's side: files ---- */

/* The three names of a recording; base is a path without ".pcapng". */
struct recording_names {
	char *final, *partial, *incomplete;
};
void recording_names(struct recording_names *names, const char *base);
void recording_names_finish(struct recording_names *names);

/* Creates NAME.partial for writing; -1 if NAME.pcapng is there and !force, or it cannot be written.
 */
int recording_create(const struct recording_names *names, bool force, int *fd, struct err *err);

/*
 * Reads NAME.partial, writes its blocks in order of exact time (a call by its begin, once, with its
 * end) and renames to NAME.pcapng, or if the completion block is missing to NAME.incomplete.pcapng;
 * *path gets which, lent by names. Nothing half-written ever has a final name.
 */
int recording_settle(const struct recording_names *names, const char **path, struct err *err);

#endif
