using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class PacketBuilderTests
{
    private static readonly MacAddress MacA = MacAddress.Parse("6a:00:00:00:00:02");
    private static readonly MacAddress MacB = MacAddress.Parse("6a:00:00:00:00:03");
    private static readonly MacAddress HostMac = MacAddress.Parse("02:42:ac:11:00:0b");
    private static readonly MacAddress BouncerMac = MacAddress.Parse("02:42:ac:11:00:15");
    private static readonly Ipv4Address A = Ipv4Address.Parse("10.0.0.2");
    private static readonly Ipv4Address B = Ipv4Address.Parse("10.0.0.3");
    private static readonly Ipv4Address Host = Ipv4Address.Parse("172.17.0.11");
    private static readonly Ipv4Address Bouncer = Ipv4Address.Parse("172.17.0.21");

    /// <summary>The first golden vector's frame before the bouncer: built from nothing, byte for byte what upstream's agent sent.</summary>
    [Fact]
    public void AMizarFrameIsUpstreamsToTheLastByte()
    {
        byte[] inner = Inner();
        var tunnel = new MizarTunnel(BouncerMac, HostMac, Host, Bouncer, new Vni(3), MizarOptions.ReturnTo(Host, HostMac));
        Assert.Equal(Convert.ToHexString(VectorFrames.Named[0]), Convert.ToHexString(PacketBuilder.Encapsulate(tunnel, inner).ToBytes()));
    }

    [Fact]
    public void TheSameInTheStandardLayoutIsConforming()
    {
        MizarOptions options = MizarOptions.ReturnTo(Host, HostMac) with { PodLabel = 7 };
        var tunnel = new MizarTunnel(BouncerMac, HostMac, Host, Bouncer, new Vni(3), options) { Codec = MizarCodec.Rfc8926 };
        byte[] frame = PacketBuilder.Encapsulate(tunnel, Inner()).ToBytes();
        Assert.Equal(50 + 24 + Inner().Length, frame.Length);
        Assert.True(GeneveView.TryRead(frame.AsSpan(42), out GeneveView geneve));
        Assert.Equal(6, geneve.OptionWords);
        Assert.Equal(Inner(), geneve.Payload.ToArray());
        Assert.True(MizarOptions.TryParse(geneve, out MizarOptions parsed, out MizarCodec codec));
        Assert.Equal((options, MizarCodec.Rfc8926), (parsed, codec));
    }

    [Fact]
    public void LengthsAndChecksumsAreComputedInsideOut()
    {
        byte[] frame = new PacketBuilder().Ethernet(MacB, MacA).Vlan(5).Ipv4(A, B, options: new OptionBytes([148, 4, 0, 0]))
            .Tcp(1, 2, 3, 4, TcpFlags.Syn, options: new OptionBytes([2, 4, 5, 0xB4])).Bytes([1, 2, 3]).ToBytes();
        Assert.Equal(14 + 4 + 24 + 24 + 3, frame.Length);
        Assert.True(EthernetView.TryRead(frame, out EthernetView ethernet));
        Assert.Equal(EtherType.Vlan, ethernet.Type);
        Assert.True(VlanView.TryRead(ethernet.Payload, out VlanView vlan));
        Assert.Equal(EtherType.Ipv4, vlan.Type);
        Assert.True(Ipv4View.TryRead(vlan.Payload, out Ipv4View ip));
        Assert.Equal((51, 24, IpProtocol.Tcp, true), (ip.TotalLength, ip.HeaderLength, ip.Protocol, ip.ChecksumHolds));
        Assert.True(TcpView.TryRead(ip.Payload, out TcpView tcp));
        Assert.Equal((24, true), (tcp.HeaderLength, tcp.ChecksumHolds(A, B)));
        Assert.Equal([1, 2, 3], tcp.Payload.ToArray());
    }

    [Fact]
    public void WhatIsGivenIsNotComputed()
    {
        byte[] frame = new PacketBuilder().Ethernet(MacB, MacA, EtherType.Ipv6).Ipv4(A, B).Set("len", 7).Set("csum", 0xBAD).Set("ihl", 3).Set("proto", 99)
            .Udp(1, 2).Set("len", 60000).Set("csum", 0).ToBytes();
        Assert.Equal("eth dst=6a:00:00:00:00:03 src=6a:00:00:00:00:02 type=ipv6 / ", PacketText.Format(frame)[..60]);
        Assert.True(Ipv4View.TryRead(frame.AsSpan(14), out Ipv4View ip));
        Assert.Equal((7, 0xBAD, 12, 99), (ip.TotalLength, ip.Checksum, ip.HeaderLength, (int)ip.Protocol));
        Assert.True(UdpView.TryRead(frame.AsSpan(34), out UdpView udp));
        Assert.Equal((60000, 0), (udp.Length, udp.Checksum));
    }

    [Fact]
    public void ATrailerIsOutsideTheDatagram()
    {
        byte[] frame = new PacketBuilder().Ethernet(MacB, MacA).Ipv4(A, B).Udp(1, 2).Bytes([9]).Trailer(new byte[17]).ToBytes();
        Assert.Equal(60, frame.Length);
        Assert.True(Ipv4View.TryRead(frame.AsSpan(14), out Ipv4View ip));
        Assert.Equal(29, ip.TotalLength);
        Assert.True(UdpView.TryRead(ip.Payload, out UdpView udp));
        Assert.Equal((9, true), (udp.Length, udp.ChecksumHolds(A, B)));
    }

    [Fact]
    public void TheBuilderGoesOnAfterItsBytesWereTaken()
    {
        PacketBuilder packet = new PacketBuilder().Ethernet(MacB, MacA).Ipv4(A, B).Udp(1, 2);
        byte[] shorter = packet.ToBytes();
        byte[] longer = packet.Bytes([1, 2]).ToBytes();
        Assert.Equal(28, shorter[17]);
        Assert.Equal(30, longer[17]);
    }

    [Fact]
    public void MisuseIsRefused()
    {
        PacketBuilder packet = new PacketBuilder().Ethernet(MacB, MacA);
        Assert.Throws<ArgumentException>(() => packet.Set("ttl", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => packet.Set("type", 0x10000));
        Assert.Throws<ArgumentException>(static () => new PacketBuilder().Set("ttl", 1));
        Assert.Throws<ArgumentException>(static () => new PacketBuilder().GeneveOption(1, 2, [1, 2, 3]));
    }

    [Fact]
    public void TheSourcePortFollowsWhatIsCarried()
    {
        Assert.Equal(MizarHash.SourcePort(A, B), MizarTunnel.SourcePortFor(Inner()));
        Assert.Equal(MizarHash.SourcePort(A, B), MizarTunnel.SourcePortFor(new PacketBuilder().Ethernet(MacB, MacA).ArpRequest(MacA, A, B).ToBytes()));
        Assert.Equal(5263, MizarTunnel.SourcePortFor([1, 2, 3]));
    }

    private static byte[] Inner() =>
        new PacketBuilder().Ethernet(MacB, MacA).Ipv4(A, B, id: 0x1234, flags: Ipv4Flags.DontFragment).EchoRequest(1, 1).Text("abcdefgh").ToBytes();
}
