using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// An endpoint behind whose interface is a user-space function that is given whole Geneve frames, and may answer in Geneve. Upstream's documents promise one
/// and have no code for it (spec 01, row 16). Transit hands it its frames undecapsulated (<see cref="Delivery"/>); here is what its agent does. Only in the dialect
/// <c>lab</c>: in the other a row's flag is nothing.
/// </summary>
/// <remarks>
/// The agent takes the function's tunnel off and goes on as with any endpoint's frame: source validation, rate, policy, next hop, and a tunnel of its own
/// making. So nothing a function writes outside of its endpoint's frame reaches the wire: no host of its choice, no RTS option, no flag, no label, no
/// order to modify. What it says about who it is must be true all the same: its VPC, and its droplet.
/// </remarks>
internal static class ProxiedEndpoint
{
    public static bool Is(DataPlaneSettings settings, bool isProxied) => isProxied && settings.Dialect == Dialect.Lab;

    /// <summary>
    /// From an agent to a proxied endpoint of its own droplet: the function wants the tunnel, so it goes by transit, which asks there what
    /// <see cref="LocalDelivery"/> would have asked.
    /// </summary>
    public static NextHop HopToSelf(scoped in AgentView config) => new(new HostAddress(config.NicAddress, config.NicMac), Reason.LocalDelivery, RtsFlags.None);

    /// <summary>Makes a frame that the function sent in Geneve one of its endpoint's; any other stays as it is.</summary>
    /// <param name="refused">The verdict when the tunnel may not be believed: counted as any.</param>
    public static bool TryTakeOffTunnel(ref AgentFrame run, out ProgramResult refused)
    {
        refused = default;
        ReadOnlySpan<byte> head = run.Head;
        if (!IsTunnel(head))
        {
            return true;
        }
        if (!TransitLadder.TryReadGeneve(run.Settings, head, run.Length, out refused))
        {
            // What is not ours is the host's own affair where it comes off the wire, and nobody's here.
            refused = refused.Verdict == Verdict.Pass ? Answer.Drop(Reason.BadGeneve) : refused;
            return false;
        }
        ReadOnlySpan<byte> geneve = head[Wire.Outer.Geneve..];
        if (BinaryPrimitives.ReadUInt32BigEndian(geneve[Wire.Geneve.Vni..]) >> 8 != run.Config.Vni.Value)
        {
            refused = Answer.Drop(Reason.ForeignVni);
            return false;
        }
        if (run.Settings.Has(Switches.SourceValidation) && Ipv4Address.Read(head[(Wire.Outer.Ip + Wire.Ipv4.Source)..]) != run.Config.NicAddress)
        {
            refused = Answer.Drop(Reason.SpoofedSource);
            return false;
        }
        int inner = Wire.Outer.Options + (4 * (geneve[Wire.Geneve.VersionAndOptionWords] & Wire.Geneve.OptionWordsMask));
        refused = Answer.Aborted(Reason.ShortInnerEthernet);
        bool isWhole = run.Length >= inner + Wire.Ethernet.Length && run.Frame.Pull(inner);
        run.Reframe();
        return isWhole;
    }

    /// <summary>UDP to the tunnel's port behind a plain header: a function sends no other there.</summary>
    private static bool IsTunnel(ReadOnlySpan<byte> head)
    {
        if (head.Length < Wire.Outer.Geneve || Wire.Read16(head, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4)
        {
            return false;
        }
        ReadOnlySpan<byte> ip = head[Wire.Outer.Ip..];
        return ip[Wire.Ipv4.Protocol] == (byte)IpProtocol.Udp
            && StrictParsing.IsPlainOuter(ip)
            && Wire.Read16(head, Wire.Outer.Udp + Wire.Udp.DestinationPort) == Wire.Geneve.Port;
    }
}
