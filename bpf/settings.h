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

struct settings {
	__u8 dialect;
	__u8 record;
};

const volatile struct settings settings SEC(".rodata.settings");

#endif
