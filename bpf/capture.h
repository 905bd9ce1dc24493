/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The capture hook: a program plugged into slot N sees every frame that leaves with verdict N, and must answer N. It has the
 * shape of Cloudflare's xdpcap hook (a PROG_ARRAY of five, a slot a verdict). Off at load it is not one instruction.
 */
#ifndef MIZAR_CAPTURE_H
#define MIZAR_CAPTURE_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "settings.h"

#define VERDICTS 5

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, VERDICTS);
	__type(key, __u32);
	__type(value, __u32);
} capture_hook SEC(".maps");

static __always_inline int captured(struct xdp_md *ctx, int verdict)
{
	if (is_capturing())
		bpf_tail_call(ctx, &capture_hook, verdict);
	return verdict;
}

#endif
