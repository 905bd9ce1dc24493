using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

/// <summary>Each header's codec: taken apart, put together over 0xA5, cut at every byte.</summary>
public class HeaderTests
{
    private delegate bool Parser<T>(ReadOnlySpan<byte> bytes, out T value);

    private delegate void Writer<T>(T value, Span<byte> bytes);

    private static readonly MacAddress MacA = MacAddress.Parse("02:42:ac:11:00:0b");
    private static readonly MacAddress MacB = MacAddress.Parse("6a:00:00:00:00:03");
    private static readonly Ipv4Address A = Ipv4Address.Parse("10.0.0.2");
    private static readonly Ipv4Address B = Ipv4Address.Parse("10.0.20.3");

    [Fact]
    public void Ethernet() => Check<EthernetHeader>(
        "6a0000000003 0242ac11000b 0806", new(MacB, MacA, EtherType.Arp), EthernetHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Fact]
    public void Vlan() => Check<VlanTag>(
        "b7ff 0800", new(0x7FF, 5, true, EtherType.Ipv4), VlanTag.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Fact]
    public void Arp() => Check<ArpPacket>(
        "0001 0800 06 04 0002 0242ac11000b 0a000002 6a0000000003 0a001403",
        new(ArpOperation.Reply, MacA, A, MacB, B), ArpPacket.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Theory]
    [InlineData(4, 7)]
    [InlineData(5, 0)]
    public void ArpWithOtherAddressLengthsIsRefused(int offset, byte length)
    {
        byte[] wire = Hex("0001 0800 06 04 0002 0242ac11000b 0a000002 6a0000000003 0a001403");
        wire[offset] = length;
        Assert.False(ArpPacket.TryParse(wire, out _));
    }

    [Fact]
    public void Ipv4() => Check<Ipv4Header>(
        "45 28 0096 1234 4000 3f 11 09b0 0a000002 0a001403",
        new(A, B, IpProtocol.Udp) { Tos = 0x28, TotalLength = 150, Id = 0x1234, Flags = Ipv4Flags.DontFragment, Ttl = 63, Checksum = 0x09B0 },
        Ipv4Header.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Fact]
    public void Ipv4WithOptionsAndFragment() => Check<Ipv4Header>(
        "46 00 0020 0001 20b9 01 fd 0000 0a000002 0a001403 94040000",
        new(A, B, (IpProtocol)253)
        {
            TotalLength = 32, Id = 1, Flags = Ipv4Flags.MoreFragments, FragmentUnits = 185, Ttl = 1, Options = new OptionBytes([0x94, 4, 0, 0]),
        },
        Ipv4Header.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Theory]
    [InlineData("35", 20)] // version 3
    [InlineData("44", 20)] // header of 16 bytes
    [InlineData("40", 20)] // header of none
    [InlineData("46", 20)] // header longer than the bytes
    [InlineData("45", 19)] // datagram shorter than its header
    public void ImpossibleIpv4IsRefusedAndStillReadable(string first, int totalLength)
    {
        byte[] wire = Hex("45 28 0096 1234 4000 3f 11 09b0 0a000002 0a001403");
        wire[0] = Hex(first)[0];
        wire[3] = (byte)totalLength;
        Assert.False(Ipv4Header.TryParse(wire, out _));
        Assert.True(Ipv4View.TryRead(wire, out Ipv4View view));
        Assert.False(view.IsWellFormed);
        Assert.False(view.ChecksumHolds);
        Assert.Equal(A, view.Source);
        Assert.Equal(0, view.Options.Length);
        Assert.Equal(0, view.Payload.Length);
    }

    [Fact]
    public void Ipv4PayloadEndsWithTheDatagramOrTheBytes()
    {
        byte[] wire = [.. Hex("45 00 0017 0000 0000 40 11 0000 0a000002 0a001403"), 1, 2, 3, 4, 5];
        Assert.True(Ipv4View.TryRead(wire, out Ipv4View view));
        Assert.Equal([1, 2, 3], view.Payload.ToArray());
        Assert.True(Ipv4View.TryRead(wire.AsSpan(..22), out view));
        Assert.Equal([1, 2], view.Payload.ToArray());
    }

    [Fact]
    public void Ipv4ChecksumIsComputedWithOptions()
    {
        Ipv4Header header = new Ipv4Header(A, B, IpProtocol.Tcp) { TotalLength = 44, Options = new OptionBytes([1, 1, 7]) }.WithChecksum();
        byte[] wire = new byte[44];
        header.Write(wire);
        Assert.Equal(24, header.Length);
        Assert.True(Ipv4View.TryRead(wire, out Ipv4View view));
        Assert.True(view.ChecksumHolds);
        wire[22] ^= 1;
        Assert.False(view.ChecksumHolds);
    }

    [Fact]
    public void Icmp()
    {
        Check("08 00 6668 0001 0001", IcmpHeader.EchoRequest(1, 1) with { Checksum = 0x6668 }, IcmpHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);
        Check("00 00 0000 beef 0102", IcmpHeader.EchoReply(0xBEEF, 0x102), IcmpHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);
        Check("0b 00 0000 00000000", IcmpHeader.TimeExceeded(), IcmpHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);
        Check("03 04 0000 0000056a", IcmpHeader.FragmentationNeeded(1386), IcmpHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);
        Assert.True(IcmpView.TryRead(Hex("03 04 0000 0000056a"), out IcmpView view));
        Assert.Equal(1386, view.Mtu);
        Assert.True(view.IsError);
    }

    [Fact]
    public void Udp() => Check<UdpHeader>(
        "04b9 17c1 0082 0000", new(1209, 6081, 130), UdpHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Theory]
    [InlineData(7, 0, false)]
    [InlineData(8, 0, true)]
    [InlineData(10, 2, true)]
    [InlineData(11, 2, false)]
    [InlineData(65535, 2, false)]
    public void UdpLengthIsJudged(int length, int payload, bool wellFormed)
    {
        byte[] wire = [.. Hex("04b9 17c1"), (byte)(length >> 8), (byte)length, 0, 0, 1, 2];
        Assert.True(UdpView.TryRead(wire, out UdpView view));
        Assert.Equal(wellFormed, view.IsWellFormed);
        Assert.Equal(payload, view.Payload.Length);
        Assert.Equal(wellFormed, view.ChecksumHolds(A, B));
    }

    [Fact]
    public void Tcp() => Check<TcpHeader>(
        "9c40 0050 01020304 0a0b0c0d 65 12 faf0 abcd 0007 020405b4",
        new(40000, 80, 0x01020304, 0x0A0B0C0D, TcpFlags.Syn | TcpFlags.Ack)
        {
            Reserved = 5, Window = 0xFAF0, Checksum = 0xABCD, Urgent = 7, Options = new OptionBytes([2, 4, 5, 0xB4]),
        },
        TcpHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(15)]
    public void ImpossibleTcpOffsetIsRefusedAndStillReadable(byte words)
    {
        byte[] wire = Hex("9c40 0050 01020304 0a0b0c0d 60 12 faf0 abcd 0007 020405b4");
        wire[12] = (byte)(words << 4);
        Assert.False(TcpHeader.TryParse(wire, out _));
        Assert.True(TcpView.TryRead(wire, out TcpView view));
        Assert.Equal(0, view.Options.Length);
        Assert.Equal(0, view.Payload.Length);
        Assert.Equal(80, view.DestinationPort);
    }

    [Fact]
    public void Geneve() => Check<GeneveHeader>(
        "50 ff 6558 abcdef 99",
        new(new Vni(0xABCDEF), 16) { Version = 1, IsControl = true, HasCritical = true, ReservedBits = 63, ReservedByte = 0x99 },
        GeneveHeader.TryParse, static (v, b) => v.Write(b), static v => v.Length);

    [Fact]
    public void OptionsLongerThanAHeaderHasRoomForAreRefused()
    {
        Assert.Equal(40, new OptionBytes(new byte[40]).Length);
        Assert.Equal(4, new OptionBytes([1]).Length);
        Assert.Throws<ArgumentException>(static () => new OptionBytes(new byte[41]));
        Assert.NotEqual(new OptionBytes([0]), default);
        Assert.Equal(new OptionBytes([1, 2]), new OptionBytes([1, 2, 0, 0]));
    }

    private static void Check<T>(string hex, T value, Parser<T> parse, Writer<T> write, Func<T, int> lengthOf)
    {
        byte[] wire = Hex(hex);
        Assert.Equal(wire.Length, lengthOf(value));

        Assert.True(parse(wire, out T parsed));
        Assert.Equal(value, parsed);
        Assert.True(parse([.. wire, 0xA5, 0xA5], out parsed));
        Assert.Equal(value, parsed);

        byte[] buffer = new byte[wire.Length + 6];
        Array.Fill(buffer, (byte)0xA5);
        write(value, buffer.AsSpan(2));
        Assert.Equal([0xA5, 0xA5, .. wire, 0xA5, 0xA5, 0xA5, 0xA5], buffer);

        for (int cut = 0; cut < wire.Length; cut++)
        {
            Assert.False(parse(wire.AsSpan(..cut), out T none), $"{cut} of {wire.Length} bytes");
            Assert.Equal(default, none);
            byte[] small = new byte[cut];
            Array.Fill(small, (byte)0xA5);
            Assert.Throws<ArgumentOutOfRangeException>(() => write(value, small));
            Assert.DoesNotContain(small, static b => b != 0xA5);
        }
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", ""));
}
