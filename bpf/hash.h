/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The hash that picks bouncers and dividers and the outer source port: the final mix of Bob Jenkins' lookup3 (public domain)
 * over the two addresses as they lie in memory (spec §2.8, with test vectors). It is not symmetric.
 */
#ifndef MIZAR_HASH_H
#define MIZAR_HASH_H

#include <linux/types.h>

#define HASH_SEED 0xdeadbeefu

static __always_inline __u32 rotate_left(__u32 x, int k)
{
	return x << k | x >> (32 - k);
}

static __always_inline __u32 hash_pair(__be32 src, __be32 dst)
{
	__u32 start = HASH_SEED + 0xdeadbeefu + 8;
	__u32 a = src + start, b = dst + start, c = start;

	c ^= b; c -= rotate_left(b, 14);
	a ^= c; a -= rotate_left(c, 11);
	b ^= a; b -= rotate_left(a, 25);
	c ^= b; c -= rotate_left(b, 16);
	a ^= c; a -= rotate_left(c, 4);
	b ^= a; b -= rotate_left(a, 14);
	c ^= b; c -= rotate_left(b, 24);
	return c;
}

#endif
