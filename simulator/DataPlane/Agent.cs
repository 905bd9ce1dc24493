using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The program behind an endpoint's interface (§3.2): it takes what the endpoint sends, chooses the next hop, encapsulates. Everything but ARP and
/// IPv4 is refused.
/// </summary>
internal static class Agent
{
    public static ProgramResult Run(DropletTables tables, AgentId agent, ref Frame frame) =>
        StraightAgent.TrySend(tables, agent, ref frame, out ProgramResult sent) ? sent : RunGeneral(tables, agent, ref frame);

    private static ProgramResult RunGeneral(DropletTables tables, AgentId agent, ref Frame frame)
    {
        scoped AgentFrame run;
        Unsafe.SkipInit(out run);
        AgentFrame.Begin(ref run, tables, agent, ref frame);
        ProgramResult result = Process(ref run);
        return AgentExit.Run(ref run, in result);
    }

    private static ProgramResult Process(ref AgentFrame run)
    {
        if (ProxiedEndpoint.Is(run.Settings, run.Config.IsProxied) && !ProxiedEndpoint.TryTakeOffTunnel(ref run, out ProgramResult refused))
        {
            return refused;
        }
        ReadOnlySpan<byte> head = run.Head;
        if (run.Length < Wire.Ethernet.Length)
        {
            return Answer.Aborted(Reason.ShortEthernet);
        }
        return (EtherType)Wire.Read16(head, Wire.Ethernet.Type) switch
        {
            EtherType.Arp => Arp(ref run, head[Wire.Ethernet.Length..]),
            EtherType.Ipv4 => Ipv4(ref run, head[Wire.Ethernet.Length..]),
            _ => Answer.Drop(Reason.EtherTypeRefused),
        };
    }

    /// <summary>The agent never answers: it sends the request where the target's frames would go (§3.3).</summary>
    private static ProgramResult Arp(ref AgentFrame run, ReadOnlySpan<byte> arp)
    {
        if (!ArpFunction.TryRead(arp, run.Length - Wire.Ethernet.Length, run.Settings, out ProgramResult refused))
        {
            return refused;
        }
        Ipv4Address sender = Ipv4Address.Read(arp[Wire.Arp.SenderAddress..]);
        Ipv4Address target = Ipv4Address.Read(arp[Wire.Arp.TargetAddress..]);
        if (run.Settings.Has(Switches.SourceValidation) && !SourceValidation.IsOwnArp(ref run, arp, sender))
        {
            return Answer.Drop(Reason.SpoofedSource);
        }
        if (run.Settings.Has(Switches.ArpSuppression) && (sender == Ipv4Address.Any || sender == target))
        {
            // A probe or an announcement: addresses are assigned, nobody need be asked, and the answer could not be delivered (§3.8).
            return Answer.Drop(Reason.ArpUnanswered);
        }
        return Encapsulation.Run(ref run, InnerPacket.OfArp(sender, target));
    }

    private static ProgramResult Ipv4(ref AgentFrame run, ReadOnlySpan<byte> ip)
    {
        if (!InnerPacket.TryRead(ip, run.Length - Wire.Ethernet.Length, run.Settings, out InnerPacket packet, out ProgramResult refused))
        {
            return refused;
        }
        run.Tables.Ask(run.Config.Vni, in packet.Flow);
        bool outside = run.Config.IsOutside;
        if (run.Settings.Has(Switches.SourceValidation) && !(outside ? SourceValidation.IsOutsiders(ref run, packet.Flow.Source) : SourceValidation.IsOwn(ref run, packet.Flow.Source)))
        {
            return Answer.Drop(Reason.SpoofedSource);
        }
        if (run.Settings.Has(Switches.LoopGuard) && IsForNobody(run.Head, packet.Flow.Destination))
        {
            return Answer.Drop(Reason.GroupAddress);
        }

        if (!TokenBucketFunction.TrySpend(run.Tables, run.Agent, run.Config, run.Length))
        {
            return Answer.Drop(Reason.RateLimited);
        }
        if (outside && !Outside.TryEnter(ref run, ref packet, out refused))
        {
            return refused;
        }
        if (!ConnectionTracking.Leaves(run.Tables, run.Config, in packet, out refused))
        {
            return refused;
        }
        Translate(ref run, ref packet);
        return Encapsulation.Run(ref run, in packet);
    }

    /// <summary>Forward NAT (§3.2 row 5d): the service's address becomes the backend's, and the connection one to the backend.</summary>
    private static void Translate(ref AgentFrame run, ref InnerPacket packet)
    {
        if (!run.Tables.HasForwardNat)
        {
            return;
        }
        InnerPacket sent = packet;
        if (Nat.Forward(run.Tables, new Vni(run.Config.Vni.OnWire), run.Head, ref packet, ref run.Sent))
        {
            bool guarded = run.Config.HasEgressPolicy || run.Config.HasIngressPolicy;
            ConnectionTracking.Translated(run.Tables, guarded, run.Config.Vni, in sent, packet.Flow);
        }
    }

    /// <summary>
    /// Broadcast and multicast, which the overlay has no way to carry: upstream sends them round between bouncer and divider until their TTL ends (§8.1 P3,
    /// §3.13).
    /// </summary>
    private static bool IsForNobody(ReadOnlySpan<byte> frame, Ipv4Address destination) =>
        GroupAddresses.Has(destination) || MacAddress.Read(frame[Wire.Ethernet.Destination..]) == MacAddress.Broadcast;
}
