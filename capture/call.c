#include "capture/call.h"

#include <assert.h>
#include <string.h>

static const char *const names[] = {
	[CALL_SOCKET] = "socket",
	[CALL_BIND] = "bind",
	[CALL_LISTEN] = "listen",
	[CALL_ACCEPT] = "accept",
	[CALL_CONNECT] = "connect",
	[CALL_SEND] = "send",
	[CALL_SENDTO] = "sendto",
	[CALL_SENDMSG] = "sendmsg",
	[CALL_WRITEV] = "writev",
	[CALL_SENDFILE] = "sendfile",
	[CALL_RECV] = "recv",
	[CALL_RECVFROM] = "recvfrom",
	[CALL_SETSOCKOPT] = "setsockopt",
	[CALL_SHUTDOWN] = "shutdown",
	[CALL_CLOSE] = "close",
	[CALL_POLL] = "poll",
	[CALL_SLEEP] = "sleep",
	[CALL_SIGNAL] = "signal",
	[CALL_WAIT] = "wait",
	[CALL_NOTE] = "note",
};
static_assert(sizeof(names) / sizeof(*names) == CALL_NAME_COUNT, "a name for every call");

const char *call_name_text(enum call_name name)
{
	return name < CALL_NAME_COUNT ? names[name] : "?";
}

bool call_name_parse(const char *text, enum call_name *name)
{
	for (unsigned i = 0; i < CALL_NAME_COUNT; i++) {
		if (!strcmp(text, names[i])) {
			*name = (enum call_name)i;
			return true;
		}
	}
	return false;
}

bool call_is_write(enum call_name name)
{
	return name >= CALL_SEND && name <= CALL_SENDFILE;
}

bool call_is_read(enum call_name name)
{
	return name == CALL_RECV || name == CALL_RECVFROM;
}
