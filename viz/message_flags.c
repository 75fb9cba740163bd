#include "viz/message_flags.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>

static const struct {
	uint32_t bit;
	const char *name;
} message_flags[] = {
	{ MSG_OOB, "MSG_OOB" },
	{ MSG_PEEK, "MSG_PEEK" },
	{ MSG_DONTROUTE, "MSG_DONTROUTE" },
	{ MSG_CTRUNC, "MSG_CTRUNC" },
	{ MSG_TRUNC, "MSG_TRUNC" },
	{ MSG_DONTWAIT, "MSG_DONTWAIT" },
	{ MSG_EOR, "MSG_EOR" },
	{ MSG_WAITALL, "MSG_WAITALL" },
	{ MSG_CONFIRM, "MSG_CONFIRM" },
	{ MSG_ERRQUEUE, "MSG_ERRQUEUE" },
	{ MSG_NOSIGNAL, "MSG_NOSIGNAL" },
	{ MSG_MORE, "MSG_MORE" },
	{ MSG_ZEROCOPY, "MSG_ZEROCOPY" },
	{ MSG_FASTOPEN, "MSG_FASTOPEN" },
	{ MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC" },
};

bool message_flags_next(uint32_t *flags, char name[MESSAGE_FLAGS_TEXT])
{
	for (size_t i = 0; i < sizeof(message_flags) / sizeof(*message_flags); i++) {
		if (!(*flags & message_flags[i].bit))
			continue;
		*flags &= ~message_flags[i].bit;
		snprintf(name, MESSAGE_FLAGS_TEXT, "%s", message_flags[i].name);
		return true;
	}
	if (!*flags)
		return false;
	snprintf(name, MESSAGE_FLAGS_TEXT, "0x%x", *flags);
	*flags = 0;
	return true;
}
