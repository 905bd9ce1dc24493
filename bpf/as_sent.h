/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the endpoint sent, before NAT made another packet of it: an ICMP error quotes that, for the endpoint knows no other (RFC 5508 §4.1; without it,
 * path MTU is not found through a service). Kept only of packets that NAT changes, so others pay nothing; a CPU runs one frame at a time.
 */
#ifndef MIZAR_AS_SENT_H
#define MIZAR_AS_SENT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "parse.h"
#include "wire.h"

#define AS_SENT_BYTES (sizeof(struct eth) + sizeof(struct ipv4) + 8) /* as much as an error is made of (icmp.h) */

_Static_assert(AS_SENT_BYTES == 42, "ten words and a half");

struct as_sent {
	__u8 bytes[AS_SENT_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct as_sent);
} as_sent SEC(".maps");

static __always_inline void copy_as_sent(__u8 *to, const __u8 *from)
{
	int i;

#pragma unroll
	for (i = 0; i + 4 <= (int)AS_SENT_BYTES; i += 4)
		store32(to + i, load32(from + i));
	*(__u16 *)(to + i) = *(const __u16 *)(from + i);
}

/* Before the first change. A frame too short to be quoted is not kept, and no error is sent of it. */
static __always_inline void keep_as_sent(const struct eth *eth, void *end, struct flow *flow)
{
	__u32 zero = 0;
	struct as_sent *kept = bpf_map_lookup_elem(&as_sent, &zero);

	if (flow->translated || !kept || (void *)eth + AS_SENT_BYTES > end)
		return;
	copy_as_sent(kept->bytes, (const __u8 *)eth);
	flow->translated = 1;
}

/* The head of the frame as it was kept, which must be there. */
static __always_inline void restore_as_sent(void *eth)
{
	__u32 zero = 0;
	struct as_sent *kept = bpf_map_lookup_elem(&as_sent, &zero);

	if (kept)
		copy_as_sent(eth, kept->bytes);
}

#endif
