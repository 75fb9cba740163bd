#include "cli/cut_short.h"

#include <signal.h>
#include <unistd.h>

#include "cli/output.h"

static void say_and_end(int signal_number)
{
	static const char line[] = "seam: " CUT_SHORT_SENTENCE "\n";
	ssize_t ignored = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)signal_number;
	(void)ignored;
	_exit(EXIT_INPUT);
}

void cut_short_end(void)
{
	struct sigaction action = { .sa_handler = say_and_end };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}
