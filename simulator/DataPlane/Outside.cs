using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Where a VPC ends: on the droplet of the endpoint that stands for the outside, packets that leave get a public source (SNAT), and packets that come in get their private
/// destination back, or, opening a connection to a public port that is forwarded, get one (DNAT). Upstream has nothing like it.
/// </summary>
internal static class Outside
{
    /// <summary>Whether an inner packet at transit is for the outside: for the endpoint that stands for it, or for an address in no network of the VPC.</summary>
    /// <param name="endpoint">The destination's row, if <paramref name="known"/>.</param>
    public static bool IsFor(ref TransitFrame transit, bool known, scoped in EndpointView endpoint, Ipv4Address destination)
    {
        if (!transit.Tables.Interface.Value.HasOutside || !transit.IsIpv4)
        {
            return false;
        }
        return known ? endpoint.IsOutside
            : !ScaledOption.AsksToModify(transit.Head) && transit.Tables.Networks.TryMatch(transit.Vni, destination, out NetworkValue network) && network.IsOutside;
    }

    /// <summary>At transit: a packet leaves the VPC.</summary>
    /// <param name="original">The source before reverse NAT, of which the droplet learns.</param>
    public static ProgramResult Leave(ref TransitFrame transit, Ipv4Address original)
    {
        DropletTables tables = transit.Tables;
        if (!tables.Translators.TryGet(transit.Vni, out Translator translator))
        {
            return Answer.Drop(Reason.NoTranslation);
        }
        if (!tables.Endpoints.TryGet(new EndpointKey(transit.Vni, translator.Endpoint), out EndpointValue outside) || !outside.IsHosted)
        {
            return Answer.Drop(Reason.NoRemote);
        }
        if (!InnerTtl.TryChangeNetwork(ref transit, out ProgramResult ended))
        {
            return ended;
        }
        Span<byte> ip = transit.Inner[Wire.Ethernet.Length..];
        if (!InnerPacket.TryRead(ip, transit.InnerBytes - Wire.Ethernet.Length, transit.Settings, out InnerPacket packet, out ProgramResult refused, isSound: true))
        {
            return refused;
        }
        if ((packet.Fragment & (FragmentBits.More | FragmentBits.Later)) != 0)
        {
            return Answer.Drop(Reason.InnerFragment);
        }
        if (!TryTranslate(tables, transit.Vni, in translator, ip, in packet))
        {
            return Answer.Drop(Reason.NoTranslation);
        }
        return SwitchFunction.Deliver(ref transit, outside.Mac, outside.Slot, outside.IsProxied, original);
    }

    /// <summary>At the outside's agent: a packet comes in.</summary>
    /// <param name="packet">Made what it becomes.</param>
    public static bool TryEnter(ref AgentFrame run, ref InnerPacket packet, out ProgramResult refused)
    {
        DropletTables tables = run.Tables;
        Vni vni = new(run.Config.Vni.OnWire);
        Span<byte> ip = run.Head[Wire.Ethernet.Length..];
        run.Sent.Keep(run.Head);
        refused = Answer.Drop(Reason.InnerFragment);
        if ((packet.Fragment & (FragmentBits.More | FragmentBits.Later)) != 0)
        {
            return false;
        }
        refused = Answer.Drop(Reason.NoConnection);
        if (!TranslatedPacket.TryReadSession(ip, in packet, out FlowKey session, out _))
        {
            return TryError(tables, vni, ip, ref packet, inbound: true);
        }
        TranslationKey key = new(vni, session, IsInbound: true);
        if (!Translations.TryUse(tables, in key, packet.TcpFlags, out FlowKey becomes)
            && !Translations.TryAccept(tables, in key, packet.TcpFlags, out becomes, out bool taken))
        {
            refused = taken ? Answer.Drop(Reason.NoTranslation) : refused;
            return false;
        }
        TranslatedPacket.Rewrite(ip, packet.TransportAt, in session, in becomes);
        packet = packet with { Flow = packet.HasPorts ? becomes : becomes with { SourcePort = 0, DestinationPort = 0 } };
        return true;
    }

    /// <summary>
    /// A transit's ICMP error about a packet that the outside sent and its agent translated: it is made to speak of the packet as it was sent. Left alone when its session
    /// is not known.
    /// </summary>
    /// <param name="ip">From the IPv4 header on, which is plain.</param>
    public static void Disguise(DropletTables tables, Vni vni, Span<byte> ip)
    {
        FlowKey flow = new(Ipv4Address.Read(ip[Wire.Ipv4.Source..]), Ipv4Address.Read(ip[Wire.Ipv4.Destination..]), 0, 0, IpProtocol.Icmp);
        InnerPacket packet = new() { Flow = flow, TransportAt = Wire.Ipv4.Length };
        TryError(tables, vni, ip, ref packet, inbound: false);
    }

    /// <summary>A source the outside may send from: none of the VPC's own.</summary>
    public static bool MaySendAs(DropletTables tables, Vni vni, Ipv4Address source) =>
        !tables.Networks.TryMatch(vni, source, out NetworkValue network) || network.IsOutside;

    private static bool TryTranslate(DropletTables tables, Vni vni, in Translator translator, Span<byte> ip, in InnerPacket packet)
    {
        if (!TranslatedPacket.TryReadSession(ip, in packet, out FlowKey session, out bool opens))
        {
            InnerPacket error = packet;
            return TryError(tables, vni, ip, ref error, inbound: false);
        }

        // Nobody is turned round: what is meant for one of our own public addresses is outside, and comes back from there if at all.
        if (session.Destination == translator.Address
            || tables.PortForwards.Contains(new PortForwardKey(new EndpointKey(vni, session.Destination), session.DestinationPort, session.Protocol)))
        {
            return false;
        }
        TranslationKey key = new(vni, session, IsInbound: false);
        if (!Translations.TryUse(tables, in key, packet.TcpFlags, out FlowKey becomes)
            && !(opens && Translations.TryOpen(tables, in translator, in key, packet.TcpFlags, out becomes)))
        {
            return false;
        }
        TranslatedPacket.Rewrite(ip, packet.TransportAt, in session, in becomes);
        return true;
    }

    /// <summary>
    /// An ICMP error goes to whose packet it speaks of, and that packet is made what he sent. From inside it comes from the session's public address, whoever sent it. It
    /// renews nothing.
    /// </summary>
    private static bool TryError(DropletTables tables, Vni vni, Span<byte> ip, ref InnerPacket packet, bool inbound)
    {
        if (!TranslatedPacket.TryReadQuoted(ip, in packet, out int quoted, out FlowKey about)
            || !Translations.TryFind(tables, new TranslationKey(vni, about.Reversed, inbound), out FlowKey becomes))
        {
            return false;
        }
        FlowKey outer = inbound ? packet.Flow with { Destination = becomes.Destination } : packet.Flow with { Source = becomes.Source };
        TranslatedPacket.RewriteError(ip, quoted, packet.Flow, in outer, in about, becomes.Reversed);
        packet = packet with { Flow = outer };
        return true;
    }
}
