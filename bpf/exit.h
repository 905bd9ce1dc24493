/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The ways out of a program: statistics (spec §3.2 row 7), the stage of a verdict (§3.6, final dispatcher), recording, and the
 * capture hook, through which every verdict returns.
 */
#ifndef MIZAR_EXIT_H
#define MIZAR_EXIT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "agents.h"
#include "capture.h"
#include "drops.h"
#include "statistics.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"
#include "verdict.h"

/* Gives the kernel its verdict. */
static __always_inline int leave(struct xdp_md *ctx, answer_t answer)
{
	return captured(ctx, run_end(ctx, answer));
}

/*
 * Upstream hands each verdict to a statistics program by tail call, which counts and answers; what stands in ABORTED's slot is
 * PASS's or DROP's. What an agent has of them are bits of its row.
 */
static __always_inline answer_t through_statistics(struct xdp_md *ctx, const struct agent *agent, answer_t answer)
{
	__u32 verdict = ANSWER_VERDICT(answer);
	struct statistics *sums;

	if (!(agent->links & AGENT_LINKS_STATISTICS))
		return answer;
	if (verdict == XDP_ABORTED && agent->links & AGENT_LINK_ABORTED_TO_PASS)
		verdict = XDP_PASS;
	else if (verdict == XDP_ABORTED && agent->links & AGENT_LINK_ABORTED_TO_DROP)
		verdict = XDP_DROP;
	else if (!(verdict == XDP_REDIRECT && agent->links & AGENT_LINK_REDIRECT_STATISTICS) &&
		 !(verdict == XDP_PASS && agent->links & AGENT_LINK_PASS_STATISTICS) &&
		 !(verdict == XDP_DROP && agent->links & AGENT_LINK_DROP_STATISTICS))
		return answer;
	sums = counted_statistics();
	if (sums)
		count_sent(ctx, sums, verdict);
	return (answer & ~0xffull) | verdict;
}

/* With SWITCH_COMPLETE_STAGES every frame of an agent is counted once, by how its run ends, in transit too (§8.1 P24). */
static __always_inline void count_completely(struct xdp_md *ctx, const struct agent *agent, answer_t answer)
{
	struct statistics *sums;

	if (!droplet.interface.has_statistics)
		return;
	sums = counted_statistics();
	if (!sums)
		return;
	if (!agent)
		agent = find_agent(ctx);
	if (agent && is_programmed(agent))
		count_sent(ctx, sums, ANSWER_VERDICT(answer));
}

static __always_inline int agent_exit(struct xdp_md *ctx, const struct agent *agent, answer_t answer)
{
	count_drop(answer);
	if (on(SWITCH_COMPLETE_STAGES))
		count_completely(ctx, agent, answer);
	else
		answer = through_statistics(ctx, agent, answer);
	return leave(ctx, answer);
}

/* A stage that is loaded does not return here; an empty slot is a jump that falls through. */
static __always_inline void through_stage(struct xdp_md *ctx, answer_t answer)
{
	run_staged(answer);
	switch (ANSWER_VERDICT(answer)) {
	case XDP_REDIRECT:
		if (on(SWITCH_COMPLETE_STAGES) && answer & ANSWER_TX)
			bpf_tail_call(ctx, &jump, JUMP_TX);
		else
			bpf_tail_call(ctx, &jump, JUMP_REDIRECT);
		break;
	case XDP_PASS:
		bpf_tail_call(ctx, &jump, JUMP_PASS);
		break;
	case XDP_DROP:
		bpf_tail_call(ctx, &jump, JUMP_DROP);
		break;
	default:
		if (on(SWITCH_COMPLETE_STAGES))
			bpf_tail_call(ctx, &jump, JUMP_ABORTED);
	}
}

/* How the scaled-endpoint stage ends: a tail call does not return, so what it answers is final. */
static __always_inline int stage_exit(struct xdp_md *ctx, answer_t answer)
{
	count_drop(answer);
	if (on(SWITCH_COMPLETE_STAGES))
		count_completely(ctx, NULL, answer);
	return leave(ctx, answer);
}

/* Upstream's TX has become a redirect to the NIC before (redirect_nic), so that its stage is never reached. */
static __always_inline int transit_exit(struct xdp_md *ctx, answer_t answer)
{
	count_drop(answer);
	if (on(SWITCH_COMPLETE_STAGES))
		count_completely(ctx, NULL, answer);
	if (droplet.interface.has_stages)
		through_stage(ctx, answer);
	return leave(ctx, answer);
}

#endif
