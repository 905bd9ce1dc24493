// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The scaled-endpoint stage (spec §3.9), tail-called by transit at a service's bouncer. It reaches transit's maps through arrays of maps. */
#include "frame.h"

char _license[] SEC("license") = "Dual MIT/GPL";

REFERENCE(networks_map);
REFERENCE(vpc_map);
REFERENCE(endpoints_map);
REFERENCE(port_map);
REFERENCE(interface_config_map);
REFERENCE(fwd_flow_mod_cache);
REFERENCE(rev_flow_mod_cache);
REFERENCE(ep_host_cache);
/* A redirect takes the devmap itself, not a reference to it: this one is transit's own, shared by name. */
MAP(BPF_MAP_TYPE_DEVMAP, interfaces_map, 128, __s32, __s32);

struct packet {
	struct xdp_md *ctx;
	struct head *head;
	struct eth *inner;
	struct ipv4 *ip;
	void *end;
	__u64 vni;
	struct tuple tuple;
};

static __always_inline struct endpoint *find(__u64 vni, __be32 ip)
{
	struct endpoint_key key = { .vni = vni, .ip = ip };
	void *endpoints = referred(&endpoints_map_ref);

	return endpoints ? bpf_map_lookup_elem(endpoints, &key) : NULL;
}

static __always_inline int redirect_nic(void)
{
	void *interfaces = referred(&interface_config_map_ref);
	__u32 zero = 0;
	struct nic *nic = interfaces ? bpf_map_lookup_elem(interfaces, &zero) : NULL;

	return nic ? bpf_redirect_map(&interfaces_map, nic->slot, XDP_ABORTED) : XDP_ABORTED;
}

static __always_inline int send_to(struct packet *packet, __be32 next)
{
	struct head *head = packet->head;
	struct endpoint *substrate;

	readdress(&head->ip, next);
	if (head->ip.ttl == 0)
		return XDP_DROP;
	substrate = find(0, next);
	if (!substrate)
		return XDP_DROP;
	set_macs(&head->eth, substrate->mac);
	return redirect_nic();
}

static __always_inline int route(struct packet *packet)
{
	struct network_key key = { .prefix_length = 96, .vni = packet->vni, .ip = packet->tuple.dst };
	__u32 hash = hash_pair(packet->tuple.src, packet->tuple.dst);
	void *networks = referred(&networks_map_ref), *vpcs = referred(&vpc_map_ref);
	struct network *network;
	struct vpc *vpc;
	__be32 *next;

	if (!networks || !vpcs)
		return XDP_DROP;
	network = bpf_map_lookup_elem(networks, &key);
	if (network) {
		next = pick(network->switches, network->nswitches, hash);
	} else {
		vpc = bpf_map_lookup_elem(vpcs, &packet->vni);
		if (!vpc)
			return XDP_DROP;
		next = pick(vpc->routers, vpc->nrouters, hash);
	}
	return next ? send_to(packet, *next) : XDP_DROP;
}

/* The client lives here: what MODIFY would do at its host is done at once, but for the port (§3.9.2, §8.1 P11). */
static __always_inline int run_inline(struct packet *packet, const struct translation *target)
{
	struct translation back = {}, addresses = *target;
	void *forward = referred(&fwd_flow_mod_cache_ref), *backward = referred(&rev_flow_mod_cache_ref);
	struct endpoint *backend;
	struct tuple reply = {};

	if (!forward || !backward)
		return XDP_ABORTED;
	bpf_map_update_elem(forward, &packet->tuple, target, BPF_ANY);
	reply.src = target->dst;
	reply.dst = target->src;
	reply.sport = target->dport;
	reply.dport = target->sport;
	reply.protocol = packet->tuple.protocol;
	back.src = packet->tuple.dst;
	back.dst = packet->tuple.src;
	back.sport = packet->tuple.dport;
	back.dport = packet->tuple.sport;
	__builtin_memcpy(back.src_mac, packet->inner->dst, 6);
	__builtin_memcpy(back.dst_mac, packet->inner->src, 6);
	bpf_map_update_elem(backward, &reply, &back, BPF_ANY);
	addresses.sport = packet->tuple.sport;
	addresses.dport = packet->tuple.dport;
	translate(packet->ip, packet->end, &packet->tuple, &addresses);
	reset_rts_option(packet->head);
	reset_scaled_option(packet->head);
	backend = find(packet->vni, packet->tuple.dst);
	if (!backend)
		return route(packet);
	copy_mac(packet->inner->dst, backend->mac);
	if (backend->hosted != HOSTED_ELSEWHERE) {
		__s32 slot = backend->hosted;

		if (bpf_xdp_adjust_head(packet->ctx, 50 + options_bytes(packet->head)))
			return XDP_ABORTED;
		return bpf_redirect_map(&interfaces_map, slot, XDP_ABORTED);
	}
	if (backend->type == TYPE_SCALED || backend->nremote == 0)
		return XDP_DROP;
	return send_to(packet, backend->remote[0]);
}

static __always_inline int read(struct packet *packet)
{
	struct head *head = (void *)(long)packet->ctx->data;
	void *end = (void *)(long)packet->ctx->data_end;

	if ((void *)(head + 1) > end)
		return XDP_ABORTED;
	packet->head = head;
	packet->end = end;
	packet->inner = (void *)head + 50 + options_bytes(head);
	packet->ip = (void *)(packet->inner + 1);
	if ((void *)(packet->ip + 1) > end)
		return XDP_ABORTED;
	packet->vni = bpf_ntohl(head->geneve.vni_reserved) >> 8;
	if (head->ip.ttl == 0)
		return XDP_DROP;
	if (!has_ports(packet->ip->protocol) && packet->ip->protocol != PROTOCOL_ICMP)
		return XDP_DROP;
	return read_tuple(packet->ip, end, &packet->tuple);
}

SEC("transit")
int _transit_scaled_endpoint(struct xdp_md *ctx)
{
	struct packet packet = { .ctx = ctx };
	struct translation target = {};
	struct target_port *port;
	struct port_key key = {};
	struct endpoint *service;
	struct head *head;
	__be32 *backend;
	__u8 mac[6];
	void *ports = referred(&port_map_ref);
	int answer = read(&packet);

	if (answer != GO_ON)
		return answer;
	if (!ports)
		return XDP_DROP;
	key.vni = packet.vni;
	key.ip = packet.tuple.dst;
	key.port = packet.tuple.dport;
	key.protocol = packet.tuple.protocol;
	port = bpf_map_lookup_elem(ports, &key);
	if (!port)
		return XDP_DROP;
	service = find(packet.vni, packet.tuple.dst);
	if (!service)
		return XDP_ABORTED;
	if (service->nremote == 0)
		return XDP_DROP;
	backend = pick(service->remote, service->nremote, hash_pair(packet.tuple.src, packet.tuple.sport));
	if (!backend)
		return XDP_DROP;
	head = packet.head;
	target.src = packet.tuple.src;
	target.dst = *backend;
	target.sport = packet.tuple.sport;
	target.dport = port->port;
	__builtin_memcpy(target.src_mac, packet.inner->src, 6);
	__builtin_memcpy(target.dst_mac, packet.inner->dst, 6);
	head->scaled.type = SCALED_TYPE;
	head->scaled.length = (head->scaled.length & ~LENGTH_BITS) | 7;
	head->scaled.message = MESSAGE_MODIFY;
	__builtin_memcpy(head->scaled.target, &target, sizeof(target));
	if (head->ip.src == head->ip.dst)
		return run_inline(&packet, &target);
	reset_rts_option(head);
	copy_mac(mac, head->eth.src);
	readdress(&head->ip, head->ip.src);
	set_macs(&head->eth, mac);
	return XDP_TX;
}
