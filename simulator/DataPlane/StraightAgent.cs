using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The agent's straight way: a plain packet of the endpoint's own to another droplet, in one piece, with nothing put together that only other packets need, as
/// <c>bpf/straight.h</c> does. It decides before it writes; what it does not decide goes the general way (<see cref="Agent"/>) from the beginning, as it came, and
/// whatever goes this way must come to the same there. Tests and the fuzzer hold the two together.
/// </summary>
internal static class StraightAgent
{
    private const int FrontBytes = Wire.Ethernet.Length + Wire.Ipv4.Length + Wire.Udp.Length;

    /// <summary>Sends a frame, if it goes this way.</summary>
    [SkipLocalsInit]
    public static bool TrySend(DropletTables tables, AgentId agent, ref Frame frame, out ProgramResult sent)
    {
        sent = default;
        ref readonly AgentRow row = ref tables.Agents.Find(in agent);
        if (!tables.GoesStraight || !row.IsUsual || !frame.TryFront(FrontBytes, out FrameFront head))
        {
            return false;
        }
        ulong ethernet = head.Long(Wire.Ethernet.Destination);
        MacAddress to = new(ethernet >> 16), from = new(((ethernet & ushort.MaxValue) << 32) | head.Word(Wire.Ethernet.Source + 2));
        int length = frame.Length;
        if (head.Half(Wire.Ethernet.Type) != (ushort)EtherType.Ipv4
            || to == MacAddress.Broadcast
            || from != row.EndpointMac
            || !PlainFrame.TryReadPacket(frame.HeadView[Wire.Ethernet.Length..], length - Wire.Ethernet.Length, out InnerPacket packet)
            || packet.Flow.Source != row.EndpointAddress
            || GroupAddresses.Has(packet.Flow.Destination))
        {
            return false;
        }
        Vni vni = row.Vni;
        tables.Ask(vni, in packet.Flow);
        uint hash = MizarHash.OfAddresses(packet.Flow.Source, packet.Flow.Destination);
        EndpointKey destination = new(vni, packet.Flow.Destination);
        ref LruTable<EndpointKey, CachedHost>.Row direct = ref tables.DirectPath.Find(in destination);
        bool isDirect = !Unsafe.IsNullRef(in direct);
        NextHop next;
        if (!(isDirect ? IsGood(tables, in row, in direct.Value, to, out next) : TryPickBouncer(tables, in row, in destination, hash, out next))
            || next.Host.Address == row.NicAddress
            || Encapsulation.IsTooBig(tables, length)
            || !tables.AgentSlots.IsFilled(PortId.Nic.Value)
            || ((row.HasEgressPolicy || row.HasIngressPolicy) && !LiveConnections.TryRenew(tables, PolicyDirection.Egress, vni, in packet))
            || !frame.PushUncleared(Wire.Overhead))
        {
            return false;
        }
        if (isDirect)
        {
            tables.DirectPath.Touch(ref direct);
        }
        TunnelHeader.Write(
            new FrameFront(frame.Head[..Wire.Overhead]),
            new AgentView(in row, in Unsafe.NullRef<AgentConfig>()),
            tables.Settings,
            in packet,
            in next,
            length,
            SourcePort.Of(in packet, hash, tables.Settings));
        sent = new ProgramResult(Verdict.Redirect, next.Reason, Devmap.Agent, PortId.Nic.Value);
        return true;
    }

    /// <summary>Whether a direct path is alive, its host is not told ill, and the packet changes no network on it.</summary>
    private static bool IsGood(DropletTables tables, in AgentRow row, in CachedHost cached, MacAddress to, out NextHop next)
    {
        next = new NextHop(cached.Host, Reason.DirectPath, RtsFlags.Direct);
        return LabClock.Age(tables.Now, cached.Seen) <= tables.Lifetimes.DirectPath
            && !tables.Interface.Value.HasUnhealthyPeers
            && !(cached.Crosses && to == row.GatewayMac);
    }

    /// <summary>The bouncer of a destination that does not live here.</summary>
    private static bool TryPickBouncer(DropletTables tables, in AgentRow row, in EndpointKey destination, uint hash, out NextHop next)
    {
        next = default;
        AddressList bouncers = row.Bouncers;
        if (tables.Endpoints.Hosts(in destination) || bouncers.Count == 0 || row.Neighbours is not { } known)
        {
            return false;
        }
        int picked = ListPick.IndexOf(tables.Settings, in bouncers, ListTier.AgentBouncer, hash);
        Ipv4Address bouncer = bouncers[picked];
        bool resolved = known.TryGet(new EndpointKey(Vni.Substrate, bouncer), picked, out MacAddress mac);
        next = new NextHop(new HostAddress(bouncer, mac), Reason.ToBouncer, RtsFlags.None);
        return resolved;
    }
}
