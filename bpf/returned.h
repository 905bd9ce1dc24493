/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What becomes of a frame whose destination is not where the direct path says (SWITCH_DIRECT_PATH_INVALIDATION). Upstream's old host loses it, and goes
 * on losing what is sent there (spec §8.1 P4; its documents speak of a critical bit that nobody built). Ours sends it back, RTS marked as
 * returned; who sent it drops the entry and sends the frame by a bouncer. Functions of their own: this is rare.
 */
#ifndef MIZAR_RETURNED_H
#define MIZAR_RETURNED_H

#include "agents.h"
#include "flags.h"
#include "forward.h"
#include "hash.h"
#include "overlay.h"
#include "override.h"
#include "parse.h"
#include "peer.h"
#include "shard.h"
#include "strict.h"
#include "tables.h"
#include "trace.h"
#include "verdict.h"

#define RETURNED_TTL 64

static __always_inline int is_returned(const struct outer *outer)
{
	return on(SWITCH_DIRECT_PATH_INVALIDATION) && outer->rts.head.type == OPTION_RTS_RETURNED;
}

/* At the old host. */
static __noinline answer_t send_back(struct overlay *frame)
{
	struct outer *outer = frame->outer;
	__u8 mac[6], ttl;

	outer->rts.head.type = OPTION_RTS_RETURNED;
	outer->geneve.flags |= GENEVE_CRITICAL;
	ttl = rewrite_outer_ip(&outer->ip, outer->ip.src);
	copy_mac(mac, outer->eth.src);
	rewrite_outer_macs(&outer->eth, mac);
	if (ttl == 0)
		return drop(REASON_TTL_EXPIRED);
	return redirect_nic(REASON_RETURNED);
}

/* The entry goes only if it names who sent the frame back: nobody can delete another's. */
static __always_inline void forget_direct_path(struct overlay *frame, __be32 dst)
{
	struct cached_host *known;
	struct direct_path_key key;

	direct_path_key_of(&key, frame->vni, dst);
	known = direct_path_search(&key);
	if (known && known->ip == frame->outer->ip.src && direct_path_delete(&key) == 0)
		run_removed(CHANGED_DIRECT_PATH, &key);
}

/* Our own endpoint's frame starts anew, as its agent would have sent it without the entry: CONTINUE when we are its bouncer ourselves. */
static __always_inline answer_t start_anew(struct overlay *frame, const struct flow *flow, __s32 slot)
{
	struct agent *agent = find_agent_at(slot);
	struct outer *outer = frame->outer;
	struct host *bouncer;

	if (!agent || agent->bouncers.count == 0)
		return drop(REASON_NO_BOUNCERS);
	bouncer = pick_host(&agent->bouncers, TIER_AGENT_BOUNCER, hash_pair(flow->src, flow->dst));
	if (!bouncer || !bouncer->present)
		return drop(REASON_NO_SUBSTRATE);
	if (bouncer->ip == frame->own_ip) {
		outer->ip.src = bouncer->ip;
		return CONTINUE;
	}
	rewrite_outer_ip(&outer->ip, bouncer->ip);
	rewrite_outer_macs(&outer->eth, mac_of_bouncer(agent, bouncer));
	return redirect_nic(REASON_REPAIRED);
}

/* A divider's way: by a bouncer, with all the frame has been told already. */
static __always_inline answer_t divide_anew(struct overlay *frame, const struct flow *flow)
{
	struct network *network = find_network(frame->vni, flow->dst);
	struct host *next;

	if (!network)
		return drop(REASON_STALE_RETURN);
	flag_divided(&frame->outer->rts);
	enter_vpc(frame, vni_there(frame, network));
	next = pick_host(&network->bouncers, TIER_NETWORK_BOUNCER, hash_pair(flow->src, flow->dst));
	if (!next)
		return drop(REASON_EMPTY_LIST);
	return forward(frame, next, REASON_REPAIRED);
}

/*
 * At whom the frame came back to: CONTINUE when it goes on here, like any other. A frame is never sent back twice, for it is no longer marked as sent by
 * direct path.
 */
static __noinline answer_t repair(struct overlay *frame, const struct flow *flow)
{
	struct outer *outer = frame->outer;
	struct endpoint *sender;

	forget_direct_path(frame, flow->dst);
	outer->rts.head.type = OPTION_RTS;
	outer->geneve.flags &= ~GENEVE_CRITICAL;
	unflag_direct(&outer->rts);
	if (on(SWITCH_LOOP_GUARD))
		outer->rts.flags &= ~RTS_DIVIDED;
	outer->ip.ttl = RETURNED_TTL;
	sender = find_endpoint(frame->vni, flow->src);
	return sender && sender->slot != SLOT_ELSEWHERE ? start_anew(frame, flow, sender->slot) : divide_anew(frame, flow);
}

#endif
