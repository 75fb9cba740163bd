/*
 * Notices when a port of the middle of a wire vanishes or loses its far end: rtnetlink(7) tells of
 * every change of a device in the namespace.
 */
#ifndef SEAM_SIM_PORT_WATCH_H
#define SEAM_SIM_PORT_WATCH_H

#include <stddef.h>

#include "capture/err.h"

/* A descriptor of the calling thread's namespace, readable when a device has changed; close(2) it.
 * -1 with err. */
int port_watch_open(struct err *err);

/* Takes what was told, without blocking: the first of these devices (indices of the kernel) that is
 * gone, down or without its far end, or -1. */
int port_watch_lost(int fd, const int *devices, size_t count);

#endif
