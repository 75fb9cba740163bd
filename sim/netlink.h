/*
 * Requests to the kernel's rtnetlink(7): built in a buffer of their own, sent over a socket of the
 * calling thread's network namespace, and answered. Plain sockets, no library.
 */
#ifndef SEAM_SIM_NETLINK_H
#define SEAM_SIM_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#define NETLINK_ROOM 1024

struct netlink_request {
	/* A struct nlmsghdr and what follows it. */
	_Alignas(8) uint8_t bytes[NETLINK_ROOM];
	size_t length;
};

/* type is RTM_NEWLINK and the like; flags are added to NLM_F_REQUEST | NLM_F_ACK. body is the fixed
 * part that follows the header (struct ifinfomsg, struct ifaddrmsg, …). */
void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *body,
                   size_t length);

/* Adds bytes as they are, padded to 4: the fixed part of a nested message. */
void netlink_add(struct netlink_request *request, const void *bytes, size_t length);

/* Adds an attribute; text goes in with its NUL. */
void netlink_put(struct netlink_request *request, uint16_t type, const void *bytes, size_t length);
void netlink_put_text(struct netlink_request *request, uint16_t type, const char *text);
void netlink_put_u32(struct netlink_request *request, uint16_t type, uint32_t value);

/* What is put until netlink_end() lies within this attribute; returns the place that it wants. */
size_t netlink_nest(struct netlink_request *request, uint16_t type);
void netlink_end(struct netlink_request *request, size_t nest);

/* Sends it and waits for the kernel's answer; 0, or -1 with errno. */
int netlink_ask(struct netlink_request *request);

#endif
