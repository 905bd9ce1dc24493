/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Frames dropped or aborted so far, by reason: what the agent, transit or the scaled stage decided, before the statistics and stages that may answer otherwise.
 * What goes on pays one comparison.
 */
#ifndef MIZAR_DROPS_H
#define MIZAR_DROPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "verdict.h"

#define DROP_REASONS 256

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DROP_REASONS);
	__type(key, __u32);
	__type(value, __u64);
} drops SEC(".maps");

static __always_inline void count_drop(answer_t answer)
{
	__u32 reason = ANSWER_REASON(answer);
	__u64 *count;

	if (ANSWER_VERDICT(answer) > XDP_DROP)
		return;
	count = bpf_map_lookup_elem(&drops, &reason);
	if (count)
		++*count;
}

#endif
