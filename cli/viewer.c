#include "cli/viewer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/handover.h"
#include "cli/inflow.h"
#include "cli/outcome.h"
#include "cli/play.h"
#include "cli/process.h"
#include "cli/reading.h"
#include "cli/save.h"
#include "cli/shelf.h"
#include "cli/watch.h"
#include "sim/clock.h"
#include "viz/item.h"

#define NAMES_MOST    9999 /* pictures beside one recording */
#define ARGUMENTS     12   /* of a run, without variants and settings */
#define INFLOW_ASK_MS 100
#define PAUSE_FACTOR  4 /* reading what grows takes no more than a fifth of the time */

#define CHECKS_MOST (TRUST_CHECKS + 4)

enum complaint {
	COMPLAINT_NONE,
	COMPLAINT_RUN,
	COMPLAINT_READ,
};

struct viewer {
	const struct viewer_options *options;
	struct reading reading; /* and the shelf */
	struct window *window;
	struct watch *watch;
	unsigned own; /* recordings up to this id are the command line's */

	/* Standard input, where it is one of them. */
	struct inflow *inflow;
	unsigned inflow_id;
	bool inflow_told;  /* that it is drawn as it comes */
	bool inflow_ended; /* and that was said */
	int64_t inflow_ns; /* when it began; then, when it was first drawn */
	char inflow_stage[64], inflow_since[24];
	bool at_pending, select_pending;
	struct err failed;                      /* the window was ended for it */
	struct scene_check checks[CHECKS_MOST]; /* of what is shown, and of what is going on */
	enum complaint complaint;               /* what the window's card is about */
	unsigned unread;                        /* shown as it was before; 0: none is */
	char unread_text[120], unread_why[sizeof(((struct err *)NULL)->text)];

	/* The scenario's. */
	struct shelf_stamp played; /* the file that was run last */
	char *errors;              /* where its run says what went wrong */
	char *results;             /* and what came of its expectations */
	struct outcome outcome;    /* those, of the run that is shown */
	char progress[60];         /* of the run that goes on; empty: none does */
	char stale_why[sizeof(((struct err *)NULL)->text)];
	const char *stale; /* the run that is shown is another than was asked for; NULL */
	pid_t child;       /* the run; 0: none */
	bool again;        /* it is to be run once more when that has ended */
	int64_t begun_ns;
	struct timespec begun; /* as files are dated */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- what is shown ---- */

static const struct timeline nothing;

static void add_check(struct viewer *viewer, size_t *count, struct scene_check check)
{
	if (*count < CHECKS_MOST)
		viewer->checks[(*count)++] = check;
}

/* Its recording is whole, and not older than the run. */
static bool is_of_run(const struct viewer *viewer, const struct shelf_item *item)
{
	const struct timespec *begun = &viewer->begun;
	struct shelf_stamp now = shelf_stamp(item->path);

	return now.there && shelf_place(item) == item->path &&
	       (now.changed.tv_sec > begun->tv_sec ||
	        (now.changed.tv_sec == begun->tv_sec && now.changed.tv_nsec >= begun->tv_nsec));
}

/* Recordings that grow, and those of them that are whole since the run began. */
static size_t growing(struct viewer *viewer, size_t *whole)
{
	size_t all = 0;

	*whole = 0;
	for (size_t i = 0; i < viewer->reading.shelf.count; i++) {
		const struct shelf_item *item = &viewer->reading.shelf.items[i];

		all += item->partial != NULL;
		*whole += item->partial && is_of_run(viewer, item);
	}
	return all;
}

/* A run of our own says how far it is; one that is followed may not have begun yet. */
static bool is_going_on(struct viewer *viewer)
{
	size_t whole, all = growing(viewer, &whole);

	if (viewer->child)
		return true;
	if (!viewer->options->follow || whole == all)
		return false;
	snprintf(viewer->progress, sizeof(viewer->progress), "running: %zu of %zu done", whole,
	         all);
	return true;
}

/* What speaks against what is shown comes first: that it is another run, or not a whole one. */
static size_t make_checks(struct viewer *viewer)
{
	const struct shelf_sight *sight = viewer->reading.shelf.sight;
	bool shows = sight && sight->count, runs = is_going_on(viewer);
	size_t count = 0;

	if (runs)
		add_check(viewer, &count,
		          (struct scene_check){
				  .text = viewer->progress,
				  .verdict = SCENE_NOTE,
				  .more = "what is not done yet is shown as far as it has come, or "
					  "as the run before left it" });
	if (shows && viewer->stale)
		add_check(viewer, &count,
		          (struct scene_check){ .text = viewer->stale,
		                                .verdict = SCENE_BAD,
		                                .more = viewer->stale_why });
	if (shows && viewer->unread)
		add_check(viewer, &count,
		          (struct scene_check){ .text = viewer->unread_text,
		                                .verdict = SCENE_BAD,
		                                .more = viewer->unread_why });
	if (shows && viewer->outcome.count && !runs)
		add_check(viewer, &count, outcome_check(&viewer->outcome));
	for (size_t i = runs && shows && sight->trust.unfinished; shows && i < sight->trust.count;
	     i++)
		add_check(viewer, &count, sight->trust.checks[i]);
	return count;
}

static void show_checks(struct viewer *viewer)
{
	window_set_checks(viewer->window, viewer->checks, make_checks(viewer));
}

static struct window_content content_of(struct viewer *viewer)
{
	const struct shelf_sight *sight = viewer->reading.shelf.sight;
	size_t count = make_checks(viewer);

	if (!sight)
		return (struct window_content){ .timeline = &nothing,
			                        .checks = viewer->checks,
			                        .check_count = count };
	return (struct window_content){ .timeline = &sight->timeline,
		                        .steps = &sight->steps,
		                        .index = sight->index,
		                        .menus = sight->menus,
		                        .waits = &sight->waits,
		                        .checks = viewer->checks,
		                        .check_count = count,
		                        .ids = sight->ids,
		                        .title = sight->title.bytes };
}

static void complain(struct viewer *viewer, enum complaint about, const char *text)
{
	viewer->complaint = about;
	window_complain(viewer->window, "%s", text);
}

/* What the card is about is well again. */
static void mend(struct viewer *viewer, enum complaint about)
{
	if (viewer->complaint != about)
		return;
	viewer->complaint = COMPLAINT_NONE;
	window_mend(viewer->window);
}

/* --select. Of recordings that are whole nothing more is to come: one that is in none is an error
 * of the command line. */
static void select_there(struct viewer *viewer, const struct timeline *timeline)
{
	const struct viewer_options *options = viewer->options;
	bool whole = !options->scenario && !options->follow;
	struct err err = { 0 };
	struct item item;

	if (item_parse(options->select, timeline, &item, &err) == 0) {
		window_select(viewer->window, item);
		viewer->select_pending = false;
	} else if (whole) {
		viewer->failed = err;
		window_end(viewer->window);
	} else if (!viewer->child && !options->follow) {
		window_say(viewer->window, "%s", err.text);
		viewer->select_pending = false;
	}
}

/* --at and --select, as soon as there is something to put them on. */
static void go_there(struct viewer *viewer)
{
	const struct timeline *timeline = &viewer->reading.shelf.sight->timeline;

	if (!timeline->group_count)
		return;
	if (viewer->at_pending)
		window_set_cursor(viewer->window, viewer->options->at_ns);
	viewer->at_pending = false;
	if (viewer->select_pending)
		select_there(viewer, timeline);
}

static void say_progress(struct viewer *viewer)
{
	size_t whole, all = growing(viewer, &whole);

	snprintf(viewer->progress, sizeof(viewer->progress), "running: %zu of %zu done", whole,
	         all);
	window_say(viewer->window, "running %s: %zu of %zu done",
	           base_name(viewer->options->scenario), whole, all);
	show_checks(viewer);
}

/* What a reader of it should know: it is cut, or of a newer version. NULL: nothing. What grows is
 * always cut. */
static const char *warning_of(const struct shelf_item *item, const struct shelf_entry *entry)
{
	const struct shelf_copy *copy = item ? item->copy : NULL;

	if (!entry->was_read || entry->chosen || entry->growing || !copy || item->partial)
		return NULL;
	return copy->whole ? copy->whole->trace.warning : copy->trace.warning;
}

/* What became of a recording that was dropped on the window. */
static void answer_drop(struct viewer *viewer, const struct shelf_entry *entry, const char *warning)
{
	if (entry->was_read) {
		watch_file(viewer->watch, entry->path);
		window_say(viewer->window, "%s is open beside%s%s", base_name(entry->path),
		           warning ? "; " : "", warning ? warning : "");
	} else {
		complain(viewer, COMPLAINT_READ, entry->err.text);
		shelf_drop(&viewer->reading.shelf, entry->id);
	}
}

/* One that could not be read is shown as it was before, until it can. */
static void note_unread(struct viewer *viewer, const struct shelf_job *job,
                        const struct shelf_entry *wrong)
{
	for (size_t i = 0; i < job->count; i++) {
		if (!job->entries[i].was_read)
			continue;
		if (job->entries[i].id == viewer->unread)
			viewer->unread = 0;
		if (!wrong && !viewer->unread)
			mend(viewer, COMPLAINT_READ);
	}
	if (wrong) {
		viewer->unread = wrong->id;
		snprintf(viewer->unread_why, sizeof(viewer->unread_why), "%s", wrong->err.text);
		snprintf(viewer->unread_text, sizeof(viewer->unread_text), "%s: of before",
		         base_name(wrong->path));
	}
	show_checks(viewer);
}

static void answer(struct viewer *viewer, const struct shelf_job *job)
{
	const struct shelf_entry *wrong = NULL;
	const char *warning = NULL, *name = NULL;

	for (size_t i = 0; i < job->count; i++) {
		const struct shelf_entry *entry = &job->entries[i];
		const struct shelf_item *item = shelf_find(&viewer->reading.shelf, entry->id);
		const char *own = warning_of(item, entry);

		if (entry->unfit && item && item->id <= viewer->own && !entry->growing) {
			viewer->failed = entry->err;
			window_end(viewer->window);
		} else if (item && !item->partial && entry->first && item->id > viewer->own) {
			answer_drop(viewer, entry, own);
		} else if (entry->err.kind && !entry->growing && !wrong) {
			wrong = entry;
		} else if (own && !warning) {
			warning = own;
			name = base_name(entry->path);
		}
	}
	note_unread(viewer, job, wrong);
	if (wrong)
		complain(viewer, COMPLAINT_READ, wrong->err.text);
	else if (warning)
		window_say(viewer->window, "%s: %s", name, warning);
	else if (viewer->reading.job_asked)
		window_say(viewer->window, "read again");
}

/* --flow and --filter are for captures. Once all that the command line names was read. */
static void check_captures(struct viewer *viewer)
{
	const struct shelf *shelf = &viewer->reading.shelf;
	const struct viewer_options *options = viewer->options;

	if (!options->filter && options->flow < 0)
		return;
	for (size_t i = 0; i < shelf->count; i++)
		if (!shelf->items[i].copy || shelf->items[i].copy->whole)
			return;
	err_input(&viewer->failed,
	          "%s is for captures of others; what seam run recorded is shown whole",
	          options->filter ? "--filter" : "--flow");
	window_end(viewer->window);
}

/* Shows what has been read, and says what was not. */
static void show_read(struct viewer *viewer)
{
	struct window_content content;
	struct shelf_job *job;
	bool shown;

	while ((job = reading_take(&viewer->reading, &shown)) != NULL) {
		if (shown) {
			content = content_of(viewer);
			window_show(viewer->window, &content);
			go_there(viewer);
			watch_set_pause(viewer->watch, PAUSE_FACTOR * viewer->reading.took_ns);
			if (viewer->inflow)
				inflow_set_pause(viewer->inflow,
				                 PAUSE_FACTOR * viewer->reading.took_ns);
			check_captures(viewer);
			if (viewer->child)
				say_progress(viewer);
		}
		answer(viewer, job);
		if (!reading_done(&viewer->reading, job))
			window_say(viewer->window, "nothing has changed on disk");
	}
}

/* False if there is nothing new. */
static bool look(struct viewer *viewer, bool only_growing, bool asked)
{
	bool any = reading_look(&viewer->reading, only_growing, asked);

	show_read(viewer);
	return any;
}

/* ---- running the scenario ---- */

/* The recordings that a run of the scenario as it is now will make. */
static int expect_recordings(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;
	struct scenario_file *file = scenario_file_load(options->scenario, options->sets->items,
	                                                options->sets->count, err);
	size_t count = file ? scenario_file_variant_count(file) : 0, chosen = 0;
	char **paths = mem_alloc(count, sizeof(*paths));

	for (size_t i = 0; i < count; i++) {
		bool wanted = !options->variants->count;
		struct buffer path = { 0 };
		char *base;

		for (size_t k = 0; k < options->variants->count; k++)
			wanted |= !strcmp(options->variants->items[k],
			                  scenario_file_variant(file, i));
		if (!wanted)
			continue;
		base = play_base(file, i, 0, options->scratch);
		buffer_format(&path, "%s.pcapng", base);
		paths[chosen++] = path.bytes;
		free(base);
	}
	if (file)
		shelf_set_growing(&viewer->reading.shelf, paths, chosen);
	for (size_t i = 0; i < chosen; i++) {
		watch_file(viewer->watch, paths[i]);
		watch_file(viewer->watch, viewer->reading.shelf.items[i].partial);
		free(paths[i]);
	}
	free(paths);
	scenario_file_destroy(file);
	return file ? 0 : -1;
}

static int start_run(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;
	size_t most = ARGUMENTS + 2 * (options->variants->count + options->sets->count), count = 0;
	const char **argv = mem_alloc(most, sizeof(*argv));
	pid_t child;

	argv[count++] = PROCESS_SELF;
	argv[count++] = "run";
	argv[count++] = "--quiet";
	argv[count++] = "--force";
	argv[count++] = "--out";
	argv[count++] = options->scratch;
	argv[count++] = "--results";
	argv[count++] = viewer->results;
	for (size_t i = 0; i < options->variants->count; i++) {
		argv[count++] = "--variant";
		argv[count++] = options->variants->items[i];
	}
	for (size_t i = 0; i < options->sets->count; i++) {
		argv[count++] = "--set";
		argv[count++] = options->sets->items[i];
	}
	argv[count++] = "--";
	argv[count++] = options->scenario;
	argv[count] = NULL;
	child = process_start(argv, PROCESS_CHILD, viewer->errors, err);
	free(argv);
	if (child < 0)
		return -1;
	viewer->child = child;
	viewer->begun_ns = clock_monotonic_ns();
	clock_gettime(CLOCK_REALTIME_COARSE, &viewer->begun);
	watch_process(viewer->watch, child);
	return 0;
}

static void set_stale(struct viewer *viewer, const char *text, const char *why)
{
	viewer->stale = text;
	snprintf(viewer->stale_why, sizeof(viewer->stale_why), "%s", why);
}

/* Runs the scenario, once what is under way has ended. */
static void run_again(struct viewer *viewer)
{
	struct err err = { 0 };

	viewer->played = shelf_stamp(viewer->options->scenario);
	if (viewer->child) {
		viewer->again = true;
		kill(viewer->child, SIGTERM);
		return;
	}
	if (expect_recordings(viewer, &err) != 0 || start_run(viewer, &err) != 0) {
		set_stale(viewer, "of before the change", err.text);
		complain(viewer, COMPLAINT_RUN, err.text);
	} else {
		viewer->stale = NULL;
		mend(viewer, COMPLAINT_RUN);
		say_progress(viewer);
	}
	show_checks(viewer);
	look(viewer, true, false);
}

/* The first sentence that the run said, without "seam: ". */
static void read_errors(const struct viewer *viewer, char *said, size_t size)
{
	static const char prefix[] = "seam: ";
	FILE *file = fopen(viewer->errors, "re");
	size_t length = file ? fread(said, 1, size - 1, file) : 0;

	said[length] = '\0';
	said[strcspn(said, "\n")] = '\0';
	if (!strncmp(said, prefix, strlen(prefix)))
		memmove(said, said + strlen(prefix), strlen(said + strlen(prefix)) + 1);
	if (file)
		fclose(file);
}

static bool growing_whole(struct viewer *viewer)
{
	size_t whole;

	growing(viewer, &whole);
	return whole > 0;
}

static void say_outcome(struct viewer *viewer, double seconds, bool failed)
{
	const char *name = base_name(viewer->options->scenario);
	const struct outcome *outcome = &viewer->outcome;

	if (failed)
		window_say(viewer->window, "%s failed after %.1f s: R, or saving it, runs it again",
		           name, seconds);
	else if (!outcome->count)
		window_say(viewer->window, "%s ran in %.1f s: R, or saving it, runs it again", name,
		           seconds);
	else if (!outcome->said.length)
		window_say(viewer->window, "%s ran in %.1f s; %s", name, seconds,
		           outcome->text.bytes);
	else
		window_say(viewer->window, "%s ran in %.1f s; %s: %.*s", name, seconds,
		           outcome->text.bytes, (int)strcspn(outcome->said.bytes, "\n"),
		           outcome->said.bytes);
}

static void end_run(struct viewer *viewer, int code)
{
	double seconds = (double)(clock_monotonic_ns() - viewer->begun_ns) / 1e9;
	char said[1024];

	viewer->child = 0;
	if (viewer->again) {
		viewer->again = false;
		run_again(viewer);
		return;
	}
	read_errors(viewer, said, sizeof(said));
	outcome_read(&viewer->outcome, viewer->results);
	unlink(viewer->results);
	if (code != 0 || *said)
		complain(viewer, COMPLAINT_RUN, *said ? said : "the run failed");
	if (code != 0 && !growing_whole(viewer))
		set_stale(viewer, "of an earlier run", *said ? said : "the run failed");
	say_outcome(viewer, seconds, code != 0);
	show_checks(viewer);
}

/* ---- what the window asks for ---- */

static void again(void *context, struct window *window)
{
	struct viewer *viewer = context;

	if (viewer->options->scenario)
		run_again(viewer);
	else if (!look(viewer, false, true))
		window_say(window, "nothing has changed on disk");
}

static bool is_scenario(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

/* Whatever each of them is called. */
static bool is_same_file(const struct shelf_item *item, const char *path)
{
	struct shelf_stamp one = shelf_stamp(shelf_place(item)), other = shelf_stamp(path);

	return !strcmp(item->path, path) ||
	       (one.there && other.there && one.device == other.device && one.inode == other.inode);
}

static void dropped(void *context, struct window *window, const char *path)
{
	struct viewer *viewer = context;
	struct shelf *shelf = &viewer->reading.shelf;

	for (size_t i = 0; i < shelf->count; i++) {
		if (is_same_file(&shelf->items[i], path)) {
			window_say(window, "%s is open already", base_name(path));
			return;
		}
	}
	if (is_scenario(path)) {
		window_say(window, "%s is a scenario: `seam view %s` runs it and shows it",
		           base_name(path), path);
		return;
	}
	shelf_add(shelf, path, false);
	look(viewer, true, false);
}

static void offer_changes(struct viewer *viewer)
{
	for (size_t i = 0; i < viewer->reading.shelf.count; i++) {
		struct shelf_item *item = &viewer->reading.shelf.items[i];
		struct shelf_stamp now = shelf_stamp(item->path);

		if (item->partial || !shelf_changed(item) || shelf_stamp_equal(&now, &item->told))
			continue;
		item->told = now;
		if (now.there)
			window_say(viewer->window, "%s has changed on disk: R reads it again",
			           base_name(item->path));
		else
			window_say(viewer->window,
			           "%s is gone from the disk; what is shown was read before",
			           base_name(item->path));
	}
}

/* ---- standard input ---- */

/* How long the flow of what comes through a pipe may still be another one: what is piped in at once
 * opens at the worst of all, and what comes slowly stays where it began. */
#define UNDECIDED_NS INT64_C(1000000000)

static void say_inflow(struct viewer *viewer, const struct shelf_copy *whole, bool ended)
{
	size_t flows = whole->ledger.flow_count;

	if (!ended)
		window_say(viewer->window,
		           "standard input is drawn as it comes: O lists its flows");
	else
		window_say(viewer->window, "standard input has ended: %zu packets in %zu flow%s",
		           whole->trace.packet_count, flows, flows == 1 ? "" : "s");
}

/* What became of the pipe since. */
static void look_at_inflow(struct viewer *viewer)
{
	struct shelf_item *item = shelf_find(&viewer->reading.shelf, viewer->inflow_id);
	struct inflow_state state;
	struct shelf_copy *whole;

	if (!viewer->inflow || !item || viewer->inflow_ended)
		return;
	state = inflow_state(viewer->inflow);
	whole = item->copy ? item->copy->whole : NULL;
	if (whole && item->flow == SHELF_WORST && viewer->inflow_told &&
	    clock_monotonic_ns() - viewer->inflow_ns > UNDECIDED_NS)
		shelf_choose(&viewer->reading.shelf, item->id, item->copy->flow);
	if (whole && !viewer->inflow_told) {
		viewer->inflow_told = true;
		viewer->inflow_ns = clock_monotonic_ns();
		if (!state.ended)
			say_inflow(viewer, whole, false);
	}
	/* The last of it is drawn. */
	if (!state.ended || viewer->reading.job || shelf_changed(item))
		return;
	viewer->inflow_ended = true;
	if (state.err.kind)
		window_say(viewer->window, "%s", state.err.text);
	else if (whole)
		say_inflow(viewer, whole, true);
}

/* A card while nothing of it can be drawn yet. */
static int inflow_words(struct viewer *viewer, struct scene_loading *loading)
{
	const struct shelf_item *item = shelf_find(&viewer->reading.shelf, viewer->inflow_id);
	struct inflow_state state;
	int64_t passed_ns = clock_monotonic_ns() - viewer->inflow_ns;

	if (!viewer->inflow || !item || item->copy)
		return 0;
	state = inflow_state(viewer->inflow);
	if (state.ended)
		return 0;
	if (passed_ns < READING_QUIET_MS * INT64_C(1000000))
		return READING_QUIET_MS;
	if (state.size)
		snprintf(viewer->inflow_stage, sizeof(viewer->inflow_stage),
		         "waiting for more: %.*f kB so far", state.size < 100000,
		         (double)state.size / 1e3);
	else
		snprintf(viewer->inflow_stage, sizeof(viewer->inflow_stage),
		         "waiting for what comes");
	snprintf(viewer->inflow_since, sizeof(viewer->inflow_since), "%.1f s",
	         (double)passed_ns / 1e9);
	*loading = (struct scene_loading){ .what = "Reading standard input",
		                           .stage = viewer->inflow_stage,
		                           .since = viewer->inflow_since,
		                           .share = -1 };
	return INFLOW_ASK_MS;
}

static void woken(void *context, struct window *window)
{
	struct viewer *viewer = context;
	const char *scenario = viewer->options->scenario;
	bool ended = false;
	int code = 0;

	(void)window;
	if (viewer->child)
		ended = process_ended(viewer->child, false, &code);
	show_read(viewer);
	look(viewer, true, false);
	look_at_inflow(viewer);
	if (ended)
		end_run(viewer, code);
	if (scenario) {
		struct shelf_stamp now = shelf_stamp(scenario);

		if (now.there && !shelf_stamp_equal(&now, &viewer->played))
			run_again(viewer);
	}
	offer_changes(viewer);
}

/* What a group of the picture is of; NULL: nothing is. */
static struct shelf_item *item_of(struct viewer *viewer, uint32_t group)
{
	const struct shelf_sight *sight = viewer->reading.shelf.sight;

	return sight && group < sight->count ? shelf_find(&viewer->reading.shelf, sight->ids[group])
	                                     : NULL;
}

static void choose_flow(void *context, struct window *window, uint32_t group, uint32_t flow)
{
	struct viewer *viewer = context;
	const struct shelf_item *item = item_of(viewer, group);

	(void)window;
	if (!item)
		return;
	shelf_choose(&viewer->reading.shelf, item->id, flow);
	look(viewer, true, false);
}

static void elsewhere(void *context, struct window *window, uint32_t group)
{
	struct viewer *viewer = context;
	const struct shelf_item *item = item_of(viewer, group);
	struct handover_part part = { .filter = viewer->options->filter, .flow = -1 };
	const char *path;
	struct err err = { 0 };

	if (!item) {
		window_say(window, "there is no recording to show in Wireshark");
		return;
	}
	path = shelf_place(item);
	if (!strcmp(path, "-")) {
		window_say(window, "Wireshark cannot open what came from standard input");
		return;
	}
	if (item->copy && item->copy->whole)
		part.flow = item->copy->flow;
	else
		part.filter = NULL;
	if (handover_start(path, &part, &err) != 0)
		window_say(window, "%s", err.text);
	else
		window_say(window, "Wireshark opens %s", base_name(path));
}

/* "nagle-nagle", beside the first recording; what a scenario's run leaves goes away with us. */
static void picture_base(const struct viewer *viewer, struct buffer *base)
{
	const char *path = viewer->options->scenario     ? base_name(viewer->options->scenario)
	                   : viewer->reading.shelf.count ? viewer->reading.shelf.items[0].path
	                                                 : "seam";
	const char *dot = strrchr(base_name(path), '.');

	if (!strcmp(path, "-"))
		path = "seam", dot = NULL;
	buffer_add(base, path, dot && dot > base_name(path) ? (size_t)(dot - path) : strlen(path));
}

static int save(void *context, const char *form, const struct buffer *bytes, struct buffer *said,
                struct err *err)
{
	const struct viewer *viewer = context;
	struct buffer base = { 0 }, path = { 0 };
	int result = -1;

	picture_base(viewer, &base);
	for (int i = 1; i <= NAMES_MOST && result != 0; i++) {
		buffer_clear(&path);
		buffer_format(&path, "%s-view", base.bytes);
		if (i > 1)
			buffer_format(&path, "-%d", i);
		buffer_format(&path, ".%s", form);
		if (access(path.bytes, F_OK) == 0)
			continue;
		result = save_file(path.bytes, bytes->bytes, bytes->length, false, err);
		if (result != 0 && access(path.bytes, F_OK) != 0)
			break;
	}
	if (result == 0)
		buffer_format(said, "saved as %s", path.bytes);
	else if (!err->kind)
		err_input(err, "there are %d pictures beside %s already", NAMES_MOST, base.bytes);
	buffer_finish(&base);
	buffer_finish(&path);
	return result;
}

static void drawn(void *context, const struct buffer *json)
{
	const struct viewer *viewer = context;
	struct err err = { 0 };

	if (viewer->options->dump)
		save_file(viewer->options->dump, json->bytes, json->length, true, &err);
}

/* ---- from beginning to end ---- */

static void wake(void *context)
{
	window_wake(context);
}

static int fill(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;

	for (size_t i = 0; i < options->recording_count; i++) {
		const char *path = options->recordings[i];

		if (!strcmp(path, "-")) {
			viewer->own = shelf_add_inflow(&viewer->reading.shelf, NULL);
			if (viewer->inflow_id)
				return err_input(err, "- stands for standard input, which can be "
				                      "read only once");
			viewer->inflow_id = viewer->own;
			continue;
		}
		if (!options->follow && access(path, F_OK) != 0)
			return err_input(err, "cannot open %s: %s: give the path of a recording",
			                 path, strerror(errno));
		viewer->own = shelf_add(&viewer->reading.shelf, path, options->follow);
	}
	viewer->reading.shelf.filter = options->filter;
	for (size_t i = 0; i < viewer->reading.shelf.count && options->flow >= 0; i++)
		viewer->reading.shelf.items[i].flow = (uint32_t)options->flow;
	return 0;
}

/* Only when there is a window for it: it cannot be read twice. */
static int start_inflow(struct viewer *viewer, struct err *err)
{
	if (!viewer->inflow_id)
		return 0;
	viewer->inflow = inflow_create(STDIN_FILENO, err);
	if (!viewer->inflow)
		return -1;
	shelf_find(&viewer->reading.shelf, viewer->inflow_id)->inflow = viewer->inflow;
	viewer->inflow_ns = clock_monotonic_ns();
	return 0;
}

static int loading(void *context, struct scene_loading *loading)
{
	struct viewer *viewer = context;

	int ms = inflow_words(viewer, loading);

	return ms ? ms : reading_words(&viewer->reading, loading);
}

static void start_watching(struct viewer *viewer)
{
	viewer->watch = watch_create(wake, viewer->window);
	for (size_t i = 0; i < viewer->reading.shelf.count; i++) {
		const struct shelf_item *item = &viewer->reading.shelf.items[i];

		if (strcmp(item->path, "-") != 0)
			watch_file(viewer->watch, item->path);
		if (item->partial)
			watch_file(viewer->watch, item->partial);
	}
	if (viewer->options->scenario)
		watch_file(viewer->watch, viewer->options->scenario);
}

static void finish(struct viewer *viewer)
{
	int ignored;

	watch_destroy(viewer->watch);
	if (viewer->inflow)
		inflow_set_wake(viewer->inflow, NULL, NULL);
	worker_set_wake(viewer->reading.worker, NULL, NULL);
	window_close(viewer->window);
	if (viewer->child) {
		kill(viewer->child, SIGTERM);
		process_ended(viewer->child, true, &ignored);
	}
	if (viewer->errors)
		unlink(viewer->errors);
	free(viewer->errors);
	free(viewer->results);
	outcome_finish(&viewer->outcome);
	reading_finish(&viewer->reading);
	inflow_destroy(viewer->inflow);
}

static enum viewer_end open_and_run(struct viewer *viewer, struct err *err)
{
	const struct viewer_options *options = viewer->options;
	const struct window_calls calls = { .context = viewer,
		                            .again = again,
		                            .dropped = dropped,
		                            .woken = woken,
		                            .loading = loading,
		                            .flow = choose_flow,
		                            .elsewhere = elsewhere,
		                            .save = save,
		                            .drawn = options->dump ? drawn : NULL };
	const struct window_content content = { .timeline = &nothing };

	viewer->window = window_open(&options->window, &calls, &content, err);
	if (!viewer->window)
		return VIEWER_NO_WINDOW;
	/* Not before: beside another thread libX11 takes 7 ms more to read its table of composed
	 * characters, byte by byte, each under a lock. */
	viewer->reading.worker = worker_create();
	if (start_inflow(viewer, err) != 0)
		return VIEWER_FAILED;
	reading_look(&viewer->reading, false, false);
	worker_wait(viewer->reading.worker, READING_QUIET_MS);
	worker_set_wake(viewer->reading.worker, wake, viewer->window);
	if (viewer->inflow)
		inflow_set_wake(viewer->inflow, wake, viewer->window);
	show_read(viewer);
	start_watching(viewer);
	if (options->scenario)
		run_again(viewer);
	window_wake(viewer->window); /* something may have changed before it was watched */
	if (window_run(viewer->window, err) != 0)
		return VIEWER_FAILED;
	*err = viewer->failed;
	return err->kind ? VIEWER_FAILED : VIEWER_CLOSED;
}

enum viewer_end viewer_run(const struct viewer_options *options, struct err *err)
{
	struct viewer viewer = { .options = options,
		                 .at_pending = options->has_at,
		                 .select_pending = options->select != NULL };
	enum viewer_end end = VIEWER_FAILED;

	if (options->scenario) {
		struct buffer errors = { 0 }, results = { 0 };

		buffer_format(&errors, "%s/errors", options->scratch);
		viewer.errors = errors.bytes;
		buffer_format(&results, "%s/results", options->scratch);
		viewer.results = results.bytes;
	}
	if (fill(&viewer, err) == 0)
		end = open_and_run(&viewer, err);
	finish(&viewer);
	return end;
}
