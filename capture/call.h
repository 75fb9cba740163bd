/*
 * One socket system call (or a step beside them: a sleep, a wait, a note) as it was made: who, on
 * which socket, when it began and ended, what was asked and what came back. Calls are evidence:
 * nothing here is derived from packets.
 */
#ifndef SEAM_CAPTURE_CALL_H
#define SEAM_CAPTURE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/address.h"

enum call_name {
	CALL_SOCKET,
	CALL_BIND,
	CALL_LISTEN,
	CALL_ACCEPT,
	CALL_CONNECT,
	CALL_SEND,
	CALL_SENDTO,
	CALL_SENDMSG,
	CALL_WRITEV,
	CALL_SENDFILE,
	CALL_RECV,
	CALL_RECVFROM,
	CALL_SETSOCKOPT,
	CALL_SHUTDOWN,
	CALL_CLOSE,
	CALL_POLL,
	/* Not socket calls, but steps whose moments explain the others. */
	CALL_SLEEP,
	CALL_SIGNAL,
	CALL_WAIT,
	CALL_NOTE,
	CALL_NAME_COUNT,
};

/* "send", "recvfrom", …: the name in a scenario, in a recording and in every picture. */
const char *call_name_text(enum call_name name);
/* false if text names no call. */
bool call_name_parse(const char *text, enum call_name *name);

/* Puts bytes into a socket: send sendto sendmsg writev sendfile. */
bool call_is_write(enum call_name name);
/* Takes bytes out of a socket: recv recvfrom. */
bool call_is_read(enum call_name name);

#define CALL_NO_SOCKET   UINT32_MAX
#define CALL_PENDING     INT64_MIN /* end_ns of a call that has not returned */
#define CALL_PAYLOAD_MAX 256       /* bytes of payload kept with a call */

struct call {
	uint32_t serial;   /* order of begin over the whole run, from 0, each once */
	uint32_t socket;   /* our own id of the socket, never reused; CALL_NO_SOCKET */
	uint32_t made;     /* accept and socket: id of the socket that it made; CALL_NO_SOCKET */
	uint16_t endpoint; /* index into the trace's endpoints */
	uint8_t name;      /* enum call_name */
	bool implied;      /* Seam made it, the script did not spell it */
	bool guessed;      /* nobody saw it: it is what the packets look like; flow_trace.h */
	bool ended;        /* false: pending, the fields of its end mean nothing */

	int64_t begin_ns, end_ns; /* CLOCK_REALTIME; end_ns CALL_PENDING until it returns */
	int64_t begin_mono_ns, end_mono_ns; /* CLOCK_MONOTONIC */
	int64_t late_ns;                    /* begin after its scheduled time; -1 if it had none */

	int64_t asked;       /* bytes to write or room to read; otherwise 0 */
	int64_t result;      /* what the call returned, -1 on error */
	int32_t error;       /* errno, 0 if none */
	uint32_t flags;      /* MSG_* asked for */
	uint32_t got_flags;  /* MSG_* that recvmsg(2) returned */
	uint32_t step_line;  /* line of its step in the scenario, 0 if none */
	uint32_t repetition; /* which turn of `times` of the step (or of the outermost loop around
	                        it), from 0 */
	int64_t offset; /* bytes written to, or read from, this socket before this call; -1 if it is
	                   neither */
	int64_t stamp_ns; /* receive stamp of the datagram that a read got (SO_TIMESTAMPNS); 0 if
	                     none */
	uint32_t message; /* serial number of the write over the whole run, from 0: its letter;
	                     UINT32_MAX */

	struct address local, remote; /* of the socket as known when the call was logged; sendto:
	                               * the target; recvfrom: the sender */

	const uint8_t *payload; /* its first payload_length bytes; lent by the trace */
	uint32_t payload_length;
	const char *detail; /* arguments that are not bytes: "TCP_NODELAY=1", "SHUT_WR"; NULL; lent
	                       by the trace */
	const char *note;   /* the scenario's label; NULL; lent by the trace */
};

#endif
