/*
 * TCP_INFO (include/uapi/linux/tcp.h, tcp_get_info() in net/ipv4/tcp.c). A kernel older than a
 * field returns less: what it does not know is unknown here too.
 */
#ifndef SEAM_SIM_TCP_INFO_H
#define SEAM_SIM_TCP_INFO_H

#include "capture/trace.h"

/* Both stay as they were if the socket has none; of a listening one only the state is told. */
void tcp_info_ask(int fd, int *state, struct trace_tcp *tcp);

struct tcp_info;
/* The first length bytes of info are the kernel's; pure. */
struct trace_tcp tcp_info_read(const struct tcp_info *info, size_t length);

#endif
