using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The program on the NIC (§3.5). It sees what arrives from the wire, and what local agents hand it by tail call. A ladder of checks
/// (<see cref="TransitLadder"/>) decides whether a frame is Mizar's; the ARP function or the switch and router functions then say where it goes.
/// </summary>
internal static class Transit
{
    /// <param name="via">The agent that handed the frame over by tail call; nobody's: it came by the wire.</param>
    public static ProgramResult Run(DropletTables tables, AgentId via, ref Frame frame)
    {
        int inner = Wire.Overhead;
        if (PlainFrame.IsTunnel(tables.Settings, in frame, tables.Interface.Value.Address, out Vni vni, out int innerBytes)
            && TransitLadder.IsTrusted(tables, via, frame.HeadView))
        {
            return StraightTransit.TryRun(tables, ref frame, vni, innerBytes, out ProgramResult handled)
                ? handled
                : RunGeneral(tables, via, ref frame, vni, inner, innerBytes);
        }
        return TransitLadder.TryRead(tables, via, in frame, out vni, out inner, out innerBytes, out ProgramResult refused)
            ? RunGeneral(tables, via, ref frame, vni, inner, innerBytes)
            : Exit(tables, via, in frame, in refused, tailCalled: false);
    }

    private static ProgramResult RunGeneral(DropletTables tables, AgentId via, ref Frame frame, Vni vni, int inner, int innerBytes)
    {
        scoped TransitFrame transit;
        Unsafe.SkipInit(out transit);
        TransitFrame.Begin(ref transit, tables, ref frame, vni, inner, innerBytes);
        ProgramResult result = Inner(ref transit);
        return Exit(tables, via, in frame, in result, transit.TailCalled);
    }

    /// <summary>What a run ends with: counting, and the stage programs.</summary>
    private static ProgramResult Exit(DropletTables tables, AgentId via, in Frame frame, in ProgramResult decided, bool tailCalled)
    {
        ProgramResult result = tailCalled ? decided : StageDispatch.ToNic(tables, in decided);

        // A stage's program counts for itself: of ours the scaled-endpoint stage does.
        if (!tailCalled || StageDispatch.Has(tables, StageSlot.ScaledEndpoint, StageProgram.ScaledEndpoint))
        {
            tables.CountDrop(in result);
            if (tables.HasStatistics && tables.Settings.Has(Switches.CompleteStages) && tables.Agents.Contains(in via))
            {
                TransmitCounting.Count(tables, in frame, result.Verdict);
            }
        }
        return tailCalled ? result : StageDispatch.Run(tables, in result, wasTransmit: decided.Verdict == Verdict.Tx);
    }

    private static ProgramResult Inner(ref TransitFrame transit)
    {
        EtherType type = (EtherType)Wire.Read16(transit.Inner, Wire.Ethernet.Type);
        if (type == EtherType.Arp)
        {
            return ArpFunction.Transit(ref transit);
        }
        return type != EtherType.Ipv4 && transit.Settings.Has(Switches.InnerType)
            ? Answer.Drop(Reason.InnerTypeRefused)
            : InnerIpv4(ref transit);
    }

    /// <summary>
    /// Every inner frame that is not ARP is read as IPv4 without <see cref="Switches.InnerType"/>: upstream tests the outer EtherType a second time where it
    /// means the inner (§3.5 row 16).
    /// </summary>
    private static ProgramResult InnerIpv4(ref TransitFrame transit)
    {
        ReadOnlySpan<byte> ip = transit.Inner[Wire.Ethernet.Length..];
        if (!InnerPacket.TryRead(ip, transit.InnerBytes - Wire.Ethernet.Length, transit.Settings, out InnerPacket packet, out ProgramResult refused))
        {
            return refused;
        }
        transit.IsIpv4 = true;
        Ipv4Address original = packet.Flow.Source;

        // Before policy: it left its endpoint already, and enters none here.
        if (transit.Settings.Has(Switches.DirectPathInvalidation) && RtsOption.IsReturned(transit.Head))
        {
            return ReturnedFrame.Repair(ref transit, original, packet.Flow.Destination);
        }
        if (!ConnectionTracking.Enters(ref transit, in packet, out refused))
        {
            return refused;
        }
        if (Modify.TryFindClient(ref transit, original, out EndpointValue client))
        {
            return Modify.Run(ref transit, in client, in packet);
        }
        if (MayBeReply(ref transit, packet.Flow.Destination))
        {
            Nat.Reverse(transit.Tables, transit.Vni, transit.Inner, ref packet, ref transit.Sent);
        }
        return SwitchFunction.Run(ref transit, packet.Flow.Source, packet.Flow.Destination, original);
    }

    /// <summary>
    /// Whether reverse NAT has anything to say (§3.6 row 4). Upstream asks on any hop; with <see cref="Switches.VniInNatKeys"/> only where the packet is delivered:
    /// entries are the client host's.
    /// </summary>
    private static bool MayBeReply(ref TransitFrame transit, Ipv4Address destination) =>
        !transit.Settings.Has(Switches.VniInNatKeys)
        || (transit.Tables.HasReverseNat && transit.Find(destination) is { IsKnown: true, IsHosted: true });
}
