/*
 * MSG_* flags of calls by name.
 */
#ifndef SEAM_VIZ_MESSAGE_FLAGS_H
#define SEAM_VIZ_MESSAGE_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_FLAGS_TEXT 24

/* Takes the next flag out of *flags and writes its name; those without one come last, together as
 * a number. false if there is none. */
bool message_flags_next(uint32_t *flags, char name[MESSAGE_FLAGS_TEXT]);

#endif
