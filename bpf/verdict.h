/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a step of a program answers: a verdict with its reason and target, or CONTINUE. Every step is called as
 *
 *	answer_t answer = step(...);
 *	if (answer != CONTINUE)
 *		return answer;
 */
#ifndef MIZAR_VERDICT_H
#define MIZAR_VERDICT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "reasons.h"
#include "tables.h"

enum devmap {
	DEVMAP_NONE = 0,
	DEVMAP_AGENT = 1,
	DEVMAP_TRANSIT = 2,
};

/* verdict, reason << 8, devmap << 16, ANSWER_TX, slot << 32. */
typedef __u64 answer_t;

#define CONTINUE (~0ull)

#define ANSWER_VERDICT(answer) ((answer) & 0xff)
#define ANSWER_REASON(answer) ((answer) >> 8 & 0xff)
#define ANSWER_DEVMAP(answer) ((answer) >> 16 & 0x7f)
#define ANSWER_SLOT(answer) (ANSWER_DEVMAP(answer) ? (__s32)((answer) >> 32) : -1)

/* A redirect that upstream had as TX until its dispatcher (§3.6). */
#define ANSWER_TX (1ull << 23)

static __always_inline answer_t aborted(enum reason reason)
{
	return XDP_ABORTED | reason << 8;
}

static __always_inline answer_t drop(enum reason reason)
{
	return XDP_DROP | reason << 8;
}

static __always_inline answer_t pass(enum reason reason)
{
	return XDP_PASS | reason << 8;
}

/* Out by the NIC the frame came in by. Final: only a stage answers so. */
static __always_inline answer_t transmit(enum reason reason)
{
	return XDP_TX | reason << 8;
}

/* bpf_redirect_map answers the flags' low bits, here XDP_ABORTED, when the slot is empty or out of range. */
static __always_inline answer_t redirect_by(void *devmap, enum devmap which, __s32 slot, enum reason reason, enum reason missing)
{
	if (bpf_redirect_map(devmap, (__u32)slot, XDP_ABORTED) != XDP_REDIRECT)
		return aborted(missing);
	return XDP_REDIRECT | reason << 8 | which << 16 | (__u64)(__u32)slot << 32;
}

static __always_inline answer_t redirect_agent_nic(enum reason reason)
{
	return redirect_by(&agent_slots, DEVMAP_AGENT, AGENT_NIC_SLOT, reason, REASON_NO_NIC_SLOT);
}

static __always_inline answer_t redirect_nic(enum reason reason)
{
	return redirect_by(&slots, DEVMAP_TRANSIT, droplet.interface.slot, reason, REASON_NO_NIC_SLOT) | ANSWER_TX;
}

static __always_inline answer_t redirect_endpoint(__s32 slot, enum reason reason)
{
	return redirect_by(&slots, DEVMAP_TRANSIT, slot, reason, REASON_NO_ENDPOINT_SLOT);
}

#endif
