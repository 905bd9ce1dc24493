/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Why a program answered as it did: one value a way out. The numbers are those of simulator/DataPlane/Reason.cs, which also
 * says what each means; a test reads this file and holds the two lists equal.
 */
#ifndef MIZAR_REASONS_H
#define MIZAR_REASONS_H

enum reason {
	REASON_NONE = 0,

	/* Goes on. */
	REASON_TO_BOUNCER = 1,
	REASON_DIRECT_PATH = 2,
	REASON_TO_HOST = 3,
	REASON_NETWORK_TO_BOUNCER = 4,
	REASON_TO_DIVIDER = 5,
	REASON_DELIVERED = 6,

	/* Handed to the host's stack. */
	REASON_NOT_IPV4 = 16,
	REASON_NOT_UDP = 17,
	REASON_NOT_GENEVE = 18,
	REASON_NOT_ETHERNET_IN_GENEVE = 19,
	REASON_LOW_PRIORITY = 20,

	/* Too short, or not of a form we read: ABORTED. */
	REASON_SHORT_ETHERNET = 32,
	REASON_SHORT_IPV4 = 33,
	REASON_SHORT_UDP = 34,
	REASON_SHORT_GENEVE = 35,
	REASON_BAD_RTS_OPTION = 36,
	REASON_BAD_SCALED_OPTION = 37,
	REASON_SHORT_INNER_ETHERNET = 38,
	REASON_SHORT_INNER_IPV4 = 39,
	REASON_SHORT_INNER_TRANSPORT = 40,
	REASON_SHORT_ARP = 41,

	/* Refused: DROP. */
	REASON_ETHER_TYPE_REFUSED = 64,
	REASON_ARP_REFUSED = 65,
	REASON_TTL_ZERO = 66,
	REASON_TTL_EXPIRED = 67,
	REASON_NOT_OUR_ADDRESS = 68,
	REASON_NO_BOUNCERS = 69,
	REASON_NO_SUBSTRATE = 70,
	REASON_NO_HEADROOM = 71,
	REASON_NO_REMOTE = 72,
	REASON_NO_VPC = 73,
	REASON_EMPTY_LIST = 74,
	REASON_NO_SCALED_STAGE = 75,

	/* The redirect has no target: ABORTED. */
	REASON_NO_NIC_SLOT = 96,
	REASON_NO_ENDPOINT_SLOT = 97,
};

#endif
