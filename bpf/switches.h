/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Every correction of upstream's data plane as one switch: off, a program does what upstream's does; on, what we do. The bits are those of
 * simulator/DataPlane/Switches.cs (a test holds the two lists equal), where SwitchTable says what each one is. They are set before load,
 * and the verifier takes out what is off; or before compilation (settings.h).
 */
#ifndef MIZAR_SWITCHES_H
#define MIZAR_SWITCHES_H

#include "settings.h"

#define SWITCH_SOURCE_VALIDATION (1ull << 0)
#define SWITCH_TRUSTED_PEERS (1ull << 1)
#define SWITCH_LOOP_GUARD (1ull << 2)
#define SWITCH_ARP_SUPPRESSION (1ull << 3)
#define SWITCH_DIRECT_PATH_LIFETIME (1ull << 4)
#define SWITCH_DIRECT_PATH_INVALIDATION (1ull << 5)
#define SWITCH_HOST_HEALTH (1ull << 6)
#define SWITCH_FOREIGN_UDP (1ull << 7)
#define SWITCH_FOREIGN_GENEVE (1ull << 8)
#define SWITCH_INNER_TYPE (1ull << 9)
#define SWITCH_REAL_HEADER_LENGTH (1ull << 10)
#define SWITCH_FRAGMENTS (1ull << 11)
#define SWITCH_VNI_IN_NAT_KEYS (1ull << 12)
#define SWITCH_CHECKSUMS (1ull << 13)
#define SWITCH_INLINE_PORT (1ull << 14)
#define SWITCH_CONNECTION_STATE (1ull << 15)
#define SWITCH_REPLY_LABELS (1ull << 16)
#define SWITCH_SERVICE_REPLIES (1ull << 17)
#define SWITCH_LABELS_PER_ENDPOINT (1ull << 18)
#define SWITCH_SCTP_PORTS (1ull << 19)
#define SWITCH_OUTER_TTL (1ull << 20)
#define SWITCH_INNER_TTL (1ull << 21)
#define SWITCH_ICMP_ERRORS (1ull << 22)
#define SWITCH_GATEWAY_ANSWERS (1ull << 23)
#define SWITCH_CARRY_ECN_DF (1ull << 24)
#define SWITCH_STANDARD_OPTIONS (1ull << 25)
#define SWITCH_SOURCE_PORTS (1ull << 26)
#define SWITCH_HASH_PER_TIER (1ull << 27)
#define SWITCH_ECN_IS_NO_PRIORITY (1ull << 28)
#define SWITCH_BEST_EFFORT_MEDIUM (1ull << 29)
#define SWITCH_OVERRIDE_BY_COPY (1ull << 30)
#define SWITCH_COMPLETE_STAGES (1ull << 31)
#define SWITCH_PACED_EDT (1ull << 32)
#define SWITCH_LOCAL_DELIVERY (1ull << 33)
#define SWITCH_DIRECT_ACROSS_NETWORKS (1ull << 34)
#define SWITCH_STRICT_PARSING (1ull << 35)

static __always_inline __u64 switches_on(void)
{
	return FIXED_SWITCHES ? FIXED_SWITCHES : settings.switches;
}

/* Of several, whether any is. */
static __always_inline int on(__u64 correction)
{
	return (switches_on() & correction) != 0;
}

static __always_inline int all_on(__u64 corrections)
{
	return (switches_on() & corrections) == corrections;
}

#endif
