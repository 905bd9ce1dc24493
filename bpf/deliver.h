/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Giving an endpoint of this droplet its frame (spec §3.6). */
#ifndef MIZAR_DELIVER_H
#define MIZAR_DELIVER_H

#include "ecn.h"
#include "overlay.h"
#include "proxied.h"
#include "switches.h"
#include "verdict.h"
#include "wire.h"

/*
 * Takes the outer headers off; Ethernet to Geneve's last option. The frame's pointers are stale afterwards. A proxied endpoint's function gets it with
 * them, as they came, marks of congestion too.
 */
static __always_inline answer_t deliver(struct overlay *frame, const struct endpoint *endpoint)
{
	__s32 slot = endpoint->slot;
	int bytes = GENEVE_OPTIONS_AT + option_bytes(frame->outer);
	answer_t answer;

	if (is_proxied(endpoint))
		return redirect_endpoint(slot, REASON_TO_FUNCTION);
	if (on(SWITCH_CARRY_ECN_DF)) {
		answer = join_ecn(frame->outer->ip.tos, frame->inner, (void *)(long)frame->ctx->data_end);
		if (answer != CONTINUE)
			return answer;
	}
	if (bpf_xdp_adjust_head(frame->ctx, bytes))
		return aborted(REASON_SHORT_INNER_ETHERNET); /* cannot be: the inner Ethernet header is there */
	return redirect_endpoint(slot, REASON_DELIVERED);
}

#endif
