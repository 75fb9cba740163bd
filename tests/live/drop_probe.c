/*
 * Drops a file on a window, as a file manager does: the source's side of XDND, version 5.
 * usage: drop_probe WINDOW PATH
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <X11/Xatom.h>
#include <X11/Xlib.h>

#define VERSION 5
#define WAIT_S  10

struct drop {
	Display *display;
	Window source, target;
	char uri[4096];
};

static Atom atom(const struct drop *drop, const char *name)
{
	return XInternAtom(drop->display, name, False);
}

static void tell(const struct drop *drop, const char *what, long one, long two, long three,
                 long four)
{
	XEvent event = { 0 };

	event.xclient.type = ClientMessage;
	event.xclient.display = drop->display;
	event.xclient.window = drop->target;
	event.xclient.message_type = atom(drop, what);
	event.xclient.format = 32;
	event.xclient.data.l[0] = (long)drop->source;
	event.xclient.data.l[1] = one;
	event.xclient.data.l[2] = two;
	event.xclient.data.l[3] = three;
	event.xclient.data.l[4] = four;
	XSendEvent(drop->display, drop->target, False, NoEventMask, &event);
	XFlush(drop->display);
}

/* The target asks for the list of files. */
static void hand_over(const struct drop *drop, const XSelectionRequestEvent *request)
{
	XEvent event = { 0 };

	XChangeProperty(drop->display, request->requestor, request->property, request->target, 8,
	                PropModeReplace, (const unsigned char *)drop->uri, (int)strlen(drop->uri));
	event.xselection.type = SelectionNotify;
	event.xselection.display = drop->display;
	event.xselection.requestor = request->requestor;
	event.xselection.selection = request->selection;
	event.xselection.target = request->target;
	event.xselection.property = request->property;
	event.xselection.time = request->time;
	XSendEvent(drop->display, request->requestor, False, NoEventMask, &event);
	XFlush(drop->display);
}

/* Until a message of that name comes; its second word. */
static long wait_for(const struct drop *drop, const char *what)
{
	XEvent event;

	for (;;) {
		XNextEvent(drop->display, &event);
		if (event.type == SelectionRequest)
			hand_over(drop, &event.xselectionrequest);
		else if (event.type == ClientMessage &&
		         event.xclient.message_type == atom(drop, what))
			return event.xclient.data.l[1];
	}
}

int main(int argc, char **argv)
{
	struct drop drop = { .display = XOpenDisplay(NULL) };

	if (argc != 3 || !drop.display)
		return 2;
	alarm(WAIT_S);
	drop.target = (Window)strtoul(argv[1], NULL, 0);
	snprintf(drop.uri, sizeof(drop.uri), "file://%s\r\n", argv[2]);
	drop.source = XCreateSimpleWindow(drop.display, DefaultRootWindow(drop.display), 0, 0, 1, 1,
	                                  0, 0, 0);
	XSetSelectionOwner(drop.display, atom(&drop, "XdndSelection"), drop.source, CurrentTime);
	tell(&drop, "XdndEnter", (long)VERSION << 24, (long)atom(&drop, "text/uri-list"), 0, 0);
	tell(&drop, "XdndPosition", 0, 100 << 16 | 100, CurrentTime,
	     (long)atom(&drop, "XdndActionCopy"));
	if (!(wait_for(&drop, "XdndStatus") & 1))
		return 1;
	tell(&drop, "XdndDrop", 0, CurrentTime, 0, 0);
	wait_for(&drop, "XdndFinished");
	XCloseDisplay(drop.display);
	return 0;
}
