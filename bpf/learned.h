/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Learned tables: what programs themselves write, and look up with every frame. The kernel's LRU hash takes two to three times as long to search and, for it moves elements between lists
 * under locks, 40 to 70 ns to write. Here a set is eight rows of a cache line each, keys and values, behind a line with a tag a row: a search compares the eight tags in one word and
 * then, nearly always, one key. A set lies in an ARRAY, whose lookups the kernel inlines, and which user space maps (harness/Bpf/Codecs/LearnedMap.cs).
 *
 * Rows are looked for without a lock. Who writes takes the set's lock by one compare-and-exchange; who finds it taken for long gives up, and learns from the next frame. A row is
 * never overwritten while a search can find it: a new value is a new row, and the store that publishes its tag is the one that takes away the old row's. What may change in a row
 * that is found is single fields, when it was seen and in which state its connection is.
 *
 * A full set gives away the first row from its hand on that nobody has looked up since the hand last came by. Tables have twice the rows they are asked for, so that full sets are rare:
 * harness/Bpf/LearnedSizes.cs has the figures. As in the kernel's LRU hash, the memory of a row that left is used again at once, here after its set's other free rows: who holds it
 * meanwhile reads another's.
 *
 * Stores are seen in their order, as x86 has it.
 */
#ifndef MIZAR_LEARNED_H
#define MIZAR_LEARNED_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "count.h"
#include "settings.h"

#define LEARNED_WAYS 8
#define LEARNED_KEY_WORDS 3
#define LEARNED_VALUE_WORDS 4

/* Times the lock is tried; a writer holds it for some 20 ns. */
#ifndef LEARNED_TRIES
#define LEARNED_TRIES 32
#endif

struct learned_row {
	__u64 key[LEARNED_KEY_WORDS];
	__u64 value[LEARNED_VALUE_WORDS];
	__u32 used; /* looked up since the hand came by */
	__u32 pad;
};

struct learned_set {
	__u64 tags; /* a byte a row, the first row's the lowest: bits of the key's hash and the highest bit; 0: no row */
	__u32 lock;
	__u32 hand; /* the way that is looked at first when one is wanted */
	__u64 pad[6];
	struct learned_row rows[LEARNED_WAYS];
};

_Static_assert(sizeof(struct learned_row) == 64 && sizeof(struct learned_set) == 576, "harness/Bpf/Codecs/LearnedMap.cs");

#define LEARNED_EACH 0x0101010101010101ull
#define LEARNED_TAKEN 0x8080808080808080ull
#define LEARNED_NONE (~0u)
#define LEARNED_NO_KEY (~0ull) /* no key's last word */

/* Of the bits from 32 on the set is taken, of the highest eight the tag. */
static __always_inline __u64 learned_hash(const __u64 *key)
{
	__u64 hash = (key[1] ^ (key[0] << 32 | key[0] >> 32)) * 0x9e3779b97f4a7c15ull;

	return (hash ^ hash >> 32 ^ key[2]) * 0xbf58476d1ce4e5b9ull;
}

static __always_inline __u64 learned_tag(__u64 hash)
{
	return hash >> 56 | 0x80;
}

static __always_inline struct learned_set *learned_set_of(void *map, __u32 mask, __u64 hash)
{
	__u32 at = hash >> 32 & mask;

	return (bpf_map_lookup_elem)(map, &at); /* never NULL: the mask is the ARRAY's */
}

/* Rows whose tag it is, the highest bit of each one's byte. Above the lowest there may be one too many, whose key is not it. */
static __always_inline __u64 learned_candidates(__u64 tags, __u64 tag)
{
	__u64 differ = tags ^ tag * LEARNED_EACH;

	return (differ - LEARNED_EACH) & ~differ & LEARNED_TAKEN;
}

/* The way of the lowest such bit. There is no instruction for it: the lowest alone, times a number with each way's own in the byte that comes to stand highest. */
static __always_inline __u32 learned_lowest(__u64 bits)
{
	return ((bits & -bits) >> 7) * 0x0001020304050607ull >> 56 & (LEARNED_WAYS - 1);
}

static __always_inline int learned_is(const struct learned_row *row, const __u64 *key)
{
	return !((row->key[0] ^ key[0]) | (row->key[1] ^ key[1]) | (row->key[2] ^ key[2]));
}

/* A row that somebody looks for stays. A store only where it says something: the line stays shared by all CPUs. */
static __always_inline void learned_use(struct learned_row *row)
{
	if (!row->used)
		row->used = 1;
}

/* The row, when it is the first of its tag. `others`: it may be a row further on, which the table's global function knows. */
static __always_inline struct learned_row *learned_first(void *map, __u32 mask, const __u64 *key, int *others)
{
	__u64 hash = learned_hash(key), candidates;
	struct learned_set *set = learned_set_of(map, mask, hash);
	struct learned_row *row;

	*others = 0;
	if (!set)
		return NULL;
	candidates = learned_candidates(set->tags, learned_tag(hash));
	if (!candidates)
		return NULL;
	row = &set->rows[learned_lowest(candidates)];
	if (learned_is(row, key)) {
		learned_use(row);
		return row;
	}
	*others = 1;
	return NULL;
}

/* The way of a key's row in its set; LEARNED_WAYS: there is none. */
static __always_inline __u32 learned_way(struct learned_set *set, __u64 tags, __u64 tag, const __u64 *key)
{
	__u64 candidates = learned_candidates(tags, tag);
	__u32 way;

	for (int i = 0; i < LEARNED_WAYS && candidates; i++) {
		way = learned_lowest(candidates);
		if (learned_is(&set->rows[way], key))
			return way;
		candidates &= candidates - 1;
	}
	return LEARNED_WAYS;
}

/* Where a row stands: eight times its set, and its way. */
static __always_inline __u32 learned_place(void *map, __u32 mask, const __u64 *key)
{
	__u64 hash = learned_hash(key);
	struct learned_set *set = learned_set_of(map, mask, hash);
	__u32 way;

	if (!set)
		return LEARNED_NONE;
	way = learned_way(set, set->tags, learned_tag(hash), key);
	return way < LEARNED_WAYS ? (__u32)(hash >> 32 & mask) * LEARNED_WAYS + way : LEARNED_NONE;
}

/* What a place is of; NULL for LEARNED_NONE. */
static __always_inline struct learned_row *learned_row_at(void *map, __u32 place)
{
	__u32 at = place / LEARNED_WAYS;
	struct learned_set *set = (bpf_map_lookup_elem)(map, &at);
	struct learned_row *row;

	if (!set)
		return NULL;
	row = &set->rows[place % LEARNED_WAYS];
	learned_use(row);
	return row;
}

static __always_inline int learned_lock(struct learned_set *set)
{
	for (int i = 0; i < LEARNED_TRIES; i++) {
		if (__sync_val_compare_and_swap(&set->lock, 0, 1) == 0)
			return 1;
	}
	return 0;
}

static __always_inline void learned_unlock(struct learned_set *set)
{
	barrier();
	*(volatile __u32 *)&set->lock = 0;
}

/* In one store. */
static __always_inline void learned_publish(struct learned_set *set, __u64 tags)
{
	barrier();
	*(volatile __u64 *)&set->tags = tags;
	barrier();
}

/* In a set that is full: the first way from the hand on whose row nobody has looked up since. `kept` is no such. */
static __always_inline __u32 learned_victim(struct learned_set *set, __u32 kept)
{
	__u32 way = set->hand;

	for (int i = 0; i < 2 * LEARNED_WAYS; i++) {
		way %= LEARNED_WAYS;
		if (way != kept) {
			if (!set->rows[way].used)
				break;
			set->rows[way].used = 0;
		}
		way++;
	}
	return way % LEARNED_WAYS;
}

/* A way to write a row to: from the hand on, so that one that has just become free is the last to be taken. */
static __always_inline __u32 learned_room(struct learned_set *set, __u64 tags, __u32 kept)
{
	__u64 free = ~tags & LEARNED_TAKEN, further;
	__u32 way;

	further = free >> set->hand % LEARNED_WAYS * 8 << set->hand % LEARNED_WAYS * 8;
	way = free ? learned_lowest(further ? further : free) : learned_victim(set, kept);
	set->hand = way + 1;
	return way;
}

static __always_inline __u64 learned_without(__u64 tags, __u32 way)
{
	return way < LEARNED_WAYS ? tags & ~(0xffull << way * 8) : tags;
}

enum learned_writing {
	LEARNED_ANY = 0, /* in place of a row of this key, if there is one */
	LEARNED_NEW = 1, /* only when there is none */
};

/* Writes a row; `words` of the value. 0, or -1 when it is not to be, or others write in its set. */
static __always_inline int learned_write(void *map, __u32 mask, const __u64 *key, const __u64 *value, __u32 words, enum learned_writing writing)
{
	__u64 hash = learned_hash(key), tag = learned_tag(hash), tags;
	struct learned_set *set = learned_set_of(map, mask, hash);
	struct learned_row *row;
	__u32 before, way;

	if (!set || !learned_lock(set))
		return -1;
	tags = set->tags;
	before = learned_way(set, tags, tag, key);
	if (before < LEARNED_WAYS && writing == LEARNED_NEW) {
		learned_unlock(set);
		return -1;
	}
	way = learned_room(set, tags, before) % LEARNED_WAYS;
	tags = learned_without(tags, way);
	if (tags != set->tags)
		learned_publish(set, tags);
	row = &set->rows[way];
	row->key[2] = LEARNED_NO_KEY;
	barrier();
	row->value[0] = value[0];
	row->value[1] = value[1];
	if (words > 2)
		row->value[2] = value[2];
	if (words > 3)
		row->value[3] = value[3];
	row->used = 0;
	row->key[0] = key[0];
	row->key[1] = key[1];
	barrier();
	row->key[2] = key[2];
	learned_publish(set, learned_without(tags, before) | tag << way * 8);
	learned_unlock(set);
	return 0;
}

/* 0 when there was such a row; -1 when not, or others write in its set. */
static __always_inline int learned_delete(void *map, __u32 mask, const __u64 *key)
{
	__u64 hash = learned_hash(key);
	struct learned_set *set = learned_set_of(map, mask, hash);
	__u32 way;

	if (!set || !learned_lock(set))
		return -1;
	way = learned_way(set, set->tags, learned_tag(hash), key);
	if (way < LEARNED_WAYS)
		learned_publish(set, learned_without(set->tags, way));
	learned_unlock(set);
	return way < LEARNED_WAYS ? 0 : -1;
}

/* In an ARRAY of so many rows asked for; the loader sizes it by settings. */
#define LEARNED_SETS(rows) ((rows) / (LEARNED_WAYS / 2) + 1)

#define LEARNED_MAP(name, rows)                                                                                                \
	struct {                                                                                                               \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                              \
		__uint(map_flags, BPF_F_MMAPABLE);                                                                             \
		__uint(max_entries, LEARNED_SETS(rows));                                                                       \
		__type(key, __u32);                                                                                            \
		__type(value, struct learned_set);                                                                             \
	} name SEC(".maps")

/*
 * A table's functions that the verifier looks at once, for they are global: <name>_place(), <name>_write(), <name>_delete(). And <name>_find(), which is inline. Keys are of 24 bytes,
 * values of 16, 24 or 32, both used whole.
 */
#define LEARNED_TABLE(name, mask, key_type, value_type)                                                                        \
	_Static_assert(sizeof(key_type) == 8 * LEARNED_KEY_WORDS, #name);                                                      \
	_Static_assert(sizeof(value_type) % 8 == 0 && sizeof(value_type) >= 16 && sizeof(value_type) <= 8 * LEARNED_VALUE_WORDS, #name); \
	__noinline __u32 name##_place(const key_type *key)                                                                     \
	{                                                                                                                      \
		return key ? learned_place(&name, mask, (const __u64 *)key) : LEARNED_NONE;                                    \
	}                                                                                                                      \
	__noinline int name##_write(const key_type *key, const value_type *value, enum learned_writing writing)                \
	{                                                                                                                      \
		if (!key || !value)                                                                                            \
			return -1; /* cannot be */                                                                             \
		return learned_write(&name, mask, (const __u64 *)key, (const __u64 *)value, sizeof(value_type) / 8, writing);  \
	}                                                                                                                      \
	__noinline int name##_delete(const key_type *key)                                                                      \
	{                                                                                                                      \
		return key ? learned_delete(&name, mask, (const __u64 *)key) : -1;                                             \
	}                                                                                                                      \
	static __always_inline value_type *name##_find(const key_type *key)                                                    \
	{                                                                                                                      \
		struct learned_row *row;                                                                                       \
		int others;                                                                                                    \
                                                                                                                               \
		count_lookup(1);                                                                                               \
		row = learned_first(&name, mask, (const __u64 *)key, &others);                                                 \
		if (others)                                                                                                    \
			row = learned_row_at(&name, name##_place(key));                                                        \
		return row ? (value_type *)row->value : NULL;                                                                  \
	}

#endif
