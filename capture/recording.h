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
	struct buffer pending;   /* whole blocks */
	struct buffer entry;     /* the Journal entry being written */
	uint64_t written, limit; /* bytes; RECORDING_LIMIT unless raised */
};

#define RECORDING_LIMIT (UINT64_C(1) << 30)

/* ---- the child's side: appending ---- */

/* fd is an empty file's and stays the caller's; -1 if it is never flushed. */
void recording_begin(struct recording *recording, int fd, uint64_t limit);
void recording_add_header(struct recording *recording, const struct trace_about *about,
                          const struct trace_endpoint *endpoints, size_t endpoint_count,
                          const struct trace_interface *interfaces, size_t interface_count);
void recording_add_packet(struct recording *recording, uint32_t interface, int64_t time_ns,
                          const uint8_t *bytes, uint32_t captured, uint32_t length,
                          uint8_t direction);
/*
 * At its begin, and whole again once it has returned; the later one counts. A call that has
 * returned before its begin was written need not be written twice.
 */
void recording_add_call(struct recording *recording, const struct call *call, const char *endpoint);
void recording_add_socket(struct recording *recording, const struct trace_socket *socket,
                          const char *endpoint);
/* time_ns of both: the begin of the note, or the end of the run. */
void recording_add_mark(struct recording *recording, const struct trace_mark *mark,
                        const char *endpoint, int64_t time_ns);
/* As in trace->counters; those of one host and moment side by side. */
void recording_add_counters(struct recording *recording, const struct trace_counter *counters,
                            size_t count, int64_t time_ns);
void recording_add_event(struct recording *recording, const struct link_event *event);
void recording_add_message(struct recording *recording, const struct trace_message *message,
                           const char *endpoint);
void recording_add_statistics(struct recording *recording, uint32_t interface, int64_t time_ns,
                              uint64_t received, uint64_t dropped);
void recording_add_end(struct recording *recording, const struct trace_about *about);
/* All of a trace, in the order that recording_settle() gives it: into pending of a recording that
 * is never flushed. */
void recording_add_trace(struct recording *recording, const struct trace *trace);
/*
 * Appends what is pending with write(2). Where it does not fit (a full disk, the limit) the file is
 * cut back to whole blocks, the rest is forgotten, and it returns -1: the run is then over.
 */
int recording_flush(struct recording *recording, struct err *err);
void recording_finish(struct recording *recording);

/* ---- the parent's side: files ---- */

/*
 * The names of a recording; base is a path without ".pcapng". settling is what the final file is
 * called while it is being written.
 */
struct recording_names {
	char *final, *partial, *incomplete, *settling;
};
void recording_names(struct recording_names *names, const char *base);
void recording_names_finish(struct recording_names *names);

/*
 * Creates NAME.partial and locks it, for writing from its begin. Refuses to overwrite NAME.pcapng,
 * NAME.incomplete.pcapng or a NAME.partial that is not empty unless force, and always a
 * NAME.partial that another run is still writing. The lock lasts while any process has the
 * descriptor: keep it open until the recording is settled.
 */
int recording_create(const struct recording_names *names, bool force, int *fd, struct err *err);

/*
 * Reads NAME.partial, writes its blocks in order of time (a call by its begin, once, with its end),
 * syncs, and renames to NAME.pcapng, or if the completion block is missing to
 * NAME.incomplete.pcapng; *path gets which, lent by names. Nothing half-written ever has such a
 * name. A NAME.partial with nothing in it is removed, and *path is NULL. One that is not complete
 * and cannot be written anew (the disk that is full cut it) becomes NAME.incomplete.pcapng as it
 * is. On failure NAME.partial stays.
 */
int recording_settle(const struct recording_names *names, const char **path, struct err *err);

/* Removes NAME.partial. */
void recording_discard(const struct recording_names *names);

#endif
