/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a run tells the lab, when it was loaded to. A run begins at the program the frame came in by and ends where an
 * answer is returned; when an agent tail-calls transit, that is one run, of the agent.
 *
 * RECORD_RESULT leaves the result of the last run in a map user space has mapped: no system call reads it.
 * RECORD_FRAMES writes one trace_event a run into a ring buffer, both frames in it; what found no room is counted.
 */
#ifndef MIZAR_TRACE_H
#define MIZAR_TRACE_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "settings.h"
#include "tables.h"
#include "verdict.h"

/* Bytes of a frame that are kept, of each of the two. */
#ifndef TRACE_SNAP
#define TRACE_SNAP 4096 /* above 3 520 bytes native XDP takes no frame in one piece */
#endif
/* Bytes of the ring buffer; a power of two of whole pages. */
#ifndef TRACE_RING_BYTES
#define TRACE_RING_BYTES (4 << 20)
#endif

enum program {
	PROGRAM_AGENT = 0,
	PROGRAM_TRANSIT = 1,
};

/* Tables that programs write; harness/Bpf/Codecs/TableCodecs.cs knows which they are. */
enum changed_table {
	CHANGED_DIRECT_PATH = 0,
	CHANGED_FORWARD_NAT = 1,
	CHANGED_REVERSE_NAT = 2,
	CHANGED_CONNECTIONS = 3,
	CHANGED_STATISTICS = 4,
	CHANGED_TOKENS = 5,
	CHANGED_AGENT_SUBSTRATE = 6,
	CHANGED_TRANSLATIONS = 7,
};

/* More rows than one run can change, an agent's and a tail-called transit's together. */
#define RUN_CHANGES_MAX 16
#define CHANGED_KEY_MAX 24
#define CHANGED_VALUE_MAX 36

/* One row as a run left it: key and value as they are in the map. */
struct change {
	__u8 table;
	__u8 removed;
	__u8 pad[2];
	__u8 key[CHANGED_KEY_MAX];
	__u8 value[CHANGED_VALUE_MAX];
};

struct run_result {
	__u8 program; /* the one the frame came in by */
	__u8 verdict;
	__u8 reason;
	__u8 devmap;
	__s32 slot; /* of the devmap, or -1 */
	__u32 changed; /* how many of the changes below are this run's; more than there is room for: some are not told */
	__u32 lookups; /* count.h */
	struct change changes[RUN_CHANGES_MAX];
};

struct trace_event {
	__u64 begin_ns; /* CLOCK_MONOTONIC */
	__u64 end_ns;
	__u32 ingress_ifindex;
	__u32 length_in; /* whole frames; what is kept of them may be less */
	__u32 length_out;
	__u16 kept_in;
	__u16 kept_out;
	struct run_result result;
	__u8 frames[2 * TRACE_SNAP]; /* the frame as it came, right behind it the frame as it left; sent no longer than filled */
};

/* A CPU runs one of these at a time. */
struct run {
	__u32 tail_called; /* the agent has begun this run, transit goes on with it */
	__u32 pad;
	struct trace_event event;
};

_Static_assert(sizeof(struct run_result) == 1040 && __builtin_offsetof(struct trace_event, frames) == 1072, "harness/Bpf reads these");
_Static_assert((TRACE_SNAP & (TRACE_SNAP - 1)) == 0 && TRACE_SNAP < 65536, "TRACE_SNAP is a power of two");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct run);
} run_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct run_result);
} run_result SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, TRACE_RING_BYTES);
} trace_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} trace_lost SEC(".maps");

static __always_inline struct run *this_run(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&run_scratch, &zero);
}

/* Copies what is kept of the frame; answers how many bytes. The room behind `to` is TRACE_SNAP. */
static __always_inline __u32 keep_frame(struct xdp_md *ctx, __u8 *to, __u32 *length)
{
	__u64 kept = bpf_xdp_get_buff_len(ctx);

	*length = kept;
	if (kept > TRACE_SNAP)
		kept = TRACE_SNAP;
	asm volatile("" : "+r"(kept)); /* one register for the check below and the call */
	if (kept == 0 || kept > TRACE_SNAP || bpf_xdp_load_bytes(ctx, 0, to, kept))
		return 0;
	return kept;
}

static __always_inline void count_from_zero(void)
{
	__u32 *made = lookups_made();

	if (made)
		*made = 0;
}

static __always_inline void run_begin(struct xdp_md *ctx, enum program program)
{
	struct run *run;

	if (recording() == RECORD_NOTHING)
		return;
	run = this_run();
	if (!run)
		return;
	if (program == PROGRAM_TRANSIT && run->tail_called) {
		run->tail_called = 0;
		return;
	}
	run->tail_called = 0;
	run->event.result.program = program;
	run->event.result.changed = 0;
	count_from_zero();
	if (recording() & RECORD_FRAMES) {
		run->event.ingress_ifindex = ctx->ingress_ifindex;
		run->event.kept_in = keep_frame(ctx, run->event.frames, &run->event.length_in);
		run->event.begin_ns = bpf_ktime_get_ns();
	}
}

/* Says before a tail call that the run goes on (or, when it failed, does not). */
static __always_inline void run_tail_called(__u32 called)
{
	struct run *run;

	if (recording() == RECORD_NOTHING)
		return;
	run = this_run();
	if (run)
		run->tail_called = called;
}

/*
 * Tells a row this run wrote, with a value it did not have before, or removed (`value` NULL). A macro, for the sizes must be
 * constants: those of the pointers' types, which are the map's key and value.
 */
#define run_changed(table, key, value) tell_change(table, key, sizeof(*(key)), value, sizeof(*(value)))
#define run_removed(table, key) tell_change(table, key, sizeof(*(key)), NULL, 0)

static __always_inline void tell_change(enum changed_table table, const void *key, __u32 key_bytes, const void *value, __u32 value_bytes)
{
	struct change *change;
	struct run *run;
	__u32 at;

	if (recording() == RECORD_NOTHING)
		return;
	run = this_run();
	if (!run)
		return;
	at = run->event.result.changed++;
	if (at >= RUN_CHANGES_MAX)
		return;
	change = &run->event.result.changes[at];
	change->table = table;
	change->removed = !value;
	__builtin_memcpy(change->key, key, key_bytes);
	if (value)
		__builtin_memcpy(change->value, value, value_bytes);
}

static __always_inline void count_lost(void)
{
	__u32 zero = 0;
	__u64 *lost = bpf_map_lookup_elem(&trace_lost, &zero);

	if (lost)
		++*lost;
}

static __always_inline void send_event(struct xdp_md *ctx, struct run *run)
{
	struct trace_event *event = &run->event;
	__u64 in = event->kept_in, size;

	event->end_ns = bpf_ktime_get_ns();
	if (in > TRACE_SNAP)
		return;
	event->kept_out = keep_frame(ctx, event->frames + in, &event->length_out);
	size = __builtin_offsetof(struct trace_event, frames) + in + event->kept_out;
	if (size > sizeof(*event) || bpf_ringbuf_output(&trace_events, event, size, 0))
		count_lost();
}

static __always_inline void share_result(struct run_result *shared, const struct run_result *result)
{
	__builtin_memcpy(shared, result, __builtin_offsetof(struct run_result, changes));
	for (__u32 i = 0; i < RUN_CHANGES_MAX && i < result->changed; i++)
		shared->changes[i] = result->changes[i];
}

static __always_inline void note_answer(struct run_result *result, answer_t answer)
{
	__u32 *made = lookups_made();

	result->verdict = ANSWER_VERDICT(answer);
	result->reason = ANSWER_REASON(answer);
	result->devmap = ANSWER_DEVMAP(answer);
	result->slot = ANSWER_SLOT(answer);
	result->lookups = made ? *made : 0;
}

/* Tells what is noted. The run is looked up again: one that many ways have led here with is verified anew for each. */
static __always_inline void run_tell(struct xdp_md *ctx)
{
	struct run *run = this_run();
	struct run_result *shared;
	__u32 zero = 0;

	if (!run)
		return;
	if (recording() & RECORD_RESULT) {
		shared = bpf_map_lookup_elem(&run_result, &zero);
		if (shared)
			share_result(shared, &run->event.result);
	}
	if (recording() & RECORD_FRAMES)
		send_event(ctx, run);
}

/* Ends the run and gives the kernel its verdict. */
static __always_inline int run_end(struct xdp_md *ctx, answer_t answer)
{
	struct run *run;

	if (recording() == RECORD_NOTHING)
		return ANSWER_VERDICT(answer);
	run = this_run();
	if (run) {
		note_answer(&run->event.result, answer);
		run_tell(ctx);
	}
	return ANSWER_VERDICT(answer);
}

/* Before the tail call into a stage: what transit answered, from which the stage's record goes on. */
static __always_inline void run_staged(answer_t answer)
{
	struct run *run;

	if (recording() == RECORD_NOTHING)
		return;
	run = this_run();
	if (run)
		note_answer(&run->event.result, answer);
}

/* Ends a stage's run: the reason stays transit's, and a redirect has the target transit chose, or none when it chose none. */
static __always_inline int run_end_staged(struct xdp_md *ctx, int verdict)
{
	struct run_result *result;
	struct run *run;

	if (recording() == RECORD_NOTHING)
		return verdict;
	run = this_run();
	if (!run)
		return verdict;
	result = &run->event.result;
	if (verdict != XDP_REDIRECT || result->verdict != XDP_REDIRECT) {
		result->devmap = DEVMAP_NONE;
		result->slot = -1;
	}
	result->verdict = verdict;
	run_tell(ctx);
	return verdict;
}

#endif
