/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The data plane's clock. Ticks of 2^20 ns (a shift, no division) in 32 bits wrap after 52 days: ages are differences. Under the lab's own
 * clock, which is how a simulated run has one time on all backends, it stands where user space last put it.
 */
#ifndef MIZAR_CLOCK_H
#define MIZAR_CLOCK_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "settings.h"

#define TICK_SHIFT 20

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lab_clock SEC(".maps");

static __always_inline __u64 now_ns(void)
{
	__u32 zero = 0;
	__u64 *told;

	if (!settings.lab_clock)
		return bpf_ktime_get_coarse_ns();
	told = bpf_map_lookup_elem(&lab_clock, &zero);
	return told ? *told : 0;
}

static __always_inline __u32 now_ticks(void)
{
	return now_ns() >> TICK_SHIFT;
}

static __always_inline __u32 age_of(__u32 now, __u32 seen)
{
	return now - seen;
}

#endif
