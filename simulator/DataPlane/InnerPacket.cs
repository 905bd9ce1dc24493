using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What a packet's fragment field says, as far as anybody asks.</summary>
[Flags]
internal enum FragmentBits : byte
{
    None = 0,

    /// <summary>More fragments follow.</summary>
    More = 1,

    /// <summary>It is not the first: the fragment offset is not 0, and no transport header stands behind the IPv4 header.</summary>
    Later = 2,

    DontFragment = 4,
}

/// <summary>
/// An endpoint's IPv4 packet as both programs read it, once a hop: what policy, NAT, hashing and encapsulation go by. The bytes are as the endpoint
/// sent them, or as an earlier hop rewrote them; NAT at this hop makes another of it.
/// </summary>
/// <remarks>Fields, so that who looks at one member of the flow reads that where it lies.</remarks>
internal struct InnerPacket
{
    /// <summary>Ports are 0 unless <see cref="HasPorts"/>.</summary>
    public FlowKey Flow;

    /// <summary>
    /// Where the transport header is read, in bytes from the start of the IPv4 header: 20, whatever the header says, without <see cref="Switches.RealHeaderLength"/>.
    /// </summary>
    public int TransportAt;

    public byte Ttl;

    public byte Tos;

    public FragmentBits Fragment;

    /// <summary>The flags byte of TCP; else 0.</summary>
    public byte TcpFlags;

    /// <summary>Whether the ports are this packet's own: of a protocol that has them, and read where they are.</summary>
    public bool HasPorts;

    /// <summary>No packet at all: ARP's addresses, to send it by.</summary>
    public bool IsArp;

    /// <summary>A fragment that should have ports and shows none (<see cref="Switches.Fragments"/>).</summary>
    public bool LacksPorts;

    /// <summary>ARP as the agent sends it on: by its addresses, with an outer TTL that no inner one lends it (§3.3).</summary>
    public static InnerPacket OfArp(Ipv4Address sender, Ipv4Address target)
    {
        const byte ttl = 64;
        return new InnerPacket { Flow = new FlowKey(sender, target, 0, 0, default), Ttl = ttl, IsArp = true };
    }

    /// <summary>Reads the IPv4 header and the ports (§3.2 row 4, §3.6 row 1).</summary>
    /// <remarks>
    /// Upstream consults neither header length nor fragment offset: of TCP and UDP a whole fixed header must lie at 20 bytes, also where options or
    /// the middle of a datagram lie (§8.1 P8). With <see cref="Switches.RealHeaderLength"/> it is looked for behind the options (a header that says less
    /// than 20 bytes is taken for 20); with <see cref="Switches.Fragments"/> it is not looked for in later fragments.
    /// </remarks>
    /// <param name="ip">From the IPv4 header on, as much as the window has.</param>
    /// <param name="bytes">From the IPv4 header on, as much as there is by the frame's account.</param>
    /// <param name="refused">The verdict when it cannot be read.</param>
    /// <param name="isSound">It was read before, and what is strict about that has been asked.</param>
    public static bool TryRead(ReadOnlySpan<byte> ip, int bytes, DataPlaneSettings settings, out InnerPacket packet, out ProgramResult refused, bool isSound = false)
    {
        if (PlainFrame.TryReadPacket(ip, bytes, out packet))
        {
            refused = default;
            return true;
        }
        return Parse(ip, bytes, settings, out packet, out refused, isSound);
    }

    /// <summary>The same of a packet that is anything but plain.</summary>
    private static bool Parse(ReadOnlySpan<byte> ip, int bytes, DataPlaneSettings settings, out InnerPacket packet, out ProgramResult refused, bool isSound)
    {
        packet = default;
        refused = default;
        if (ip.Length < Wire.Ipv4.Length)
        {
            refused = Answer.Aborted(Reason.ShortInnerIpv4);
            return false;
        }
        bool strict = !isSound && settings.Has(Switches.StrictParsing);
        if (strict && !StrictParsing.IsInnerHeaderSound(ip, bytes))
        {
            refused = Answer.Drop(Reason.BadInnerHeader);
            return false;
        }
        IpProtocol protocol = (IpProtocol)ip[Wire.Ipv4.Protocol];
        FragmentBits fragment = ReadFragment(ip);
        int at = settings.Has(Switches.RealHeaderLength) ? Math.Max(Wire.Ipv4.Length, (ip[Wire.Ipv4.VersionAndLength] & 0x0F) * 4) : Wire.Ipv4.Length;
        int needed = HeaderBytes(protocol, settings);
        bool lacks = needed > 0 && settings.Has(Switches.Fragments) && (fragment & FragmentBits.Later) != 0;
        bool has = needed > 0 && !lacks;
        if (has && ip.Length < at + needed)
        {
            refused = Answer.Aborted(Reason.ShortInnerTransport);
            return false;
        }
        if (strict && (fragment & FragmentBits.Later) == 0 && !StrictParsing.IsInnerTransportSound(ip))
        {
            refused = Answer.Drop(Reason.BadInnerTransport);
            return false;
        }

        // Member by member, where it will lie: a whole one would be copied there.
        packet.Flow = new FlowKey(
            Ipv4Address.Read(ip[Wire.Ipv4.Source..]),
            Ipv4Address.Read(ip[Wire.Ipv4.Destination..]),
            has ? Wire.Read16(ip, at + Wire.Ports.Source) : (ushort)0,
            has ? Wire.Read16(ip, at + Wire.Ports.Destination) : (ushort)0,
            protocol);
        packet.Ttl = ip[Wire.Ipv4.Ttl];
        packet.Tos = ip[Wire.Ipv4.Tos];
        packet.Fragment = fragment;
        packet.TransportAt = at;
        packet.TcpFlags = has && protocol == IpProtocol.Tcp ? ip[at + Wire.Tcp.Flags] : (byte)0;
        packet.HasPorts = has;
        packet.LacksPorts = lacks;
        return true;
    }

    /// <summary>Bytes of the fixed header of a protocol whose ports count; 0 for the others.</summary>
    private static int HeaderBytes(IpProtocol protocol, DataPlaneSettings settings) => protocol switch
    {
        IpProtocol.Tcp => Wire.Tcp.Length,
        IpProtocol.Udp => Wire.Udp.Length,
        IpProtocol.Sctp when settings.Has(Switches.SctpPorts) => Wire.Sctp.Length,
        _ => 0,
    };

    private static FragmentBits ReadFragment(ReadOnlySpan<byte> ip)
    {
        const int dontFragment = 0x4000, more = 0x2000, offset = 0x1FFF;
        int field = Wire.Read16(ip, Wire.Ipv4.Fragment);
        return ((field & dontFragment) != 0 ? FragmentBits.DontFragment : 0)
            | ((field & more) != 0 ? FragmentBits.More : 0)
            | ((field & offset) != 0 ? FragmentBits.Later : 0);
    }
}
