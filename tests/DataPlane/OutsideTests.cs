using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>SNAT and DNAT where a VPC's traffic leaves it, on the model; fuzzing and the library hold the programs to it.</summary>
public sealed class OutsideTests
{
    private readonly OutsideWorld world = new(new ModelDataPlane(1, DataPlaneSettings.Lab));

    [Theory]
    [InlineData(IpProtocol.Udp)]
    [InlineData(IpProtocol.Tcp)]
    [InlineData(IpProtocol.Icmp)]
    public void WhatLeavesGetsAPublicSourceAndItsAnswerFindsBack(IpProtocol protocol)
    {
        byte[] left = world.Leave(Packet(protocol));
        OutsideWorld.AssertChecksums(left);
        Assert.Matches(protocol == IpProtocol.Icmp ? @"^203\.0\.113\.1:10\d\d > 8\.8\.8\.8:0$" : @"^203\.0\.113\.1:10\d\d > 8\.8\.8\.8:53$", OutsideWorld.Ends(left));
        Assert.Equal(OutsideWorld.InternetMac, MacAddress.Read(left));
        Assert.Equal(63, left[14 + 8]); // it changed network here
        byte[] came = world.Enter(OutsideWorld.Answer(left));
        OutsideWorld.AssertChecksums(came);
        Assert.Equal(protocol == IpProtocol.Icmp ? "8.8.8.8:0 > 10.0.0.3:4000" : "8.8.8.8:53 > 10.0.0.3:4000", OutsideWorld.Ends(came));
        Assert.Equal(2, world.Sessions);
        Assert.Equal(left, world.Leave(Packet(protocol))); // the same port again
        Assert.Equal(2, world.Sessions);
    }

    [Fact]
    public void AUdpChecksumOfNoneStaysNone()
    {
        byte[] left = world.Leave(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).Udp(4000, 53).Set("csum", 0).Text("x").ToBytes());
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(14 + 20 + 6)));
    }

    [Fact]
    public void OneSocketIsOnePortWhoeverItTalksTo()
    {
        string[] ports = [.. new uint[] { 0x0808_0808, 0x0808_0404, 0x0101_0101, OutsideWorld.Internet }.Select(peer => PortOf(world.Leave(Udp(OutsideWorld.Inside, 4000, peer))))];
        Assert.Single(ports.Distinct());
    }

    [Fact]
    public void APortIsTakenOnlyTowardsOnePeerAndThereCanBeNoneLeft()
    {
        OutsideWorld narrow = new(new ModelDataPlane(1, DataPlaneSettings.Lab), lastPort: OutsideWorld.FirstPort + 1);
        string first = PortOf(narrow.Leave(Udp(OutsideWorld.Inside, 4000))), second = PortOf(narrow.Leave(Udp(OutsideWorld.Other, 4000)));
        Assert.Equal([":1000", ":1001"], new[] { first, second }.Order());
        Assert.Empty(narrow.Leave(Udp(OutsideWorld.Other, 4001), out Reason reason));
        Assert.Equal(Reason.NoTranslation, reason);
        Assert.Equal(1ul, narrow.Lab.Drops(Reason.NoTranslation));
        narrow.Leave(Udp(OutsideWorld.Other, 4001, 0x0808_0404));
        narrow.At(181); // all are idle by now
        narrow.Leave(Udp(OutsideWorld.Other, 4001));
    }

    [Fact]
    public void AForwardedPortIsNobodysSource()
    {
        world.Lab.Put(Tables.Translators, LabWorld.Vpc, new Translator(new Ipv4Address(OutsideWorld.Internet), new Ipv4Address(OutsideWorld.Public), 80, 81));
        Assert.Equal(":81", PortOf(world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Syn))));
        Assert.Empty(world.Leave(Tcp(OutsideWorld.Inside, 4001, TcpFlags.Syn), out Reason reason));
        Assert.Equal(Reason.NoTranslation, reason);
    }

    [Fact]
    public void NothingUnknownComesIn()
    {
        foreach (byte[] frame in (byte[][])[Unasked(OutsideWorld.Public, 81), Unasked(OutsideWorld.Inside, 8080), OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Public).Tcp(53, 80, 1, 1, TcpFlags.Reset).ToBytes()])
        {
            Assert.Empty(world.Enter(frame, out Reason reason));
            Assert.Equal(Reason.NoConnection, reason);
        }
        Assert.Equal(3ul, world.Lab.Drops(Reason.NoConnection));
        Assert.Equal(0, world.Sessions);

        static byte[] Unasked(uint to, ushort port) => OutsideWorld.FromOutside(OutsideWorld.Peer, to).Tcp(53, port, 1, 0, TcpFlags.Syn).ToBytes();
    }

    [Fact]
    public void AForwardedConnectionReachesItsEndpointAndIsAnsweredFromThePublicAddress()
    {
        byte[] came = world.Enter(OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Public).Tcp(5000, 80, 1, 0, TcpFlags.Syn).ToBytes());
        OutsideWorld.AssertChecksums(came);
        Assert.Equal("8.8.8.8:5000 > 10.0.0.3:8080", OutsideWorld.Ends(came));
        byte[] left = world.Leave(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).Tcp(8080, 5000, 1, 2, TcpFlags.Syn | TcpFlags.Ack).ToBytes());
        OutsideWorld.AssertChecksums(left);
        Assert.Equal("203.0.113.1:80 > 8.8.8.8:5000", OutsideWorld.Ends(left));

        byte[] asked = world.Enter(OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Public).EchoRequest(7, 1).ToBytes());
        Assert.Equal("8.8.8.8:7 > 10.0.0.3:0", OutsideWorld.Ends(asked));
        byte[] replied = world.Leave(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).EchoReply(7, 1).ToBytes());
        Assert.Equal("203.0.113.1:0 > 8.8.8.8:7", OutsideWorld.Ends(replied));
        Assert.Empty(world.Leave(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).EchoReply(8, 1).ToBytes(), out _)); // of no echo
    }

    [Fact]
    public void AConnectionFromOutsideDoesNotTakeWhatIsTakenFromInside()
    {
        world.Leave(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).Tcp(8080, 5000, 1, 0, TcpFlags.Syn).ToBytes());
        Assert.Empty(world.Enter(OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Public).Tcp(5000, 80, 1, 0, TcpFlags.Syn).ToBytes(), out Reason reason));
        Assert.Equal(Reason.NoTranslation, reason);
    }

    [Fact]
    public void AnIdleSessionEnds()
    {
        byte[] left = world.Leave(Udp(OutsideWorld.Inside, 4000));
        world.At(179);
        world.Enter(OutsideWorld.Answer(left));
        world.At(179 + 179); // either direction keeps it
        world.Enter(OutsideWorld.Answer(left));
        world.At(179 + 179 + 182);
        Assert.Empty(world.Enter(OutsideWorld.Answer(left), out Reason reason));
        Assert.Equal(Reason.NoConnection, reason);
        Assert.Equal(0, world.Sessions);
    }

    [Fact]
    public void ATcpSessionLivesByItsPhase()
    {
        byte[] syn = world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Syn));
        world.At(61);
        Assert.Empty(world.Enter(OutsideWorld.Answer(syn), out _)); // never answered

        byte[] again = world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Syn));
        world.Enter(OutsideWorld.Answer(again, TcpFlags.Syn | TcpFlags.Ack));
        world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Ack));
        world.At(61 + 7_199);
        world.Enter(OutsideWorld.Answer(again));
        world.Enter(OutsideWorld.Answer(again, TcpFlags.Fin | TcpFlags.Ack));
        world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Fin | TcpFlags.Ack));
        world.Enter(OutsideWorld.Answer(again)); // the last acknowledgement
        world.At(61 + 7_199 + 62);
        Assert.Empty(world.Enter(OutsideWorld.Answer(again), out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AResetIsTranslatedAndTheLast(bool fromInside)
    {
        byte[] left = world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Syn));
        _ = fromInside ? world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Reset)) : world.Enter(OutsideWorld.Answer(left, TcpFlags.Reset));
        Assert.Equal(0, world.Sessions);
        Assert.Empty(world.Leave(Tcp(OutsideWorld.Inside, 4000, TcpFlags.Reset), out _)); // begins nothing
    }

    [Fact]
    public void ARowWithoutItsTwinCountsForNothing()
    {
        byte[] left = world.Leave(Udp(OutsideWorld.Inside, 4000));
        (TranslationKey outbound, _) = world.Plane.Rows(LabWorld.Droplet, Tables.Translations).Single(row => !row.Key.IsInbound);
        world.Plane.Delete(LabWorld.Droplet, Tables.Translations, outbound);
        Assert.Empty(world.Enter(OutsideWorld.Answer(left), out _));
        Assert.Equal(0, world.Sessions);
    }

    /// <summary>A router outside says of our translated packet what size fits: the sender hears it of the packet it sent.</summary>
    [Theory]
    [InlineData(IpProtocol.Udp, 28)]
    [InlineData(IpProtocol.Tcp, 28)]
    [InlineData(IpProtocol.Tcp, 40)]
    [InlineData(IpProtocol.Icmp, 28)]
    public void AnErrorFromOutsideReachesTheSender(IpProtocol protocol, int quoted)
    {
        byte[] sent = Packet(protocol), left = world.Leave(sent);
        byte[] error = OutsideWorld.About(OutsideWorld.FromOutside(0x0909_0909, OutsideWorld.Public), 3, 4, left, quoted);
        OutsideWorld.AssertChecksums(error);
        byte[] came = world.Enter(error);
        OutsideWorld.AssertChecksums(came);
        Assert.Equal("9.9.9.9:0 > 10.0.0.3:0", OutsideWorld.Ends(came));
        sent[14 + 8]--; // it left with one less, and the header's checksum is that header's
        sent.AsSpan(14 + 10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(sent.AsSpan(14 + 10), InternetChecksum.Compute(sent.AsSpan(14, 20)));
        Assert.Equal(sent[14..(14 + quoted)], came[(14 + 20 + 8)..(14 + 20 + 8 + quoted)]);
    }

    [Fact]
    public void AnErrorFromInsideComesFromThePublicAddress()
    {
        byte[] left = world.Leave(Udp(OutsideWorld.Inside, 4000)), answer = OutsideWorld.Answer(left), came = world.Enter(answer);
        byte[] error = world.Leave(OutsideWorld.About(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer), 3, 3, came));
        OutsideWorld.AssertChecksums(error);
        Assert.StartsWith("203.0.113.1:", OutsideWorld.Ends(error), StringComparison.Ordinal);
        Assert.Equal(OutsideWorld.Ends(answer), OutsideWorld.Ends(error.AsSpan(14 + 20 + 8 - 14)));
        Assert.Empty(world.Leave(OutsideWorld.About(OutsideWorld.FromInside(OutsideWorld.Inside, 0x0909_0909), 3, 3, came), out _)); // not to who sent the packet
    }

    /// <summary>Too long for the underlay, it is answered at once, and of the packet as the outside sent it.</summary>
    [Fact]
    public void PathMtuIsFoundFromOutside()
    {
        byte[] left = world.Leave(Udp(OutsideWorld.Inside, 4000));
        int port = int.Parse(PortOf(left)[1..], System.Globalization.CultureInfo.InvariantCulture);
        byte[] sent = OutsideWorld.FromOutside(OutsideWorld.Peer, OutsideWorld.Public, flags: Ipv4Flags.DontFragment).Udp(53, (ushort)port).Bytes(new byte[1_400]).ToBytes();
        byte[] error = world.Enter(sent, out Reason reason);
        Assert.Equal(Reason.IcmpError, reason);
        Assert.Equal(1_386, BinaryPrimitives.ReadUInt16BigEndian(error.AsSpan(14 + 20 + 6)));
        Assert.Equal(sent[14..(14 + 28)], error[(14 + 20 + 8)..]);
    }

    [Fact]
    public void WhatCannotShareAnAddressStaysInside()
    {
        Refused(OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).Set("proto", 47).Bytes(new byte[16]).ToBytes(), Reason.NoTranslation);
        Refused(new PacketBuilder().Ethernet(LabWorld.GatewayMac, LabWorld.SenderMac).Ipv4(new Ipv4Address(OutsideWorld.Inside), new Ipv4Address(OutsideWorld.Peer), flags: Ipv4Flags.MoreFragments).Udp(4000, 53).Bytes(new byte[16]).ToBytes(), Reason.InnerFragment);
        Refused(Udp(OutsideWorld.Inside, 4000, OutsideWorld.Public), Reason.NoTranslation); // no hairpin
        Refused(Tcp(OutsideWorld.Other, 4000, TcpFlags.Syn, OutsideWorld.Public, 80), Reason.NoTranslation);
        Assert.Equal(0, world.Sessions);

        void Refused(byte[] frame, Reason why)
        {
            Assert.Empty(world.Leave(frame, out Reason reason));
            Assert.Equal(why, reason);
        }
    }

    [Fact]
    public void TheOutsideIsNobodyInside()
    {
        byte[] left = world.Leave(Udp(OutsideWorld.Inside, 4000)), answer = OutsideWorld.Answer(left);
        new Ipv4Address(OutsideWorld.Other).Write(answer.AsSpan(14 + 12));
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(14 + 10), InternetChecksum.ComputeWithout(answer.AsSpan(14, 20), 10));
        Assert.Empty(world.Enter(answer, out Reason reason));
        Assert.Equal(Reason.SpoofedSource, reason);
    }

    /// <summary>Two VPCs of the same addresses, behind one public address even: neither sees the other's sessions.</summary>
    [Fact]
    public void SessionsAreTheirVpcs()
    {
        byte[] left = world.Leave(Udp(OutsideWorld.Inside, 4000));
        foreach ((TranslationKey key, _) in world.Plane.Rows(LabWorld.Droplet, Tables.Translations))
        {
            Assert.Equal(LabWorld.Vpc, key.Vni);
        }
        world.Lab.Put(Tables.Agents, OutsideWorld.Agent, world.Plane.Rows(LabWorld.Droplet, Tables.Agents).Single(row => row.Key == OutsideWorld.Agent).Value with { Endpoint = new EndpointKey(new Vni(4), new Ipv4Address(OutsideWorld.Internet)) });
        Assert.Empty(world.Enter(OutsideWorld.Answer(left), out Reason reason));
        Assert.Equal(Reason.NoConnection, reason);
    }

    private static byte[] Packet(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Udp => Udp(OutsideWorld.Inside, 4000),
        IpProtocol.Tcp => Tcp(OutsideWorld.Inside, 4000, TcpFlags.Syn),
        _ => OutsideWorld.FromInside(OutsideWorld.Inside, OutsideWorld.Peer).EchoRequest(4000, 1).Text("question").ToBytes(),
    };

    private static byte[] Udp(uint source, ushort port, uint to = OutsideWorld.Peer) => OutsideWorld.FromInside(source, to).Udp(port, 53).Text("question").ToBytes();

    private static byte[] Tcp(uint source, ushort port, TcpFlags flags, uint to = OutsideWorld.Peer, ushort toPort = 53) => OutsideWorld.FromInside(source, to).Tcp(port, toPort, 1, 1, flags).ToBytes();

    /// <summary>The source's, with its colon.</summary>
    private static string PortOf(byte[] frame) => OutsideWorld.Ends(frame).Split(' ')[0][OutsideWorld.Ends(frame).IndexOf(':', StringComparison.Ordinal)..];
}
