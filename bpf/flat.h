/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Flat tables: what every frame is looked up in, for a third of what the kernel's hash takes. The kernel's search is four calls deep and touches three cache
 * lines, of the bucket, the key and the value; here a bucket is one line with two rows in it, keys and values, in a table that
 * programs index (whole.h). A row stands in either of two buckets; one that finds no room there stands behind them all, and where says a hash beside, which only a
 * miss is looked for in.
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
#include "droplet.h"
#include "whole.h"

struct flat_row {
	__u64 vni;
	__u64 ip_used; /* the address as it lies in memory, FLAT_USED, and above it whatever else the key has; 0: no row */
	__u64 value[2];
};

struct flat_bucket {
	struct flat_row rows[2];
};

#define FLAT_USED (1ull << 32)

_Static_assert(sizeof(struct flat_bucket) == 64, "a cache line");

#define FLAT_BESIDE (1ull << 63) /* the hash beside knows some row */
#define FLAT_APART (1ull << 62) /* some row does not stand in its first bucket */

/* volatile: read where it says, before and after a search. */
static __always_inline __u64 flat_state(enum flat_table table)
{
	return *(volatile __u64 *)&droplet.flat_states[table];
}

/* The bits from 40 on are the first bucket; what stands above the address must count below too, for a product's bits know of none above them. */
static __always_inline __u64 flat_hash(__u64 vni, __u64 ip_used)
{
	return (ip_used ^ ip_used >> 32 ^ (vni << 32 | vni >> 32)) * 0x9e3779b97f4a7c15ull;
}

/* The bits from 16 on are the second bucket. */
static __always_inline __u64 flat_second_hash(__u64 hash)
{
	return (hash ^ hash >> 32) * 0xbf58476d1ce4e5b9ull;
}

#define FLAT_NONE (~0u)

static __always_inline struct flat_bucket *flat_bucket_at(void *map, __u64 at)
{
	return whole_at(map, at * sizeof(struct flat_bucket));
}

static __always_inline int flat_row_is(const struct flat_row *row, __u64 vni, __u64 ip_used)
{
	return row->ip_used == ip_used && row->vni == vni;
}

/*
 * The value of a row that stands in its first bucket, where nearly all do, else NULL; then `elsewhere` says whether that is no answer yet. Inline, for a call
 * and a return are as much again. Which of the two rows it is is reckoned from the first one's address, not branched on: of many rows it is either, by no rule a
 * processor could learn; and the verifier follows every search to the program's end, and once so, not twice.
 */
static __always_inline void *flat_near(void *map, enum flat_table table, __u32 mask, __u64 vni, __u64 ip_used, int *elsewhere)
{
	__u64 before = flat_state(table), differs, second;
	struct flat_bucket *bucket = flat_bucket_at(map, flat_hash(vni, ip_used) >> 40 & mask);
	struct flat_row *row;

	*elsewhere = 0;
	differs = bucket->rows[0].ip_used ^ ip_used;
	second = -differs;
	asm volatile("" : "+r"(second)); /* the compiler would branch on it */
	second = (differs | second) >> 63;
	asm volatile("" : "+r"(bucket), "+r"(second)); /* as it stands here: the verifier wants no subtraction */
	row = bucket->rows + second;
	if (flat_row_is(row, vni, ip_used))
		return row->value;
	/* Of two VPCs' rows of one address the other may be it, which the longer search knows. */
	*elsewhere = !second || (before & (FLAT_BESIDE | FLAT_APART)) | (before ^ flat_state(table));
	return NULL;
}

/* Where in one bucket a row stands: twice the bucket, and 1 for its second row; or FLAT_NONE. */
static __always_inline __u32 flat_search_bucket(void *map, __u32 at, __u64 vni, __u64 ip_used)
{
	struct flat_bucket *bucket = flat_bucket_at(map, at);

	if (flat_row_is(&bucket->rows[0], vni, ip_used))
		return at << 1;
	return flat_row_is(&bucket->rows[1], vni, ip_used) ? at << 1 | 1 : FLAT_NONE;
}

/* In both buckets, or, when no row at all stands apart, in the first. */
static __always_inline __u32 flat_search(void *map, __u32 mask, __u64 vni, __u64 ip_used, int apart)
{
	__u64 hash = flat_hash(vni, ip_used);
	__u32 place = flat_search_bucket(map, hash >> 40 & mask, vni, ip_used);

	return place == FLAT_NONE && apart ? flat_search_bucket(map, flat_second_hash(hash) >> 16 & mask, vni, ip_used) : place;
}

/*
 * The same, and again when the table was written meanwhile. Called by one global function a table, and by no other: the verifier looks at a global
 * function once, and would otherwise follow each of these ways to the program's end wherever there is a search, more than a million instructions.
 */
static __always_inline __u32 flat_search_surely(void *map, enum flat_table table, __u32 mask, __u64 vni, __u64 ip_used, int *beside)
{
	__u64 before = flat_state(table), after;
	__u32 place = flat_search(map, mask, vni, ip_used, (before & FLAT_APART) != 0);

	*beside = 0;
	if (place != FLAT_NONE)
		return place;
	after = flat_state(table);
	*beside = (after & FLAT_BESIDE) != 0;
	return after == before ? FLAT_NONE : flat_search(map, mask, vni, ip_used, 1);
}

/* What a place is of; NULL for FLAT_NONE. `last`: the table's last place. */
static __always_inline void *flat_value(void *map, __u32 last, __u32 place)
{
	struct flat_row *row;

	if (place > last)
		return NULL;
	row = whole_at(map, place * sizeof(struct flat_row));
	return row->value;
}

#endif
