/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What an endpoint may send, at its agent: one number a bucket, the time at which it is full again. A frame puts that off by its
 * own bytes' time at the rate; one for which it would lie further away than the whole burst takes is dropped and costs nothing.
 * An endpoint's frames come in by one interface, mostly on one CPU: two that race may be paid for once.
 */
#ifndef MIZAR_BUCKET_H
#define MIZAR_BUCKET_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "agents.h"
#include "clock.h"
#include "tables.h"
#include "trace.h"

#define NANOSECONDS_A_SECOND 1000000000ull

/* Agent id → nanoseconds. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, AGENTS_MAX);
	__type(key, __u32);
	__type(value, __u64);
} tokens SEC(".maps");

/* Not the coarse clock: its steps of milliseconds would be worth more than a burst. */
static __always_inline __u64 bucket_clock(void)
{
	return settings.lab_clock ? now_ns() : bpf_ktime_get_ns();
}

/* Whether the frame may go; if so it is paid for. */
static __always_inline int spend(const struct agent *agent, __u32 bytes)
{
	__u64 rate, now, full, *bucket;
	__u32 id;

	if (!(agent->flags & AGENT_IS_LIMITED))
		return 1;
	rate = agent->bytes_per_second;
	now = bucket_clock();
	id = agent->id;
	bucket = bpf_map_lookup_elem(&tokens, &id);
	full = bucket && *bucket > now ? *bucket : now;
	full += bytes * NANOSECONDS_A_SECOND / rate;
	if (full - now > agent->burst_bytes * NANOSECONDS_A_SECOND / rate)
		return 0;
	if (bucket)
		*bucket = full;
	else
		bpf_map_update_elem(&tokens, &id, &full, BPF_ANY);
	run_changed(CHANGED_TOKENS, &id, &full);
	return 1;
}

#endif
