using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>Policy and connections of the same small world: three ports, label ids 1 to 3, prefixes around its addresses.</summary>
internal sealed partial class RandomDroplets
{
    private static readonly ushort[] SomePorts = [0, 80, 443, 1000];
    private static readonly byte[] TcpFlags = [0x02, 0x12, 0x10, 0x10, 0x18, 0x11, 0x14, 0x04, 0x01, 0x00];
    private static readonly IpProtocol[] Transports = [IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Udp, IpProtocol.Sctp];

    /// <summary>The flow of the last packet; the next one is often of the same, either way.</summary>
    private FlowKey last;

    /// <summary>Some policy, or none; again and again it is another.</summary>
    private void WritePolicy(Both both)
    {
        for (int i = Chance(1, 4) ? 0 : random.Next(8); i > 0; i--)
        {
            both.Put(Tables.PolicyEnforced, Scope(), (byte)(Chance(7, 8) ? 1 : 0));
        }
        for (int i = random.Next(24); i > 0; i--)
        {
            PolicyPortKey key = Chance(1, 2) ? new PolicyPortKey(Scope(), default, 0) : new PolicyPortKey(Scope(), Transport(), Port());
            both.Put(Tables.PolicyPorts, key, Bits());
        }
        for (int i = random.Next(32); i > 0; i--)
        {
            Ipv4Prefix remote = new(Inner(), random.Next(4) switch { 0 => 0, 1 => 32, 2 => random.Next(33), _ => random.Next(22, 33) });
            both.Put(Tables.PolicyCidrs, new PolicyCidrKey(Scope(), (CidrKind)random.Next(3), remote), Bits());
        }
        for (int i = random.Next(24); i > 0; i--)
        {
            both.Put(Tables.PolicyLabels, LabelKey(), Bits());
        }
        for (int i = random.Next(8); i > 0; i--)
        {
            both.Delete(Tables.PolicyEnforced, Scope());
            both.Delete(Tables.PolicyPorts, new PolicyPortKey(Scope(), default, 0));
            both.Delete(Tables.PolicyCidrs, new PolicyCidrKey(Scope(), (CidrKind)random.Next(3), new Ipv4Prefix(Inner(), Chance(1, 2) ? 0 : random.Next(24, 33))));
            both.Delete(Tables.PolicyLabels, LabelKey());
        }
    }

    /// <param name="now">The time they were last seen at, or nearly.</param>
    private void WriteConnections(Both both, uint now)
    {
        for (int i = random.Next(12); i > 0; i--)
        {
            FlowKey flow = new(Inner(), Inner(), Port(), Port(), Transport());
            both.Put(Tables.Connections, new ConnectionKey(AnyVni(), flow), new ConnectionState((ConnectionFlags)random.Next(8))
            {
                Phase = flow.Protocol == IpProtocol.Tcp ? (TcpPhase)random.Next(6) : TcpPhase.None,
                Seen = unchecked(now - (uint)(Chance(3, 4) ? 0 : random.Next(300_000))),
                Egress = (uint)random.Next(3),
                Ingress = (uint)random.Next(3),
            });
        }
    }

    /// <summary>Makes the packet one of a transport, between ports that are spoken of; sometimes behind options, sometimes a fragment.</summary>
    /// <param name="ip">From the inner IPv4 header on.</param>
    private void AimTransport(Span<byte> ip)
    {
        if (ip.Length < 40)
        {
            return;
        }
        last = random.Next(4) switch
        {
            0 => last.Reversed,
            1 => last,
            _ => new FlowKey(Ipv4Address.Read(ip[12..]), Ipv4Address.Read(ip[16..]), Port(), Port(), Transport()),
        };
        ip[9] = (byte)last.Protocol;
        last.Source.Write(ip[12..]);
        last.Destination.Write(ip[16..]);
        int at = 20;
        if (Chance(1, 6) && ip.Length >= 64)
        {
            at += 4 * random.Next(1, 6);
        }
        ip[0] = (byte)(0x40 | (at / 4));
        ip.Slice(at, 20).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(ip[at..], last.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ip[(at + 2)..], last.DestinationPort);
        if (last.Protocol == IpProtocol.Tcp)
        {
            ip[at + 12] = 0x50;
            ip[at + 13] = TcpFlags[random.Next(TcpFlags.Length)];
        }
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], (ushort)(random.Next(8) switch { 0 => random.Next(65536), 1 => 0x2000, 2 => 0x0003, _ => 0x4000 }));
    }

    /// <param name="frame">From the outer Ethernet header on.</param>
    private void AimLabels(Span<byte> frame)
    {
        if (frame.Length < 114)
        {
            return;
        }
        bool standard = Chance(1, 4);
        foreach (int at in (int[])[102, 110])
        {
            uint id = (uint)random.Next(4);
            BinaryPrimitives.WriteUInt32LittleEndian(frame[at..], standard ? BinaryPrimitives.ReverseEndianness(id) : id);
        }
    }

    private PolicyScope Scope() => new((PolicyDirection)random.Next(2), new EndpointKey(Chance(6, 7) ? new Vni(3) : AnyVni(), Inner()));

    private PolicyLabelKey LabelKey()
    {
        LabelKind kind = (LabelKind)random.Next(3);
        EndpointKey local = Scope().Local;
        uint pod = kind == LabelKind.Namespace ? 0 : (uint)random.Next(1, 4), @namespace = kind == LabelKind.Pod ? 0 : (uint)random.Next(1, 4);
        return new PolicyLabelKey(kind, Chance(1, 2) ? local : local with { Address = Ipv4Address.Any }, pod, @namespace);
    }

    private IpProtocol Transport() => Transports[random.Next(Transports.Length)];

    private ushort Port() => SomePorts[random.Next(SomePorts.Length)];

    /// <summary>Few elements of few, from all four words.</summary>
    private PolicyBits Bits()
    {
        PolicyBits bits = default;
        for (int i = random.Next(4); i > 0; i--)
        {
            bits |= PolicyBits.Of(random.Next(4) * 63);
        }
        return bits;
    }
}
