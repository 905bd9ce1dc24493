using BenchmarkDotNet.Attributes;
using MizarLab.Benchmarks.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Benchmarks.Packets;

/// <summary>
/// A frame of 56 bytes of echo in Geneve (212 bytes): read in place as the data plane's users do, written header by header, built by the
/// builder, and made text. The last three allocate and are for people, not for hops.
/// </summary>
[BenchmarkCategory(Categories.Packets)]
public class Codecs
{
    private static readonly MacAddress HostMac = MacAddress.Parse("02:42:ac:11:00:0c");
    private static readonly MacAddress NicMac = MacAddress.Parse("02:42:ac:11:00:15");
    private static readonly Ipv4Address Host = Ipv4Address.Parse("172.17.0.12");
    private static readonly Ipv4Address Nic = Ipv4Address.Parse("172.17.0.21");
    private static readonly Ipv4Address Source = Ipv4Address.Parse("10.0.0.2");
    private static readonly Ipv4Address Destination = Ipv4Address.Parse("10.0.20.3");
    private static readonly Vni Vpc = new(3);
    private static readonly byte[] Echo = new byte[56];

    private readonly byte[] buffer = new byte[256];
    private byte[] frame = [];
    private string text = "";

    [GlobalSetup]
    public void Setup()
    {
        frame = BuildByBuilder();
        text = PacketText.Format(frame);
        WrongPathException.ThrowUnless(ReadInPlace() == (Vpc.OnWire ^ Source.Value), "the views read something else");
        WrongPathException.ThrowUnless(buffer.AsSpan(0, WriteHeaders()).SequenceEqual(frame), "the headers written are not those of the builder");
        WrongPathException.ThrowUnless(PacketText.Parse(text).AsSpan().SequenceEqual(frame), "the text form does not come back");
        WrongPathException.ThrowUnless(FrameDecoder.Decode(frame).Any(field => field.Field == "vni"), "the decoder sees no Geneve");
    }

    /// <summary>Ethernet, IPv4, UDP, Geneve, Mizar's options, and the inner Ethernet and IPv4 headers.</summary>
    [Benchmark]
    public ulong ReadInPlace() =>
        EthernetView.TryRead(frame, out EthernetView outer)
        && Ipv4View.TryRead(outer.Payload, out Ipv4View outerIp)
        && UdpView.TryRead(outerIp.Payload, out UdpView udp)
        && GeneveView.TryRead(udp.Payload, out GeneveView geneve)
        && MizarOptions.TryParse(geneve, out MizarOptions options, out _)
        && EthernetView.TryRead(geneve.Payload, out EthernetView inner)
        && Ipv4View.TryRead(inner.Payload, out Ipv4View ip)
        && options.Rts is { } rts && rts.Host == outerIp.Source
            ? geneve.Vni.OnWire ^ ip.Source.Value
            : 0;

    /// <summary>The same frame into a buffer, header by header.</summary>
    [Benchmark]
    public int WriteHeaders()
    {
        Span<byte> inner = buffer.AsSpan(EthernetView.Length + Ipv4View.MinimumLength + UdpView.HeaderLength + GeneveView.HeaderLength + MizarFixedLayout.Length);
        int innerLength = WriteInner(inner);
        int udpLength = UdpView.HeaderLength + GeneveView.HeaderLength + MizarFixedLayout.Length + innerLength;

        new EthernetHeader(NicMac, HostMac, EtherType.Ipv4).Write(buffer);
        Span<byte> ip = buffer.AsSpan(EthernetView.Length);
        Ipv4Header header = new(Host, Nic, IpProtocol.Udp) { Tos = MizarTunnel.DefaultTos, TotalLength = (ushort)(Ipv4View.MinimumLength + udpLength) };
        header.WithChecksum().Write(ip);
        Span<byte> udp = ip[Ipv4View.MinimumLength..];
        new UdpHeader(MizarHash.SourcePort(Source, Destination), GeneveView.UdpPort, (ushort)udpLength).Write(udp);
        Span<byte> geneve = udp[UdpView.HeaderLength..];
        new GeneveHeader(Vpc, MizarFixedLayout.Length / 4).Write(geneve);
        MizarOptions.ReturnTo(Host, HostMac).Write(geneve[GeneveView.HeaderLength..], MizarCodec.FixedLayout);
        return EthernetView.Length + Ipv4View.MinimumLength + udpLength;
    }

    [Benchmark]
    public byte[] BuildByBuilder()
    {
        byte[] inner = new PacketBuilder().Ethernet(NicMac, HostMac).Ipv4(Source, Destination).EchoRequest(1, 1).Bytes(Echo).ToBytes();
        MizarTunnel tunnel = new(NicMac, HostMac, Host, Nic, Vpc, MizarOptions.ReturnTo(Host, HostMac));
        return PacketBuilder.Encapsulate(tunnel, inner).ToBytes();
    }

    [Benchmark]
    public int DecodeToFields() => FrameDecoder.Decode(frame).Length;

    [Benchmark]
    public string FormatText() => PacketText.Format(frame);

    [Benchmark]
    public byte[] ParseText() => PacketText.Parse(text);

    private static int WriteInner(Span<byte> frame)
    {
        new EthernetHeader(NicMac, HostMac, EtherType.Ipv4).Write(frame);
        Span<byte> ip = frame[EthernetView.Length..];
        int length = Ipv4View.MinimumLength + IcmpView.Length + Echo.Length;
        new Ipv4Header(Source, Destination, IpProtocol.Icmp) { TotalLength = (ushort)length }.WithChecksum().Write(ip);
        Span<byte> icmp = ip[Ipv4View.MinimumLength..length];
        IcmpHeader.EchoRequest(1, 1).Write(icmp);
        Echo.CopyTo(icmp[IcmpView.Length..]);
        ushort checksum = InternetChecksum.ComputeWithout(icmp, IcmpView.ChecksumOffset);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(icmp[IcmpView.ChecksumOffset..], checksum);
        return EthernetView.Length + length;
    }
}
