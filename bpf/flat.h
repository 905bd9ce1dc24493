/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Flat tables: what every frame is looked up in, for a third of what the kernel's hash takes. The kernel's search is four calls deep and touches three cache
 * lines, of the bucket, the key and the value; here a bucket is one line with two rows in it, keys and values, in an ARRAY, whose lookups the
 * kernel inlines. A row stands in either of two buckets; one that finds no room there stands in a hash beside, which only a miss is looked for in.
 *
 * Only user space writes (harness/Bpf/Codecs/FlatTable.cs), through mapped memory, and programs read without a lock: a row is never changed while it can be
 * read. A new value is a new row, published by its key's second word, before the old one is withdrawn; the memory of a withdrawn row is
 * left alone for longer than any program runs, so a row once found stays whole. A search that a row was moved away from under sees another state word
 * behind it, and searches again.
 */
#ifndef MIZAR_FLAT_H
#define MIZAR_FLAT_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "count.h"

struct flat_row {
	__u64 vni;
	__u64 ip_used; /* the address as it lies in memory, and FLAT_USED; 0: no row */
	__u64 value[2];
};

struct flat_bucket {
	struct flat_row rows[2];
};

#define FLAT_USED (1ull << 32)

_Static_assert(sizeof(struct flat_bucket) == 64, "a cache line");

enum flat_table {
	FLAT_ENDPOINTS = 0,
	FLAT_PEERS = 1,
};

#define FLAT_TABLES_MAX 8

/* Of each table: how often it was written, and in the high half how many rows stand in the hash beside it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FLAT_TABLES_MAX);
	__type(key, __u32);
	__type(value, __u64);
} flat_states SEC(".maps");

#define FLAT_MORE(state) ((state) >> 32)

/* volatile: read where it says, before and after a search. */
static __always_inline __u64 flat_state(__u32 table)
{
	volatile __u64 *state = bpf_map_lookup_elem(&flat_states, &table);

	return state ? *state : 0;
}

static __always_inline __u64 flat_hash(__u64 vni, __u64 ip_used)
{
	__u64 hash = (ip_used ^ (vni << 32 | vni >> 32)) * 0x9e3779b97f4a7c15ull;

	hash ^= hash >> 32;
	return hash * 0xbf58476d1ce4e5b9ull;
}

/*
 * The row's value, or NULL. `map` is an ARRAY of flat buckets, one more than `mask`. Both lines are asked for before the first is looked at, so
 * that a table too large for the caches is waited for once.
 */
static __always_inline void *flat_search(void *map, __u32 mask, __u64 vni, __u64 ip_used)
{
	__u64 hash = flat_hash(vni, ip_used), early;
	__u32 at = hash >> 40 & mask, other = hash >> 16 & mask;
	struct flat_bucket *first = (bpf_map_lookup_elem)(map, &at), *second = (bpf_map_lookup_elem)(map, &other);

	if (!first || !second)
		return NULL; /* cannot be: the mask is the ARRAY's */
	early = second->rows[0].ip_used;
	asm volatile("" : "+r"(early));
	if (first->rows[0].ip_used == ip_used && first->rows[0].vni == vni)
		return first->rows[0].value;
	if (first->rows[1].ip_used == ip_used && first->rows[1].vni == vni)
		return first->rows[1].value;
	if (early == ip_used && second->rows[0].vni == vni)
		return second->rows[0].value;
	if (second->rows[1].ip_used == ip_used && second->rows[1].vni == vni)
		return second->rows[1].value;
	return NULL;
}

#endif
