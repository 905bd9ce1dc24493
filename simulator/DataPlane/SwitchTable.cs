using System.Collections.Immutable;

namespace MizarLab.DataPlane;

/// <summary>What one switch decides.</summary>
/// <param name="Switch">The switch.</param>
/// <param name="Rows">The rows of spec §8.1 it answers, like P3; a request of users where there is none, like #191.</param>
/// <param name="Upstream">What upstream does, and we do with the switch off.</param>
/// <param name="Ours">What we do with it on.</param>
public sealed record SwitchEntry(Switches Switch, ImmutableArray<string> Rows, string Upstream, string Ours)
{
    /// <summary>As scenarios and the command line write it: <c>loop_guard</c>.</summary>
    public string Name { get; } = TableText.Word(Switch);
}

/// <summary>A row of spec §8.1 that no switch answers.</summary>
public sealed record LeftEntry(string Row, string Upstream, string Why);

/// <summary>
/// What the dialects are: every switch with upstream's behaviour and ours, and what of spec §8.1 is left as it is. <c>mizarlab list dialects</c> prints it, the
/// scenario language takes its names and meanings from it, and a test holds it complete: every switch once, every row of §8.1 decided.
/// </summary>
public static class SwitchTable
{
    public static ImmutableArray<SwitchEntry> All { get; } =
    [
        new(Switches.SourceValidation, ["P1"], "An endpoint may send with any source address and MAC.", "The agent drops what is not from its endpoint's MAC and address, of ARP too."),
        new(Switches.TrustedPeers, ["P2"], "Geneve is taken from anybody who reaches port 6081.", "Transit takes it from the droplets in its table of peers only."),
        new(Switches.LoopGuard, ["P3", "P31"], "A frame for an unknown address goes back and forth between bouncer and divider until its TTL is 0, and the divider learns itself.", "A frame a divider has sent on once is dropped when a bouncer does not know its target or a divider sees it again; group addresses end at the agent; nobody learns himself."),
        new(Switches.ArpSuppression, ["P32", "P25"], "ARP for an unknown address is sent around like any frame; a probe's answer goes nowhere.", "A bouncer that cannot answer ARP drops it; probes and announcements end at the agent."),
        new(Switches.DirectPathLifetime, ["P4"], "A direct-path entry lives until it is evicted.", "It carries the time it was last heard of and is not used after its lifetime."),
        new(Switches.DirectPathInvalidation, ["P4"], "A host that no longer has the endpoint drops the frame, and senders go on.", "It returns the frame with the critical bit; the sender's host forgets the entry and sends the frame again by a bouncer."),
        new(Switches.HostHealth, ["P4"], "Nobody looks whether a host, bouncer or divider is alive.", "The management plane marks an unhealthy droplet: no direct path goes there, and it leaves the lists of bouncers and dividers."),
        new(Switches.ForeignUdp, ["P5"], "UDP to another address than the NIC's own is dropped.", "It is the host's own affair and passed."),
        new(Switches.ForeignGeneve, ["P6"], "Geneve without our options is aborted.", "It is somebody else's and passed."),
        new(Switches.InnerType, ["P7"], "Every inner frame but ARP is read as IPv4.", "Every inner frame but ARP and IPv4 is dropped."),
        new(Switches.RealHeaderLength, ["P8"], "Ports are read 20 bytes after the inner IPv4 header's begin.", "They are read where the header's own length says."),
        new(Switches.Fragments, ["P8"], "A later fragment's data are read as ports.", "A later fragment has no ports: policy looks at addresses alone, a service refuses it."),
        new(Switches.VniInNatKeys, ["P9"], "The NAT caches know no VNI: tenants with equal addresses share entries.", "The VNI is part of the key."),
        new(Switches.Checksums, ["P10"], "A UDP checksum of 0 is updated like any; a computed 0 is sent as it is.", "0 stays 0, and a computed 0 is sent as 0xFFFF."),
        new(Switches.InlinePort, ["P11"], "With the bouncer on the client's own droplet, the first packet keeps the service's port.", "The port is rewritten with the address."),
        new(Switches.ConnectionState, ["P12", "P13"], "Connections and NAT entries never end; a denial is remembered, and whoever sends first makes state.", "TCP's flags and idle times end them; only allowed connections are kept, only where there is policy."),
        new(Switches.ReplyLabels, ["P14"], "A UDP reply is evaluated again, without the labels.", "A reply belongs to its connection."),
        new(Switches.ServiceReplies, ["P15"], "A service's replies match no connection at the client's host and are held against its ingress policy.", "The rewritten connection is recorded under the backend's address, and replies match."),
        new(Switches.LabelsPerEndpoint, ["P16"], "Rows of labels are shared by all protected endpoints of a host.", "Each endpoint has its own."),
        new(Switches.SctpPorts, ["§5.7"], "SCTP skips policy.", "Its ports count like TCP's."),
        new(Switches.OuterTtl, ["P17"], "The outer TTL begins as the inner one, is not looked at where the cache is used, and 0 is sent.", "It begins at 64, is decremented at every rewrite, and 0 is never sent."),
        new(Switches.InnerTtl, ["P17"], "The inner TTL never changes.", "It falls by one exactly where a packet changes its network."),
        new(Switches.IcmpErrors, ["P17"], "Nobody is told why a packet went.", "Time exceeded and fragmentation needed come from the network's gateway, so many a second."),
        new(Switches.GatewayAnswers, ["P25"], "A gateway answers ARP and nothing else; a service no ping.", "Its bouncer answers pings to the gateway, and to a service without an ICMP port."),
        new(Switches.CarryEcnDf, ["P18"], "ECN and DF are not carried over; the outer IP id is what lay in memory.", "ECN goes both ways by RFC 6040, DF outwards; the outer id is 0."),
        new(Switches.StandardOptions, ["P19"], "Option class and lengths contradict RFC 8926.", "Class 0x0111, true lengths, reserved bits 0."),
        new(Switches.SourcePorts, ["P20"], "Outer source ports 1024 to 6552, by the inner addresses.", "49152 to 65535, by addresses, ports and protocol."),
        new(Switches.HashPerTier, ["P29"], "One hash chooses the bouncer, the divider and the destination's bouncer.", "Each tier has a hash of its own."),
        new(Switches.EcnIsNoPriority, ["P21"], "ECT(0) in the outer header is taken for low priority, and the frame passed to the host.", "It is not looked at."),
        new(Switches.BestEffortMedium, ["P22"], "Best effort of medium priority is sent as premium, high.", "It is sent with DSCP 0, as it is meant."),
        new(Switches.OverrideByCopy, ["P23"], "A MAC override is written into the cached host that all agents share.", "It changes the frame alone."),
        new(Switches.CompleteStages, ["P24"], "The TX stage is never reached, ABORTED has none, and statistics count attempts.", "Each verdict has its stage, and a redirect without target counts as a drop."),
        new(Switches.PacedEdt, ["P26"], "With horizon 0 a best-effort frame passes only when its own time has gone by; CPUs race for the clock.", "A horizon of 0 stands for one frame's burst, and one atomic clock paces all CPUs."),
        new(Switches.LocalDelivery, ["P30"], "Frames between endpoints of one droplet go by the wire to a bouncer and back.", "They are delivered where they are."),
        new(Switches.DirectAcrossNetworks, ["#191", "#192"], "A divider names itself as the way: every packet across networks passes one.", "It leaves the host's name: packets across networks take the direct path too."),
        new(Switches.StrictParsing, ["P2"], "Version, lengths, checksums, reserved bits and fragments are not checked.", "What contradicts itself is dropped, each with its reason."),
    ];

    /// <summary>Rows of §8.1 that are no switch's.</summary>
    public static ImmutableArray<LeftEntry> Left { get; } =
    [
        new("P27", "The offloaded program knows only /16 networks and the first bouncer.", "Left: it needs a NIC that runs XDP, and there is none to test with; nothing is offloaded in either dialect."),
        new("P28", "Programs are attached in generic mode.", "Left to the wiring, not to the programs: the live backends attach natively, in both dialects."),
    ];

    /// <summary>The entry of a switch.</summary>
    /// <exception cref="InvalidOperationException">None, or several, are named.</exception>
    public static SwitchEntry Of(Switches one) => All.Single(entry => entry.Switch == one);

    /// <summary>The switch of this name; null when there is none.</summary>
    public static SwitchEntry? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);
}
