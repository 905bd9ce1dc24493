/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The transmit statistics of a droplet's agents (spec §3.1, tx_stats_map), a CPU's share each; harness/Bpf/Codecs/StatisticsCodec.cs
 * sums them. Without the row nothing is counted.
 */
#ifndef MIZAR_STATISTICS_H
#define MIZAR_STATISTICS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "class.h"
#include "wire.h"

enum sent {
	SENT_REDIRECT = 0,
	SENT_EXPEDITED = 1,
	SENT_PASS = 2,
	SENT_DROP = 3,
	SENT_KINDS = 4,
};

struct statistics {
	__u64 bytes[SENT_KINDS];
	__u32 packets[SENT_KINDS];
	__u32 present; /* there is a row */
	__u32 pad;
};

_Static_assert(sizeof(struct statistics) == 56, "harness/Bpf/Codecs");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct statistics);
} statistics SEC(".maps");

static __always_inline struct statistics *counted_statistics(void)
{
	__u32 zero = 0;
	struct statistics *sums = bpf_map_lookup_elem(&statistics, &zero);

	return sums && sums->present ? sums : NULL;
}

static __always_inline void count_as(struct statistics *sums, enum sent kind, __u64 bytes)
{
	sums->bytes[kind] += bytes;
	sums->packets[kind]++;
}

/* The frame as it leaves: its length counts, and the class in its TOS. */
static __always_inline void count_sent(struct xdp_md *ctx, struct statistics *sums, __u32 verdict)
{
	const __u8 *frame = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	const int tos_at = sizeof(struct eth) + 1;
	__u64 bytes = end - frame;

	if (verdict == XDP_REDIRECT || verdict == XDP_TX)
		return count_as(sums, SENT_REDIRECT, bytes);
	if (verdict != XDP_PASS)
		return count_as(sums, SENT_DROP, bytes);
	count_as(sums, SENT_PASS, bytes);
	if (frame + tos_at + 1 <= end && is_expedited(frame[tos_at]))
		count_as(sums, SENT_EXPEDITED, bytes);
}

#endif
