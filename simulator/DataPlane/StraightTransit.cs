using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Transit's straight way, as <see cref="StraightAgent"/> is the agent's: a plain packet in a plain tunnel, whose destination this droplet bounces for, or delivers to, within
/// one network. <c>bpf/usual.h</c> is the same of the programs.
/// </summary>
internal static class StraightTransit
{
    private const int InnerIp = Wire.Overhead + Wire.Ethernet.Length;

    /// <summary>Handles a frame, if it goes this way.</summary>
    /// <param name="frame">A plain tunnel (<see cref="PlainFrame.IsTunnel"/>) of somebody trusted.</param>
    /// <param name="vni">Its.</param>
    /// <param name="innerBytes">Of the inner frame.</param>
    [SkipLocalsInit]
    public static bool TryRun(DropletTables tables, ref Frame frame, Vni vni, int innerBytes, out ProgramResult result)
    {
        result = default;
        if (!tables.GoesStraight || !frame.TryFront(InnerIp, out FrameFront head))
        {
            return false;
        }
        if (head.Half(Wire.Overhead + Wire.Ethernet.Type) != (ushort)EtherType.Ipv4
            || head.Byte(Wire.Outer.Scaled + Wire.Scaled.Message) == Wire.Scaled.Modify
            || !PlainFrame.TryReadPacket(frame.HeadView[InnerIp..], innerBytes - Wire.Ethernet.Length, out InnerPacket packet))
        {
            return false;
        }
        ref readonly EndpointEntry endpoint = ref tables.Endpoints.Find(new EndpointKey(vni, packet.Flow.Destination));
        if (Unsafe.IsNullRef(in endpoint)
            || !endpoint.IsUsual
            || endpoint.Mac.Value != head.Long(Wire.Overhead + Wire.Ethernet.Destination) >> 16
            || ((endpoint.HasIngressPolicy || endpoint.HasEgressPolicy) && !LiveConnections.TryRenew(tables, PolicyDirection.Ingress, vni, in packet)))
        {
            return false;
        }
        return endpoint.IsHosted
            ? TryDeliver(tables, ref frame, head, vni, packet.Flow.Source, endpoint.Slot, out result)
            : TryBounce(tables, ref frame, head, endpoint.Host, out result);
    }

    private static bool TryDeliver(DropletTables tables, ref Frame frame, FrameFront head, Vni vni, Ipv4Address source, int slot, out ProgramResult result)
    {
        result = new ProgramResult(Verdict.Redirect, Reason.Delivered, Devmap.Transit, slot);
        if ((head.Byte(Wire.Outer.Ip + Wire.Ipv4.Tos) & Ecn.Mask) != 0 || !tables.Slots.IsFilled(slot))
        {
            return false;
        }
        DirectPathLearning.Learn(tables, frame.HeadView, vni, source);
        return frame.Pull(Wire.Overhead);
    }

    private static bool TryBounce(DropletTables tables, ref Frame frame, FrameFront head, Ipv4Address host, out ProgramResult result)
    {
        int nic = tables.Interface.Value.Slot;
        result = new ProgramResult(Verdict.Redirect, Reason.ToHost, Devmap.Transit, nic);
        if (host == Ipv4Address.Any
            || head.Byte(Wire.Outer.Ip + Wire.Ipv4.Ttl) <= 1
            || !tables.Slots.IsFilled(nic)
            || !tables.TryResolve(host, out MacAddress mac))
        {
            return false;
        }
        Span<byte> bytes = frame.Head;
        RtsFlags flags = RtsOption.Flags(bytes);
        if ((flags & RtsFlags.Direct) != 0)
        {
            RtsOption.SetFlags(bytes, flags & ~RtsFlags.Direct);
        }
        OuterHeader.Readdress(bytes, host);
        OuterHeader.SetMacs(bytes, mac);
        return true;
    }
}
