/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Learned tables: what programs themselves write, and look up with every frame. The kernel's LRU hash takes 6 to 8 ns to search and, for it moves elements between lists under locks, 40
 * to 70 to write. Here a row, key and value, is a cache line of a table that programs index (whole.h), and mostly stands in the very place its key's hash names. Where another
 * stands there it is in one of seven places beside it: eight places are a set, and a word of tags, a byte a place, says which of them may have it and mostly that none has.
 *
 * Rows are looked for without a lock. Who writes takes the set's lock by one compare-and-exchange; who finds it taken for long gives up, and learns from the next frame. A row is not
 * written over while a search can find it: a new value is a new row, published by its tag and key before the old one is withdrawn. What may change in a row that is found is single
 * fields, when it was seen and in which state its connection is.
 *
 * A full set gives away the first row from its hand on that nobody has looked up since the hand last came by. Tables have twice the places they are asked for, so that full sets are rare:
 * harness/Bpf/LearnedSizes.cs has the figures. As in the kernel's LRU hash, the memory of a row that left is used again at once: who found it just before then reads another's.
 *
 * User space reads and writes by the same rules, through mapped memory (harness/Bpf/Codecs/LearnedMap.cs). Stores are seen in their order, as x86 has it.
 */
#ifndef MIZAR_LEARNED_H
#define MIZAR_LEARNED_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "count.h"
#include "settings.h"
#include "whole.h"

#define LEARNED_WAYS 8
#define LEARNED_KEY_WORDS 3
#define LEARNED_VALUE_WORDS 4

/* Times the lock is tried; a writer holds it for some 20 ns. */
#ifndef LEARNED_TRIES
#define LEARNED_TRIES 32
#endif

struct learned_row {
	__u64 key[LEARNED_KEY_WORDS]; /* the last with LEARNED_KEY, or 0: no row */
	__u64 value[LEARNED_VALUE_WORDS];
	__u32 used; /* looked up since the hand came by */
	__u32 pad;
};

struct learned_set {
	__u64 tags; /* a byte a place, the first one's the lowest: bits of the key's hash, and the highest; 0: no row */
	__u32 lock;
	__u32 hand; /* the place that is looked at first when one is wanted */
};

_Static_assert(sizeof(struct learned_row) == 64 && sizeof(struct learned_set) == 16, "harness/Bpf/Codecs/LearnedMap.cs");

#define LEARNED_KEY (1ull << 63) /* in the last word of every key that is there: an empty row is like no key */
#define LEARNED_EACH 0x0101010101010101ull
#define LEARNED_TAKEN 0x8080808080808080ull
#define LEARNED_NONE (~0u)

/* Of the bits from 40 on the place is taken, of the seven below them the tag. */
static __always_inline __u64 learned_hash(const __u64 *key)
{
	return (key[1] ^ (key[0] << 32 | key[0] >> 32)) * 0x9e3779b97f4a7c15ull ^ (key[2] | LEARNED_KEY) * 0xbf58476d1ce4e5b9ull;
}

static __always_inline __u32 learned_home(__u64 hash, __u32 mask)
{
	return hash >> 40 & mask;
}

static __always_inline __u64 learned_tag(__u64 hash)
{
	return (hash >> 32 & 0x7f) | 0x80;
}

static __always_inline struct learned_row *learned_row_in(void *rows, __u64 place)
{
	return whole_at(rows, place * sizeof(struct learned_row));
}

static __always_inline struct learned_set *learned_set_of(void *sets, __u64 place)
{
	return whole_at(sets, place / LEARNED_WAYS * sizeof(struct learned_set));
}

/* Places whose tag it is, the highest bit of each one's byte. Above the lowest there may be one too many, whose key is not it. */
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
	return !((row->key[0] ^ key[0]) | (row->key[1] ^ key[1]) | (row->key[2] ^ (key[2] | LEARNED_KEY)));
}

/* A row that somebody looks for stays. A store only where it says something: the line stays shared by all CPUs. */
static __always_inline void learned_use(struct learned_row *row)
{
	if (!row->used)
		row->used = 1;
}

/* The row, when it stands where its hash says. `elsewhere`: it may stand beside, which the table's global function knows. */
static __always_inline struct learned_row *learned_near(void *rows, void *sets, __u32 mask, const __u64 *key, int *elsewhere)
{
	__u64 hash = learned_hash(key);
	__u32 home = learned_home(hash, mask);
	struct learned_row *row = learned_row_in(rows, home);

	*elsewhere = 0;
	if (learned_is(row, key)) {
		learned_use(row);
		return row;
	}
	*elsewhere = learned_candidates(learned_set_of(sets, home)->tags, learned_tag(hash)) != 0;
	return NULL;
}

/* Where in a set a key's row stands; LEARNED_NONE: nowhere. */
static __always_inline __u32 learned_way(void *rows, __u32 first, __u64 tags, __u64 tag, const __u64 *key)
{
	__u64 candidates = learned_candidates(tags, tag);
	struct learned_row *row;
	__u32 way;

#pragma clang loop unroll(disable)
	for (int i = 0; i < LEARNED_WAYS && candidates; i++) {
		way = learned_lowest(candidates);
		row = learned_row_in(rows, first + way);
		if (learned_is(row, key))
			return way;
		candidates &= candidates - 1;
	}
	return LEARNED_NONE;
}

static __always_inline __u32 learned_place(void *rows, void *sets, __u32 mask, const __u64 *key)
{
	__u64 hash = learned_hash(key);
	__u32 home = learned_home(hash, mask), first = home & -LEARNED_WAYS, way;

	way = learned_way(rows, first, learned_set_of(sets, home)->tags, learned_tag(hash), key);
	return way == LEARNED_NONE ? LEARNED_NONE : first + way;
}

/* What a place is of; NULL for LEARNED_NONE. */
static __always_inline struct learned_row *learned_row_at(void *rows, __u32 mask, __u32 place)
{
	struct learned_row *row;

	if (place > mask)
		return NULL;
	row = learned_row_in(rows, place);
	learned_use(row);
	return row;
}

static __always_inline int learned_lock(struct learned_set *set)
{
#pragma clang loop unroll(disable)
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

static __always_inline __u64 learned_without(__u64 tags, __u32 way)
{
	return tags & ~(0xffull << way * 8);
}

/* Nobody finds the row from here on; what it says stays. */
static __always_inline void learned_withdraw(struct learned_row *row)
{
	barrier();
	*(volatile __u64 *)&row->key[LEARNED_KEY_WORDS - 1] = 0;
	barrier();
}

/* In a set that is full: the first way from the hand on whose row nobody has looked up since. `kept` is no such. */
static __always_inline __u32 learned_victim(void *rows, __u32 first, __u32 hand, __u32 kept)
{
	struct learned_row *row;
	__u32 way = hand;

#pragma clang loop unroll(disable)
	for (int i = 0; i < 2 * LEARNED_WAYS; i++) {
		way %= LEARNED_WAYS;
		row = learned_row_in(rows, first + way);
		if (way != kept) {
			if (!row->used)
				break;
			row->used = 0;
		}
		way++;
	}
	return way % LEARNED_WAYS;
}

/* The way to write a row to: its own, or one that is free, from the hand on. */
static __always_inline __u32 learned_room(void *rows, struct learned_set *set, __u32 home, __u32 kept)
{
	__u64 free = ~set->tags & LEARNED_TAKEN, further;
	__u32 own = home % LEARNED_WAYS, hand = set->hand % LEARNED_WAYS, way;

	if (free >> own * 8 & 0x80)
		return own;
	further = free >> hand * 8 << hand * 8;
	way = free ? learned_lowest(further ? further : free) : learned_victim(rows, home & -LEARNED_WAYS, hand, kept);
	set->hand = way + 1;
	return way;
}

enum learned_writing {
	LEARNED_ANY = 0, /* in place of a row of this key, if there is one */
	LEARNED_NEW = 1, /* only when there is none */
};

/* Under the set's lock. */
static __always_inline int learned_write_locked(void *rows, struct learned_set *set, __u64 tag, __u32 home, const __u64 *key, const __u64 *value, __u32 words, enum learned_writing writing)
{
	__u32 before = learned_way(rows, home & -LEARNED_WAYS, set->tags, tag, key), way;
	struct learned_row *row;
	__u64 tags;

	if (before != LEARNED_NONE && writing == LEARNED_NEW)
		return -1;
	way = learned_room(rows, set, home, before);
	row = learned_row_in(rows, (home & -LEARNED_WAYS) + way);
	learned_withdraw(row);
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
	row->key[2] = key[2] | LEARNED_KEY;
	barrier();
	tags = learned_without(set->tags, way) | tag << way * 8;
	if (before == LEARNED_NONE) {
		*(volatile __u64 *)&set->tags = tags;
		return 0;
	}
	*(volatile __u64 *)&set->tags = learned_without(tags, before & (LEARNED_WAYS - 1));
	learned_withdraw(learned_row_in(rows, (home & -LEARNED_WAYS) + (before & (LEARNED_WAYS - 1))));
	return 0;
}

/* Writes a row; `words` of the value. 0, or -1 when it is not to be, or others write in its set. */
static __always_inline int learned_write(void *rows, void *sets, __u32 mask, const __u64 *key, const __u64 *value, __u32 words, enum learned_writing writing)
{
	__u64 hash = learned_hash(key);
	__u32 home = learned_home(hash, mask);
	struct learned_set *set = learned_set_of(sets, home);
	int answer;

	if (!learned_lock(set))
		return -1;
	answer = learned_write_locked(rows, set, learned_tag(hash), home, key, value, words, writing);
	learned_unlock(set);
	return answer;
}

/* 0 when there was such a row; -1 when not, or others write in its set. */
static __always_inline int learned_delete(void *rows, void *sets, __u32 mask, const __u64 *key)
{
	__u64 hash = learned_hash(key);
	__u32 home = learned_home(hash, mask), way;
	struct learned_set *set = learned_set_of(sets, home);

	if (!learned_lock(set))
		return -1;
	way = learned_way(rows, home & -LEARNED_WAYS, set->tags, learned_tag(hash), key);
	if (way != LEARNED_NONE) {
		way &= LEARNED_WAYS - 1;
		learned_withdraw(learned_row_in(rows, (home & -LEARNED_WAYS) + way));
		*(volatile __u64 *)&set->tags = learned_without(set->tags, way);
	}
	learned_unlock(set);
	return way == LEARNED_NONE ? -1 : 0;
}

/* The loader sizes both by settings; this is for as many rows, twice. */
#define LEARNED_MAPS(name, entries)                                                                                            \
	WHOLE_TABLE(name, struct learned_row, 2 * (entries));                                                                  \
	WHOLE_TABLE(name##_sets, struct learned_set, 2 * (entries) / LEARNED_WAYS)

/*
 * A table's functions. Those that are global the verifier looks at once: <name>_place(), <name>_write(), <name>_delete(). <name>_find() is inline; <name>_search() is the same where it is
 * rare, and spares the verifier some ways to the program's end. Keys are of 24 bytes, values of 16, 24 or 32, both used whole; a key's highest bit is 0.
 */
#define LEARNED_TABLE(name, mask, key_type, value_type)                                                                        \
	_Static_assert(sizeof(key_type) == 8 * LEARNED_KEY_WORDS, #name);                                                      \
	_Static_assert(sizeof(value_type) % 8 == 0 && sizeof(value_type) >= 16 && sizeof(value_type) <= 8 * LEARNED_VALUE_WORDS, #name); \
	__noinline __u32 name##_place(const key_type *key)                                                                     \
	{                                                                                                                      \
		return key ? learned_place(&name, &name##_sets, mask, (const __u64 *)key) : LEARNED_NONE;                      \
	}                                                                                                                      \
	__noinline int name##_write(const key_type *key, const value_type *value, enum learned_writing writing)                \
	{                                                                                                                      \
		if (!key || !value)                                                                                            \
			return -1; /* cannot be */                                                                             \
		return learned_write(&name, &name##_sets, mask, (const __u64 *)key, (const __u64 *)value, sizeof(value_type) / 8, writing); \
	}                                                                                                                      \
	__noinline int name##_delete(const key_type *key)                                                                      \
	{                                                                                                                      \
		return key ? learned_delete(&name, &name##_sets, mask, (const __u64 *)key) : -1;                               \
	}                                                                                                                      \
	static __always_inline value_type *name##_search(const key_type *key)                                                  \
	{                                                                                                                      \
		struct learned_row *row = learned_row_at(&name, mask, name##_place(key));                                            \
                                                                                                                               \
		count_lookup(1);                                                                                               \
		return row ? (value_type *)row->value : NULL;                                                                  \
	}                                                                                                                      \
	static __always_inline value_type *name##_find(const key_type *key)                                                    \
	{                                                                                                                      \
		struct learned_row *row;                                                                                       \
		int elsewhere;                                                                                                 \
                                                                                                                               \
		count_lookup(1);                                                                                               \
		row = learned_near(&name, &name##_sets, mask, (const __u64 *)key, &elsewhere);                                 \
		if (elsewhere) {                                                                                               \
			key_type there = *key; /* a key in registers is stored for this alone */                               \
                                                                                                                               \
			row = learned_row_at(&name, mask, name##_place(&there));                                               \
		}                                                                                                              \
		return row ? (value_type *)row->value : NULL;                                                                  \
	}

#endif
