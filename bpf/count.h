/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * How many lookups a run makes, told with its result and not there otherwise. Counted is what searches: hashes and prefix tables.
 * ARRAYs do not, the kernel inlines them to a bounds check and an addition.
 */
#ifndef MIZAR_COUNT_H
#define MIZAR_COUNT_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "settings.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} run_lookups SEC(".maps");

/* What __uint(type, …) leaves in a map's declaration. */
#define MAP_TYPE(map) (sizeof(*(map)->type) / sizeof(int))
#define IS_SEARCHED(map)                                                                                                       \
	(MAP_TYPE(map) == BPF_MAP_TYPE_HASH || MAP_TYPE(map) == BPF_MAP_TYPE_LRU_HASH || MAP_TYPE(map) == BPF_MAP_TYPE_LPM_TRIE ||   \
	 MAP_TYPE(map) == BPF_MAP_TYPE_PERCPU_HASH || MAP_TYPE(map) == BPF_MAP_TYPE_LRU_PERCPU_HASH)

static __always_inline __u32 *lookups_made(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&run_lookups, &zero);
}

static __always_inline void count_lookup(int searched)
{
	__u32 *made;

	if (!searched || !(recording() & RECORD_RESULT))
		return;
	made = lookups_made();
	if (made)
		++*made;
}

/* Every lookup behind this line is counted. */
#define bpf_map_lookup_elem(map, key) (count_lookup(IS_SEARCHED(map)), (bpf_map_lookup_elem)(map, key))

#endif
