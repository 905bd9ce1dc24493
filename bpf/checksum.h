/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Incremental checksums (RFC 1624, equation 3), in the machine's order throughout: a ones' complement sum does not mind. */
#ifndef MIZAR_CHECKSUM_H
#define MIZAR_CHECKSUM_H

#include <linux/types.h>

static __always_inline __u16 checksum_replace16(__u16 checksum, __u16 old, __u16 replacement)
{
	__u32 sum = (__u16)~checksum + (__u32)(__u16)~old + replacement;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

#endif
