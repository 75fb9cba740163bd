/*
 * The subcommands: each a function of one file, given argv from its own name on. It prints what it
 * has to say, errors included, and returns the exit code.
 */
#ifndef SEAM_CLI_COMMANDS_H
#define SEAM_CLI_COMMANDS_H

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_view(int argc, char **argv);
int command_show(int argc, char **argv);
int command_export(int argc, char **argv);
int command_wireshark(int argc, char **argv);
int command_import(int argc, char **argv);
int command_list(int argc, char **argv);
int command_doctor(int argc, char **argv);

#endif
