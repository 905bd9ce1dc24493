/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What is fixed when a program is loaded: read-only data that the loader writes before the load, so that the verifier
 * removes what it switches off. A program without recording has not one instruction of it.
 */
#ifndef MIZAR_SETTINGS_H
#define MIZAR_SETTINGS_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

enum dialect {
	DIALECT_MIZAR = 0, /* byte for byte what upstream does */
	DIALECT_LAB = 1,
};

enum record {
	RECORD_NOTHING = 0,
	RECORD_RESULT = 1, /* the result of the last run into run_result */
	RECORD_FRAMES = 2, /* one trace_event a run into trace_events */
};

enum sharding {
	SHARDING_MODULO = 0,
	SHARDING_MAGLEV = 1,
	SHARDING_RENDEZVOUS = 2,
};

/* harness/Bpf/SettingsLayout.cs writes this. */
struct settings {
	__u8 dialect;
	__u8 record;
	__u8 bouncer_sharding;
	__u8 divider_sharding;
	__u8 backend_sharding;
	__u8 lab_clock; /* time is what the lab last wrote into the map `lab_clock`, not the kernel's */
	__u16 maglev_slots;
	__u64 switches; /* switches.h */
	__u32 direct_path_lifetime; /* ticks, clock.h */
	__u32 established_timeout; /* ticks, clock.h */
	__u32 transient_timeout; /* ticks, clock.h */
	__u32 datagram_timeout; /* ticks, clock.h */
	__u32 icmp_errors_per_second;
	__u8 capture; /* verdicts return through capture_hook (capture.h) */
	__u8 fixed_usual; /* what the object was compiled for; the loader reads it */
	__u8 pad[2];
	__u32 endpoint_mask; /* of flat tables: buckets less one, flat.h */
	__u32 peer_mask;
	__u32 nat_mask; /* of learned tables: places less one, learned.h */
	__u32 direct_path_mask;
	__u32 connection_mask;
	__u32 translation_mask;
	__u32 service_port_mask; /* of a flat table */
	__u32 agent_mask; /* words of agent_places less one */
	__u32 endpoint_last; /* of flat tables, the last place there is */
	__u32 peer_last;
	__u32 service_port_last;
	__u32 agent_last; /* where the last row of `agents` begins, in bytes */
	__u32 network_mask; /* of a flat table */
	__u32 pad2;
	__u64 fixed_switches; /* what the object was compiled for; the loader reads it */
};

_Static_assert(sizeof(struct settings) == 104, "harness/Bpf/SettingsLayout.cs");

/*
 * Compiled for one set of switches, of which not one test is left; 0: for any set, and then the verifier removes what is off, but leaves the loads and masks of
 * what is on, some two hundred instructions on a frame's way. build.sh makes both, the loader takes what fits.
 */
#ifndef FIXED_SWITCHES
#define FIXED_SWITCHES 0
#endif

/*
 * Compiled for what is usual besides: the dialect lab, nothing recorded or captured, members of lists by modulo. Each of these settings is
 * two or three instructions wherever it is asked for, though the verifier removes the branch behind it.
 */
#ifndef FIXED_USUAL
#define FIXED_USUAL 0
#endif

const volatile struct settings settings SEC(".rodata.settings") = { .fixed_switches = FIXED_SWITCHES, .fixed_usual = FIXED_USUAL };

static __always_inline int is_lab(void)
{
	return FIXED_USUAL || settings.dialect == DIALECT_LAB;
}

/* enum record. */
static __always_inline __u8 recording(void)
{
	return FIXED_USUAL ? RECORD_NOTHING : settings.record;
}

static __always_inline int is_capturing(void)
{
	return !FIXED_USUAL && settings.capture;
}

#endif
