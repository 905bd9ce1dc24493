/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The MAC override (spec §2.1, §3.4 row 3). Upstream writes it through the pointer its lookup gave it, into the entry itself, which has it
 * from then on (§8.1 P23); with SWITCH_OVERRIDE_BY_COPY only the frame has it.
 *
 * A bouncer's entry is an agent's own to upstream, and to us a host that several name. So that it reads back as upstream's does, what
 * was written there is kept by agent and bouncer: the frames of an agent with an override have it anyway.
 */
#ifndef MIZAR_OVERRIDE_H
#define MIZAR_OVERRIDE_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "agents.h"
#include "switches.h"
#include "tables.h"
#include "trace.h"

#ifndef OVERRIDDEN_MAX
#define OVERRIDDEN_MAX 4096
#endif

struct overridden_key {
	__u32 agent;
	__be32 bouncer;
};

struct overridden {
	__u8 mac[6];
	__u8 pad[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, OVERRIDDEN_MAX);
	__type(key, struct overridden_key);
	__type(value, struct overridden);
} overridden SEC(".maps");

static __always_inline void override_cached(const struct agent *agent, __be32 destination, struct cached_host *cached)
{
	struct endpoint_key key = { .vni = agent->vni, .ip = destination };

	if (on(SWITCH_OVERRIDE_BY_COPY) || same_mac(cached->mac, agent->mac_override))
		return;
	copy_mac(cached->mac, agent->mac_override);
	run_changed(CHANGED_DIRECT_PATH, &key, cached);
}

static __always_inline void override_bouncer(const struct agent *agent, const struct host *bouncer)
{
	struct overridden_key key = { .agent = agent->id, .bouncer = bouncer->ip };
	struct overridden written = {}, *known;

	if (on(SWITCH_OVERRIDE_BY_COPY))
		return;
	copy_mac(written.mac, agent->mac_override);
	known = bpf_map_lookup_elem(&overridden, &key);
	if (same_mac(known ? known->mac : bouncer->mac, written.mac))
		return;
	if (bpf_map_update_elem(&overridden, &key, &written, BPF_ANY) == 0)
		run_changed(CHANGED_AGENT_SUBSTRATE, &key, &written);
}

/* A bouncer's MAC as this agent knows it. */
static __always_inline const __u8 *mac_of_bouncer(const struct agent *agent, const struct host *bouncer)
{
	struct overridden_key key = { .agent = agent->id, .bouncer = bouncer->ip };
	struct overridden *written;

	if (on(SWITCH_OVERRIDE_BY_COPY))
		return bouncer->mac;
	written = bpf_map_lookup_elem(&overridden, &key);
	return written ? written->mac : bouncer->mac;
}

#endif
