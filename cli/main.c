/*
 * seam: a table of subcommands, and what is said without one. Nothing is initialised here that a
 * subcommand may not need.
 */
#include <stdio.h>
#include <string.h>

#include "capture/buffer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "sim/node.h"

static const struct {
	const char *name;
	int (*function)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "run", command_run,
	  "play a scenario in all its variants, and show what became of every write" },
	{ "check", command_check, "play scenarios and say whether their expectations hold" },
	{ "view", command_view, "recordings in a window, to be stepped through" },
	{ "show", command_show, "a recording in the terminal: timeline, byte ruler, table" },
	{ "export", command_export,
	  "recordings as a picture, JSON, a table, text, or for Wireshark" },
	{ "wireshark", command_wireshark,
	  "a recording in Wireshark, with what became of every write" },
	{ "import", command_import,
	  "a recording out of strace and tcpdump, or out of captures of both ends" },
	{ "list", command_list, "the scenarios that ship with it" },
	{ "doctor", command_doctor, "what this machine allows, and what to change" },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static void write_commands(struct buffer *out)
{
	buffer_text(out, "Commands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		buffer_format(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
	buffer_text(out, "\nseam COMMAND --help says more of each, man seam all of it.\n");
}

static void write_welcome(struct buffer *out)
{
	buffer_text(out,
	            "seam shows what becomes of every write: which TCP segments or UDP datagrams "
	            "carried it,\nwhich reads got it, how long it was held.\n\nTry:\n");
	buffer_text(
		out,
		"  seam run nagle            twenty small writes, with Nagle's algorithm, "
		"without, over UDP\n"
		"  seam view nagle-*.pcapng  the same recordings in a window; without one: seam show\n"
		"  seam list                 all scenarios: the course begins with the "
		"first\n\n");
	write_commands(out);
}

static void write_help(struct buffer *out)
{
	buffer_text(out, "seam COMMAND [OPTION…] [OPERAND…]\n"
	                 "seam --help | --version\n\n");
	write_commands(out);
	buffer_text(out,
	            "\nExit: 0 done, 1 an expectation failed, 2 wrong usage or bad input, 3 this "
	            "machine cannot.\n");
}

static int print(void (*write)(struct buffer *out))
{
	struct buffer out = { 0 };
	struct err err = { 0 };
	int status = EXIT_DONE;

	write(&out);
	if (output_buffer(&out, &err))
		status = (int)output_error(&err);
	buffer_finish(&out);
	return status;
}

static void write_version(struct buffer *out)
{
	buffer_text(out, "seam " SEAM_VERSION "\n");
}

static int unknown(const char *word)
{
	const char *names[COMMANDS];
	const char *nearest;
	struct err err = { 0 };

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	nearest = node_nearest(word, names, COMMANDS);
	if (word[0] == '-')
		err_input(&err,
		          "there is no option %s before the command; seam --help shows what "
		          "there is",
		          word);
	else if (nearest)
		err_input(&err, "there is no command %s; did you mean %s?", word, nearest);
	else
		err_input(&err, "there is no command %s; seam --help lists them", word);
	return (int)output_error(&err);
}

int main(int argc, char **argv)
{
	output_begin();
	if (argc < 2)
		return print(write_welcome);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return print(write_version);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return print(write_help);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].function(argc - 1, argv + 1);
	}
	return unknown(argv[1]);
}
